/* SPDX-License-Identifier: GPL-2.0-only */
/* Cables that would close into a ring, in which a frame never comes to rest. */
#ifndef VB_LOOP_H
#define VB_LOOP_H

#include "plan.h"
#include "panel.h"

/*
 * Refuses a cable that closes a ring which can be seen from here: through veths that are each
 * other's end, over any number of pairs, or through the bridge that both ends are ports of. What
 * runs through other namespaces or other machines cannot be seen.
 */
int loop_check(const struct panel *p, struct netlink *nl, const struct plan_facts *facts,
	       const struct plan *plan, struct fault *f);

#endif

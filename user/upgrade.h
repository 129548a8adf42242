/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Putting this version's programs in the place of those that carry the frames, while they do; and
 * its maps in the place of an older version's, with what is in them.
 *
 * Order: new maps are filled beside the old ones, where the layout is another; the panel is marked,
 * and they get their names; the new programs get the names of the old, which stay pinned with
 * PANEL_OLD. Then hook after hook is given the new program, each in one step. At last the old pins
 * go, and the mark. Killed anywhere, frames cross; one more upgrade does what is left.
 */
#ifndef VB_UPGRADE_H
#define VB_UPGRADE_H

#include "fault.h"
#include "session.h"

/* The pairs of this process's network namespace; none is no error. */
int upgrade_here(struct session *s, struct fault *f);

/*
 * Those of all namespaces that have any. What fails in one is printed, and the others are done all
 * the same. 0, or -errno if any failed; f holds what was not printed.
 */
int upgrade_all(struct session *s, struct fault *f);

#endif

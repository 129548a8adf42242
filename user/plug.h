/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cable pulled out and put back: what goes one way, or both, is lost. The pair, its hooks and
 * its counters stay.
 */
#ifndef VB_PLUG_H
#define VB_PLUG_H

#include "fault.h"
#include "session.h"
#include "view.h"

/* As seen from the device that is named. */
#define PLUG_IN	  (1U << 0) /* what it is handed */
#define PLUG_OUT  (1U << 1) /* what it gives */
#define PLUG_BOTH (PLUG_IN | PLUG_OUT)

/*
 * Lets frames cross in these directions, or loses them; what is so already stays so. The device is
 * an end, or an endpoint that add made. Refused for a pair that is not whole.
 */
int plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
	     struct fault *f);

/* The directions, as seen from end i of the pair, in which nothing crosses. */
unsigned int plug_missing(const struct view_pair *pair, int i);

#endif

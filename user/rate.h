/* SPDX-License-Identifier: GPL-2.0-only */
/* How fast counters grow, from two views of the same pairs. Pure. */
#ifndef VB_RATE_H
#define VB_RATE_H

#include "view.h"

/* A second. */
struct rate {
	double frames, bits; /* handed over to the peer */
	double dropped;	     /* frames that were not */
};

/* Of what an end took, between two readings of its counters that lie seconds apart. */
struct rate rate_between(const struct vb_count *before, const struct vb_count *after,
			 double seconds);

/* The same pair in an earlier view; NULL if it was not there, or was made anew since. */
const struct view_pair *rate_find(const struct view *before, const struct view_pair *pair);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What stats prints every time: rates of all pairs, as text or JSON. */
#ifndef VB_OUTPUT_STATS_H
#define VB_OUTPUT_STATS_H

#include "command.h"
#include "view.h"

struct output_stats {
	const struct options *opt;
	bool terminal;	     /* refresh in place */
	unsigned int height; /* of the terminal, lines; 0: unknown */
	unsigned int shown;  /* lines that were printed the last time */
};

/*
 * Pairs that are in both views, which lie seconds apart; now is the time of the second, seconds
 * since 1970. Returns the exit status.
 */
int output_stats(struct output_stats *out, const struct view *before, const struct view *after,
		 double seconds, double now);

#endif

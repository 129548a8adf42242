/* SPDX-License-Identifier: GPL-2.0-only */
/* A device of some network namespace, as the benchmark's programs are told it: NETNS:DEV. */
#ifndef VB_BENCH_PLACE_H
#define VB_BENCH_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct place {
	int netns; /* open as long as the process lives */
	uint32_t ifindex;
	uint8_t address[6];
};

/* Prints what failed, with errno's text unless err is given, and ends the program. */
_Noreturn void give_up(int err, const char *what);

/* Finds NETNS:DEV, where NETNS is a name of `ip netns`, or ends the program. */
struct place place_find(const char *text);

/* Goes into its network namespace, or ends the program. */
void place_enter(const struct place *place);

#endif

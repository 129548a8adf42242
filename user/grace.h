/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RCU grace periods. Linux waits for one whenever a tcx program is attached or detached
 * (tcx_entry_sync, include/net/tcx.h, Linux 6.6): 5 to 20 ms, in which it holds rtnl, so that
 * nobody else can change a device either; and when a map gets its place in a map of maps. The
 * kernel's own network code asks for quick grace periods when it holds rtnl, of some 30 µs
 * (synchronize_net, net/core/dev.c). Who has many to attach asks for the same by
 * /sys/kernel/rcu_expedited, and gives the switch back.
 */
#ifndef VB_GRACE_H
#define VB_GRACE_H

#include <sys/types.h>

struct grace {
	unsigned int waits; /* so far; more are not counted once the switch was asked for */
	pid_t keeper;	    /* the process that gives the switch back; 0: there is none */
	int leash;	    /* it does so when this is closed, be it that this process was killed */
};

#define GRACE_NONE                                                                                 \
	{                                                                                          \
		.leash = -1                                                                        \
	}

/*
 * Call it before what waits for so many grace periods. The first few take their time: for a cable
 * or two the machine's switch is not touched. Where it is on already, or is not to be had, nothing
 * is changed, and the wait is long.
 */
void grace_wait(struct grace *g, unsigned int waits);

/* Gives the switch back, if it was taken. */
void grace_end(struct grace *g);

#endif

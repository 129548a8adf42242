/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moving a cable: one end stays, the other is another device afterwards, and of what the end that
 * stays takes, every frame is handed to the old peer or to the new one.
 *
 * Order: how the staying end will be is written down beside its port (VB_MEANWHILE). The new peer
 * is made ready as for any cable, the staying end gets what hooks it lacks. The new peer names it.
 * Then it is moved: one write in peers, one in ends. When no program runs any more that has seen
 * the old ones, the old peer is taken down, and the staying end's port becomes what was written.
 */
#ifndef VB_REPLUG_H
#define VB_REPLUG_H

#include "cable.h"

/*
 * Moves the cable that facts.dev[0] has with the end from, and is whole, to facts.dev[1], which has
 * none. After an error before the move all is as it was; after one behind it, replug_settle() ends
 * what is left to do.
 */
int replug(struct cable *c, uint32_t from, struct fault *f);

/*
 * Ends a move that was cut short and that the end has to do with: forward if the cable was moved
 * already, else back. 1: so it did; 0: there was none; or -errno.
 */
int replug_settle(struct cable *c, uint32_t ifindex, struct fault *f);

#endif

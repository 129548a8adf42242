/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A veth's other end, in whatever network namespace it is. A veth transmits XDP frames only if its
 * other end polls (NAPI), which it does with gro on; so that is looked at, and may be turned on.
 */
#ifndef VB_FAR_END_H
#define VB_FAR_END_H

#include <stdbool.h>
#include <stddef.h>
#include "device.h"

struct far_end {
	struct device dev;
	char netns[64]; /* as netns_each() names it; empty: this process's */
};

/* Finds it. 0; -ENODEV: dev has none, or it cannot be found; or another -errno. */
int far_end_find(struct netlink *nl, const struct device *dev, struct far_end *ret);

/* Turns gro of dev's other end on or off. 0; -ENODEV: it cannot be found; or another -errno. */
int far_end_set_gro(struct netlink *nl, const struct device *dev, bool on);

/*
 * The command that turns it on, to be run in this process's namespace: as exact as can be found
 * out. For messages.
 */
void far_end_gro_command(struct netlink *nl, const struct device *dev, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device's link: taken, so that whoever uses the device sees that nothing is at its other end,
 * and given back. Which ends' links are taken is recorded in the panel's map `held`, so that they
 * are given back by whoever comes next, should the taker be killed.
 */
#ifndef VB_LINK_H
#define VB_LINK_H

#include <stdbool.h>
#include "device.h"
#include "vethbpf.h"

/* "carrier", "protodown" … */
const char *link_how_name(enum vb_held how);

/*
 * Takes (on false) or gives back a device's link. 0; -EOPNOTSUPP: this kind of device has no such
 * thing; or another -errno. A tap that nobody has opened has none to be given, which is no error.
 */
int link_set(struct netlink *nl, uint32_t ifindex, enum vb_held how, bool on);

/*
 * The record of the panel at path: a descriptor, or -errno (-ENOENT: nothing is held, unless create
 * is set, which makes it).
 */
int link_held_open(const char *path, bool create);

/* All zero where there is no entry, or fd is negative. */
struct vb_hold link_held_get(int fd, uint32_t ifindex);
int link_held_put(int fd, uint32_t ifindex, const struct vb_hold *hold);
void link_held_del(int fd, uint32_t ifindex);

/* The next entry behind ifindex, from 0 on; -ENOENT at the end. */
int link_held_next(int fd, uint32_t ifindex, uint32_t *ret_ifindex);

/* Gives back the link of a device that is an end of the panel at path, if it is held. 0 or -errno.
 */
int link_restore(struct netlink *nl, const char *path, uint32_t ifindex);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device's driver can do for XDP, as the kernel tells. */
#ifndef VB_DRIVER_H
#define VB_DRIVER_H

#include <stdbool.h>
#include <stdint.h>
#include "device.h"

/* Bits of xdp_features (enum netdev_xdp_act, include/uapi/linux/netdev.h, Linux 6.3). */
#define DRIVER_XDP_BASIC    (1U << 0)
#define DRIVER_XDP_REDIRECT (1U << 1)
#define DRIVER_XDP_NDO_XMIT (1U << 2)

struct driver {
	bool known;	       /* the kernel tells xdp_features */
	uint64_t xdp_features; /* of the device as it is now: a veth's depend on its other end */
	bool strips_vlan;      /* takes VLAN tags out of received frames */
};

/*
 * Asks about the device. What can't be found out is left false: none of it is an error, since
 * kernels before 6.3 have no way to tell.
 */
void driver_get(const struct device *dev, struct driver *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Making and deleting network devices. Knows rtnetlink's messages, not what the devices are for. */
#ifndef VB_DEVICE_MAKE_H
#define VB_DEVICE_MAKE_H

#include "device.h"

#define DEVICE_ADDRESS_BYTES 6 /* of an Ethernet device */

struct device_make {
	const char *name, *kind;
	const uint8_t *address; /* NULL: one that the kernel makes up */
	uint32_t mtu;		/* 0: the kind's own */
	uint32_t flags, change; /* IFF_* */
	uint32_t lower;		/* ifindex of a macvlan's lower device */
	int netns;		/* where it is made; -1: here */
};

/*
 * Makes a device: a macvlan in passthru mode that queues no broadcasts (where the kernel knows how
 * not to), a bridge without multicast snooping. 0 or -errno with nl->extack. -EOPNOTSUPP: the
 * kernel lacks the kind.
 */
int device_make(struct netlink *nl, const struct device_make *make);

/*
 * Sets the MTU and an alias, and leaves IPv6 no way to give the device an address. Only an MTU that
 * is set (not one that it is made with) does a bridge keep whatever its ports have. 0 or -errno.
 */
int device_hush(struct netlink *nl, uint32_t ifindex, uint32_t mtu, const char *alias);

struct device_adjust {
	const char *name;
	const uint8_t *address; /* NULL: as it is */
	uint32_t gso; /* gso_max_size, gro_max_size and (Linux 6.3) their IPv4 twins; 0: as they are
		       */
	bool carrier; /* give a macvlan one, whatever its lower device has: dev_change_proto_down()
		       */
	uint32_t flags; /* IFF_* to be set besides those that are */
};

/* Sets what is to be set on the device of this name. 0 or -errno with nl->extack. */
int device_adjust(struct netlink *nl, const struct device_adjust *adjust);

/* Makes the device a port of a bridge; 0: of none. 0 or -errno. */
int device_set_master(struct netlink *nl, uint32_t ifindex, uint32_t master);

/*
 * Deletes these devices in one go, for each one alone makes the kernel wait for all CPUs several
 * times. What is gone already is no error. 0 or -errno.
 */
int device_delete(struct netlink *nl, const uint32_t *ifindexes, size_t count);

#endif

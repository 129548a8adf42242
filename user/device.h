/* SPDX-License-Identifier: GPL-2.0-only */
/* A network device as rtnetlink tells of it, and the little that is changed on one. */
#ifndef VB_DEVICE_H
#define VB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/if.h>
#include "netlink.h"

struct device {
	uint32_t ifindex;
	uint16_t type;	/* ARPHRD_* */
	uint32_t flags; /* IFF_* */
	uint32_t mtu;
	uint32_t master;      /* ifindex of the bridge or bond it is a port of; 0: none */
	uint32_t link;	      /* IFLA_LINK: lower device, or a veth's other end; 0: none */
	int32_t link_netnsid; /* of link's namespace; -1: this one */
	uint32_t gso_max;     /* the largest packet that its stack hands down, bytes */
	uint32_t tso_max; /* the largest packet that the device takes; 0: the kernel tells not */
	uint32_t xdp_drv, xdp_skb; /* ids of XDP programs in the driver and generic; 0: none */
	uint8_t operstate;	   /* IF_OPER_* */
	bool carrier;
	uint8_t address_len;
	uint8_t address[32];
	char name[IFNAMSIZ];
	char qdisc[16]; /* the root qdisc's kind */
	char kind[16];	/* as `ip -d link` names it; empty: a physical device */
	char alias[64];
};

/* Both fill dev; -ENODEV if there is none in the socket's namespace. */
int device_get(struct netlink *nl, const char *name, struct device *dev);
int device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev);

/* For netlink_talk(): fills the struct device that data points to from an RTM_NEWLINK message. */
int device_note(const struct nlmsghdr *nlh, void *data);

/*
 * Calls visit for every device of a kind, for some twice if devices come and go meanwhile. A return
 * value other than 0 ends it and is returned.
 */
int device_each(struct netlink *nl, const char *kind,
		int (*visit)(const struct device *dev, void *data), void *data);

/* Sets and clears IFF_* flags, leaves the others alone. */
int device_change_flags(struct netlink *nl, uint32_t ifindex, uint32_t set, uint32_t clear);

/* The name of a bit of flags, as `ip link` shows it; NULL: not set, or it has none. */
const char *device_flag_name(const struct device *dev, int bit);

/* "02:00:00:00:00:01"; buf holds at least 3 * sizeof(dev->address) bytes. Returns buf. */
const char *device_address(const struct device *dev, char *buf, size_t size);

/* "up", "down", "lowerlayerdown" … as `ip -br link` shows it, in small letters. */
const char *device_operstate(const struct device *dev);

#endif

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include "anchor.h"

#define ALIAS_START "vethbpf: anchor of "
#define NAME_START  "vb"

int anchor_random_address(uint8_t *ret_address)
{
	if (getrandom(ret_address, DEVICE_ADDRESS_BYTES, 0) < 0)
		return -errno;
	ret_address[0] = (uint8_t)((ret_address[0] & ~1U) | 2U);
	return 0;
}

/*
 * A dummy is without ARP and multicast as it is made. Without multicast IPv6 does not even tell
 * routers' groups (ipv6_add_dev), nor a bridge without snooping its own.
 */
static int make_device(struct netlink *nl, struct device_make *make)
{
	static bool no_dummy; /* the kernel looked for its module, and there is none */
	int err = -EOPNOTSUPP;

	make->kind = "dummy";
	if (!no_dummy)
		err = device_make(nl, make);
	no_dummy = err == -EOPNOTSUPP;
	if (!no_dummy)
		return err;
	make->kind = "bridge";
	make->flags = IFF_NOARP;
	make->change = IFF_NOARP | IFF_MULTICAST;
	return device_make(nl, make);
}

/*
 * A bridge takes no packets above 64 KiB until a port has come and gone (br_set_gso_limits), and
 * then has no carrier (br_port_state_selection). The port is a device that serves all of a
 * session's anchors. Where there can be none, so be it.
 */
static void widen_bridge(struct session *s, uint32_t bridge)
{
	struct device_make make = {.name = "vbwide", .kind = "ifb", .netns = -1};
	struct device dev;

	if (!s->scratch && !device_make(&s->nl, &make) && !device_get(&s->nl, make.name, &dev)) {
		s->scratch = dev.ifindex;
		device_hush(&s->nl, s->scratch, dev.mtu, ALIAS_START "nobody");
	}
	if (s->scratch && !device_set_master(&s->nl, s->scratch, bridge))
		device_set_master(&s->nl, s->scratch, 0);
}

int anchor_make(struct session *s, const char *endpoint, struct anchor *ret, struct fault *f)
{
	struct netlink *nl = &s->nl;
	struct device_make make = {.netns = -1};
	char name[IFNAMSIZ], alias[sizeof(ALIAS_START) + IFNAMSIZ];
	struct anchor anchor;
	uint64_t random;
	int err;

	make.name = name;
	make.address = anchor.own_address;
	do {
		err = anchor_random_address(anchor.own_address);
		if (getrandom(&random, sizeof(random), 0) < 0)
			err = -errno;
		snprintf(name, sizeof(name), NAME_START "%012llx",
			 (unsigned long long)random & 0xffffffffffffULL);
		err = err ?: make_device(nl, &make);
	} while (err == -EEXIST);
	if (err) {
		fault_errno(f, -err, "make the anchor of %s%s%s", endpoint, *nl->extack ? ": " : "",
			    nl->extack);
		return err;
	}

	anchor.has_carrier = strcmp(make.kind, "bridge") != 0;
	err = device_get(nl, name, &anchor.dev);
	if (err)
		return fault_errno(f, -err, "find %s, the anchor of %s", name, endpoint);
	snprintf(alias, sizeof(alias), ALIAS_START "%s", endpoint);
	err = device_hush(nl, anchor.dev.ifindex, ANCHOR_MTU, alias);
	if (!anchor.has_carrier)
		widen_bridge(s, anchor.dev.ifindex);
	err = err ?: device_change_flags(nl, anchor.dev.ifindex, IFF_UP, 0);
	err = err ?: device_get_index(nl, anchor.dev.ifindex, &anchor.dev);
	if (err) {
		fault_errno(f, -err, "set up %s, the anchor of %s", name, endpoint);
		device_delete(nl, &anchor.dev.ifindex, 1);
		return err;
	}
	*ret = anchor;
	return 0;
}

bool anchor_has_endpoint(const struct device *dev, const struct vb_port *port)
{
	return dev->address_len != sizeof(port->own_address) ||
	       memcmp(dev->address, port->own_address, sizeof(port->own_address)) != 0;
}

bool anchor_is_one(const struct device *dev)
{
	return !strncmp(dev->name, NAME_START, strlen(NAME_START)) &&
	       !strncmp(dev->alias, ALIAS_START, strlen(ALIAS_START));
}

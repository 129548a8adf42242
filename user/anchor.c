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

static void name_after(const uint8_t *address, char *buf, size_t size)
{
	snprintf(buf, size, NAME_START "%02x%02x%02x%02x%02x%02x", address[0], address[1],
		 address[2], address[3], address[4], address[5]);
}

/*
 * A random address and the name after it, so that the device is known as ours from the moment that
 * it is there: a loader may be killed before it gives it an alias.
 */
static int choose_name(uint8_t *ret_address, char *buf, size_t size)
{
	int err = anchor_random_address(ret_address);

	if (!err)
		name_after(ret_address, buf, size);
	return err;
}

/* Deletes what could not be finished, or seemed not to be made, since the kernel's answer was lost.
 */
static void forsake(struct netlink *nl, const char *name)
{
	struct device dev;

	if (!device_get(nl, name, &dev))
		device_delete(nl, &dev.ifindex, 1);
}

/*
 * A bridge takes no packets above 64 KiB until a port has come and gone (br_set_gso_limits), and
 * then has no carrier (br_port_state_selection). The port is a device that serves all of a
 * session's anchors. Where there can be none, so be it.
 */
static void widen_bridge(struct session *s, uint32_t bridge)
{
	uint8_t address[DEVICE_ADDRESS_BYTES];
	char name[IFNAMSIZ];
	struct device_make make = {.name = name, .kind = "ifb", .address = address, .netns = -1};
	struct device dev;

	if (!s->scratch && !choose_name(address, name, sizeof(name))) {
		if (!device_make(&s->nl, &make) && !device_get(&s->nl, name, &dev)) {
			s->scratch = dev.ifindex;
			device_hush(&s->nl, s->scratch, dev.mtu, ALIAS_START "nobody");
		} else {
			forsake(&s->nl, name);
		}
	}
	if (s->scratch && !device_set_master(&s->nl, s->scratch, bridge))
		device_set_master(&s->nl, s->scratch, 0);
}

static int set_up(struct session *s, const char *name, const char *endpoint, struct anchor *anchor)
{
	char alias[sizeof(ALIAS_START) + IFNAMSIZ];
	int err = device_get(&s->nl, name, &anchor->dev);

	snprintf(alias, sizeof(alias), ALIAS_START "%s", endpoint);
	err = err ?: device_hush(&s->nl, anchor->dev.ifindex, ANCHOR_MTU, alias);
	if (!err && !anchor->has_carrier)
		widen_bridge(s, anchor->dev.ifindex);
	err = err ?: device_change_flags(&s->nl, anchor->dev.ifindex, IFF_UP, 0);
	return err ?: device_get_index(&s->nl, anchor->dev.ifindex, &anchor->dev);
}

int anchor_make(struct session *s, const char *endpoint, struct anchor *ret, struct fault *f)
{
	struct device_make make = {.netns = -1};
	struct netlink *nl = &s->nl;
	struct anchor anchor;
	char name[IFNAMSIZ];
	int err;

	make.name = name;
	make.address = anchor.own_address;
	do {
		err = choose_name(anchor.own_address, name, sizeof(name));
		err = err ?: make_device(nl, &make);
	} while (err == -EEXIST);
	if (err)
		fault_errno(f, -err, "make the anchor of %s%s%s", endpoint, *nl->extack ? ": " : "",
			    nl->extack);

	if (!err) {
		anchor.has_carrier = strcmp(make.kind, "bridge") != 0;
		err = set_up(s, name, endpoint, &anchor);
		if (err)
			fault_errno(f, -err, "set up %s, the anchor of %s", name, endpoint);
	}
	if (err)
		forsake(nl, name);
	else
		*ret = anchor;
	return err;
}

bool anchor_has_endpoint(const struct device *dev, const struct vb_port *port)
{
	return dev->address_len != sizeof(port->own_address) ||
	       memcmp(dev->address, port->own_address, sizeof(port->own_address)) != 0;
}

bool anchor_is_one(const struct device *dev)
{
	char name[IFNAMSIZ];

	name_after(dev->address, name, sizeof(name));
	return !strcmp(dev->name, name) || (!strncmp(dev->name, NAME_START, strlen(NAME_START)) &&
					    !strncmp(dev->alias, ALIAS_START, strlen(ALIAS_START)));
}

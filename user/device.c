// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "device.h"

/* Keeps what fits whole; what does not is left empty rather than cut. */
static void keep_string(char *to, size_t size, const struct nlattr *attr)
{
	const char *string = mnl_attr_get_str(attr);

	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0 && strlen(string) < size)
		memcpy(to, string, strlen(string) + 1);
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attr);
}

static uint8_t get_u8(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U8) < 0 ? 0 : mnl_attr_get_u8(attr);
}

static void keep_kind(struct device *dev, const struct nlattr *linkinfo)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, linkinfo)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			keep_string(dev->kind, sizeof(dev->kind), attr);
}

static void keep_xdp(struct device *dev, const struct nlattr *xdp)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, xdp) {
		if (mnl_attr_get_type(attr) == IFLA_XDP_DRV_PROG_ID)
			dev->xdp_drv = get_u32(attr);
		else if (mnl_attr_get_type(attr) == IFLA_XDP_SKB_PROG_ID)
			dev->xdp_skb = get_u32(attr);
	}
}

static void keep_address(struct device *dev, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) > sizeof(dev->address))
		return;
	dev->address_len = (uint8_t)mnl_attr_get_payload_len(attr);
	memcpy(dev->address, mnl_attr_get_payload(attr), dev->address_len);
}

static int keep_attr(const struct nlattr *attr, void *data)
{
	struct device *dev = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		keep_string(dev->name, sizeof(dev->name), attr);
		break;
	case IFLA_IFALIAS:
		keep_string(dev->alias, sizeof(dev->alias), attr);
		break;
	case IFLA_QDISC:
		keep_string(dev->qdisc, sizeof(dev->qdisc), attr);
		break;
	case IFLA_MTU:
		dev->mtu = get_u32(attr);
		break;
	case IFLA_MASTER:
		dev->master = get_u32(attr);
		break;
	case IFLA_LINK:
		dev->link = get_u32(attr);
		break;
	case IFLA_LINK_NETNSID:
		dev->link_netnsid = (int32_t)get_u32(attr);
		break;
	case IFLA_GSO_MAX_SIZE:
		dev->gso_max = get_u32(attr);
		break;
	case IFLA_TSO_MAX_SIZE:
		dev->tso_max = get_u32(attr);
		break;
	case IFLA_OPERSTATE:
		dev->operstate = get_u8(attr);
		break;
	case IFLA_CARRIER:
		dev->carrier = get_u8(attr);
		break;
	case IFLA_ADDRESS:
		keep_address(dev, attr);
		break;
	case IFLA_XDP:
		keep_xdp(dev, attr);
		break;
	case IFLA_LINKINFO:
		keep_kind(dev, attr);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

int device_note(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct device *dev = data;

	if (nlh->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return MNL_CB_OK;
	*dev = (struct device){
		.ifindex = (uint32_t)ifi->ifi_index,
		.type = ifi->ifi_type,
		.flags = ifi->ifi_flags,
		.link_netnsid = -1,
	};
	return mnl_attr_parse(nlh, sizeof(*ifi), keep_attr, dev) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int get(struct netlink *nl, const char *name, uint32_t ifindex, struct device *ret)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct device dev = {0};
	struct ifinfomsg *ifi;
	int err;

	nlh->nlmsg_type = RTM_GETLINK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = (int)ifindex;
	if (name)
		mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	/* The virtual functions of a NIC and its statistics are nobody's business here. */
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);

	err = netlink_talk(nl, nlh, device_note, &dev);
	if (err)
		return err;
	if (!dev.ifindex)
		return -ENODEV;
	*ret = dev;
	return 0;
}

int device_get(struct netlink *nl, const char *name, struct device *dev)
{
	return get(nl, name, 0, dev);
}

int device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev)
{
	return get(nl, NULL, ifindex, dev);
}

struct each {
	int (*visit)(const struct device *dev, void *data);
	void *data;
	const char *kind;
	int verdict;
};

#define DUMP_TRIES 100

static int visit_device(const struct nlmsghdr *nlh, void *data)
{
	struct each *each = data;
	struct device dev = {0};

	/* Kernels that do not filter by kind send all; what was begun must be read to its end. */
	if (device_note(nlh, &dev) == MNL_CB_OK && dev.ifindex && !strcmp(dev.kind, each->kind) &&
	    !each->verdict)
		each->verdict = each->visit(&dev, each->data);
	return MNL_CB_OK;
}

static int dump(struct netlink *nl, const char *kind, struct each *each)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nlattr *info;

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	mnl_attr_nest_end(nlh, info);
	return netlink_talk(nl, nlh, visit_device, each);
}

int device_each(struct netlink *nl, const char *kind,
		int (*visit)(const struct device *dev, void *data), void *data)
{
	struct each each = {visit, data, kind, 0};
	int err, tries = 0;

	/* Devices came or went meanwhile, and some may not have been told of (NLM_F_DUMP_INTR). */
	do
		err = dump(nl, kind, &each);
	while (err == -EINTR && !each.verdict && ++tries < DUMP_TRIES);
	return each.verdict ?: err;
}

int device_change_flags(struct netlink *nl, uint32_t ifindex, uint32_t set, uint32_t clear)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = RTM_NEWLINK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = (int)ifindex;
	ifi->ifi_change = set | clear;
	ifi->ifi_flags = set;
	return netlink_talk(nl, nlh, NULL, NULL);
}

const char *device_address(const struct device *dev, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < dev->address_len && at + 3 < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%02x", i ? ":" : "",
				       dev->address[i]);
	return buf;
}

const char *device_operstate(const struct device *dev)
{
	static const char *const names[] = {
		[IF_OPER_UNKNOWN] = "unknown", [IF_OPER_NOTPRESENT] = "notpresent",
		[IF_OPER_DOWN] = "down",       [IF_OPER_LOWERLAYERDOWN] = "lowerlayerdown",
		[IF_OPER_TESTING] = "testing", [IF_OPER_DORMANT] = "dormant",
		[IF_OPER_UP] = "up",
	};

	return dev->operstate < sizeof(names) / sizeof(*names) ? names[dev->operstate] : "unknown";
}

const char *device_flag_name(const struct device *dev, int bit)
{
	static const char *const names[] = {
		"UP",	   "BROADCAST", "DEBUG",     "LOOPBACK", "POINTOPOINT",
		NULL,	   NULL,	"NOARP",     "PROMISC",	 "ALLMULTI",
		"MASTER",  "SLAVE",	"MULTICAST", "PORTSEL",	 "AUTOMEDIA",
		"DYNAMIC", "LOWER_UP",	"DORMANT",   "ECHO",
	};

	return bit < (int)(sizeof(names) / sizeof(*names)) && dev->flags & 1U << bit ? names[bit]
										     : NULL;
}

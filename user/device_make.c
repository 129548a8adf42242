// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "device_make.h"

/* Newer than Debian 12's headers. A kernel that does not know one passes over it. */
#define ATTR_GSO_IPV4_MAX_SIZE 63 /* IFLA_GSO_IPV4_MAX_SIZE, Linux 6.3 */
#define ATTR_GRO_IPV4_MAX_SIZE 64 /* IFLA_GRO_IPV4_MAX_SIZE, Linux 6.3 */
#define ATTR_MACVLAN_BC_CUTOFF 9  /* IFLA_MACVLAN_BC_CUTOFF, Linux 6.4 */

/* Where a macvlan's broadcasts have to be queued, a burst of this many is to fit. */
#define BROADCAST_QUEUE 16384

static struct ifinfomsg *begin(void *buf, uint16_t type, uint32_t ifindex)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = type;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = (int)ifindex;
	return ifi;
}

static void put_kind(struct nlmsghdr *nlh, const char *kind)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	if (!strcmp(kind, "macvlan")) {
		mnl_attr_put_u32(nlh, IFLA_MACVLAN_MODE, MACVLAN_MODE_PASSTHRU);
		mnl_attr_put_u32(nlh, IFLA_MACVLAN_BC_QUEUE_LEN, BROADCAST_QUEUE);
		mnl_attr_put_u32(nlh, ATTR_MACVLAN_BC_CUTOFF, (uint32_t)-1);
	} else if (!strcmp(kind, "bridge")) {
		mnl_attr_put_u8(nlh, IFLA_BR_MCAST_SNOOPING, 0);
	}
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

int device_make(struct netlink *nl, const struct device_make *make)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct ifinfomsg *ifi = begin(buf, RTM_NEWLINK, 0);
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	ifi->ifi_flags = make->flags;
	ifi->ifi_change = make->change;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, make->name);
	if (make->mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, make->mtu);
	if (make->address)
		mnl_attr_put(nlh, IFLA_ADDRESS, DEVICE_ADDRESS_BYTES, make->address);
	if (make->lower)
		mnl_attr_put_u32(nlh, IFLA_LINK, make->lower);
	if (make->netns >= 0)
		mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)make->netns);
	put_kind(nlh, make->kind);
	return netlink_talk(nl, nlh, NULL, NULL);
}

int device_hush(struct netlink *nl, uint32_t ifindex, uint32_t mtu, const char *alias)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct nlattr *spec, *inet6;

	begin(buf, RTM_NEWLINK, ifindex);
	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	mnl_attr_put_str(nlh, IFLA_IFALIAS, alias);
	spec = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	inet6 = mnl_attr_nest_start(nlh, AF_INET6);
	mnl_attr_put_u8(nlh, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(nlh, inet6);
	mnl_attr_nest_end(nlh, spec);
	return netlink_talk(nl, nlh, NULL, NULL);
}

int device_adjust(struct netlink *nl, const struct device_adjust *adjust)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct ifinfomsg *ifi = begin(buf, RTM_NEWLINK, 0);
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	ifi->ifi_flags = ifi->ifi_change = adjust->flags;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, adjust->name);
	if (adjust->address)
		mnl_attr_put(nlh, IFLA_ADDRESS, DEVICE_ADDRESS_BYTES, adjust->address);
	if (adjust->carrier)
		mnl_attr_put_u8(nlh, IFLA_PROTO_DOWN, 0);
	if (adjust->gso) {
		mnl_attr_put_u32(nlh, IFLA_GSO_MAX_SIZE, adjust->gso);
		mnl_attr_put_u32(nlh, IFLA_GRO_MAX_SIZE, adjust->gso);
		mnl_attr_put_u32(nlh, ATTR_GSO_IPV4_MAX_SIZE, adjust->gso);
		mnl_attr_put_u32(nlh, ATTR_GRO_IPV4_MAX_SIZE, adjust->gso);
	}
	return netlink_talk(nl, nlh, NULL, NULL);
}

int device_set_master(struct netlink *nl, uint32_t ifindex, uint32_t master)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	begin(buf, RTM_NEWLINK, ifindex);
	mnl_attr_put_u32(nlh, IFLA_MASTER, master);
	return netlink_talk(nl, nlh, NULL, NULL);
}

static int set_group(struct netlink *nl, uint32_t ifindex, uint32_t group)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	begin(buf, RTM_NEWLINK, ifindex);
	mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	return netlink_talk(nl, nlh, NULL, NULL);
}

/* The group is a random number, so that nobody else's device is in it. */
int device_delete(struct netlink *nl, const uint32_t *ifindexes, size_t count)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	uint32_t group = 0;
	int err = 0, ret;

	while (!group)
		if (getrandom(&group, sizeof(group), 0) < 0)
			return -errno;
	for (size_t i = 0; i < count; i++) {
		ret = set_group(nl, ifindexes[i], group);
		if (ret && ret != -ENODEV)
			err = err ?: ret;
	}
	begin(buf, RTM_DELLINK, 0);
	mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	ret = netlink_talk(nl, nlh, NULL, NULL);
	return err ?: ret == -ENODEV ? 0 : ret;
}

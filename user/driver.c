// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/sockios.h>
#include "cleanup.h"
#include "driver.h"

/* The netdev family (include/uapi/linux/netdev.h, Linux 6.3), which older headers lack. */
#define NETDEV_FAMILY	       "netdev"
#define NETDEV_CMD_DEV_GET     1
#define NETDEV_A_DEV_IFINDEX   1
#define NETDEV_A_DEV_XDP_FEATS 3

struct answer {
	uint16_t type; /* of the attribute wanted */
	bool found;
	uint64_t value;
};

static int keep_value(const struct nlattr *attr, void *data)
{
	struct answer *answer = data;

	if (mnl_attr_get_type(attr) != answer->type)
		return MNL_CB_OK;
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint16_t):
		answer->value = mnl_attr_get_u16(attr);
		break;
	case sizeof(uint64_t):
		answer->value = mnl_attr_get_u64(attr);
		break;
	default:
		return MNL_CB_OK;
	}
	answer->found = true;
	return MNL_CB_OK;
}

static int keep_answer(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct genlmsghdr), keep_value, data);
}

static struct nlmsghdr *request(char *buf, uint16_t family, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = family;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nlh;
}

static bool ask_xdp_features(uint32_t ifindex, uint64_t *ret)
{
	struct answer family = {.type = CTRL_ATTR_FAMILY_ID},
		      feats = {.type = NETDEV_A_DEV_XDP_FEATS};
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	struct netlink nl;

	if (netlink_open(&nl, NETLINK_GENERIC))
		return false;
	nlh = request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NETDEV_FAMILY);
	if (!netlink_talk(&nl, nlh, keep_answer, &family) && family.found) {
		nlh = request(buf, (uint16_t)family.value, NETDEV_CMD_DEV_GET);
		mnl_attr_put_u32(nlh, NETDEV_A_DEV_IFINDEX, ifindex);
		if (netlink_talk(&nl, nlh, keep_answer, &feats))
			feats.found = false;
	}
	netlink_close(&nl);
	*ret = feats.value;
	return feats.found;
}

static bool ask_strips_vlan(const char *name)
{
	struct ethtool_value flags = {.cmd = ETHTOOL_GFLAGS};
	struct ifreq req = {.ifr_data = (void *)&flags};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(req.ifr_name, name, sizeof(req.ifr_name));
	return fd >= 0 && !ioctl(fd, SIOCETHTOOL, &req) && flags.data & ETH_FLAG_RXVLAN;
}

void driver_get(const struct device *dev, struct driver *ret)
{
	*ret = (struct driver){0};
	ret->known = ask_xdp_features(dev->ifindex, &ret->xdp_features);
	ret->strips_vlan = ask_strips_vlan(dev->name);
}

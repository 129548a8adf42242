// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "cleanup.h"
#include "link.h"

const char *link_how_name(enum vb_held how)
{
	static const char *const names[VB_HELD_MAX] = {
		[VB_HELD_CARRIER] = "carrier",
		[VB_HELD_PROTO_DOWN] = "protodown",
		[VB_HELD_DORMANT] = "dormant",
		[VB_HELD_ADMIN] = "down",
	};

	return how < VB_HELD_MAX && names[how] ? names[how] : "?";
}

int link_set(struct netlink *nl, uint32_t ifindex, enum vb_held how, bool on)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;
	int err;

	nlh->nlmsg_type = RTM_NEWLINK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = (int)ifindex;
	switch (how) {
	case VB_HELD_CARRIER:
		mnl_attr_put_u8(nlh, IFLA_CARRIER, on);
		break;
	case VB_HELD_PROTO_DOWN:
		mnl_attr_put_u8(nlh, IFLA_PROTO_DOWN, !on);
		break;
	case VB_HELD_DORMANT:
		/* The mode makes the kernel keep to the state when it works it out anew. */
		mnl_attr_put_u8(nlh, IFLA_LINKMODE,
				on ? IF_LINK_MODE_DEFAULT : IF_LINK_MODE_DORMANT);
		mnl_attr_put_u8(nlh, IFLA_OPERSTATE, on ? IF_OPER_UP : IF_OPER_DORMANT);
		break;
	case VB_HELD_ADMIN:
		ifi->ifi_change = IFF_UP;
		ifi->ifi_flags = on ? IFF_UP : 0;
		break;
	default:
		return -EINVAL;
	}
	err = netlink_talk(nl, nlh, NULL, NULL);
	/* tun_net_change_carrier(): no queue, no carrier. It comes when somebody opens it. */
	return how == VB_HELD_CARRIER && on && err == -EPERM ? 0 : err;
}

int link_held_open(const char *path, bool create)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	_cleanup_close_ int fd = -1;
	char pin[160];

	snprintf(pin, sizeof(pin), "%s/held", path);
	fd = bpf_obj_get(pin);
	if (fd < 0 && errno == ENOENT && create) {
		fd = bpf_map_create(BPF_MAP_TYPE_HASH, "held", sizeof(uint32_t),
				    sizeof(struct vb_hold), VB_ENDS_MAX, &opts);
		if (fd >= 0 && bpf_obj_pin(fd, pin) < 0)
			return -errno;
	}
	return fd < 0 ? -errno : TAKE_FD(fd);
}

struct vb_hold link_held_get(int fd, uint32_t ifindex)
{
	struct vb_hold hold = {0};

	if (fd < 0 || bpf_map_lookup_elem(fd, &ifindex, &hold) || hold.how >= VB_HELD_MAX)
		return (struct vb_hold){0};
	return hold;
}

int link_held_put(int fd, uint32_t ifindex, const struct vb_hold *hold)
{
	return bpf_map_update_elem(fd, &ifindex, hold, BPF_ANY) ? -errno : 0;
}

void link_held_del(int fd, uint32_t ifindex)
{
	bpf_map_delete_elem(fd, &ifindex);
}

int link_held_next(int fd, uint32_t ifindex, uint32_t *ret_ifindex)
{
	return bpf_map_get_next_key(fd, ifindex ? &ifindex : NULL, ret_ifindex) ? -errno : 0;
}

int link_restore(struct netlink *nl, const char *path, uint32_t ifindex)
{
	_cleanup_close_ int fd = link_held_open(path, false);
	struct vb_hold hold = link_held_get(fd, ifindex);
	int err = 0;

	if (hold.how != VB_HELD_NONE && !hold.given)
		err = link_set(nl, ifindex, hold.how, true);
	if (fd >= 0 && (!err || err == -ENODEV))
		link_held_del(fd, ifindex);
	return err == -ENODEV ? 0 : err;
}

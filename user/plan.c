// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <net/if_arp.h>
#include "plan.h"

static bool kind_is_any(const struct device *dev, const char *const kinds[])
{
	for (; *kinds; kinds++)
		if (!strcmp(dev->kind, *kinds))
			return true;
	return false;
}

/* Kinds that have no real other end: what the local stack sends on them is what there is. */
enum vb_side plan_default_side(const struct device *dev)
{
	static const char *const stack_kinds[] = {"dummy",   "ifb",    "macvlan",
						  "macvtap", "bridge", NULL};

	return kind_is_any(dev, stack_kinds) ? VB_SIDE_STACK : VB_SIDE_WIRE;
}

const char *plan_side_name(uint8_t side)
{
	return side == VB_SIDE_STACK ? "stack" : side == VB_SIDE_WIRE ? "wire" : "?";
}

const char *plan_datapath_name(const struct vb_hook hooks[VB_HOOKS_MAX])
{
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		if (hooks[i].role == VB_ROLE_WIRE_XDP)
			return hooks[i].method == VB_METHOD_XDPGEN ? "xdpgeneric" : "xdp";
	return "tc";
}

int plan_check_device(const struct device *dev, struct fault *f)
{
	int err = 0;

	if (dev->flags & IFF_LOOPBACK) {
		err = fault_set(f, EINVAL,
				"%s is a loopback device, which has no other end to give "
				"frames to",
				dev->name);
		fault_hint(f, "take an Ethernet device, such as a dummy: ip link add … type dummy");
	} else if (dev->type != ARPHRD_ETHER) {
		err = fault_set(f, EINVAL, "%s is not an Ethernet device (link type %u)", dev->name,
				dev->type);
		fault_hint(f, "a cable carries Ethernet frames: take a tap in the place of a tun, "
			      "gretap of gre");
	}
	return err;
}

/* dummy and ifb are made without ARP, dummy without multicast: as ends they would stay mute. */
static void plan_flags(const struct device *dev, struct plan_end *end)
{
	static const char *const mute[] = {"dummy", "ifb", NULL};
	static const char *const unfiltered[] = {"veth", "netkit", "tun", "dummy", "ifb", NULL};

	if (end->side == VB_SIDE_STACK && kind_is_any(dev, mute)) {
		end->ifi_clear |= dev->flags & IFF_NOARP;
		end->ifi_set |= ~dev->flags & IFF_MULTICAST;
	}
	/* A wire carries frames for every address; others than these kinds drop them early. */
	if (end->side == VB_SIDE_WIRE && !kind_is_any(dev, unfiltered))
		end->ifi_set |= ~dev->flags & IFF_PROMISC;
}

static void add_hook(struct plan_end *end, enum vb_role role, enum vb_method method)
{
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		if (end->hooks[i].role != VB_ROLE_NONE)
			continue;
		end->hooks[i].role = (uint8_t)role;
		end->hooks[i].method = (uint8_t)method;
		return;
	}
}

int plan_make(const struct plan_request *req, const struct plan_facts *facts, struct plan *ret,
	      struct fault *f)
{
	enum vb_method tc = facts->tcx && !req->anchors ? VB_METHOD_TCX : VB_METHOD_CLSACT;
	struct plan plan = {0};
	int err;

	for (int i = 0; i < 2; i++) {
		err = plan_check_device(&facts->dev[i], f);
		if (err)
			return err;
		plan.end[i].side = req->side[i] ?: plan_default_side(&facts->dev[i]);
		if (!req->anchors)
			plan_flags(&facts->dev[i], &plan.end[i]);
	}
	for (int i = 0; i < 2; i++) {
		struct plan_end *end = &plan.end[i];

		add_hook(end, end->side == VB_SIDE_STACK ? VB_ROLE_STACK_TX : VB_ROLE_WIRE_RX, tc);
		if (req->anchors)
			add_hook(end, VB_ROLE_ANCHOR_RX, tc);
		if (req->datapath != PLAN_XDP)
			continue;
		if (end->side == VB_SIDE_STACK) {
			err = fault_set(f, EINVAL,
					"datapath xdp: %s has side stack, and XDP sees "
					"only what comes from a wire",
					facts->dev[i].name);
			fault_hint(f, "both ends must have side wire; datapath tc works with any");
			return err;
		}
		add_hook(end, VB_ROLE_WIRE_XDP, VB_METHOD_XDP);
	}
	*ret = plan;
	return 0;
}

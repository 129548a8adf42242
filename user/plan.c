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
	static const char *const stack_kinds[] = {"dummy",  "ifb",    "macvlan", "macvtap",
						  "ipvlan", "ipvtap", "bridge",	 NULL};

	return kind_is_any(dev, stack_kinds) ? VB_SIDE_STACK : VB_SIDE_WIRE;
}

const char *plan_side_name(uint8_t side)
{
	return side == VB_SIDE_STACK ? "stack" : side == VB_SIDE_WIRE ? "wire" : "?";
}

bool plan_has_other_end(const struct device *dev)
{
	static const char *const kinds[] = {"veth", "netkit", NULL};

	return kind_is_any(dev, kinds);
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
	} else if (!strcmp(dev->kind, "vrf")) {
		err = fault_set(f, EINVAL, "%s is a vrf, a set of routes: it has no wire",
				dev->name);
		fault_hint(f, "pair a device that is in it: ip link show vrf …");
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

static struct vb_hook *add_hook(struct plan_end *end, enum vb_role role, enum vb_method method)
{
	struct vb_hook *hook = end->hooks;

	while (hook->role != VB_ROLE_NONE)
		hook++; /* an end has at most three */
	hook->role = (uint8_t)role;
	hook->method = (uint8_t)method;
	return hook;
}

/*
 * What arrives at a macvlan from below, or at a bridge from its ports, did not come through the
 * cable; nor did what this machine sends on a wire. Nothing but a cable brings frames to a dummy or
 * an ifb, and a gate there would only cost.
 */
static void plan_gate(const struct plan_request *req, const struct plan_facts *facts, int i,
		      enum vb_method tc, struct plan_end *end)
{
	static const char *const closed[] = {"dummy", "ifb", NULL};

	if (req->open[i]) {
		end->port_flags |= VB_PORT_OPEN;
		return;
	}
	if (end->side == VB_SIDE_STACK && kind_is_any(&facts->dev[i], closed))
		return;
	end->end_flags |= VB_END_GATED;
	add_hook(end, end->side == VB_SIDE_STACK ? VB_ROLE_STACK_RX : VB_ROLE_WIRE_TX, tc)->prio =
		(uint16_t)req->order[i];
}

int plan_make(const struct plan_request *req, const struct plan_facts *facts, struct plan *ret,
	      struct fault *f)
{
	enum vb_method tc = facts->tcx ? VB_METHOD_TCX : VB_METHOD_CLSACT;
	struct plan plan = {.datapath = req->datapath};
	int err = 0;

	for (int i = 0; i < 2; i++) {
		struct plan_end *end = &plan.end[i];
		struct vb_hook *hook;

		err = plan_check_device(&facts->dev[i], f);
		if (!err && req->relative[i] && !facts->tcx)
			err = fault_set(
				f, EOPNOTSUPP,
				"%s: before or after a program needs tcx, which this kernel "
				"lacks (Linux 6.6 has it)",
				facts->dev[i].name);
		if (err)
			return err;
		end->side = req->side[i] ?: plan_default_side(&facts->dev[i]);
		if (req->anchors) {
			end->end_flags |= VB_END_ANCHOR;
			add_hook(end, VB_ROLE_ANCHOR_RX, tc);
		} else {
			plan_flags(&facts->dev[i], end);
			plan_gate(req, facts, i, tc, end);
		}
		hook = add_hook(
			end, end->side == VB_SIDE_STACK ? VB_ROLE_STACK_TX : VB_ROLE_WIRE_RX, tc);
		hook->prio = (uint16_t)req->order[i];
		hook->handle = req->relative[i];
	}
	for (int i = 0; !err && i < 2; i++) {
		struct plan_end *end = &plan.end[i];

		err = plan_path(req, facts, &plan, i, f);
		if (err)
			return err;
		if (end->path == VB_PATH_XDP)
			add_hook(end, VB_ROLE_WIRE_XDP, VB_METHOD_XDP)->prio =
				req->datapath == PLAN_AUTO ? PLAN_XDP_NATIVE_ONLY : 0;
		else if (end->path == VB_PATH_XDPGEN)
			add_hook(end, VB_ROLE_WIRE_XDP, VB_METHOD_XDPGEN);
	}
	*ret = plan;
	return 0;
}

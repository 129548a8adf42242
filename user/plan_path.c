// SPDX-License-Identifier: GPL-2.0-only
/*
 * How frames cross, for one direction: from the end that takes them to the end they are handed to.
 * XDP is fast but knows only a frame's bytes: a checksum still to be filled in, a VLAN tag beside
 * the data, a GSO frame cannot cross it. So `auto` takes it only for what comes from a real wire,
 * and native XDP is nowhere taken where it would lose anything: generic XDP keeps the packet.
 */
#include <errno.h>
#include <string.h>
#include <linux/if_ether.h>
#include "plan.h"

#define VLAN_BYTES 4

const char *plan_path_name(uint8_t path)
{
	static const char *const names[VB_PATH_MAX] = {
		[VB_PATH_TC] = "tc",
		[VB_PATH_PEER] = "peer",
		[VB_PATH_XDP] = "xdp",
		[VB_PATH_XDPGEN] = "xdpgeneric",
	};

	return path < VB_PATH_MAX && names[path] ? names[path] : "?";
}

const char *plan_datapath_name(uint8_t datapath)
{
	static const char *const names[] = {
		[PLAN_AUTO] = "auto",
		[PLAN_TC] = "tc",
		[PLAN_PEER] = "peer",
		[PLAN_XDP] = "xdp",
	};

	return datapath < sizeof(names) / sizeof(*names) ? names[datapath] : "?";
}

const char *plan_reason_text(uint8_t reason)
{
	static const char *const texts[WHY_MAX] = {
		[WHY_ASKED] = "as asked for",
		[WHY_FROM_STACK] =
			"frames come from this machine's stack, and only tc takes them there",
		[WHY_TO_STACK] = "the peer has side stack, and only tc hands over as received",
		[WHY_PEER] =
			"the peer's other end is in another namespace and gets frames directly",
		[WHY_PEER_HERE] = "the peer's other end is in this namespace: datapath peer needs "
				  "another",
		[WHY_QDISC] = "the peer has a qdisc, which datapath peer would go round",
		[WHY_OLD_KERNEL] = "this kernel lets no program see where the peer's other end is "
				   "(Linux 6.2 does)",
		[WHY_WIRE] = "frames come from a wire, and both drivers have XDP",
		[WHY_NOT_A_WIRE] = "frames of a virtual device have offloads that tc keeps",
		[WHY_FEATURES_UNKNOWN] =
			"this kernel does not tell which drivers have XDP (Linux 6.3 "
			"does)",
		[WHY_NO_NATIVE] = "the driver has no native XDP redirect",
		[WHY_NO_XMIT] = "the peer's driver cannot transmit XDP frames",
		[WHY_NO_XMIT_VETH] =
			"the peer transmits XDP frames only if its other end has gro on",
		[WHY_STRIPS_VLAN] = "the driver takes VLAN tags off before XDP sees them "
				    "(ethtool -K … rxvlan off)",
		[WHY_TAP_CHECKSUM] =
			"native XDP would lose the unfinished checksums of frames from a "
			"tap",
		[WHY_VETH_CHECKSUM] =
			"this kernel's native XDP would lose the unfinished checksums of "
			"frames from a veth",
		[WHY_REFUSED] = "the driver refused the XDP program",
		[WHY_BLIND] = "this kernel lets generic XDP not see whether the peer's driver "
			      "takes packets with offloads (Linux 6.2 does)",
		[WHY_BOND] = "a bond has its ports run native XDP, and they are no ends",
	};

	return reason < WHY_MAX && texts[reason] ? texts[reason] : "not recorded";
}

static void choose(struct plan_end *end, enum vb_path path, enum plan_reason why)
{
	end->path = path;
	end->reason = (uint8_t)why;
}

static bool is_kind(const struct device *dev, const char *kind)
{
	return !strcmp(dev->kind, kind);
}

/*
 * Whether a device can transmit XDP frames, or may when it has an XDP program of its own: only then
 * do many drivers of physical devices set up what that needs.
 */
static bool may_transmit(const struct device *dev, const struct driver *driver)
{
	uint64_t needed = DRIVER_XDP_NDO_XMIT;

	if (!*dev->kind)
		needed |= DRIVER_XDP_REDIRECT;
	return driver->xdp_features & needed;
}

/* Why native XDP cannot carry what dev takes to peer unchanged; WHY_UNSAID: it can, or may. */
static enum plan_reason native_obstacle(const struct plan_facts *facts, int i)
{
	const struct driver *from = &facts->driver[i], *to = &facts->driver[!i];
	const struct device *dev = &facts->dev[i], *peer = &facts->dev[!i];

	if (!from->known || !to->known)
		return is_kind(dev, "veth") ? WHY_VETH_CHECKSUM : WHY_FEATURES_UNKNOWN;
	if (!(from->xdp_features & DRIVER_XDP_REDIRECT))
		return WHY_NO_NATIVE;
	/* The program would see the port as the device (bond_xdp_set), and pass all to TC. */
	if (is_kind(dev, "bond"))
		return WHY_BOND;
	if (is_kind(dev, "tun"))
		return WHY_TAP_CHECKSUM;
	if (from->strips_vlan && !is_kind(dev, "veth"))
		return WHY_STRIPS_VLAN;
	if (!may_transmit(peer, to))
		return is_kind(peer, "veth") ? WHY_NO_XMIT_VETH : WHY_NO_XMIT;
	return WHY_UNSAID;
}

/* What both ends need so that XDP may carry what end i takes. */
static void use_xdp(const struct plan_facts *facts, struct plan *plan, int i)
{
	plan->end[!i].xdp_max = facts->dev[!i].mtu + ETH_HLEN + VLAN_BYTES;
	/* Generic XDP keeps the packet, and has none of veth's to look at. */
	if (plan->end[i].path == VB_PATH_XDPGEN)
		plan->end[i].end_flags |= VB_END_XDPGEN;
	else if (is_kind(&facts->dev[i], "veth"))
		plan->end[i].end_flags |= VB_END_SKB;
}

static void choose_auto(const struct plan_facts *facts, struct plan *plan, int i)
{
	struct plan_end *end = &plan->end[i];
	const struct device *peer = &facts->dev[!i];
	enum plan_reason obstacle;

	if (end->side == VB_SIDE_STACK) {
		choose(end, VB_PATH_TC, WHY_FROM_STACK);
	} else if (plan->end[!i].side == VB_SIDE_STACK) {
		choose(end, VB_PATH_TC, WHY_TO_STACK);
	} else if (plan_has_other_end(peer)) {
		if (!facts->kern_types) {
			choose(end, VB_PATH_TC, WHY_OLD_KERNEL);
			return;
		}
		if (*peer->qdisc && strcmp(peer->qdisc, "noqueue") != 0 &&
		    strcmp(peer->qdisc, "noop") != 0) {
			choose(end, VB_PATH_TC, WHY_QDISC);
			return;
		}
		/* The program looks for itself, frame by frame: the other end may move later. */
		plan->end[!i].end_flags |= VB_END_PEER;
		if (peer->link_netnsid >= 0)
			choose(end, VB_PATH_PEER, WHY_PEER);
		else
			choose(end, VB_PATH_TC, WHY_PEER_HERE);
	} else if (*facts->dev[i].kind) {
		choose(end, VB_PATH_TC, WHY_NOT_A_WIRE);
	} else {
		obstacle = native_obstacle(facts, i);
		choose(end, obstacle ? VB_PATH_TC : VB_PATH_XDP, obstacle ?: WHY_WIRE);
		if (!obstacle)
			use_xdp(facts, plan, i);
	}
}

static int choose_xdp(const struct plan_facts *facts, struct plan *plan, int i, struct fault *f)
{
	enum plan_reason obstacle = native_obstacle(facts, i);
	const struct device *peer = &facts->dev[!i];
	int err;

	if (plan->end[i].side != VB_SIDE_WIRE) {
		err = fault_set(
			f, EINVAL,
			"datapath xdp: %s has side stack, and XDP sees only what comes from a "
			"wire",
			facts->dev[i].name);
		fault_hint(f, "both ends must have side wire; datapath tc works with any");
		return err;
	}
	if (plan->end[!i].side != VB_SIDE_WIRE)
		return 0; /* refused when it is that end's turn */
	/* What is lacking at a device of this namespace may be done. */
	if (obstacle == WHY_NO_XMIT_VETH && peer->link_netnsid < 0) {
		plan->end[!i].port_flags |= VB_PORT_FAR_GRO;
		obstacle = WHY_UNSAID;
	}
	if (obstacle && !facts->kern_types && !is_kind(peer, "veth")) {
		choose(&plan->end[i], VB_PATH_TC, WHY_BLIND);
		return 0;
	}
	if (obstacle)
		choose(&plan->end[i], VB_PATH_XDPGEN, obstacle);
	else
		choose(&plan->end[i], VB_PATH_XDP, WHY_ASKED);
	use_xdp(facts, plan, i);
	return 0;
}

static int choose_peer(const struct plan_facts *facts, struct plan *plan, int i, struct fault *f)
{
	const struct device *dev = &facts->dev[!i];
	int err;

	if (!plan_has_other_end(dev) || plan->end[!i].side != VB_SIDE_WIRE) {
		err = fault_set(
			f, EINVAL,
			"datapath peer: %s is not a veth or netkit with side wire, so there is "
			"no other end to hand frames to",
			dev->name);
	} else if (plan->end[i].side != VB_SIDE_WIRE) {
		err = fault_set(
			f, EINVAL,
			"datapath peer: %s has side stack, and frames can be handed on so only "
			"from a wire",
			facts->dev[i].name);
	} else if (dev->link_netnsid < 0) {
		err = fault_set(
			f, EINVAL,
			"datapath peer: the other end of %s is in this network namespace, and "
			"must be in another",
			dev->name);
	} else {
		plan->end[!i].end_flags |= VB_END_PEER;
		choose(&plan->end[i], VB_PATH_PEER, WHY_ASKED);
		return 0;
	}
	fault_hint(
		f,
		"datapath auto takes peer for the directions where it can deliver, tc for others");
	return err;
}

/* A driver that is asked about is that of a physical device, or XDP's on request. */
bool plan_asks_drivers(const struct plan_request *req, const struct device dev[2])
{
	return req->datapath == PLAN_XDP ||
	       (req->datapath == PLAN_AUTO && (!*dev[0].kind || !*dev[1].kind));
}

int plan_path(const struct plan_request *req, const struct plan_facts *facts, struct plan *plan,
	      int i, struct fault *f)
{
	switch (req->datapath) {
	case PLAN_XDP:
		return choose_xdp(facts, plan, i, f);
	case PLAN_PEER:
		if (!facts->kern_types)
			return fault_set(f, EOPNOTSUPP, "datapath peer: %s",
					 plan_reason_text(WHY_OLD_KERNEL));
		return choose_peer(facts, plan, i, f);
	case PLAN_TC:
		choose(&plan->end[i], VB_PATH_TC, WHY_ASKED);
		return 0;
	case PLAN_AUTO:
		break;
	}
	choose_auto(facts, plan, i);
	return 0;
}

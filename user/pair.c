// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <linux/if_ether.h>
#include "attach.h"
#include "cable.h"
#include "far_end.h"
#include "loop.h"
#include "netns.h"
#include "pair.h"
#include "replug.h"

int pair_device(struct netlink *nl, const char *name, struct device *dev, struct fault *f)
{
	char netns[64];
	int err = device_get(nl, name, dev);

	if (err == -ENODEV) {
		fault_set(f, ENODEV, "no device %s in this network namespace", name);
		if (netns_find_device(name, netns, sizeof(netns)))
			fault_hint(f,
				   "there is one in netns %s: both ends of a pair must be in one "
				   "namespace; `vethbpf add` joins two",
				   netns);
		else
			fault_hint(f, "`ip link` shows the devices there are");
	} else if (err) {
		fault_errno(f, -err, "ask for device %s", name);
	}
	return err;
}

/*
 * Refuses if the device is an end of a cable that is whole; takes away what is left of one that is
 * not: never finished, or its other end is gone, or was.
 */
static int claim(struct cable *c, int i, bool replug, struct fault *f)
{
	const struct device *dev = &c->facts.dev[i];
	struct vb_port port;
	struct device peer;
	int err;

	err = panel_port_get(c->panel, dev->ifindex, &port);
	if (err == -ENOENT)
		return 0;
	if (err)
		return fault_errno(f, -err, "read the port of %s", dev->name);
	if (cable_is_whole(c, dev, &port, &peer)) {
		fault_set(f, EBUSY, "%s is already paired with %s", dev->name, peer.name);
		if (replug && i)
			fault_hint(f, "replug moves the cable of the device that is named first");
		fault_hint(f, "to take that cable away: vethbpf unpair %s", dev->name);
		return -EBUSY;
	}
	return cable_disconnect(c, dev->ifindex, cable_partner(c->panel, dev->ifindex, &port), f);
}

enum joined {
	APART, /* there is no cable between the two, or none that carries */
	TORN,  /* somebody has detached a program of it */
	WHOLE,
};

static enum joined how_joined(struct cable *c)
{
	const struct device *a = &c->facts.dev[0], *b = &c->facts.dev[1];
	struct vb_port port;
	struct device peer;

	if (panel_port_get(c->panel, a->ifindex, &port) || !cable_is_whole(c, a, &port, &peer) ||
	    peer.ifindex != b->ifindex)
		return APART;
	return cable_has_hooks(c->panel, a->ifindex, b->ifindex) ? WHOLE : TORN;
}

/* Whether the cable between the two is what was asked for now. */
static bool is_as_planned(struct cable *c)
{
	for (int i = 0; i < 2; i++) {
		const struct plan_end *end = &c->plan.end[i];
		struct vb_port port;

		if (panel_port_get(c->panel, c->facts.dev[i].ifindex, &port) ||
		    port.side != end->side || port.datapath != c->plan.datapath ||
		    (port.flags ^ end->port_flags) & VB_PORT_OPEN)
			return false;
	}
	return true;
}

/* What of an end is not changed while frames flow through it. */
static int check_stays(const struct cable *c, const struct pair_request *req,
		       const struct vb_port *port, struct fault *f)
{
	const char *name = c->facts.dev[0].name;

	if (port->flags & VB_PORT_ANCHOR) {
		fault_set(f, EINVAL, "%s is the anchor of %.16s, which goes with its cable", name,
			  port->endpoint);
		fault_hint(f, "cables that add made stay where they are");
	} else if (port->side != c->plan.end[0].side) {
		fault_set(f, EINVAL, "%s is plugged in at side %s, and replug does not change that",
			  name, plan_side_name(port->side));
		fault_hint(f, "say `%s side %s`, or unpair it first", name,
			   plan_side_name(port->side));
	} else if (req->plan.order[0] != PLAN_LAST) {
		fault_set(f, EINVAL, "%s keeps its place among other programs when it is replugged",
			  name);
		fault_hint(f, "leave out before or after for it, or unpair it first");
	}
	return f->err ? -f->err : 0;
}

/* The end that the first device is paired with, if that cable is whole and another; else 0. */
static uint32_t find_old_peer(struct cable *c, struct vb_port *port)
{
	const struct device *dev = &c->facts.dev[0];
	struct device peer;

	if (panel_port_get(c->panel, dev->ifindex, port) || !cable_is_whole(c, dev, port, &peer))
		return 0;
	return peer.ifindex == c->facts.dev[1].ifindex ? 0 : peer.ifindex;
}

/* The first device may be what add made, on an anchor, which is no end itself. */
static int check_no_endpoint(const struct cable *c, struct fault *f)
{
	const struct device *dev = &c->facts.dev[0];
	struct vb_port port;

	if (!dev->link || dev->link_netnsid != -1 || panel_port_get(c->panel, dev->link, &port) ||
	    !(port.flags & VB_PORT_ANCHOR))
		return 0;
	fault_set(f, EINVAL, "%s was made by add, with the cable it has", dev->name);
	fault_hint(f, "cables that add made stay where they are");
	return -EINVAL;
}

static int connect_or_move(struct cable *c, const struct pair_request *req, struct fault *f)
{
	struct vb_port port;
	uint32_t from = req->replug ? find_old_peer(c, &port) : 0;
	int err = req->replug ? check_no_endpoint(c, f) : 0;

	err = err ?: from ? check_stays(c, req, &port, f) : claim(c, 0, req->replug, f);
	err = err ?: claim(c, 1, req->replug, f);
	if (err)
		return err;
	return from ? replug(c, from, f) : cable_connect(c, f);
}

static int mend_or_connect(struct cable *c, const struct pair_request *req, struct fault *f)
{
	bool settled = false;
	enum joined joined;

	for (int i = 0; i < 2; i++) {
		int ret = replug_settle(c, c->facts.dev[i].ifindex, f);

		if (ret < 0)
			return ret;
		settled |= ret;
	}
	joined = how_joined(c);
	if (joined == TORN)
		return cable_mend(c, f);
	if (joined == WHOLE && (req->may_be || settled) && is_as_planned(c))
		return 0;
	return connect_or_move(c, req, f);
}

static void collect_facts(struct cable *c, const struct plan_request *req)
{
	c->facts.tcx = c->panel->tcx;
	c->facts.kern_types = c->panel->kern_types;
	for (int i = 0; i < 2 && plan_asks_drivers(req, c->facts.dev); i++)
		driver_get(&c->facts.dev[i], &c->facts.driver[i]);
}

/* Where it is not XDP in the driver that takes what end i takes: why, and what would change it. */
static void warn(struct cable *c, int i, struct fault *ret)
{
	const struct device *dev = &c->facts.dev[i], *peer = &c->facts.dev[!i];
	struct vb_port port;
	char command[256];

	if (panel_port_get(c->panel, dev->ifindex, &port) || port.path == VB_PATH_XDP)
		return;
	fault_set(ret, EOPNOTSUPP, "what %s takes crosses by %s: %s", dev->name,
		  port.path == VB_PATH_XDPGEN
			  ? "generic XDP, which is slower than XDP in the driver"
			  : "tc",
		  plan_reason_text(port.reason));
	if (port.reason == WHY_NO_XMIT_VETH) {
		far_end_gro_command(c->nl, peer, command, sizeof(command));
		fault_hint(ret, "%s; then unpair and pair again", command);
	} else if (port.reason == WHY_STRIPS_VLAN) {
		fault_hint(ret, "ethtool -K %s rxvlan off; then unpair and pair again", dev->name);
	} else if (port.reason == WHY_REFUSED && dev->mtu > ETH_DATA_LEN) {
		fault_hint(ret, "its MTU of %u may be too large for it: ip link set %s mtu %u",
			   dev->mtu, dev->name, ETH_DATA_LEN);
	}
}

int pair_make(struct session *s, const struct pair_request *req, struct fault ret_warnings[2],
	      struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};
	int err;

	err = session_open_netlink(s, f);
	for (int i = 0; !err && i < 2; i++)
		err = pair_device(c.nl, req->dev[i], &c.facts.dev[i], f);
	if (!err && c.facts.dev[0].ifindex == c.facts.dev[1].ifindex)
		err = fault_set(f, EINVAL, "both ends are the same device");
	for (int i = 0; !err && i < 2; i++)
		err = plan_check_device(&c.facts.dev[i], f);
	err = err ?: session_open(s, PANEL_CREATE, f);
	for (int i = 0; !err && i < 2; i++)
		err = attach_xdp_check(c.panel, &c.facts.dev[i], f);
	if (!err)
		collect_facts(&c, &req->plan);
	err = err ?: plan_make(&req->plan, &c.facts, &c.plan, f);
	err = err ?: loop_check(c.panel, c.nl, &c.facts, &c.plan, f);
	err = err ?: mend_or_connect(&c, req, f);
	for (int i = 0; !err && ret_warnings && i < 2; i++) {
		if (c.plan.datapath == PLAN_XDP)
			warn(&c, i, &ret_warnings[i]);
		fault_context(&ret_warnings[i], "pair %s %s", req->dev[0], req->dev[1]);
	}
	if (err)
		fault_context(f, "pair %s %s", req->dev[0], req->dev[1]);
	return err;
}

int pair_anchors(struct session *s, const struct device dev[2],
		 const struct cable_anchor anchors[2], struct fault *f)
{
	const struct pair_request req = {.plan.anchors = true};
	struct cable c = {
		.panel = &s->panel,
		.nl = &s->nl,
		.facts = {.dev = {dev[0], dev[1]}, .tcx = s->panel.tcx},
		.anchors = anchors,
	};
	int err = plan_make(&req.plan, &c.facts, &c.plan, f);

	return err ?: mend_or_connect(&c, &req, f);
}

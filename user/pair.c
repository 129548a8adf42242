// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order of making: write down what will be done (ports), attach the hooks, change flags, fill
 * peers; nothing of that moves a frame. Then the two ends name each other, and the second of these
 * stores plugs both directions in at once. Order of removing: the reverse, so that a loader killed
 * anywhere leaves either a cable or none, and a record from which the next one can finish.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "attach.h"
#include "loop.h"
#include "netns.h"
#include "pair.h"

struct cable {
	struct panel *panel;
	struct netlink *nl;
	struct plan_facts facts;
	struct plan plan;
	const struct pair_anchor *anchors; /* of both ends; NULL: they are no anchors */
};

static int get_device(struct netlink *nl, const char *name, struct device *dev, struct fault *f)
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

/* Whether the device that was paired is (still) here; not another that has got its ifindex. */
static bool is_present(struct cable *c, uint32_t ifindex, const struct vb_port *port,
		       struct device *dev)
{
	return !device_get_index(c->nl, ifindex, dev) && attach_is_same(c->panel, port, dev);
}

/* Restores the flags that the cable changed; what others changed since is left. */
static int restore_flags(struct cable *c, uint32_t ifindex, const struct vb_port *port,
			 struct fault *f)
{
	int err;

	if (!port->ifi_set && !port->ifi_clear)
		return 0;
	err = device_change_flags(c->nl, ifindex, port->ifi_clear, port->ifi_set);
	if (err && err != -ENODEV)
		return fault_errno(f, -err, "%s: restore its flags", port->name);
	return 0;
}

/* Takes one end down. Goes on after an error, to undo as much as can be; the first one is told. */
static int take_down(struct cable *c, uint32_t ifindex, struct fault *f)
{
	struct vb_port port;
	struct device dev;
	bool ours, told = f && f->err;
	int err = 0, ret;

	ret = panel_port_get(c->panel, ifindex, &port);
	if (ret)
		return ret == -ENOENT ? 0 : fault_errno(f, -ret, "read the port of %u", ifindex);

	ours = is_present(c, ifindex, &port, &dev);
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct attach_ops *ops = attach_by_method(port.hooks[i].method);

		if (!ops)
			continue;
		ret = ops->detach(c->panel, ifindex, &port.hooks[i], port.flags, f);
		err = err ?: ret;
	}
	if (ours) {
		ret = restore_flags(c, ifindex, &port, f);
		err = err ?: ret;
	}
	if (err) {
		if (!told)
			fault_context(f, "%s", port.name);
		return err;
	}
	panel_end_del(c->panel, ifindex);
	ret = panel_port_del(c->panel, ifindex);
	if (ret)
		return fault_errno(f, -ret, "%s: delete its port", port.name);
	return 0;
}

static void unplug(const struct panel *p, uint32_t a, uint32_t b)
{
	struct vb_end *end = panel_end_get(p, a);

	if (end)
		panel_end_plug(end, 0);
	end = b ? panel_end_get(p, b) : NULL;
	if (end)
		panel_end_plug(end, 0);
}

/* Unplugs first: one store, and neither end takes a frame any more. */
static int take_both_down(struct cable *c, uint32_t a, uint32_t b, struct fault *f)
{
	int err = 0, ret;

	unplug(c->panel, a, b);
	ret = panel_peer_del(c->panel, a);
	err = ret;
	if (b) {
		ret = panel_peer_del(c->panel, b);
		err = err ?: ret;
	}
	if (err)
		fault_errno(f, -err, "remove the peers' entries");
	ret = take_down(c, a, f);
	err = err ?: ret;
	if (b) {
		ret = take_down(c, b, f);
		err = err ?: ret;
	}
	return err;
}

/* The other end of ifindex as its port tells, if that one's port agrees; else 0. */
static uint32_t partner_of(const struct panel *p, uint32_t ifindex, const struct vb_port *port)
{
	struct vb_port other;

	return !panel_port_get(p, port->peer, &other) && other.peer == ifindex ? port->peer : 0;
}

/* The kernel deletes the entry when the peer leaves, be it to come back. */
static bool has_peer(const struct cable *c, uint32_t ifindex, uint32_t peer)
{
	uint32_t found;

	return !panel_peer_get(c->panel, ifindex, &found) && found == peer;
}

/*
 * Refuses if the device is an end of a cable that is whole; takes away what is left of one that is
 * not: never finished, or its other end is gone, or was.
 */
static int claim(struct cable *c, const struct device *dev, struct fault *f)
{
	struct vb_port port, other;
	struct device peer;
	const struct vb_end *end, *far;
	uint32_t partner;
	int err;

	err = panel_port_get(c->panel, dev->ifindex, &port);
	if (err == -ENOENT)
		return 0;
	if (err)
		return fault_errno(f, -err, "read the port of %s", dev->name);

	partner = partner_of(c->panel, dev->ifindex, &port);
	end = panel_end_get(c->panel, dev->ifindex);
	/* Plugged at one end only: a loader was killed between the two stores. */
	far = panel_end_get(c->panel, partner);
	if (partner && end && end->peer && far && far->peer &&
	    attach_is_same(c->panel, &port, dev) && has_peer(c, dev->ifindex, partner) &&
	    has_peer(c, partner, dev->ifindex) && !panel_port_get(c->panel, partner, &other) &&
	    is_present(c, partner, &other, &peer)) {
		fault_set(f, EBUSY, "%s is already paired with %s", dev->name, peer.name);
		fault_hint(f, "to take that cable away: vethbpf unpair %s", dev->name);
		return -EBUSY;
	}
	return take_both_down(c, dev->ifindex, partner, f);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* Writes down what the end will be and have, before anything is done to it. */
static int write_port(struct cable *c, int i, uint64_t since, struct vb_port *port, struct fault *f)
{
	const struct plan_end *end = &c->plan.end[i];
	const struct device *dev = &c->facts.dev[i];
	int err;

	*port = (struct vb_port){
		.peer = c->facts.dev[!i].ifindex,
		.flags = end->port_flags | (i == 0 ? VB_PORT_FIRST : 0),
		.ifi_set = end->ifi_set,
		.ifi_clear = end->ifi_clear,
		.since = since,
		.side = (uint8_t)end->side,
		.path = (uint8_t)end->path,
		.reason = end->reason,
	};
	memcpy(port->hooks, end->hooks, sizeof(port->hooks));
	memcpy(port->name, dev->name, sizeof(port->name));
	if (c->anchors) {
		port->flags |= VB_PORT_ANCHOR;
		memcpy(port->endpoint, c->anchors[i].endpoint, sizeof(port->endpoint));
		memcpy(port->own_address, c->anchors[i].own_address, sizeof(port->own_address));
	}

	for (int k = 0; k < VB_HOOKS_MAX; k++) {
		const struct attach_ops *ops = attach_by_method(port->hooks[k].method);

		err = ops && ops->prepare
			      ? ops->prepare(dev->ifindex, &port->hooks[k], &port->flags, f)
			      : 0;
		if (err)
			return err;
	}
	err = panel_port_put(c->panel, dev->ifindex, port);
	if (err)
		return fault_errno(f, -err, "write its port");
	return 0;
}

/* Nobody asked for XDP: the TC program is there and does it all. */
static void do_without_xdp(struct vb_port *port, struct vb_hook *hook, enum plan_reason why)
{
	*hook = (struct vb_hook){0};
	port->path = VB_PATH_TC;
	port->reason = (uint8_t)why;
}

static int attach_end(struct cable *c, int i, struct vb_port *port, struct fault *f)
{
	const struct device *dev = &c->facts.dev[i];
	int err;

	for (int k = 0; k < VB_HOOKS_MAX; k++) {
		const struct attach_ops *ops = attach_by_method(port->hooks[k].method);
		uint8_t planned = port->hooks[k].method;

		if (!ops)
			continue;
		err = ops->attach(c->panel, dev->ifindex, &port->hooks[k], f);
		if (err && port->hooks[k].prio == PLAN_XDP_NATIVE_ONLY &&
		    port->hooks[k].role == VB_ROLE_WIRE_XDP) {
			*f = (struct fault){0};
			do_without_xdp(port, &port->hooks[k], WHY_REFUSED);
			err = 0;
		} else if (err) {
			return err;
		} else if (port->hooks[k].method == VB_METHOD_XDPGEN) {
			port->reason = planned == VB_METHOD_XDP ? WHY_REFUSED : port->reason;
			port->path = VB_PATH_XDPGEN;
		}
		if (port->hooks[k].method != planned)
			err = panel_port_put(c->panel, dev->ifindex, port);
		if (err)
			return fault_errno(f, -err, "write its port");
	}
	if (!port->ifi_set && !port->ifi_clear)
		return 0;
	err = device_change_flags(c->nl, dev->ifindex, port->ifi_set, port->ifi_clear);
	if (err)
		return fault_errno(f, -err, "change its flags%s%s", *c->nl->extack ? ": " : "",
				   c->nl->extack);
	return 0;
}

/*
 * Many drivers can transmit XDP frames, and say so, only while an XDP program is on their device.
 * So the plan hopes for it, and here, when both ends have their programs, it is known.
 */
static int keep_xdp_if_peer_transmits(struct cable *c, int i, struct vb_port *port, struct fault *f)
{
	uint32_t ifindex = c->facts.dev[i].ifindex;
	struct vb_hook *hook = port->hooks;
	struct driver peer;
	int err;

	while (hook->method != VB_METHOD_XDP)
		if (++hook == port->hooks + VB_HOOKS_MAX)
			return 0;
	driver_get(&c->facts.dev[!i], &peer);
	if (peer.xdp_features & DRIVER_XDP_NDO_XMIT)
		return 0;

	err = attach_xdp.detach(c->panel, ifindex, hook, 0, f);
	if (err)
		return err;
	if (hook->prio == PLAN_XDP_NATIVE_ONLY) {
		do_without_xdp(port, hook, WHY_NO_XMIT);
	} else {
		hook->method = VB_METHOD_XDPGEN;
		port->path = VB_PATH_XDPGEN;
		port->reason = WHY_NO_XMIT;
		err = attach_xdpgeneric.attach(c->panel, ifindex, hook, f);
		if (err)
			return err;
	}
	err = panel_port_put(c->panel, ifindex, port);
	return err ? fault_errno(f, -err, "write its port") : 0;
}

static int connect_ends(struct cable *c, struct fault *f)
{
	uint32_t a = c->facts.dev[0].ifindex, b = c->facts.dev[1].ifindex;
	struct vb_port port[2];
	struct vb_end *end[2], like[2];
	uint64_t since = now_ns();
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		like[i] = (struct vb_end){
			.side = (uint8_t)c->plan.end[i].side,
			.flags = c->plan.end[i].end_flags,
			.xdp_max = c->plan.end[i].xdp_max,
		};
		err = write_port(c, i, since, &port[i], f);
		if (err)
			fault_context(f, "%s", c->facts.dev[i].name);
	}
	for (int i = 0; !err && i < 2; i++)
		err = panel_end_add(c->panel, c->facts.dev[i].ifindex, &like[i], &end[i], f);
	for (int i = 0; !err && i < 2; i++) {
		err = attach_end(c, i, &port[i], f);
		/* Be it that the driver refused: the plan did not know. */
		if (port[i].path == VB_PATH_XDPGEN)
			end[i]->flags = (uint8_t)((end[i]->flags & ~VB_END_SKB) | VB_END_XDPGEN);
		if (err)
			fault_context(f, "%s", c->facts.dev[i].name);
	}
	/* Twice: without its own program, a device transmits no more for the other either. */
	for (int n = 0; !err && n < 4; n++)
		err = keep_xdp_if_peer_transmits(c, n % 2, &port[n % 2], f);
	if (!err) {
		err = panel_peer_put(c->panel, a, b) ?: panel_peer_put(c->panel, b, a);
		if (err)
			fault_errno(f, -err, "write the peers' entries");
	}
	if (err) {
		take_both_down(c, a, b, f);
		return err;
	}
	panel_end_plug(end[0], b);
	panel_end_plug(end[1], a);
	return 0;
}

static void collect_facts(struct cable *c)
{
	c->facts.tcx = c->panel->tcx;
	c->facts.kern_types = c->panel->kern_types;
	for (int i = 0; i < 2 && !c->anchors; i++)
		driver_get(&c->facts.dev[i], &c->facts.driver[i]);
}

int pair_make(struct session *s, const struct pair_request *req, struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};
	int err;

	err = session_open_netlink(s, f);
	for (int i = 0; !err && i < 2; i++)
		err = get_device(c.nl, req->dev[i], &c.facts.dev[i], f);
	if (!err && c.facts.dev[0].ifindex == c.facts.dev[1].ifindex)
		err = fault_set(f, EINVAL, "both ends are the same device");
	for (int i = 0; !err && i < 2; i++)
		err = plan_check_device(&c.facts.dev[i], f);
	err = err ?: session_open(s, PANEL_CREATE, f);
	if (!err)
		collect_facts(&c);
	err = err ?: plan_make(&req->plan, &c.facts, &c.plan, f);
	err = err ?: loop_check(c.panel, c.nl, &c.facts, &c.plan, f);
	for (int i = 0; !err && i < 2; i++)
		err = claim(&c, &c.facts.dev[i], f);
	err = err ?: connect_ends(&c, f);
	if (err)
		fault_context(f, "pair %s %s", req->dev[0], req->dev[1]);
	return err;
}

int pair_anchors(struct session *s, const struct device dev[2], const struct pair_anchor anchors[2],
		 struct fault *f)
{
	struct plan_request req = {.anchors = true};
	struct cable c = {
		.panel = &s->panel,
		.nl = &s->nl,
		.facts = {.dev = {dev[0], dev[1]}, .tcx = s->panel.tcx},
		.anchors = anchors,
	};
	int err = plan_make(&req, &c.facts, &c.plan, f);

	for (int i = 0; !err && i < 2; i++)
		err = claim(&c, &c.facts.dev[i], f);
	return err ?: connect_ends(&c, f);
}

int pair_disconnect(struct session *s, uint32_t a, uint32_t b, struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};

	return take_both_down(&c, a, b, f);
}

void pair_unplug(struct session *s, uint32_t a, uint32_t b)
{
	unplug(&s->panel, a, b);
}

/* By the device's ifindex if it is there, else by the name it had when it was paired. */
static int find_port(struct cable *c, const char *name, uint32_t *ret_ifindex, struct vb_port *port)
{
	struct device dev;
	uint32_t ifindex = 0;

	if (!device_get(c->nl, name, &dev) && !panel_port_get(c->panel, dev.ifindex, port) &&
	    attach_is_same(c->panel, port, &dev)) {
		*ret_ifindex = dev.ifindex;
		return 0;
	}
	while (!panel_port_next(c->panel, ifindex, &ifindex)) {
		if (panel_port_get(c->panel, ifindex, port) ||
		    strncmp(port->name, name, sizeof(port->name)) != 0 ||
		    is_present(c, ifindex, port, &dev))
			continue;
		*ret_ifindex = ifindex;
		return 0;
	}
	return -ENOENT;
}

int pair_remove(struct session *s, const char *dev, struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};
	struct device there;
	struct vb_port port;
	uint32_t ifindex;
	int err;

	err = session_open(s, PANEL_WRITE, f);
	if (!err)
		err = find_port(&c, dev, &ifindex, &port);
	if (err == -ENOENT && !f->err) {
		err = get_device(c.nl, dev, &there, f);
		if (!err) {
			err = fault_set(f, ENOENT, "%s is not paired", dev);
			if (there.link && !panel_port_get(c.panel, there.link, &port) &&
			    port.flags & VB_PORT_ANCHOR)
				fault_hint(f, "add made it with its cable: vethbpf del %s", dev);
			else
				fault_hint(f, "`vethbpf list` shows the pairs there are");
		}
	} else if (!err && port.flags & VB_PORT_ANCHOR) {
		err = fault_set(f, EINVAL, "it is the anchor of %.16s, which goes with its cable",
				port.endpoint);
		fault_hint(f, "to take both away: vethbpf del %s", dev);
	} else if (!err) {
		err = take_both_down(&c, ifindex, partner_of(c.panel, ifindex, &port), f);
	}
	if (err)
		fault_context(f, "unpair %s", dev);
	return err;
}

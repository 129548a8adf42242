// SPDX-License-Identifier: GPL-2.0-only
/* Making a cable. Nothing before the last two stores moves a frame. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "attach.h"
#include "cable.h"
#include "far_end.h"

uint64_t cable_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

int cable_fill_port(struct cable *c, int i, uint64_t since, struct vb_port *port, struct fault *f)
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
		.datapath = (uint8_t)c->plan.datapath,
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
	return 0;
}

int cable_write_port(const struct cable *c, uint32_t key, const struct vb_port *port,
		     struct fault *f)
{
	int err = panel_port_put(c->panel, key, port);

	if (err == -E2BIG) {
		fault_set(f, ENOSPC, "the panel is full: it has %u ends, and can have no more",
			  VB_ENDS_MAX);
		fault_hint(f, "unpair ends that are no longer needed");
		return -ENOSPC;
	}
	return err ? fault_errno(f, -err, "write its port") : 0;
}

/* Nobody asked for XDP: the TC program is there and does it all. */
static void do_without_xdp(struct vb_port *port, struct vb_hook *hook, enum plan_reason why)
{
	*hook = (struct vb_hook){0};
	port->path = VB_PATH_TC;
	port->reason = (uint8_t)why;
}

int cable_attach_end(struct cable *c, int i, uint32_t key, struct vb_port *port, struct fault *f)
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
			err = cable_write_port(c, key, port, f);
		if (err)
			return err;
	}
	if (port->flags & VB_PORT_FAR_GRO) {
		err = far_end_set_gro(c->nl, dev, true);
		if (err)
			return fault_errno(f, -err, "turn gro on at its other end");
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
int cable_keep_xdp(struct cable *c, int i, uint32_t key, struct vb_port *port, struct fault *f)
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
	return cable_write_port(c, key, port, f);
}

void cable_note_xdp(struct vb_end *end, const struct vb_port *port)
{
	if (port->path == VB_PATH_XDPGEN)
		end->flags = (uint8_t)((end->flags & ~VB_END_SKB) | VB_END_XDPGEN);
}

int cable_add_end(struct cable *c, int i, struct vb_end **ret, struct fault *f)
{
	const struct vb_end like = {
		.side = (uint8_t)c->plan.end[i].side,
		.flags = c->plan.end[i].end_flags,
		.xdp_max = c->plan.end[i].xdp_max,
	};

	return panel_end_add(c->panel, c->facts.dev[i].ifindex, &like, ret, f);
}

int cable_connect(struct cable *c, struct fault *f)
{
	uint32_t a = c->facts.dev[0].ifindex, b = c->facts.dev[1].ifindex;
	struct vb_port port[2];
	uint32_t of[2] = {a, b};
	struct vb_end *end[2];
	uint64_t since = cable_now();
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		err = cable_fill_port(c, i, since, &port[i], f);
		err = err ?: cable_write_port(c, of[i], &port[i], f);
		if (err)
			fault_context(f, "%s", c->facts.dev[i].name);
	}
	for (int i = 0; !err && i < 2; i++)
		err = cable_add_end(c, i, &end[i], f);
	for (int i = 0; !err && i < 2; i++) {
		err = cable_attach_end(c, i, of[i], &port[i], f);
		if (err)
			fault_context(f, "%s", c->facts.dev[i].name);
	}
	/* Twice: without its own program, a device transmits no more for the other either. */
	for (int n = 0; !err && n < 4; n++)
		err = cable_keep_xdp(c, n % 2, of[n % 2], &port[n % 2], f);
	for (int i = 0; !err && i < 2; i++)
		cable_note_xdp(end[i], &port[i]);
	if (!err) {
		err = panel_peer_put(c->panel, a, b) ?: panel_peer_put(c->panel, b, a);
		if (err)
			fault_errno(f, -err, "write the peers' entries");
	}
	if (err) {
		cable_disconnect(c, a, b, f);
		return err;
	}
	panel_end_plug(end[0], b);
	panel_end_plug(end[1], a);
	return 0;
}

int cable_mend(struct cable *c, struct fault *f)
{
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		const struct device *dev = &c->facts.dev[i];
		struct vb_port port;

		err = panel_port_get(c->panel, dev->ifindex, &port);
		if (err)
			fault_errno(f, -err, "read its port");
		err = err ?: cable_attach_end(c, i, dev->ifindex, &port, f);
		if (err)
			fault_context(f, "%s", dev->name);
	}
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <linux/if_ether.h>
#include "attach.h"
#include "replug.h"

#define VLAN_BYTES 4

static struct vb_hook *find_hook(struct vb_port *port, enum vb_role role)
{
	for (int k = 0; k < VB_HOOKS_MAX; k++)
		if (port->hooks[k].role == role)
			return &port->hooks[k];
	return NULL;
}

static struct vb_hook *find_gate(struct vb_port *port)
{
	return find_hook(port, VB_ROLE_STACK_RX) ?: find_hook(port, VB_ROLE_WIRE_TX);
}

/* An XDP program is attached anew where only its mode differs. */
static bool has_hook(struct vb_port *port, const struct vb_hook *hook)
{
	const struct vb_hook *found = find_hook(port, hook->role);

	return found && (hook->role != VB_ROLE_WIRE_XDP || found->method == hook->method);
}

/* How the end that stays will be: as planned, but what is on the device already stays there. */
static int plan_port(struct cable *c, const struct vb_port *was, struct vb_port *will,
		     struct fault *f)
{
	struct vb_port before = *was;
	int err = cable_fill_port(c, 0, cable_now(), will, f);

	if (err)
		return err;
	will->flags |= was->flags & (VB_PORT_MADE_CLSACT | VB_PORT_FAR_GRO);
	will->ifi_set = was->ifi_set;
	will->ifi_clear = was->ifi_clear;
	for (int k = 0; k < VB_HOOKS_MAX; k++) {
		struct vb_hook *hook = &will->hooks[k];

		if (hook->role == VB_ROLE_WIRE_XDP || hook->role == VB_ROLE_NONE)
			continue;
		if (find_hook(&before, hook->role))
			*hook = *find_hook(&before, hook->role);
	}
	return cable_write_port(c, c->facts.dev[0].ifindex | VB_MEANWHILE, will, f);
}

static int prepare_new_peer(struct cable *c, struct vb_port *port, struct vb_end **ret,
			    struct fault *f)
{
	uint32_t ifindex = c->facts.dev[1].ifindex;
	int err;

	err = cable_fill_port(c, 1, cable_now(), port, f);
	err = err ?: cable_write_port(c, ifindex, port, f);
	err = err ?: cable_add_end(c, 1, ret, f);
	err = err ?: cable_attach_end(c, 1, ifindex, port, f);
	if (err)
		fault_context(f, "%s", c->facts.dev[1].name);
	return err;
}

static int wait_for_programs(const struct cable *c, struct fault *f)
{
	int err = panel_wait(c->panel);

	return err ? fault_errno(f, -err, "wait for programs that run") : 0;
}

/*
 * Where a gate comes, frames are marked for it first; where XDP is exchanged, TC has them all
 * meanwhile, from the old peer's xdp_max on.
 */
static int prepare_staying_end(struct cable *c, struct vb_port *was, struct vb_port *will,
			       struct vb_end *end, struct vb_end *from, struct fault *f)
{
	const struct vb_hook *xdp = find_hook(was, VB_ROLE_WIRE_XDP);
	uint32_t ifindex = c->facts.dev[0].ifindex;
	bool new_gate = find_gate(will) && !find_gate(was);
	bool new_mode = xdp && find_hook(will, VB_ROLE_WIRE_XDP) && !has_hook(will, xdp);
	int err = 0;

	if (new_gate)
		end->flags |= VB_END_GATED;
	if (new_mode)
		__atomic_store_n(&from->xdp_max, 0, __ATOMIC_RELEASE);
	if (new_gate || new_mode)
		err = wait_for_programs(c, f);
	if (!err && new_mode)
		err = attach_xdp.detach(c->panel, ifindex, xdp, 0, f);
	err = err ?: cable_attach_end(c, 0, ifindex | VB_MEANWHILE, will, f);
	if (err)
		fault_context(f, "%s", c->facts.dev[0].name);
	return err;
}

/*
 * The move. Nothing before the write in peers changes where a frame goes. XDP looks at the peer it
 * names in ends, and sends to the one in peers: so the old one's limit is the new one's, too.
 */
static int move(struct cable *c, const struct vb_port *will, struct vb_end *end,
		struct vb_end *from, struct vb_end *to, struct fault *f)
{
	struct vb_end as_planned = {.flags = c->plan.end[0].end_flags};
	uint32_t a = end->ifindex;
	uint16_t slot;
	int err;

	err = panel_slot_take(c->panel, &slot);
	if (err)
		return fault_errno(f, -err, "make new counters");
	cable_note_xdp(&as_planned, will);
	end->flags = (uint8_t)(as_planned.flags | (end->flags & VB_END_GATED));
	__atomic_store_n(&end->xdp_max, c->plan.end[0].xdp_max, __ATOMIC_RELEASE);
	if (to->xdp_max < from->xdp_max)
		__atomic_store_n(&from->xdp_max, to->xdp_max, __ATOMIC_RELEASE);
	err = panel_peer_put(c->panel, to->ifindex, a);
	err = err ?: panel_peer_put(c->panel, a | VB_MEANWHILE, to->ifindex);
	panel_end_plug(to, a);
	err = err ?: panel_wait(c->panel);
	err = err ?: panel_peer_del(c->panel, from->ifindex);
	err = err ?: panel_peer_put(c->panel, a, to->ifindex);
	if (err) {
		panel_slot_give(c->panel, slot);
		return fault_errno(f, -err, "write the peers' entries");
	}
	/* What the new peer was handed is what is counted from here on. */
	__atomic_store_n(&end->slot, slot, __ATOMIC_RELEASE);
	panel_end_plug(end, to->ifindex);
	return 0;
}

int replug(struct cable *c, uint32_t from, struct fault *f)
{
	uint32_t a = c->facts.dev[0].ifindex, b = c->facts.dev[1].ifindex;
	struct vb_end *end = panel_end_get(c->panel, a), *to = NULL;
	struct vb_end *old = panel_end_get(c->panel, from);
	struct vb_port was, port[2];
	uint16_t slot = end->slot;
	int err, ret;

	err = panel_port_get(c->panel, a, &was);
	if (err)
		return fault_errno(f, -err, "read the port of %s", c->facts.dev[0].name);
	err = plan_port(c, &was, &port[0], f);
	err = err ?: prepare_new_peer(c, &port[1], &to, f);
	err = err ?: prepare_staying_end(c, &was, &port[0], end, old, f);
	/* Twice: see cable_connect(). */
	for (int n = 0; !err && n < 4; n++)
		err = cable_keep_xdp(c, n % 2, n % 2 ? b : a | VB_MEANWHILE, &port[n % 2], f);
	if (!err) {
		cable_note_xdp(to, &port[1]);
		err = move(c, &port[0], end, old, to, f);
	}
	ret = replug_settle(c, a, f);
	if (end->slot != slot)
		panel_slot_give(c->panel, slot);
	return err ?: ret < 0 ? ret : 0;
}

/* What XDP may transmit on a device; its other end, of this port, decides whether at all. */
static uint32_t xdp_max(struct cable *c, uint32_t ifindex, const struct vb_port *other)
{
	struct device dev;

	if ((other->path != VB_PATH_XDP && other->path != VB_PATH_XDPGEN) ||
	    device_get_index(c->nl, ifindex, &dev))
		return 0;
	return dev.mtu + ETH_HLEN + VLAN_BYTES;
}

/* Tells the programs of the end what hooks it has, of which they must know. */
static void set_flags(struct vb_end *end, struct vb_port *port, bool is_veth)
{
	const struct vb_hook *xdp = find_hook(port, VB_ROLE_WIRE_XDP);
	unsigned int flags = end->flags & ~(VB_END_GATED | VB_END_SKB | VB_END_XDPGEN);

	if (find_gate(port))
		flags |= VB_END_GATED;
	if (xdp && xdp->method == VB_METHOD_XDPGEN)
		flags |= VB_END_XDPGEN;
	else if (xdp && is_veth)
		flags |= VB_END_SKB;
	end->flags = (uint8_t)flags;
}

/* Detaches what is in the one port and not in the other. */
static int detach_others(struct cable *c, uint32_t ifindex, const struct vb_port *port,
			 struct vb_port *keep, struct fault *f)
{
	int err = 0;

	for (int k = 0; !err && k < VB_HOOKS_MAX; k++) {
		const struct attach_ops *ops = attach_by_method(port->hooks[k].method);

		if (ops && !has_hook(keep, &port->hooks[k]))
			err = ops->detach(c->panel, ifindex, &port->hooks[k], 0, f);
	}
	return err;
}

/* The cable is where it was: everything else is taken away. */
static int go_back(struct cable *c, uint32_t a, struct vb_port *was, struct vb_port *will,
		   struct fault *f)
{
	struct vb_end *end = panel_end_get(c->panel, a), *old = panel_end_get(c->panel, was->peer);
	struct vb_port other;
	struct device dev;
	int err = panel_peer_del(c->panel, a | VB_MEANWHILE);

	if (!panel_port_get(c->panel, will->peer, &other) && other.peer == a &&
	    will->peer != was->peer)
		err = cable_disconnect(c, will->peer, 0, f);
	err = err ?: detach_others(c, a, will, was, f);
	if (!cable_is_present(c, a, was, &dev) || !end || !old)
		return err;
	if (!(was->flags & VB_PORT_FAR_GRO))
		err = err ?: cable_restore_far_end(c, &dev, will, f);
	for (int k = 0; !err && k < VB_HOOKS_MAX; k++) {
		const struct attach_ops *ops = attach_by_method(was->hooks[k].method);

		if (ops && !has_hook(will, &was->hooks[k]))
			err = ops->attach(c->panel, a, &was->hooks[k], f);
	}
	set_flags(end, was, plan_has_other_end(&dev));
	if (!panel_port_get(c->panel, was->peer, &other)) {
		end->xdp_max = xdp_max(c, a, &other);
		old->xdp_max = xdp_max(c, was->peer, was);
		panel_peer_put(c->panel, was->peer, a); /* unless the device is gone */
	}
	return err;
}

/* The cable is where it was to be: the old peer is taken down, and what only it needed. */
static int go_on(struct cable *c, uint32_t a, struct vb_port *was, struct vb_port *will,
		 struct fault *f)
{
	struct vb_end *end = panel_end_get(c->panel, a);
	struct vb_port other;
	int err;

	if (end)
		panel_end_plug(end, will->peer);
	err = panel_peer_del(c->panel, a | VB_MEANWHILE);
	err = err ?: wait_for_programs(c, f);
	if (!err && was->peer != will->peer && !panel_port_get(c->panel, was->peer, &other) &&
	    other.peer == a)
		err = cable_disconnect(c, was->peer, 0, f);
	err = err ?: detach_others(c, a, was, will, f);
	if (end && !find_gate(will))
		end->flags &= (uint8_t)~VB_END_GATED;
	return err ?: cable_write_port(c, a, will, f);
}

static int settle(struct cable *c, uint32_t a, struct vb_port *will, struct fault *f)
{
	const struct vb_end *end = panel_end_get(c->panel, a);
	struct vb_port was;
	uint32_t to = 0;
	int err = 0;

	panel_peer_get(c->panel, a, &to);
	if (!panel_port_get(c->panel, a, &was))
		err = to == will->peer || (end && end->peer == will->peer)
			      ? go_on(c, a, &was, will, f)
			      : go_back(c, a, &was, will, f);
	if (err)
		return fault_errno(f, -err, "finish moving the cable of %s", will->name);
	panel_port_del(c->panel, a | VB_MEANWHILE);
	return 1;
}

int replug_settle(struct cable *c, uint32_t ifindex, struct fault *f)
{
	struct vb_port port, will;

	if (!panel_port_get(c->panel, ifindex | VB_MEANWHILE, &will))
		return settle(c, ifindex, &will, f);
	if (panel_port_get(c->panel, ifindex, &port) ||
	    panel_port_get(c->panel, port.peer | VB_MEANWHILE, &will))
		return 0;
	return settle(c, port.peer, &will, f);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What a cable is, and its removal. */
#include <errno.h>
#include "attach.h"
#include "cable.h"
#include "far_end.h"
#include "link.h"

bool cable_is_present(struct cable *c, uint32_t ifindex, const struct vb_port *port,
		      struct device *dev)
{
	return !device_get_index(c->nl, ifindex, dev) && attach_is_same(c->panel, port, dev);
}

/* The end with which this one hands over both ways, as the programs see it; else 0. */
static uint32_t named_partner(const struct panel *p, uint32_t ifindex)
{
	const struct vb_end *end = panel_end_get(p, ifindex);
	const struct vb_end *far = end && end->peer ? panel_end_get(p, end->peer) : NULL;

	return far && far->peer == ifindex ? far->ifindex : 0;
}

uint32_t cable_partner(const struct panel *p, uint32_t ifindex, const struct vb_port *port)
{
	uint32_t named = named_partner(p, ifindex);
	struct vb_port other;

	/* One of them was moved there, be it that a loader was killed before it wrote that down. */
	if (named && !panel_port_get(p, named, &other) &&
	    (other.peer == ifindex || port->peer == named))
		return named;
	if (panel_port_get(p, port->peer, &other) || other.peer != ifindex)
		return 0;
	named = named_partner(p, port->peer);
	return !named || named == ifindex ? port->peer : 0;
}

/* The kernel deletes the entry when the peer leaves, be it to come back. */
static bool has_peer(const struct cable *c, uint32_t ifindex, uint32_t peer)
{
	uint32_t found;

	return !panel_peer_get(c->panel, ifindex, &found) && found == peer;
}

bool cable_is_whole(struct cable *c, const struct device *dev, const struct vb_port *port,
		    struct device *ret_peer)
{
	uint32_t partner = cable_partner(c->panel, dev->ifindex, port);
	const struct vb_end *end = panel_end_get(c->panel, dev->ifindex);
	const struct vb_end *far = panel_end_get(c->panel, partner);
	struct vb_port other;

	/* Plugged at one end only: a loader was killed between the two stores. */
	return partner && end && end->peer && far && far->peer &&
	       attach_is_same(c->panel, port, dev) && has_peer(c, dev->ifindex, partner) &&
	       has_peer(c, partner, dev->ifindex) && !panel_port_get(c->panel, partner, &other) &&
	       cable_is_present(c, partner, &other, ret_peer);
}

static bool end_has_hooks(const struct panel *p, uint32_t ifindex)
{
	struct vb_port port;

	if (panel_port_get(p, ifindex, &port))
		return false;
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct attach_ops *ops = attach_by_method(port.hooks[i].method);
		struct attach_info info = {0};

		if (ops && (ops->query(p, ifindex, &port.hooks[i], &info) || !info.attached))
			return false;
	}
	return true;
}

bool cable_has_hooks(const struct panel *p, uint32_t a, uint32_t b)
{
	return end_has_hooks(p, a) && end_has_hooks(p, b);
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

int cable_restore_far_end(struct cable *c, const struct device *dev, const struct vb_port *port,
			  struct fault *f)
{
	int err;

	if (!(port->flags & VB_PORT_FAR_GRO))
		return 0;
	err = far_end_set_gro(c->nl, dev, false);
	if (err && err != -ENODEV && err != -EPERM)
		return fault_errno(f, -err, "%s: turn gro off at its other end", port->name);
	return 0;
}

/* Takes one end down, as cable_disconnect() does both. */
static int take_down(struct cable *c, uint32_t ifindex, struct fault *f)
{
	struct vb_port port;
	struct device dev;
	bool ours, told = f && f->err;
	int err = 0, ret;

	ret = panel_port_get(c->panel, ifindex, &port);
	if (ret)
		return ret == -ENOENT ? 0 : fault_errno(f, -ret, "read the port of %u", ifindex);

	ours = cable_is_present(c, ifindex, &port, &dev);
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct attach_ops *ops = attach_by_method(port.hooks[i].method);

		if (!ops)
			continue;
		ret = ops->detach(c->panel, ifindex, &port.hooks[i], port.flags, f);
		err = err ?: ret;
	}
	if (ours) {
		ret = link_restore(c->nl, c->panel->path, ifindex);
		if (ret)
			fault_errno(f, -ret, "%s: give back its link", port.name);
		err = err ?: ret;
		ret = restore_flags(c, ifindex, &port, f);
		err = err ?: ret;
		ret = cable_restore_far_end(c, &dev, &port, f);
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

void cable_unplug(const struct panel *p, uint32_t a, uint32_t b)
{
	struct vb_end *end = panel_end_get(p, a);

	if (end)
		panel_end_plug(end, 0);
	end = b ? panel_end_get(p, b) : NULL;
	if (end)
		panel_end_plug(end, 0);
}

int cable_disconnect(struct cable *c, uint32_t a, uint32_t b, struct fault *f)
{
	int err = 0, ret;

	cable_unplug(c->panel, a, b);
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

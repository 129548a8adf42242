// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cable.h"
#include "cleanup.h"
#include "panel.h"
#include "plan.h"
#include "privilege.h"
#include "view.h"

const char *view_state_name(enum view_state state)
{
	static const char *const names[] = {
		[VIEW_PLUGGED] = "plugged",
		[VIEW_UNPLUGGED] = "unplugged",
		[VIEW_INCOMPLETE] = "incomplete",
		[VIEW_BROKEN] = "broken",
	};

	return names[state];
}

bool view_is_anchor(const struct view_end *end)
{
	return end->port.flags & VB_PORT_ANCHOR;
}

const char *view_end_name(const struct view_end *end)
{
	if (view_is_anchor(end) && (end->endpoint_there || end->port_there))
		return end->endpoint_there ? end->endpoint.name : end->port.endpoint;
	return end->device_there ? end->dev.name : end->port_there ? end->port.name : "?";
}

enum vb_path view_path(const struct view_pair *pair, int i, uint8_t *ret_reason)
{
	const struct view_end *end = &pair->end[i], *peer = &pair->end[!i];
	bool away = peer->dev.link_netnsid >= 0;

	*ret_reason = end->port.reason;
	if ((end->port.path != VB_PATH_TC && end->port.path != VB_PATH_PEER) ||
	    !(peer->end.flags & VB_END_PEER) || !peer->device_there)
		return end->port.path;
	if (away != (end->port.path == VB_PATH_PEER))
		*ret_reason = away ? WHY_PEER : WHY_PEER_HERE;
	return away ? VB_PATH_PEER : VB_PATH_TC;
}

const struct device *view_end_device(const struct view_end *end)
{
	if (view_is_anchor(end))
		return end->endpoint_there ? &end->endpoint : NULL;
	return end->device_there ? &end->dev : NULL;
}

/* A stack end is handed frames as if received, for which it needs no carrier. */
const char *view_end_mute(const struct view_end *end)
{
	const struct device *dev = view_end_device(end);

	if (!dev)
		return NULL;
	if (!(dev->flags & IFF_UP))
		return "is down";
	return end->port.side == VB_SIDE_WIRE && !dev->carrier ? "has no carrier" : NULL;
}

static int fill_end(const struct panel *p, struct netlink *nl, uint32_t ifindex,
		    struct view_end *end)
{
	const struct vb_end *live = panel_end_get(p, ifindex);

	end->ifindex = ifindex;
	end->port_there = !panel_port_get(p, ifindex, &end->port);
	end->device_there = !device_get_index(nl, ifindex, &end->dev) &&
			    (!end->port_there || attach_is_same(p, &end->port, &end->dev));
	end->end_there = live != NULL;
	panel_peer_get(p, ifindex, &end->redirects_to);
	if (live) {
		end->end = *live;
		panel_count(p, live, &end->count);
	}
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct attach_ops *ops = attach_by_method(end->port.hooks[i].method);

		/* What may not be looked at is not told to be gone. */
		if (end->port_there && ops &&
		    ops->query(p, ifindex, &end->port.hooks[i], &end->hooks[i]) == -EPERM)
			return -EPERM;
	}
	return 0;
}

static int add_pair(const struct panel *p, struct netlink *nl, uint32_t a, uint32_t b,
		    struct view *view)
{
	struct view_pair *more;
	int err;

	/* Doubles at every power of two. */
	if (!(view->count & (view->count - 1))) {
		size_t room = view->count ? view->count * 2 : 1;

		more = reallocarray(view->pairs, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		view->pairs = more;
	}
	more = &view->pairs[view->count++];
	*more = (struct view_pair){0};
	err = fill_end(p, nl, a, &more->end[0]) ?: fill_end(p, nl, b, &more->end[1]);
	/* Of which a loader that was killed left no port is an anchor like the other. */
	for (int i = 0; !err && i < 2; i++)
		if (!more->end[i].port_there)
			more->end[i].port.flags = more->end[!i].port.flags & VB_PORT_ANCHOR;
	return err;
}

static bool has_end(const struct view *view, uint32_t ifindex)
{
	for (size_t i = 0; i < 2 * view->count; i++)
		if (view->pairs[i / 2].end[i % 2].ifindex == ifindex)
			return true;
	return false;
}

/* Adds the pair that ifindex's port belongs to, when asked at the end that stands for the pair. */
static int add_port(const struct panel *p, struct netlink *nl, uint32_t ifindex, bool either,
		    struct view *view)
{
	struct vb_port port, other;
	uint32_t peer;
	bool first, alone;

	if (panel_port_get(p, ifindex, &port))
		return 0;
	peer = cable_partner(p, ifindex, &port);
	alone = !peer;
	peer = peer ?: port.peer;
	first = port.flags & VB_PORT_FIRST;
	/* Neither is while a cable is moved. */
	if (!first && !alone && !panel_port_get(p, peer, &other))
		first = !(other.flags & VB_PORT_FIRST) && ifindex < peer;
	if (!first && !alone && !either)
		return 0;
	if (!view->count)
		view->named = !first;
	return first ? add_pair(p, nl, ifindex, peer, view) : add_pair(p, nl, peer, ifindex, view);
}

static int add_all(const struct panel *p, struct netlink *nl, struct view *view)
{
	uint32_t ifindex = 0;
	int err = 0;

	while (!err && !panel_port_next(p, ifindex, &ifindex))
		err = add_port(p, nl, ifindex, false, view);
	return err;
}

/* By the device that bears the name now, an end or an endpoint on one. */
static int add_device(const struct panel *p, struct netlink *nl, const char *name,
		      struct view *view)
{
	struct vb_port port;
	struct device dev;

	if (device_get(nl, name, &dev))
		return 0;
	if (!panel_port_get(p, dev.ifindex, &port) && attach_is_same(p, &port, &dev))
		return add_port(p, nl, dev.ifindex, true, view);
	if (dev.link && dev.link_netnsid == -1 && !panel_port_get(p, dev.link, &port) &&
	    port.flags & VB_PORT_ANCHOR)
		return add_port(p, nl, dev.link, true, view);
	return 0;
}

/*
 * The name that an end had when it was paired, and is not here; or an endpoint when it was made; or
 * that the other end has, for which there is no port because a loader was killed.
 */
static bool had_name(const struct panel *p, struct netlink *nl, uint32_t ifindex, const char *name)
{
	struct vb_port port, other;
	struct device dev;

	if (panel_port_get(p, ifindex, &port))
		return false;
	if (panel_port_get(p, port.peer, &other) && !device_get_index(nl, port.peer, &dev) &&
	    !strcmp(dev.name, name))
		return true;
	if (port.flags & VB_PORT_ANCHOR)
		return !strncmp(port.endpoint, name, sizeof(port.endpoint));
	return !strncmp(port.name, name, sizeof(port.name)) &&
	       (device_get_index(nl, ifindex, &dev) || !attach_is_same(p, &port, &dev));
}

static int add_named(const struct panel *p, struct netlink *nl, const char *name, struct view *view)
{
	uint32_t ifindex = 0;
	int err = add_device(p, nl, name, view);

	if (err || view->count)
		return err;
	while (!err && !panel_port_next(p, ifindex, &ifindex))
		if (had_name(p, nl, ifindex, name) && !has_end(view, ifindex))
			err = add_port(p, nl, ifindex, true, view);
	return err;
}

static uint64_t made_at(const struct view_pair *pair)
{
	return pair->end[0].port_there ? pair->end[0].port.since : pair->end[1].port.since;
}

static int by_age(const void *a, const void *b)
{
	const struct view_pair *x = a, *y = b;
	uint64_t at_x = made_at(x), at_y = made_at(y);

	return at_x < at_y ? -1 : at_x > at_y;
}

static int not_paired(struct netlink *nl, const char *name, struct fault *f)
{
	struct device dev;
	int err = device_get(nl, name, &dev);

	fault_set(f, ENOENT,
		  err ? "%s: no such device in this network namespace" : "%s is not paired", name);
	fault_hint(f, "`vethbpf list` shows the pairs there are");
	return -ENOENT;
}

int view_open(struct session *s, const char *dev, struct view *ret, struct fault *f)
{
	int err;

	*ret = (struct view){0};
	err = session_open(s, PANEL_READ, f);
	if (!err)
		err = dev ? add_named(&s->panel, &s->nl, dev, ret)
			  : add_all(&s->panel, &s->nl, ret);
	else if (err == -ENOENT && !f->err)
		err = 0; /* no panel: no pairs */
	if (err == -EPERM && !f->err)
		privilege_need(CAP_SYS_ADMIN, "to find XDP programs by their ids", f);
	err = err ?: view_find_endpoints(ret, f);
	for (size_t i = 0; i < ret->count; i++)
		view_judge(&ret->pairs[i]);
	if (!err && dev && !ret->count)
		err = not_paired(&s->nl, dev, f);
	else if (err && !f->err)
		fault_errno(f, -err, "collect the pairs");
	ret->cookie = s->panel.cookie;
	memcpy(ret->path, s->panel.path, sizeof(ret->path));
	if (ret->count)
		qsort(ret->pairs, ret->count, sizeof(*ret->pairs), by_age);
	return err;
}

void view_free(struct view *view)
{
	free(view->pairs);
	*view = (struct view){0};
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "anchor.h"
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

/* The first thing that is wrong with an end, whose device is there, of a pair that was plugged. */
static const char *end_trouble(const struct view_end *end, char *buf, size_t size)
{
	if (view_is_anchor(end) && !anchor_has_endpoint(&end->dev, &end->port))
		return "was deleted, by itself or with its namespace";
	if (!end->port_there || !end->end_there)
		return "is not in the panel";
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		if (end->port.hooks[i].role == VB_ROLE_NONE || end->hooks[i].attached)
			continue;
		snprintf(buf, size, "lacks its hook %s (%s)",
			 panel_prog_name(end->port.hooks[i].role),
			 attach_method_name(end->port.hooks[i].method));
		return buf;
	}
	if (end->redirects_to != end->port.peer)
		return "has lost its entry in peers";
	return NULL;
}

static void mark_broken(struct view_pair *pair, int i, const char *trouble)
{
	pair->state = VIEW_BROKEN;
	snprintf(pair->why, sizeof(pair->why), "%s %s", view_end_name(&pair->end[i]), trouble);
}

static bool names(const struct view_end *end, const struct view_end *other)
{
	return end->end.peer == other->ifindex || end->end.peer == VB_PULLED;
}

static void judge_plugs(struct view_pair *pair)
{
	bool in_a = pair->end[0].end.peer != VB_PULLED, in_b = pair->end[1].end.peer != VB_PULLED;

	if (in_a && in_b)
		return;
	pair->state = VIEW_UNPLUGGED;
	if (in_a || in_b)
		snprintf(pair->why, sizeof(pair->why), "nothing crosses from %s to %s",
			 view_end_name(&pair->end[in_b]), view_end_name(&pair->end[!in_b]));
	else
		snprintf(pair->why, sizeof(pair->why), "nothing crosses either way");
}

static bool names_somebody(const struct view_end *end)
{
	return end->end_there && end->end.peer;
}

/* Ends are there before either names the other, and the last store is what plugs them in. */
static bool is_cut_short(const struct view_end *a, const struct view_end *b)
{
	if (a->end_there && b->end_there)
		return !names_somebody(a) || !names_somebody(b);
	return !names_somebody(a) && !names_somebody(b);
}

void view_judge(struct view_pair *pair)
{
	const struct view_end *a = &pair->end[0], *b = &pair->end[1];

	if (is_cut_short(a, b)) {
		pair->state = VIEW_INCOMPLETE;
		return;
	}
	pair->state = VIEW_PLUGGED;
	/* A device that is gone is the cause of whatever else is wrong. */
	for (int i = 0; i < 2; i++)
		if (!pair->end[i].device_there) {
			mark_broken(pair, i,
				    view_is_anchor(&pair->end[i])
					    ? "has lost its anchor"
					    : "is gone or in another namespace");
			return;
		}
	for (int i = 0; i < 2; i++) {
		char buf[64];
		const char *trouble = end_trouble(&pair->end[i], buf, sizeof(buf));

		if (trouble) {
			mark_broken(pair, i, trouble);
			return;
		}
	}
	if (!names(a, b) || !names(b, a)) {
		pair->state = VIEW_BROKEN;
		snprintf(pair->why, sizeof(pair->why), "the ends do not name each other");
		return;
	}
	judge_plugs(pair);
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
	bool first, alone;

	if (panel_port_get(p, ifindex, &port))
		return 0;
	alone = panel_port_get(p, port.peer, &other) || other.peer != ifindex;
	first = port.flags & VB_PORT_FIRST;
	if (!first && !alone && !either)
		return 0;
	if (!view->count)
		view->named = !first;
	return first ? add_pair(p, nl, ifindex, port.peer, view)
		     : add_pair(p, nl, port.peer, ifindex, view);
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

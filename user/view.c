// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cleanup.h"
#include "kernel.h"
#include "panel.h"
#include "plan.h"
#include "view.h"

const char *view_state_name(enum view_state state)
{
	static const char *const names[] = {
		[VIEW_PLUGGED] = "plugged",
		[VIEW_INCOMPLETE] = "incomplete",
		[VIEW_BROKEN] = "broken",
	};

	return names[state];
}

const char *view_end_name(const struct view_end *end)
{
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

static void fill_end(const struct panel *p, struct netlink *nl, uint32_t ifindex,
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

		if (end->port_there && ops)
			ops->query(p, ifindex, &end->port.hooks[i], &end->hooks[i]);
	}
}

/* The first thing that is wrong with an end, whose device is there, of a pair that was plugged. */
static const char *end_trouble(const struct view_end *end, char *buf, size_t size)
{
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

void view_judge(struct view_pair *pair)
{
	const struct view_end *a = &pair->end[0], *b = &pair->end[1];

	/* Also with one of the two named: a loader killed between its last two stores. */
	if (a->end_there && b->end_there && (a->end.peer == 0 || b->end.peer == 0)) {
		pair->state = VIEW_INCOMPLETE;
		return;
	}
	pair->state = VIEW_PLUGGED;
	/* A device that is gone is the cause of whatever else is wrong. */
	for (int i = 0; i < 2; i++)
		if (!pair->end[i].device_there) {
			mark_broken(pair, i, "is gone or in another namespace");
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
	if (a->end.peer != b->ifindex || b->end.peer != a->ifindex) {
		pair->state = VIEW_BROKEN;
		snprintf(pair->why, sizeof(pair->why), "the ends do not name each other");
	}
}

static int add_pair(const struct panel *p, struct netlink *nl, uint32_t a, uint32_t b,
		    struct view *view)
{
	struct view_pair *more;

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
	fill_end(p, nl, a, &more->end[0]);
	fill_end(p, nl, b, &more->end[1]);
	view_judge(more);
	return 0;
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

static int add_named(const struct panel *p, struct netlink *nl, const char *name, struct view *view)
{
	struct device dev;
	struct vb_port port;
	uint32_t ifindex = 0;
	int err = 0;

	if (!device_get(nl, name, &dev) && !panel_port_get(p, dev.ifindex, &port) &&
	    attach_is_same(p, &port, &dev)) {
		err = add_port(p, nl, dev.ifindex, true, view);
		if (err || view->count)
			return err;
	}
	while (!err && !view->count && !panel_port_next(p, ifindex, &ifindex)) {
		if (!panel_port_get(p, ifindex, &port) &&
		    !strncmp(port.name, name, sizeof(port.name)) &&
		    (device_get_index(nl, ifindex, &dev) || !attach_is_same(p, &port, &dev)))
			err = add_port(p, nl, ifindex, true, view);
	}
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

int view_open(const char *dev, struct view *ret, struct fault *f)
{
	struct panel p = PANEL_CLOSED;
	struct netlink nl = {0};
	int err;

	*ret = (struct view){0};
	err = kernel_check_privileges(f);
	if (err)
		return err;
	err = netlink_open(&nl, NETLINK_ROUTE);
	if (err)
		return fault_errno(f, -err, "open a netlink socket");
	err = panel_open(&p, PANEL_READ, f);
	if (!err)
		err = dev ? add_named(&p, &nl, dev, ret) : add_all(&p, &nl, ret);
	else if (err == -ENOENT && !f->err)
		err = 0; /* no panel: no pairs */
	if (!err && dev && !ret->count)
		err = not_paired(&nl, dev, f);
	else if (err && !f->err)
		fault_errno(f, -err, "collect the pairs");
	ret->cookie = p.cookie;
	memcpy(ret->path, p.path, sizeof(ret->path));
	if (ret->count)
		qsort(ret->pairs, ret->count, sizeof(*ret->pairs), by_age);
	panel_close(&p);
	netlink_close(&nl);
	return err;
}

void view_free(struct view *view)
{
	free(view->pairs);
	*view = (struct view){0};
}

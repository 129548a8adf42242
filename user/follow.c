// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "cleanup.h"
#include "follow.h"
#include "netns.h"

/* Whether an end would have a link if the agent had not taken it. */
static bool is_linked(const struct view_end *end, enum vb_held held)
{
	const struct device *dev = view_end_device(end);

	if (!dev)
		return false;
	if (held == VB_HELD_ADMIN)
		return true;
	return dev->flags & IFF_UP &&
	       (dev->carrier || held == VB_HELD_CARRIER || held == VB_HELD_PROTO_DOWN);
}

/* Whether somebody gave back a link that the agent holds: a tap that was opened, say. */
static bool has_slipped(const struct device *dev, enum vb_held held)
{
	return dev->carrier && (held == VB_HELD_CARRIER || held == VB_HELD_PROTO_DOWN);
}

enum follow_act follow_decide(const struct view_pair *pair, const enum vb_held held[2], int i)
{
	const struct device *dev = view_end_device(&pair->end[i]);
	bool lost = !is_linked(&pair->end[!i], held[!i]);

	/* A loader is at work, or was killed: what it wants is not known. */
	if (!dev || pair->state == VIEW_INCOMPLETE)
		return FOLLOW_LEAVE;
	if (lost && (held[i] == VB_HELD_NONE || has_slipped(dev, held[i])))
		return FOLLOW_TAKE;
	if (!lost && held[i] != VB_HELD_NONE)
		return FOLLOW_GIVE;
	return FOLLOW_LEAVE;
}

struct call {
	const struct view_end *end;
	enum vb_held how;
	bool on;
};

/* By now the endpoint may be elsewhere, and its ifindex another device's. */
static int set_there(struct netlink *nl, void *data)
{
	const struct call *c = data;
	uint32_t ifindex = view_end_device(c->end)->ifindex;
	struct device dev;
	int err = device_get_index(nl, ifindex, &dev);

	if (err || dev.link != c->end->ifindex)
		return err ?: -ENODEV;
	return link_set(nl, ifindex, c->how, c->on);
}

static int set(const struct follow *f, const struct view_end *end, enum vb_held how, bool on)
{
	struct call call = {end, how, on};
	_cleanup_close_ int fd = -1;

	if (!view_is_anchor(end))
		return link_set(f->nl, end->ifindex, how, on);
	if (!*end->netns)
		return set_there(f->nl, &call);
	fd = netns_open(end->netns, NULL);
	return fd < 0 ? fd : netns_call(fd, set_there, &call);
}

/* Whether it can be taken so, and given back to be as it was. */
static bool can_take(const struct device *dev, enum vb_held how)
{
	if (how == VB_HELD_ADMIN)
		return dev->flags & IFF_UP;
	if (how == VB_HELD_DORMANT)
		return dev->flags & IFF_UP && dev->operstate != IF_OPER_DORMANT;
	return true;
}

static void take(const struct follow *f, int held, const struct view_pair *pair, int i)
{
	const enum vb_held ways[] = {VB_HELD_CARRIER, VB_HELD_PROTO_DOWN,
				     f->admin ? VB_HELD_ADMIN : VB_HELD_DORMANT};
	const struct view_end *end = &pair->end[i];
	enum vb_held before = link_held_get(held, end->ifindex);

	for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++) {
		int err;

		if (!can_take(view_end_device(end), ways[k]))
			break;
		err = link_held_put(held, end->ifindex, ways[k]);
		err = err ?: set(f, end, ways[k], false);
		if (err == -EOPNOTSUPP)
			continue;
		if (err)
			link_held_del(held, end->ifindex);
		if (err || ways[k] != before)
			f->say(pair, i, ways[k], false, err, f->data);
		return;
	}
	link_held_del(held, end->ifindex);
}

static void give(const struct follow *f, int held, const struct view_pair *pair, int i)
{
	const struct view_end *end = &pair->end[i];
	enum vb_held how = link_held_get(held, end->ifindex);
	int err = set(f, end, how, true);

	link_held_del(held, end->ifindex);
	f->say(pair, i, how, true, err, f->data);
}

void follow_pair(const struct follow *f, const char *path, const struct view_pair *pair)
{
	_cleanup_close_ int fd = link_held_open(path, false);

	for (int i = 0; i < 2; i++) {
		const enum vb_held held[2] = {link_held_get(fd, pair->end[0].ifindex),
					      link_held_get(fd, pair->end[1].ifindex)};

		switch (follow_decide(pair, held, i)) {
		case FOLLOW_TAKE:
			if (fd < 0)
				fd = link_held_open(path, true);
			if (fd >= 0)
				take(f, fd, pair, i);
			else
				f->say(pair, i, VB_HELD_NONE, false, fd, f->data);
			break;
		case FOLLOW_GIVE:
			give(f, fd, pair, i);
			break;
		case FOLLOW_LEAVE:
			break;
		}
	}
}

static bool is_end(const struct view *view, uint32_t ifindex)
{
	for (size_t i = 0; i < 2 * view->count; i++)
		if (view->pairs[i / 2].end[i % 2].ifindex == ifindex)
			return true;
	return false;
}

void follow_forget(const struct view *view)
{
	_cleanup_close_ int fd = link_held_open(view->path, false);
	uint32_t ifindex, next = 0;
	int err;

	if (fd < 0)
		return;
	err = link_held_next(fd, 0, &next);
	while (!err) {
		ifindex = next;
		err = link_held_next(fd, ifindex, &next);
		if (!is_end(view, ifindex))
			link_held_del(fd, ifindex);
	}
}

void follow_release(const struct follow *f, const struct view *view)
{
	_cleanup_close_ int fd = link_held_open(view->path, false);

	for (size_t i = 0; fd >= 0 && i < 2 * view->count; i++) {
		const struct view_pair *pair = &view->pairs[i / 2];
		const struct view_end *end = &pair->end[i % 2];

		if (view_end_device(end) && link_held_get(fd, end->ifindex) != VB_HELD_NONE)
			give(f, fd, pair, (int)(i % 2));
	}
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <time.h>
#include "cleanup.h"
#include "follow.h"
#include "netns.h"
#include "plug.h"

/* A NIC that was set up takes seconds until it has a carrier; for so long it counts as having one.
 */
#define SETTLES_NS 10000000000U

static bool is_up(const struct device *dev)
{
	return dev->flags & IFF_UP && dev->carrier;
}

static bool takes_carrier(const struct vb_hold *hold)
{
	return hold->how == VB_HELD_CARRIER || hold->how == VB_HELD_PROTO_DOWN;
}

/* Whether an end would have a link if the agent had not taken it. */
static bool is_linked(const struct view_end *end, const struct vb_hold *hold)
{
	const struct device *dev = view_end_device(end);

	if (!dev)
		return false;
	if (hold->how == VB_HELD_ADMIN)
		return true;
	return takes_carrier(hold) ? dev->flags & IFF_UP : is_up(dev);
}

enum follow_act follow_decide(const struct view_pair *pair, const struct vb_hold hold[2], int i)
{
	const struct device *dev = view_end_device(&pair->end[i]);
	bool lost = !is_linked(&pair->end[!i], &hold[!i]) || plug_missing(pair, i) & PLUG_IN;
	bool held = hold[i].how != VB_HELD_NONE && !hold[i].given;

	/* A loader is at work, or was killed: what it wants is not known. */
	if (!dev || pair->state == VIEW_INCOMPLETE)
		return FOLLOW_LEAVE;
	/* Somebody may have given back what is held: who opens a tap, say. */
	if (lost && (!held || (takes_carrier(&hold[i]) && dev->carrier)))
		return FOLLOW_TAKE;
	return !lost && held ? FOLLOW_GIVE : FOLLOW_LEAVE;
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
	struct vb_hold before = link_held_get(held, end->ifindex);

	for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++) {
		struct vb_hold hold = {.how = ways[k]};
		int err;

		if (!can_take(view_end_device(end), hold.how))
			break;
		err = link_held_put(held, end->ifindex, &hold);
		err = err ?: set(f, end, hold.how, false);
		if (err == -EOPNOTSUPP)
			continue;
		if (err)
			link_held_del(held, end->ifindex);
		if (err || before.how != hold.how || before.given)
			f->say(pair, i, hold.how, false, err, f->data);
		return;
	}
	link_held_del(held, end->ifindex);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/*
 * What cannot be given back stays held, to be tried again: somebody else may hold the link down,
 * too (the kernel refuses to clear protodown while there are reasons for it), or the endpoint be on
 * its way to another namespace. That is told once.
 */
static int give(const struct follow *f, int held, const struct view_pair *pair, int i)
{
	const struct view_end *end = &pair->end[i];
	struct vb_hold hold = link_held_get(held, end->ifindex);
	int err = set(f, end, hold.how, true);
	bool told = err && hold.refused == (uint32_t)-err;

	hold.refused = (uint32_t)-err;
	hold.given = err ? 0 : now_ns();
	link_held_put(held, end->ifindex, &hold);
	if (!told)
		f->say(pair, i, hold.how, true, err, f->data);
	return err;
}

/* What was given back is forgotten when it has come, or has had the time to. */
static struct vb_hold get_hold(int held, const struct view_end *end)
{
	struct vb_hold hold = link_held_get(held, end->ifindex);
	const struct device *dev = view_end_device(end);

	if (!hold.given)
		return hold;
	if (dev && !is_up(dev) && now_ns() - hold.given < SETTLES_NS)
		return hold;
	link_held_del(held, end->ifindex);
	return (struct vb_hold){0};
}

void follow_pair(const struct follow *f, const char *path, const struct view_pair *pair)
{
	_cleanup_close_ int fd = link_held_open(path, false);
	const struct vb_hold hold[2] = {get_hold(fd, &pair->end[0]), get_hold(fd, &pair->end[1])};

	for (int i = 0; i < 2; i++) {
		switch (follow_decide(pair, hold, i)) {
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

		struct vb_hold hold = link_held_get(fd, end->ifindex);
		int err = 0;

		if (view_end_device(end) && hold.how != VB_HELD_NONE && !hold.given)
			err = give(f, fd, pair, (int)(i % 2));
		if (!err)
			link_held_del(fd, end->ifindex);
	}
}

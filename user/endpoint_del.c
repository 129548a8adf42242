// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pair is unplugged at once, but its devices are deleted together with those of the pairs that
 * are taken away right after it: deleting devices is slow one by one, whatever their kind. Until
 * then their ports stay, so that what a killed loader left behind is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "anchor.h"
#include "cleanup.h"
#include "endpoint.h"
#include "netns.h"
#include "pair.h"

static bool is_doomed(const struct session *s, uint32_t anchor)
{
	for (size_t i = 0; i < 2 * s->doomed_count; i++)
		if (s->doomed[i] == anchor)
			return true;
	return false;
}

static int doom(struct session *s, uint32_t anchor, const struct vb_port *port, struct fault *f)
{
	struct vb_port other;
	uint32_t *more = s->doomed;
	uint32_t peer = 0;

	if (!panel_port_get(&s->panel, port->peer, &other) && other.peer == anchor)
		peer = port->peer;
	/* Doubles at every power of two. */
	if (!(s->doomed_count & (s->doomed_count - 1)))
		more = reallocarray(s->doomed, 2 * (2 * s->doomed_count + 1), sizeof(*more));
	if (!more)
		return fault_errno(f, ENOMEM, "remember what to delete");
	s->doomed = more;
	s->doomed[2 * s->doomed_count] = anchor;
	s->doomed[2 * s->doomed_count + 1] = peer;
	s->doomed_count++;
	cable_unplug(&s->panel, anchor, peer);
	return 0;
}

struct group {
	uint32_t *ifindexes;
	size_t count, room;
	const uint32_t *anchors; /* sorted */
	size_t anchor_count;
};

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int add_endpoint(const struct device *dev, void *data)
{
	struct group *g = data;

	if (dev->link_netnsid == -1 && g->count < g->room &&
	    bsearch(&dev->link, g->anchors, g->anchor_count, sizeof(dev->link), by_number))
		g->ifindexes[g->count++] = dev->ifindex;
	return 0;
}

/*
 * The anchors, and the endpoints in this namespace. Endpoints elsewhere go with their anchors, each
 * on its own and so more slowly.
 */
static int delete_devices(struct session *s)
{
	size_t count = 0, room = 4 * s->doomed_count;
	_cleanup_free_ uint32_t *ifindexes = calloc(room, sizeof(*ifindexes));
	_cleanup_free_ uint32_t *anchors = calloc(room, sizeof(*anchors));
	struct group g;

	if (!ifindexes || !anchors)
		return -ENOMEM;
	for (size_t i = 0; i < 2 * s->doomed_count; i++) {
		struct vb_port port;
		struct device dev;

		/* Whatever has an anchor's ifindex now is only deleted if it is one. */
		if (s->doomed[i] && !panel_port_get(&s->panel, s->doomed[i], &port) &&
		    port.flags & VB_PORT_ANCHOR && !device_get_index(&s->nl, s->doomed[i], &dev) &&
		    anchor_is_one(&dev))
			ifindexes[count++] = s->doomed[i];
	}
	memcpy(anchors, ifindexes, count * sizeof(*anchors));
	qsort(anchors, count, sizeof(*anchors), by_number);
	g = (struct group){ifindexes, count, room, anchors, count};
	device_each(&s->nl, "macvlan", add_endpoint, &g);
	grace_wait(&s->panel.grace, (unsigned int)count); /* dev_tcx_uninstall() */
	return device_delete(&s->nl, ifindexes, g.count);
}

int endpoint_flush(struct session *s, struct fault *f)
{
	int err, ret;

	if (!s->doomed_count)
		return 0;
	err = delete_devices(s);
	if (err)
		fault_errno(f, -err, "delete devices%s%s", *s->nl.extack ? ": " : "", s->nl.extack);
	for (size_t i = 0; !err && i < s->doomed_count; i++) {
		ret = pair_disconnect(s, s->doomed[2 * i], s->doomed[2 * i + 1], f);
		err = err ?: ret;
	}
	free(s->doomed);
	s->doomed = NULL;
	s->doomed_count = 0;
	return err;
}

static bool is_plugged(const struct panel *p, uint32_t anchor)
{
	const struct vb_end *end = panel_end_get(p, anchor);

	return end && end->peer;
}

/* Whether both anchors of the pair are there, and have their endpoints, and the cable was finished.
 */
static bool is_whole(struct session *s, uint32_t anchor, const struct vb_port *port)
{
	struct vb_port other;
	struct device dev;

	return !panel_port_get(&s->panel, port->peer, &other) && other.peer == anchor &&
	       is_plugged(&s->panel, anchor) && is_plugged(&s->panel, port->peer) &&
	       !device_get_index(&s->nl, anchor, &dev) && anchor_has_endpoint(&dev, port) &&
	       !device_get_index(&s->nl, port->peer, &dev) && anchor_has_endpoint(&dev, &other);
}

static int doom_broken_pairs(struct session *s, struct fault *f)
{
	uint32_t ifindex = 0;
	int err = 0;

	while (!err && !panel_port_next(&s->panel, ifindex, &ifindex)) {
		struct vb_port port;

		if (!panel_port_get(&s->panel, ifindex, &port) && port.flags & VB_PORT_ANCHOR &&
		    !is_doomed(s, ifindex) && !is_whole(s, ifindex, &port))
			err = doom(s, ifindex, &port, f);
	}
	return err;
}

struct strays {
	struct session *s;
	uint32_t ifindexes[64]; /* what is more is found the next time */
	size_t count;
};

static int add_stray(const struct device *dev, void *data)
{
	struct strays *strays = data;
	struct vb_port port;

	if (anchor_is_one(dev) && panel_port_get(&strays->s->panel, dev->ifindex, &port) &&
	    strays->count < sizeof(strays->ifindexes) / sizeof(*strays->ifindexes))
		strays->ifindexes[strays->count++] = dev->ifindex;
	return 0;
}

/* Anchors without a port. Without a panel, or the writers' lock, some may be about to get theirs.
 */
static int find_strays(struct session *s, struct strays *strays)
{
	static const char *const kinds[] = {"dummy", "bridge", "ifb"};
	int err = 0;

	*strays = (struct strays){.s = s};
	for (size_t i = 0; !err && i < sizeof(kinds) / sizeof(*kinds); i++)
		err = device_each(&s->nl, kinds[i], add_stray, strays);
	return err;
}

/* What loaders left that were killed, or that others deleted a part of. Under the writers' lock. */
static int sweep(struct session *s, struct fault *f)
{
	struct strays strays;
	int err = doom_broken_pairs(s, f);

	if (err)
		return err;
	s->swept = true;
	err = find_strays(s, &strays);
	if (!err && strays.count)
		err = device_delete(&s->nl, strays.ifindexes, strays.count);
	return err ? fault_errno(f, -err, "delete anchors that belong to no pair") : 0;
}

int endpoint_gc(struct session *s, struct fault *f)
{
	int err = session_open(s, PANEL_CREATE, f);

	err = err ?: sweep(s, f);
	return err ?: endpoint_flush(s, f);
}

struct home {
	struct netlink *nl;
	int id, fd;
};

static int is_home(int fd, const char *name, void *data)
{
	struct home *home = data;

	(void)name;
	if (netns_id(home->nl, fd) != home->id)
		return 0;
	home->fd = dup(fd);
	return 1;
}

/* Goes where the anchor of the endpoint is. */
static int enter_home_of(struct session *s, const struct device *dev, struct fault *f)
{
	struct home home = {&s->nl, dev->link_netnsid, -1};
	int err;

	netns_each(is_home, &home);
	if (home.fd < 0 && netns_check_each(f))
		return -EPERM;
	if (home.fd < 0) {
		err = fault_set(f, ENOENT, "the namespace that its anchor is in cannot be found");
		fault_hint(f, "it has no name under /run/netns and no process: enter it and say "
			      "`vethbpf del` there");
		return err;
	}
	err = endpoint_flush(s, f) ?: session_enter(s, home.fd, f);
	close(home.fd);
	return err;
}

/* By the name it was made with, if that is one pair's alone. */
static int find_by_record(struct session *s, const char *name, uint32_t *ret, struct fault *f)
{
	uint32_t ifindex = 0, found = 0;
	struct vb_port port;

	while (!panel_port_next(&s->panel, ifindex, &ifindex)) {
		if (panel_port_get(&s->panel, ifindex, &port) || !(port.flags & VB_PORT_ANCHOR) ||
		    strncmp(port.endpoint, name, sizeof(port.endpoint)) != 0 ||
		    is_doomed(s, ifindex) || port.peer == found)
			continue;
		if (found) {
			fault_set(f, EEXIST, "several devices were made with this name here");
			fault_hint(f,
				   "name the one meant in its namespace: vethbpf -n NETNS del %s",
				   name);
			return -EEXIST;
		}
		found = ifindex;
	}
	if (found) {
		*ret = found;
		return 0;
	}
	fault_set(f, ENODEV,
		  "no device of this name in this network namespace, and none was made "
		  "with it here");
	fault_hint(f, "`vethbpf list` shows the pairs there are");
	return -ENODEV;
}

/* Finds the anchor of the pair, and goes to its namespace. */
static int find_anchor(struct session *s, const char *name, uint32_t *ret_anchor,
		       struct vb_port *port, struct fault *f)
{
	struct device dev;
	uint32_t anchor = 0;
	int err;

	err = session_open_netlink(s, f);
	if (err)
		return err;
	if (device_get(&s->nl, name, &dev)) {
		err = session_open(s, PANEL_WRITE, f);
		if (!err || (err == -ENOENT && !f->err))
			err = find_by_record(s, name, &anchor, f);
	} else {
		anchor = anchor_is_one(&dev) ? dev.ifindex : dev.link;
		if (dev.link_netnsid >= 0 && !strcmp(dev.kind, "macvlan"))
			err = enter_home_of(s, &dev, f);
		if (!err)
			err = session_open(s, PANEL_WRITE, f);
	}
	if (!err && !is_doomed(s, anchor) && !panel_port_get(&s->panel, anchor, port) &&
	    port->flags & VB_PORT_ANCHOR) {
		*ret_anchor = anchor;
		return 0;
	}
	if (err && f->err)
		return err;
	fault_set(f, EINVAL, "it was not made by add");
	fault_hint(f, "`vethbpf unpair` takes a cable away that pair made, `ip link del` a device");
	return -EINVAL;
}

int endpoint_del(struct session *s, const char *name, struct fault *f)
{
	struct strays strays;
	struct vb_port port;
	uint32_t anchor = 0;
	int err;

	err = find_anchor(s, name, &anchor, &port, f);
	err = err ?: doom(s, anchor, &port, f);
	if (!err && !s->swept)
		err = sweep(s, f);
	else if (err && s->nl.sock && !find_strays(s, &strays) && strays.count)
		endpoint_gc(s, NULL); /* a loader may have been killed before the name was known */
	if (s->home >= 0) {
		err = err ?: endpoint_flush(s, f);
		session_leave(s);
	}
	if (err)
		fault_context(f, "del %s", name);
	return err;
}

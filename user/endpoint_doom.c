// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "anchor.h"
#include "cleanup.h"
#include "endpoint.h"
#include "endpoint_doom.h"
#include "pair.h"

bool endpoint_is_doomed(const struct session *s, uint32_t anchor)
{
	for (size_t i = 0; i < 2 * s->doomed_count; i++)
		if (s->doomed[i] == anchor)
			return true;
	return false;
}

int endpoint_doom(struct session *s, uint32_t anchor, const struct vb_port *port, struct fault *f)
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

// SPDX-License-Identifier: GPL-2.0-only
/* Sweeping: the endpoints of which a part is gone, and anchors without a pair. */
#include "anchor.h"
#include "endpoint.h"
#include "endpoint_doom.h"

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

/* The next pair behind ifindex of which something is gone: its anchor, with its port; 0: none. */
static uint32_t next_broken(struct session *s, uint32_t ifindex, struct vb_port *port)
{
	while (!panel_port_next(&s->panel, ifindex, &ifindex))
		if (!panel_port_get(&s->panel, ifindex, port) && port->flags & VB_PORT_ANCHOR &&
		    !endpoint_is_doomed(s, ifindex) && !is_whole(s, ifindex, port))
			return ifindex;
	return 0;
}

static int doom_broken_pairs(struct session *s, struct fault *f)
{
	uint32_t ifindex = 0;
	struct vb_port port;
	int err = 0;

	while (!err && (ifindex = next_broken(s, ifindex, &port)))
		err = endpoint_doom(s, ifindex, &port, f);
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

int endpoint_sweep(struct session *s, struct fault *f)
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

	err = err ?: endpoint_sweep(s, f);
	return err ?: endpoint_flush(s, f);
}

bool endpoint_has_remains(struct session *s)
{
	struct strays strays;
	struct vb_port port;

	return (s->panel.ends && next_broken(s, 0, &port)) ||
	       (!find_strays(s, &strays) && strays.count);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <string.h>
#include "cleanup.h"
#include "device.h"
#include "endpoint.h"
#include "netns.h"

struct find {
	const char *name;
	int panel_netns; /* -1: this is it */
	uint32_t anchor;
};

static int find_anchor(struct netlink *nl, void *data)
{
	struct find *find = data;
	int id = find->panel_netns < 0 ? -1 : netns_id(nl, find->panel_netns);
	struct device dev;

	if (!device_get(nl, find->name, &dev) && !strcmp(dev.kind, "macvlan") &&
	    dev.link_netnsid == id)
		find->anchor = dev.link;
	return 0;
}

/* The ifindex of the device that an endpoint of this name would stand on; 0: there is none. */
static uint32_t anchor_of(struct session *s, const struct endpoint_request *req)
{
	_cleanup_close_ int here = -1, there = -1;
	struct find find = {req->name, -1, 0};

	if (req->netns) {
		here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		there = netns_open(req->netns, NULL);
		if (here < 0 || there < 0)
			return 0;
		/* It may be this very namespace, by its name: then it has no other's id here. */
		find.panel_netns = here;
		if (!netns_call(there, find_anchor, &find) && find.anchor)
			return find.anchor;
		return 0;
	}
	find_anchor(&s->nl, &find);
	return find.anchor;
}

bool endpoint_is_added(struct session *s, const struct endpoint_request req[2])
{
	uint32_t anchors[2];
	struct vb_port port;
	struct fault f = {0};

	if (session_open(s, PANEL_READ, &f))
		return false;
	for (int i = 0; i < 2; i++)
		anchors[i] = anchor_of(s, &req[i]);
	return anchors[0] && anchors[1] && !panel_port_get(&s->panel, anchors[0], &port) &&
	       port.flags & VB_PORT_ANCHOR && port.peer == anchors[1];
}

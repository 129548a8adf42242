// SPDX-License-Identifier: GPL-2.0-only
/* Finding the endpoints of a view's anchors, in whatever network namespaces they are now. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <linux/rtnetlink.h>
#include "anchor.h"
#include "cleanup.h"
#include "netns.h"
#include "view.h"

struct search {
	struct view_end **anchors; /* sorted by ifindex */
	size_t count, found;
	int panel_netns;
	const char *netns; /* being searched; empty: the panel's own */
	int id;		   /* of the panel's namespace there; -1: it is the panel's own */
};

static int by_ifindex(const void *a, const void *b)
{
	const struct view_end *x = *(struct view_end *const *)a, *y = *(struct view_end *const *)b;

	return x->ifindex < y->ifindex ? -1 : x->ifindex > y->ifindex;
}

static int match(const struct device *dev, void *data)
{
	struct view_end key = {.ifindex = dev->link}, *wanted = &key, **found;
	struct search *s = data;

	if (dev->link_netnsid != s->id)
		return 0;
	found = bsearch(&wanted, s->anchors, s->count, sizeof(wanted), by_ifindex);
	if (!found || (*found)->endpoint_there)
		return 0;
	(*found)->endpoint = *dev;
	(*found)->endpoint_there = true;
	snprintf((*found)->netns, sizeof((*found)->netns), "%s", s->netns);
	s->found++;
	return 0;
}

static int search_here(struct netlink *nl, void *data)
{
	struct search *s = data;

	s->id = *s->netns ? netns_id(nl, s->panel_netns) : -1;
	/* Where the panel's namespace has no id, no device is linked to one in it. */
	return *s->netns && s->id < 0 ? 0 : device_each(nl, "macvlan", match, s);
}

static int search_netns(int fd, const char *name, void *data)
{
	struct search *s = data;

	s->netns = name;
	netns_call(fd, search_here, s);
	return s->found == s->count;
}

/*
 * An endpoint that is in some namespace is not told to be here because this process may not look
 * there.
 */
static int check_found(const struct search *s, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; !err && i < s->count; i++) {
		const struct view_end *end = s->anchors[i];

		if (end->endpoint_there || !anchor_has_endpoint(&end->dev, &end->port))
			continue;
		err = netns_check_each(f);
	}
	return err;
}

int view_find_endpoints(struct view *view, struct fault *f)
{
	_cleanup_free_ struct view_end **anchors = calloc(2 * view->count + 1, sizeof(*anchors));
	_cleanup_close_ int panel_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct search s = {.anchors = anchors, .panel_netns = panel_netns};

	if (!anchors)
		return -ENOMEM;
	if (panel_netns < 0)
		return -errno;
	for (size_t i = 0; i < 2 * view->count; i++) {
		struct view_end *end = &view->pairs[i / 2].end[i % 2];

		if (end->port.flags & VB_PORT_ANCHOR && end->device_there)
			anchors[s.count++] = end;
	}
	if (!s.count)
		return 0;
	qsort(anchors, s.count, sizeof(*anchors), by_ifindex);
	netns_each(search_netns, &s);
	return s.found < s.count ? check_found(&s, f) : 0;
}

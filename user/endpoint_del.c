// SPDX-License-Identifier: GPL-2.0-only
/* Finding the pair that is to be taken away, by either of its names, wherever its panel is. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "anchor.h"
#include "endpoint.h"
#include "endpoint_doom.h"
#include "netns.h"

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
		    endpoint_is_doomed(s, ifindex) || port.peer == found)
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
	if (!err && !endpoint_is_doomed(s, anchor) && !panel_port_get(&s->panel, anchor, port) &&
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
	struct vb_port port;
	uint32_t anchor = 0;
	int err;

	err = find_anchor(s, name, &anchor, &port, f);
	err = err ?: endpoint_doom(s, anchor, &port, f);
	if (!err && !s->swept)
		err = endpoint_sweep(s, f);
	else if (err && s->nl.sock && endpoint_has_remains(s))
		endpoint_gc(s, NULL); /* a loader may have been killed before or after its name was
					 known */
	if (s->home >= 0) {
		err = err ?: endpoint_flush(s, f);
		session_leave(s);
	}
	if (err)
		fault_context(f, "del %s", name);
	return err;
}

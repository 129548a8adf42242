// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "cleanup.h"
#include "far_end.h"
#include "netns.h"

struct search {
	struct netlink *nl; /* of this namespace */
	const struct device *dev;
	int (*call)(struct netlink *nl, void *data); /* where the other end is */
	struct device far;
	const char *netns; /* as netns_each() names it; empty: this one */
	bool on;
	int err; /* of call */
};

static int visit(int fd, const char *name, void *data)
{
	struct search *s = data;

	if (!*name || netns_id(s->nl, fd) != s->dev->link_netnsid)
		return 0;
	s->netns = name;
	s->err = netns_call(fd, s->call, s);
	return 1;
}

/* Has s->call run in the other end's namespace. */
static int call_there(struct search *s)
{
	s->err = -ENODEV;
	s->netns = "";
	if (!s->dev->link)
		return -ENODEV;
	if (s->dev->link_netnsid < 0)
		s->err = s->call(s->nl, s);
	else
		netns_each(visit, s);
	return s->err;
}

static int set_gro(struct netlink *nl, void *data)
{
	struct search *s = data;
	struct ethtool_value gro = {.cmd = ETHTOOL_SGRO, .data = s->on};
	struct ifreq req = {.ifr_data = (void *)&gro};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : device_get_index(nl, s->dev->link, &s->far);

	if (err)
		return err;
	memcpy(req.ifr_name, s->far.name, sizeof(req.ifr_name));
	return ioctl(fd, SIOCETHTOOL, &req) < 0 ? -errno : 0;
}

int far_end_set_gro(struct netlink *nl, const struct device *dev, bool on)
{
	struct search s = {.nl = nl, .dev = dev, .call = set_gro, .on = on};

	return call_there(&s);
}

struct command {
	struct search search; /* first: call gets its address */
	char *buf;
	size_t size;
};

/* The namespace's name lasts only as long as the visit. */
static int write_command(struct netlink *nl, void *data)
{
	struct command *c = data;
	const char *netns = c->search.netns;
	int err = device_get_index(nl, c->search.dev->link, &c->search.far);

	if (err)
		return err;
	snprintf(c->buf, c->size, "%s%s%sethtool -K %s gro on",
		 !*netns	 ? ""
		 : *netns == '/' ? "nsenter --net="
				 : "ip netns exec ",
		 netns, *netns ? " " : "", c->search.far.name);
	return 0;
}

void far_end_gro_command(struct netlink *nl, const struct device *dev, char *buf, size_t size)
{
	struct command c = {{.nl = nl, .dev = dev, .call = write_command}, buf, size};

	if (call_there(&c.search))
		snprintf(buf, size, "ethtool -K … gro on, at the other end of %s", dev->name);
}

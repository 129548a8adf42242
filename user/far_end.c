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
	struct far_end far;
	bool on;
	int err; /* of call */
};

static int visit(int fd, const char *name, void *data)
{
	struct search *s = data;

	if (!*name || netns_id(s->nl, fd) != s->dev->link_netnsid)
		return 0;
	snprintf(s->far.netns, sizeof(s->far.netns), "%s", name);
	s->err = netns_call(fd, s->call, s);
	return 1;
}

/* Has s->call run in the other end's namespace. */
static int call_there(struct search *s)
{
	s->err = -ENODEV;
	if (!s->dev->link)
		return -ENODEV;
	if (s->dev->link_netnsid < 0)
		s->err = s->call(s->nl, s);
	else
		netns_each(visit, s);
	return s->err;
}

static int get(struct netlink *nl, void *data)
{
	struct search *s = data;

	return device_get_index(nl, s->dev->link, &s->far.dev);
}

int far_end_find(struct netlink *nl, const struct device *dev, struct far_end *ret)
{
	struct search s = {.nl = nl, .dev = dev, .call = get};
	int err = call_there(&s);

	if (!err)
		*ret = s.far;
	return err;
}

static int set_gro(struct netlink *nl, void *data)
{
	struct search *s = data;
	struct ethtool_value gro = {.cmd = ETHTOOL_SGRO, .data = s->on};
	struct ifreq req = {.ifr_data = (void *)&gro};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = fd < 0 ? -errno : get(nl, s);

	if (err)
		return err;
	memcpy(req.ifr_name, s->far.dev.name, sizeof(req.ifr_name));
	return ioctl(fd, SIOCETHTOOL, &req) < 0 ? -errno : 0;
}

int far_end_set_gro(struct netlink *nl, const struct device *dev, bool on)
{
	struct search s = {.nl = nl, .dev = dev, .call = set_gro, .on = on};

	return call_there(&s);
}

void far_end_gro_command(struct netlink *nl, const struct device *dev, char *buf, size_t size)
{
	struct far_end far;
	const char *before = "";

	if (far_end_find(nl, dev, &far)) {
		snprintf(buf, size, "ethtool -K … gro on, at the other end of %s", dev->name);
		return;
	}
	if (*far.netns)
		before = *far.netns == '/' ? "nsenter --net=" : "ip netns exec ";
	snprintf(buf, size, "%s%s%sethtool -K %s gro on", before, far.netns, *far.netns ? " " : "",
		 far.dev.name);
}

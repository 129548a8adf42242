// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "loop.h"

/* More cables in a row than this are taken for no ring. */
#define STEPS_MAX 64

/* The end that a frame transmitted on dev arrives at, if that is a veth's in this namespace. */
static uint32_t beyond(const struct device *dev)
{
	return plan_has_other_end(dev) && dev->link_netnsid < 0 ? dev->link : 0;
}

/* Follows a frame that is transmitted on end 1, from cable to cable; true if it comes to end 0. */
static bool comes_back(const struct panel *p, struct netlink *nl, const struct plan_facts *facts)
{
	struct device dev = facts->dev[1];

	for (int i = 0; i < STEPS_MAX; i++) {
		uint32_t at = beyond(&dev);
		struct vb_port port;

		if (!at)
			return false;
		if (at == facts->dev[0].ifindex)
			return true;
		/* The cable of end 0, if it has one, will not be there any more. */
		if (panel_port_get(p, at, &port) || port.side != VB_SIDE_WIRE ||
		    port.peer == facts->dev[0].ifindex || device_get_index(nl, port.peer, &dev))
			return false;
		if (panel_port_get(p, dev.ifindex, &port) || port.side != VB_SIDE_WIRE)
			return false;
	}
	return false;
}

int loop_check(const struct panel *p, struct netlink *nl, const struct plan_facts *facts,
	       const struct plan *plan, struct fault *f)
{
	const struct device *a = &facts->dev[0], *b = &facts->dev[1];
	int err = 0;

	if (plan->end[0].side == VB_SIDE_WIRE && plan->end[1].side == VB_SIDE_WIRE &&
	    comes_back(p, nl, facts)) {
		err = fault_set(
			f, ELOOP,
			"the cable would close a ring: what is transmitted on %s comes back "
			"at %s",
			b->name, a->name);
		fault_hint(f, "`ip -d link` and `vethbpf list` show what is joined to what");
	} else if (plan->end[0].side == VB_SIDE_STACK && plan->end[1].side == VB_SIDE_STACK &&
		   a->master && a->master == b->master) {
		err = fault_set(
			f, ELOOP,
			"the cable would close a ring: %s and %s are ports of one bridge, and "
			"each would get what it floods to the other",
			a->name, b->name);
		fault_hint(f, "take one of them out: ip link set %s nomaster", b->name);
	}
	return err;
}

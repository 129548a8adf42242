/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A row of a table of plans: two devices, a kernel, what is asked for; and what comes of it, for
 * each end in short: its side, its hooks (tcx unless another method is named), the end's and the
 * port's flags, xdp_max, the path and the reason, the IFF_* flags set (+) and cleared (-).
 */
#ifndef VB_PLAN_ROW_H
#define VB_PLAN_ROW_H

#include <net/if_arp.h>
#include "attach.h"
#include "panel.h"
#include "plan.h"
#include "unit.h"

#define USUAL (IFF_UP | IFF_BROADCAST | IFF_MULTICAST)
#define STACK VB_SIDE_STACK
#define WIRE  VB_SIDE_WIRE

/* The driver's xdp_features; without KNOWN the kernel does not tell. */
#define KNOWN	 (1U << 31)
#define NATIVE	 (KNOWN | DRIVER_XDP_BASIC | DRIVER_XDP_REDIRECT | DRIVER_XDP_NDO_XMIT)
#define NO_XMIT	 (KNOWN | DRIVER_XDP_BASIC | DRIVER_XDP_REDIRECT)
#define XMITONLY (KNOWN | DRIVER_XDP_NDO_XMIT)

struct row_end {
	const char *kind;
	uint32_t flags; /* 0: USUAL */
	uint16_t type;	/* 0: ARPHRD_ETHER */
	uint32_t mtu;	/* 0: 1500 */
	bool away;	/* its other end is in another namespace */
	bool strips;	/* takes VLAN tags off */
	uint32_t xdp;
	const char *qdisc;
	/* asked for */
	enum vb_side side;
	bool open;
	enum plan_order order;
	uint32_t relative;
};

struct row {
	struct row_end end[2];
	const char *want[2];	     /* of a symmetrical cable the first end's will do */
	enum plan_datapath datapath; /* asked for */
	bool no_tcx, no_types;	     /* the kernel lacks them */
	bool anchors;		     /* the devices are anchors */
};

static inline void row_facts(const struct row *row, struct plan_request *req,
			     struct plan_facts *facts)
{
	*req = (struct plan_request){.datapath = row->datapath, .anchors = row->anchors};
	*facts = (struct plan_facts){.tcx = !row->no_tcx, .kern_types = !row->no_types};
	for (int i = 0; i < 2; i++) {
		const struct row_end *end = &row->end[i];
		struct device *dev = &facts->dev[i];

		dev->ifindex = 7 + (uint32_t)i;
		dev->flags = end->flags ?: USUAL;
		dev->type = end->type ?: ARPHRD_ETHER;
		dev->mtu = end->mtu ?: 1500;
		dev->link_netnsid = end->away ? 0 : -1;
		strcpy(dev->name, i ? "devb" : "deva");
		strcpy(dev->kind, end->kind);
		strcpy(dev->qdisc, end->qdisc ?: "");
		facts->driver[i] = (struct driver){
			.known = end->xdp & KNOWN,
			.xdp_features = end->xdp & ~KNOWN,
			.strips_vlan = end->strips,
		};
		req->side[i] = end->side;
		req->open[i] = end->open;
		req->order[i] = end->order;
		req->relative[i] = end->relative;
	}
}

struct row_flag {
	uint32_t flag;
	const char *name;
};

static inline void say_flags(char *to, uint32_t flags, const char *sign,
			     const struct row_flag *names)
{
	for (; names->name; names++)
		if (flags & names->flag) {
			sprintf(to + strlen(to), " %s%s", sign, names->name);
			flags &= ~names->flag;
		}
	if (flags)
		sprintf(to + strlen(to), " %s0x%x", sign, flags);
}

static inline void say_hook(char *to, const struct vb_hook *hook)
{
	static const char *const orders[] = {"", "@before", "@after"};

	if (!hook->role && !hook->method && !hook->prio && !hook->handle)
		return;
	sprintf(to + strlen(to), " %s", panel_prog_name(hook->role) + 3);
	if (hook->role == VB_ROLE_WIRE_XDP)
		sprintf(to + strlen(to), "%s",
			hook->prio == PLAN_XDP_NATIVE_ONLY ? "!"
			: hook->prio			   ? "?"
							   : "");
	else
		sprintf(to + strlen(to), "%s", hook->prio < 3 ? orders[hook->prio] : "?");
	if (hook->handle)
		sprintf(to + strlen(to), "%u", hook->handle);
	if (hook->method != VB_METHOD_TCX)
		sprintf(to + strlen(to), "/%s", attach_method_name(hook->method));
}

static inline void say_end(char *to, const struct plan_end *end)
{
	static const struct row_flag ends[] = {{VB_END_GATED, "GATED"},	  {VB_END_PEER, "PEER"},
					       {VB_END_SKB, "SKB"},	  {VB_END_XDPGEN, "GEN"},
					       {VB_END_ANCHOR, "ANCHOR"}, {0, NULL}};
	static const struct row_flag ports[] = {
		{VB_PORT_OPEN, "OPEN"}, {VB_PORT_FAR_GRO, "FAR_GRO"}, {0, NULL}};
	static const struct row_flag ifi[] = {{IFF_MULTICAST, "MULTICAST"},
					      {IFF_NOARP, "NOARP"},
					      {IFF_PROMISC, "PROMISC"},
					      {0, NULL}};
	static const char *const reasons[WHY_MAX] = {
		"UNSAID",	"ASKED",	 "FROM_STACK", "TO_STACK",     "PEER",
		"PEER_HERE",	"QDISC",	 "OLD_KERNEL", "WIRE",	       "NOT_A_WIRE",
		"UNKNOWN",	"NO_NATIVE",	 "NO_XMIT",    "NO_XMIT_VETH", "STRIPS_VLAN",
		"TAP_CHECKSUM", "VETH_CHECKSUM", "REFUSED",    "BLIND",	       "BOND",
	};

	strcpy(to, plan_side_name(end->side));
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		say_hook(to, &end->hooks[i]);
	say_flags(to, end->end_flags, "", ends);
	say_flags(to, end->port_flags, "", ports);
	if (end->xdp_max)
		sprintf(to + strlen(to), " max%u", end->xdp_max);
	sprintf(to + strlen(to), " %s:%s", plan_path_name(end->path),
		end->reason < WHY_MAX ? reasons[end->reason] : "?");
	say_flags(to, end->ifi_set, "+", ifi);
	say_flags(to, end->ifi_clear, "-", ifi);
}

/* Plans each row and compares; a plan that is made leaves the fault alone. */
static inline void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct plan_request req;
		struct plan_facts facts;
		struct fault f = {0};
		struct plan plan;
		char got[512], name[64];

		row_facts(row, &req, &facts);
		snprintf(name, sizeof(name), "row %zu, \"%s\" \"%s\"", i, row->end[0].kind,
			 row->end[1].kind);
		if (plan_make(&req, &facts, &plan, &f))
			fail_msg("%s: %s", name, f.what);
		check_int(name, f.err, 0);
		for (int k = 0; k < 2; k++) {
			say_end(got, &plan.end[k]);
			check_string(name, got, row->want[k] ?: row->want[0]);
		}
	}
}

/* The same for rows that are refused: want is "ERRNO message", and the hint. */
static inline void check_refusals(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct plan_request req;
		struct plan_facts facts;
		struct fault f = {0};
		struct plan plan, before;
		char got[512], name[64];

		row_facts(row, &req, &facts);
		snprintf(name, sizeof(name), "row %zu, \"%s\" \"%s\"", i, row->end[0].kind,
			 row->end[1].kind);
		memset(&plan, 0xa5, sizeof(plan));
		before = plan;
		if (plan_make(&req, &facts, &plan, &f) != -f.err || !f.err)
			fail_msg("%s: not refused", name);
		snprintf(got, sizeof(got), "%d %s", f.err, f.what);
		check_string(name, got, row->want[0]);
		check_string(name, f.hint, row->want[1] ?: "");
		if (memcmp(&plan, &before, sizeof(plan)) != 0)
			fail_msg("%s: refused, and the plan was touched", name);
	}
}

#endif

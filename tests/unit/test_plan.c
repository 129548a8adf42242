// SPDX-License-Identifier: GPL-2.0-only
/*
 * Facts in, plan out. A row says what two devices are and what is asked for, and what comes of it
 * in short: for each end its side, its hooks as role/method, the flags set (+) and cleared (-); or
 * the message of the refusal, with its hint after a newline.
 */
#include <net/if_arp.h>
#include "attach.h"
#include "panel.h"
#include "plan.h"
#include "unit.h"

#define USUAL  (IFF_UP | IFF_BROADCAST | IFF_MULTICAST)
#define DUMMY  (IFF_BROADCAST | IFF_NOARP)
#define IFB    (IFF_BROADCAST | IFF_NOARP | IFF_MULTICAST)
#define LO     (IFF_UP | IFF_LOOPBACK)
#define STACK  VB_SIDE_STACK
#define WIRE   VB_SIDE_WIRE
#define NO_TCX .tcx = -1
#define BOTH(x)                                                                                    \
	{                                                                                          \
		x, x                                                                               \
	}

struct row {
	const char *kind[2];
	const char *want;
	uint32_t flags[2]; /* 0: USUAL */
	uint16_t type[2];  /* 0: ARPHRD_ETHER */
	enum vb_side side[2];
	enum plan_datapath datapath;
	int tcx; /* -1: the kernel lacks it */
};

/* clang-format off */
static const struct row rows[] = {
	/* The side that a kind has unless told otherwise. */
	{{"macvlan", "macvlan"}, "stack stack_tx/tcx | stack stack_tx/tcx"},
	{{"macvtap", "macvtap"}, "stack stack_tx/tcx | stack stack_tx/tcx"},
	{{"bridge", "bridge"},   "stack stack_tx/tcx | stack stack_tx/tcx"},
	{{"dummy", "dummy"},     "stack stack_tx/tcx | stack stack_tx/tcx"},
	{{"ifb", "ifb"},         "stack stack_tx/tcx | stack stack_tx/tcx"},
	{{"veth", "veth"},       "wire wire_rx/tcx | wire wire_rx/tcx"},
	{{"netkit", "netkit"},   "wire wire_rx/tcx | wire wire_rx/tcx"},
	{{"tun", "tun"},         "wire wire_rx/tcx | wire wire_rx/tcx"},
	{{"vxlan", "gretap"},    "wire wire_rx/tcx +PROMISC | wire wire_rx/tcx +PROMISC"},
	{{"", ""},               "wire wire_rx/tcx +PROMISC | wire wire_rx/tcx +PROMISC"},
	{{"dummy", "veth"},      "stack stack_tx/tcx | wire wire_rx/tcx"},
	{{"veth", "dummy"},      "wire wire_rx/tcx | stack stack_tx/tcx"},
	{{"dumm", "dummyy"},     "wire wire_rx/tcx +PROMISC | wire wire_rx/tcx +PROMISC"},

	/* A side that is asked for counts, each end's for itself. */
	{{"veth", "veth"},       "stack stack_tx/tcx | wire wire_rx/tcx", .side = {STACK}},
	{{"veth", "veth"},       "wire wire_rx/tcx | stack stack_tx/tcx", .side = {0, STACK}},
	{{"veth", "veth"},       "stack stack_tx/tcx | stack stack_tx/tcx", .side = BOTH(STACK)},
	{{"macvlan", "bridge"},  "wire wire_rx/tcx +PROMISC | wire wire_rx/tcx +PROMISC", .side = BOTH(WIRE)},
	{{"dummy", "ifb"},       "wire wire_rx/tcx | wire wire_rx/tcx", .side = BOTH(WIRE)},
	{{"", "veth"},           "stack stack_tx/tcx | wire wire_rx/tcx", .side = {STACK}},

	/* Kernels without tcx. */
	{{"dummy", "veth"},      "stack stack_tx/clsact | wire wire_rx/clsact", NO_TCX},
	{{"veth", "veth"},       "wire wire_rx/clsact wire_xdp/xdp | wire wire_rx/clsact wire_xdp/xdp", NO_TCX, .datapath = PLAN_XDP},

	/* A dummy or ifb that is mute learns to speak, but only as the local stack's port. */
	{{"dummy", "dummy"},     "stack stack_tx/tcx +MULTICAST -NOARP | stack stack_tx/tcx +MULTICAST -NOARP", BOTH(DUMMY)},
	{{"ifb", "ifb"},         "stack stack_tx/tcx -NOARP | stack stack_tx/tcx -NOARP", BOTH(IFB)},
	{{"dummy", "dummy"},     "wire wire_rx/tcx | stack stack_tx/tcx +MULTICAST -NOARP", BOTH(DUMMY), .side = {WIRE}},
	{{"macvlan", "macvlan"}, "stack stack_tx/tcx | stack stack_tx/tcx", BOTH(DUMMY)},
	{{"veth", "veth"},       "stack stack_tx/tcx | stack stack_tx/tcx", BOTH(DUMMY), .side = BOTH(STACK)},

	/* What filters by address stops doing so, unless somebody has seen to that already. */
	{{"", "vxlan"},          "wire wire_rx/tcx | wire wire_rx/tcx +PROMISC", {USUAL | IFF_PROMISC, USUAL}},
	{{"bridge", "bridge"},   "wire wire_rx/tcx +PROMISC | stack stack_tx/tcx", .side = {WIRE}},
	{{"", ""},               "wire wire_rx/tcx +PROMISC | wire wire_rx/tcx +PROMISC", BOTH(IFF_BROADCAST)},

	/* datapath */
	{{"veth", "veth"},       "wire wire_rx/tcx | wire wire_rx/tcx", .datapath = PLAN_TC},
	{{"dummy", "dummy"},     "stack stack_tx/tcx | stack stack_tx/tcx", .datapath = PLAN_TC},
	{{"veth", "veth"},       "wire wire_rx/tcx wire_xdp/xdp | wire wire_rx/tcx wire_xdp/xdp", .datapath = PLAN_XDP},
	{{"dummy", "tun"},       "wire wire_rx/tcx wire_xdp/xdp | wire wire_rx/tcx wire_xdp/xdp", .datapath = PLAN_XDP, .side = BOTH(WIRE)},
	{{"dummy", "veth"},      "22 datapath xdp: deva has side stack, and XDP sees only what comes from a wire\n"
	                         "both ends must have side wire; datapath tc works with any", .datapath = PLAN_XDP},
	{{"veth", "dummy"},      "22 datapath xdp: devb has side stack, and XDP sees only what comes from a wire\n"
	                         "both ends must have side wire; datapath tc works with any", .datapath = PLAN_XDP},
	{{"veth", "veth"},       "22 datapath xdp: devb has side stack, and XDP sees only what comes from a wire\n"
	                         "both ends must have side wire; datapath tc works with any", .datapath = PLAN_XDP, .side = {0, STACK}},

	/* What can be no end at all. */
	{{"", "veth"},           "22 deva is a loopback device, which has no other end to give frames to\n"
	                         "take an Ethernet device, such as a dummy: ip link add … type dummy", {LO}, {ARPHRD_LOOPBACK}},
	{{"veth", ""},           "22 devb is a loopback device, which has no other end to give frames to\n"
	                         "take an Ethernet device, such as a dummy: ip link add … type dummy", {0, LO}, {0, ARPHRD_LOOPBACK}},
	{{"tun", "veth"},        "22 deva is not an Ethernet device (link type 65534)\n"
	                         "a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre", .type = {ARPHRD_NONE}},
	{{"veth", "gre"},        "22 devb is not an Ethernet device (link type 778)\n"
	                         "a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre", .type = {0, ARPHRD_IPGRE}},
	{{"tun", "gre"},         "22 deva is not an Ethernet device (link type 65534)\n"
	                         "a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre", .type = {ARPHRD_NONE, ARPHRD_IPGRE}},
	{{"tun", "dummy"},       "22 deva is not an Ethernet device (link type 65534)\n"
	                         "a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre", .type = {ARPHRD_NONE}, .datapath = PLAN_XDP},
};
/* clang-format on */

static void say_flags(char *to, uint32_t flags, char sign)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {{IFF_MULTICAST, "MULTICAST"}, {IFF_NOARP, "NOARP"}, {IFF_PROMISC, "PROMISC"}};

	for (size_t i = 0; i < COUNT(names); i++)
		if (flags & names[i].flag) {
			sprintf(to + strlen(to), " %c%s", sign, names[i].name);
			flags &= ~names[i].flag;
		}
	if (flags)
		sprintf(to + strlen(to), " %c0x%x", sign, flags);
}

static void say_end(char *to, const struct plan_end *end)
{
	strcat(to, plan_side_name(end->side));
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		if (end->hooks[i].role || end->hooks[i].method)
			sprintf(to + strlen(to), " %s/%s", panel_prog_name(end->hooks[i].role) + 3,
				attach_method_name(end->hooks[i].method));
	say_flags(to, end->ifi_set, '+');
	say_flags(to, end->ifi_clear, '-');
}

static void make_facts(const struct row *row, struct plan_facts *facts)
{
	*facts = (struct plan_facts){.tcx = row->tcx >= 0};
	for (int i = 0; i < 2; i++) {
		struct device *dev = &facts->dev[i];

		dev->ifindex = 7 + (uint32_t)i;
		dev->flags = row->flags[i] ?: USUAL;
		dev->type = row->type[i] ?: ARPHRD_ETHER;
		strcpy(dev->name, i ? "devb" : "deva");
		strcpy(dev->kind, row->kind[i]);
	}
}

static void plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct plan_request req = {.datapath = row->datapath};
		char got[1024] = "", name[64];
		struct plan_facts facts;
		struct fault f = {0};
		struct plan plan;

		memcpy(req.side, row->side, sizeof(req.side));
		make_facts(row, &facts);
		snprintf(name, sizeof(name), "row %zu, \"%s\" \"%s\"", i, row->kind[0],
			 row->kind[1]);
		if (plan_make(&req, &facts, &plan, &f)) {
			snprintf(got, sizeof(got), "%d %s\n%s", f.err, f.what, f.hint);
		} else {
			say_end(got, &plan.end[0]);
			strcat(got, " | ");
			say_end(got, &plan.end[1]);
			check_int(name, f.err, 0);
		}
		check_string(name, got, row->want);
	}
}

static void refusal_leaves_the_plan_untouched(void **state)
{
	struct row row = {{"tun", "veth"}, "", .type = {ARPHRD_NONE}};
	struct plan_request req = {0};
	struct plan_facts facts;
	struct fault f = {0};
	struct plan plan, before;

	(void)state;
	memset(&plan, 0xa5, sizeof(plan));
	before = plan;
	make_facts(&row, &facts);
	assert_int_equal(plan_make(&req, &facts, &plan, &f), -22);
	assert_memory_equal(&plan, &before, sizeof(plan));
}

static void datapath_is_named_by_the_hooks(void **state)
{
	static const struct {
		struct vb_hook hooks[VB_HOOKS_MAX];
		const char *name;
	} hooked[] = {
		{{{0}}, "tc"},
		{{{VB_ROLE_STACK_TX, VB_METHOD_TCX, 0, 0}}, "tc"},
		{{{VB_ROLE_WIRE_RX, VB_METHOD_CLSACT, 0, 0}}, "tc"},
		{{{VB_ROLE_WIRE_RX, VB_METHOD_TCX, 0, 0}, {VB_ROLE_WIRE_XDP, VB_METHOD_XDP, 0, 0}},
		 "xdp"},
		{{{VB_ROLE_WIRE_XDP, VB_METHOD_XDPGEN, 0, 0}}, "xdpgeneric"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(hooked); i++)
		check_string("hooks", plan_datapath_name(hooked[i].hooks), hooked[i].name);
}

static void side_names(void **state)
{
	(void)state;
	assert_string_equal(plan_side_name(VB_SIDE_STACK), "stack");
	assert_string_equal(plan_side_name(VB_SIDE_WIRE), "wire");
	assert_string_equal(plan_side_name(VB_SIDE_NONE), "?");
	assert_string_equal(plan_side_name(255), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans),
		cmocka_unit_test(refusal_leaves_the_plan_untouched),
		cmocka_unit_test(datapath_is_named_by_the_hooks),
		cmocka_unit_test(side_names),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Facts in, plan out: sides, hooks, gates and flags; and what is refused. */
#include "plan_row.h"

#define DUMMY (IFF_BROADCAST | IFF_NOARP)
#define IFB   (IFF_BROADCAST | IFF_NOARP | IFF_MULTICAST)
#define LO    (IFF_UP | IFF_LOOPBACK)

/* clang-format off */
static const struct row sides[] = {
	/* The side that a kind has unless told otherwise, and the gate it needs. */
	{{{"macvlan"}, {"macvlan"}}, {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"macvtap"}, {"macvtap"}}, {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"ipvlan"}, {"ipvtap"}},   {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"bridge"}, {"bridge"}},   {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"dummy"}, {"dummy"}},     {"stack stack_tx tc:FROM_STACK"}},
	{{{"ifb"}, {"ifb"}},         {"stack stack_tx tc:FROM_STACK"}},
	{{{"veth"}, {"veth"}},       {"wire wire_tx wire_rx GATED PEER tc:PEER_HERE"}},
	{{{"netkit"}, {"netkit"}},   {"wire wire_tx wire_rx GATED PEER tc:PEER_HERE"}},
	{{{"tun"}, {"tun"}},         {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE"}},
	{{{"vxlan"}, {"gretap"}},    {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC"}},
	{{{""}, {""}},               {"wire wire_tx wire_rx GATED tc:UNKNOWN +PROMISC"}},
	{{{"dummy"}, {"tun"}},       {"stack stack_tx tc:FROM_STACK",
	                              "wire wire_tx wire_rx GATED tc:TO_STACK"}},
	{{{"tun"}, {"dummy"}},       {"wire wire_tx wire_rx GATED tc:TO_STACK",
	                              "stack stack_tx tc:FROM_STACK"}},
	{{{"dumm"}, {"dummyy"}},     {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC"}},

	/* A side that is asked for counts, each end's for itself. */
	{{{"veth", .side = STACK}, {"tun"}},                  {"stack stack_rx stack_tx GATED tc:FROM_STACK",
	                                                       "wire wire_tx wire_rx GATED tc:TO_STACK"}},
	{{{"tun"}, {"veth", .side = STACK}},                  {"wire wire_tx wire_rx GATED tc:TO_STACK",
	                                                       "stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"veth", .side = STACK}, {"veth", .side = STACK}},  {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"", .side = STACK}, {"tun"}},                      {"stack stack_rx stack_tx GATED tc:FROM_STACK",
	                                                       "wire wire_tx wire_rx GATED tc:TO_STACK"}},
	{{{"macvlan", .side = WIRE}, {"bridge", .side = WIRE}}, {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC"}},
	{{{"dummy", .side = WIRE}, {"ifb", .side = WIRE}},    {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE"}},

	/* An end that is asked to be open has no gate; the other end's is no matter of it. */
	{{{"macvlan", .open = true}, {"macvlan"}}, {"stack stack_tx OPEN tc:FROM_STACK",
	                                            "stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"tun"}, {"tun", .open = true}},         {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE",
	                                            "wire wire_rx OPEN tc:NOT_A_WIRE"}},
	{{{"dummy", .open = true}, {"ifb", .open = true}}, {"stack stack_tx OPEN tc:FROM_STACK"}},

	/* Where among other programs: each end's for itself, an id for what takes frames only. */
	{{{"tun", .order = PLAN_BEFORE}, {"tun"}},  {"wire wire_tx@before wire_rx@before GATED tc:NOT_A_WIRE",
	                                             "wire wire_tx wire_rx GATED tc:NOT_A_WIRE"}},
	{{{"tun"}, {"tun", .order = PLAN_AFTER}},   {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE",
	                                             "wire wire_tx@after wire_rx@after GATED tc:NOT_A_WIRE"}},
	{{{"tun", .order = PLAN_AFTER, .relative = 9}, {"macvlan", .order = PLAN_BEFORE, .relative = 8}},
	                                            {"wire wire_tx@after wire_rx@after9 GATED tc:TO_STACK",
	                                             "stack stack_rx@before stack_tx@before8 GATED tc:FROM_STACK"}},

	/* Kernels without tcx. */
	{{{"dummy"}, {"tun"}},                      {"stack stack_tx/clsact tc:FROM_STACK",
	                                             "wire wire_tx/clsact wire_rx/clsact GATED tc:TO_STACK"}, .no_tcx = true},
	{{{"macvlan"}, {"macvlan"}},                {"stack stack_rx/clsact stack_tx/clsact GATED tc:FROM_STACK"}, .no_tcx = true},
	{{{"dummy", .order = PLAN_BEFORE}, {"dummy"}}, {"stack stack_tx@before/clsact tc:FROM_STACK",
	                                             "stack stack_tx/clsact tc:FROM_STACK"}, .no_tcx = true},

	/* A dummy or ifb that is mute learns to speak, but only as the local stack's port. */
	{{{"dummy", DUMMY}, {"dummy", DUMMY}}, {"stack stack_tx tc:FROM_STACK +MULTICAST -NOARP"}},
	{{{"ifb", IFB}, {"ifb", IFB}},         {"stack stack_tx tc:FROM_STACK -NOARP"}},
	{{{"dummy", DUMMY, .side = WIRE}, {"dummy", DUMMY}},
	                                       {"wire wire_tx wire_rx GATED tc:TO_STACK",
	                                        "stack stack_tx tc:FROM_STACK +MULTICAST -NOARP"}},
	{{{"macvlan", DUMMY}, {"macvlan", DUMMY}}, {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"veth", DUMMY, .side = STACK}, {"veth", DUMMY, .side = STACK}},
	                                       {"stack stack_rx stack_tx GATED tc:FROM_STACK"}},

	/* What filters by address stops doing so, unless somebody has seen to that already. */
	{{{"", USUAL | IFF_PROMISC}, {"vxlan"}}, {"wire wire_tx wire_rx GATED tc:UNKNOWN",
	                                        "wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC"}},
	{{{"bridge", .side = WIRE}, {"bridge"}}, {"wire wire_tx wire_rx GATED tc:TO_STACK +PROMISC",
	                                        "stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"", IFF_BROADCAST}, {"", IFF_BROADCAST}}, {"wire wire_tx wire_rx GATED tc:UNKNOWN +PROMISC"}},

	/* Anchors: nothing is changed on them, their own stack is to stay mute and deaf. */
	{{{"dummy", DUMMY}, {"bridge", DUMMY}}, {"stack anchor_rx stack_tx ANCHOR tc:FROM_STACK"}, .anchors = true},
};

#define NO_LO "take an Ethernet device, such as a dummy: ip link add … type dummy"
#define NO_VRF "pair a device that is in it: ip link show vrf …"
#define NO_IP "a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre"

static const struct row refusals[] = {
	{{{"", LO, ARPHRD_LOOPBACK}, {"veth"}}, {"22 deva is a loopback device, which has no other end to give frames to", NO_LO}},
	{{{"veth"}, {"", LO, ARPHRD_LOOPBACK}}, {"22 devb is a loopback device, which has no other end to give frames to", NO_LO}},
	{{{"tun", .type = ARPHRD_NONE}, {"veth"}}, {"22 deva is not an Ethernet device (link type 65534)", NO_IP}},
	{{{"veth"}, {"gre", .type = ARPHRD_IPGRE}}, {"22 devb is not an Ethernet device (link type 778)", NO_IP}},
	{{{"tun", .type = ARPHRD_NONE}, {"gre", .type = ARPHRD_IPGRE}}, {"22 deva is not an Ethernet device (link type 65534)", NO_IP}},
	{{{"vrf"}, {"veth"}}, {"22 deva is a vrf, a set of routes: it has no wire", NO_VRF}},
	{{{"veth"}, {"vrf", .side = STACK}}, {"22 devb is a vrf, a set of routes: it has no wire", NO_VRF}},
	{{{"tun", .type = ARPHRD_NONE}, {"dummy"}}, {"22 deva is not an Ethernet device (link type 65534)", NO_IP}, .datapath = PLAN_XDP},
	{{{"tun", .order = PLAN_AFTER, .relative = 9}, {"tun"}},
	 {"95 deva: before or after a program needs tcx, which this kernel lacks (Linux 6.6 has it)"}, .no_tcx = true},
	{{{"tun"}, {"tun", .order = PLAN_BEFORE, .relative = 9}},
	 {"95 devb: before or after a program needs tcx, which this kernel lacks (Linux 6.6 has it)"}, .no_tcx = true},
};
/* clang-format on */

static void plans(void **state)
{
	(void)state;
	check_rows(sides, COUNT(sides));
}

static void what_can_be_no_end_is_refused(void **state)
{
	(void)state;
	check_refusals(refusals, COUNT(refusals));
}

static void side_names(void **state)
{
	(void)state;
	assert_string_equal(plan_side_name(VB_SIDE_STACK), "stack");
	assert_string_equal(plan_side_name(VB_SIDE_WIRE), "wire");
	assert_string_equal(plan_side_name(VB_SIDE_NONE), "?");
	assert_string_equal(plan_side_name(255), "?");
}

/* With sure knowledge of the kinds alone, no driver need be asked. */
static void drivers_are_asked_where_it_matters(void **state)
{
	static const struct device nic = {.name = "nic"}, veth = {.kind = "veth"};
	static const struct {
		enum plan_datapath datapath;
		struct device dev[2];
		bool asked;
	} rows[] = {
		{PLAN_AUTO, {veth, veth}, false}, {PLAN_AUTO, {veth, nic}, true},
		{PLAN_AUTO, {nic, veth}, true},	  {PLAN_TC, {nic, nic}, false},
		{PLAN_PEER, {nic, veth}, false},  {PLAN_XDP, {veth, veth}, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct plan_request req = {.datapath = rows[i].datapath};

		assert_int_equal(plan_asks_drivers(&req, rows[i].dev), rows[i].asked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans),
		cmocka_unit_test(what_can_be_no_end_is_refused),
		cmocka_unit_test(side_names),
		cmocka_unit_test(drivers_are_asked_where_it_matters),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}

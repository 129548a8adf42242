// SPDX-License-Identifier: GPL-2.0-only
/* Facts in, plan out: how frames cross, each way, and why. */
#include "plan_row.h"

/* clang-format off */
static const struct row by_itself[] = {
	/* Two NICs: XDP where both drivers have it, and nothing but native. */
	{{{"", .xdp = NATIVE}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}},
	{{{"", .xdp = NATIVE, .mtu = 9000}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED max9018 xdp:WIRE +PROMISC",
	  "wire wire_tx wire_rx wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}},
	{{{"", .xdp = NATIVE}, {"", .xdp = NATIVE}},
	 {"wire wire_tx/clsact wire_rx/clsact wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}, .no_tcx = true},
	{{{"", .xdp = NATIVE}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}, .no_types = true},
	{{{"", .xdp = NATIVE, .order = PLAN_BEFORE}, {"", .xdp = NATIVE, .open = true}},
	 {"wire wire_tx@before wire_rx@before wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC",
	  "wire wire_rx wire_xdp!/xdp OPEN max1518 xdp:WIRE +PROMISC"}},

	/* One way only: each direction asks its own two drivers. */
	{{{"", .xdp = NATIVE}, {"", .xdp = XMITONLY}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED xdp:WIRE +PROMISC",
	  "wire wire_tx wire_rx GATED max1518 tc:NO_NATIVE +PROMISC"}},
	{{{"", .xdp = NATIVE}, {"bond", .xdp = NO_XMIT}},
	 {"wire wire_tx wire_rx GATED tc:NO_XMIT +PROMISC",
	  "wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC"}},
	{{{"", .xdp = NATIVE, .strips = true}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx GATED max1518 tc:STRIPS_VLAN +PROMISC",
	  "wire wire_tx wire_rx wire_xdp!/xdp GATED xdp:WIRE +PROMISC"}},
	{{{"", .xdp = NATIVE}, {"tun", .xdp = NATIVE, .mtu = 1400}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED xdp:WIRE +PROMISC",
	  "wire wire_tx wire_rx GATED max1418 tc:NOT_A_WIRE"}},

	/* A card may transmit XDP frames once it has a program of its own. */
	{{{"", .xdp = NO_XMIT}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}},

	/* No XDP at all, and the first thing that is in its way. */
	{{{"", .xdp = KNOWN}, {"", .xdp = KNOWN}},   {"wire wire_tx wire_rx GATED tc:NO_NATIVE +PROMISC"}},
	{{{"", .xdp = KNOWN | DRIVER_XDP_BASIC}, {"", .xdp = KNOWN | DRIVER_XDP_BASIC | DRIVER_XDP_NDO_XMIT}},
	 {"wire wire_tx wire_rx GATED tc:NO_NATIVE +PROMISC"}},
	{{{"", .xdp = NO_XMIT}, {"", .xdp = NO_XMIT}},
	 {"wire wire_tx wire_rx wire_xdp!/xdp GATED max1518 xdp:WIRE +PROMISC"}},
	{{{"", .xdp = NATIVE}, {""}},                {"wire wire_tx wire_rx GATED tc:UNKNOWN +PROMISC"}},
	{{{""}, {"", .xdp = NATIVE}},                {"wire wire_tx wire_rx GATED tc:UNKNOWN +PROMISC"}},

	/* Frames of virtual devices have offloads that XDP would lose, drivers or not. */
	{{{"tun", .xdp = NATIVE}, {"tun", .xdp = NATIVE}}, {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE"}},
	{{{"vxlan", .xdp = NATIVE}, {"tun", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE +PROMISC", "wire wire_tx wire_rx GATED tc:NOT_A_WIRE"}},

	/* Into a veth or netkit: right to its other end, from whatever wire. */
	{{{"veth", .away = true}, {"veth", .away = true}},     {"wire wire_tx wire_rx GATED PEER peer:PEER"}},
	{{{"netkit", .away = true}, {"netkit", .away = true}}, {"wire wire_tx wire_rx GATED PEER peer:PEER"}},
	{{{"veth", .away = true}, {"veth"}},
	 {"wire wire_tx wire_rx GATED PEER tc:PEER_HERE", "wire wire_tx wire_rx GATED PEER peer:PEER"}},
	{{{"tun"}, {"netkit", .away = true}},
	 {"wire wire_tx wire_rx GATED peer:PEER", "wire wire_tx wire_rx GATED PEER tc:NOT_A_WIRE"}},
	{{{"", .xdp = NATIVE}, {"veth", .away = true, .xdp = NATIVE}},
	 {"wire wire_tx wire_rx GATED peer:PEER +PROMISC", "wire wire_tx wire_rx GATED PEER tc:NOT_A_WIRE"}},
	{{{"", .xdp = NATIVE}, {"veth", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx GATED tc:PEER_HERE +PROMISC", "wire wire_tx wire_rx GATED PEER tc:NOT_A_WIRE"}},
	{{{"macvlan"}, {"veth", .away = true}},
	 {"stack stack_rx stack_tx GATED tc:FROM_STACK", "wire wire_tx wire_rx GATED tc:TO_STACK"}},
	{{{"veth", .away = true}, {"veth", .away = true, .side = STACK}},
	 {"wire wire_tx wire_rx GATED tc:TO_STACK", "stack stack_rx stack_tx GATED tc:FROM_STACK"}},
	{{{"veth", .away = true}, {"veth", .away = true}},     {"wire wire_tx wire_rx GATED tc:OLD_KERNEL"}, .no_types = true},

	/* Not round a qdisc that somebody has put there; these two are none. */
	{{{"veth", .away = true}, {"veth", .away = true, .qdisc = "fq_codel"}},
	 {"wire wire_tx wire_rx GATED PEER tc:QDISC", "wire wire_tx wire_rx GATED peer:PEER"}},
	{{{"veth", .away = true, .qdisc = "noqueue"}, {"veth", .away = true, .qdisc = "noop"}},
	 {"wire wire_tx wire_rx GATED PEER peer:PEER"}},
	{{{"veth", .qdisc = "pfifo"}, {"tun", .qdisc = "pfifo"}},
	 {"wire wire_tx wire_rx GATED tc:NOT_A_WIRE", "wire wire_tx wire_rx GATED tc:QDISC"}},
};

static const struct row asked_for[] = {
	{{{"", .xdp = NATIVE}, {"", .xdp = NATIVE}},       {"wire wire_tx wire_rx GATED tc:ASKED +PROMISC"}, .datapath = PLAN_TC},
	{{{"veth", .away = true}, {"netkit", .away = true}}, {"wire wire_tx wire_rx GATED tc:ASKED"}, .datapath = PLAN_TC},
	{{{"dummy"}, {"dummy"}},                           {"stack stack_tx tc:ASKED"}, .datapath = PLAN_TC},

	{{{"veth", .away = true}, {"netkit", .away = true}}, {"wire wire_tx wire_rx GATED PEER peer:ASKED"}, .datapath = PLAN_PEER},
	{{{"veth", .away = true, .qdisc = "pfifo"}, {"veth", .away = true}},
	 {"wire wire_tx wire_rx GATED PEER peer:ASKED"}, .datapath = PLAN_PEER},

	/* XDP: native where it loses nothing, else generic, which keeps the packet. */
	{{{"", .xdp = NATIVE}, {"", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp/xdp GATED max1518 xdp:ASKED +PROMISC"}, .datapath = PLAN_XDP},
	{{{"veth", .xdp = NATIVE}, {"veth", .xdp = NATIVE, .mtu = 3000}},
	 {"wire wire_tx wire_rx wire_xdp/xdp GATED SKB max1518 xdp:ASKED",
	  "wire wire_tx wire_rx wire_xdp/xdp GATED SKB max3018 xdp:ASKED"}, .datapath = PLAN_XDP},
	{{{"veth", .xdp = NATIVE, .strips = true}, {"veth", .xdp = NATIVE, .strips = true}},
	 {"wire wire_tx wire_rx wire_xdp/xdp GATED SKB max1518 xdp:ASKED"}, .datapath = PLAN_XDP},
	{{{"veth", .xdp = NATIVE}, {"veth", .xdp = NO_XMIT, .away = true}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:NO_XMIT_VETH",
	  "wire wire_tx wire_rx wire_xdp/xdp GATED SKB max1518 xdp:ASKED"}, .datapath = PLAN_XDP},
	/* What a veth lacks for that is turned on at its other end, where that is in this namespace. */
	{{{"veth", .xdp = NATIVE}, {"veth", .xdp = NO_XMIT}},
	 {"wire wire_tx wire_rx wire_xdp/xdp GATED SKB max1518 xdp:ASKED",
	  "wire wire_tx wire_rx wire_xdp/xdp GATED SKB FAR_GRO max1518 xdp:ASKED"}, .datapath = PLAN_XDP},
	{{{"", .xdp = NATIVE}, {"vxlan", .xdp = NO_XMIT}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:NO_XMIT +PROMISC",
	  "wire wire_tx wire_rx wire_xdp/xdp GATED max1518 xdp:ASKED +PROMISC"}, .datapath = PLAN_XDP},
	/* A bond takes native XDP, but it is its ports that run it; it transmits like any. */
	{{{"", .xdp = NATIVE}, {"bond", .xdp = NATIVE}},
	 {"wire wire_tx wire_rx wire_xdp/xdp GATED max1518 xdp:ASKED +PROMISC",
	  "wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:BOND +PROMISC"}, .datapath = PLAN_XDP},
	{{{"tun", .xdp = NATIVE}, {"", .xdp = NATIVE, .strips = true}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:TAP_CHECKSUM",
	  "wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:STRIPS_VLAN +PROMISC"}, .datapath = PLAN_XDP},
	{{{"vxlan", .xdp = KNOWN}, {"netkit", .xdp = KNOWN}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:NO_NATIVE +PROMISC",
	  "wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:NO_NATIVE"}, .datapath = PLAN_XDP},
	{{{"veth"}, {""}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:VETH_CHECKSUM",
	  "wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:UNKNOWN +PROMISC"}, .datapath = PLAN_XDP},
	/* Generic XDP is not blind to what the peer's driver takes, or goes to one that takes anything. */
	{{{"", .xdp = NATIVE}, {"vxlan", .xdp = NO_XMIT}},
	 {"wire wire_tx wire_rx GATED max1518 tc:BLIND +PROMISC",
	  "wire wire_tx wire_rx wire_xdp/xdp GATED xdp:ASKED +PROMISC"},
	 .datapath = PLAN_XDP, .no_types = true},
	{{{"tun"}, {"veth"}},
	 {"wire wire_tx wire_rx wire_xdp/xdpgeneric GATED GEN xdpgeneric:UNKNOWN",
	  "wire wire_tx wire_rx GATED max1518 tc:BLIND"}, .datapath = PLAN_XDP, .no_types = true},
	{{{"dummy", .side = WIRE}, {"tun"}},
	 {"wire wire_tx/clsact wire_rx/clsact wire_xdp/xdpgeneric GATED GEN max1518 xdpgeneric:UNKNOWN"},
	 .datapath = PLAN_XDP, .no_tcx = true},
};

#define XDP_HINT  "both ends must have side wire; datapath tc works with any"
#define PEER_HINT "datapath auto takes peer for the directions where it can deliver, tc for others"
#define XDP_STACK(dev)                                                                             \
	"22 datapath xdp: " dev " has side stack, and XDP sees only what comes from a wire", XDP_HINT
#define PEER_KIND(dev)                                                                             \
	"22 datapath peer: " dev " is not a veth or netkit with side wire, so there is no other "  \
	"end to hand frames to", PEER_HINT
#define PEER_HERE(dev)                                                                             \
	"22 datapath peer: the other end of " dev " is in this network namespace, and must be in " \
	"another", PEER_HINT

static const struct row refusals[] = {
	{{{"dummy"}, {"veth"}},                   {XDP_STACK("deva")}, .datapath = PLAN_XDP},
	{{{"veth"}, {"dummy"}},                   {XDP_STACK("devb")}, .datapath = PLAN_XDP},
	{{{"veth"}, {"veth", .side = STACK}},     {XDP_STACK("devb")}, .datapath = PLAN_XDP},
	{{{"veth", .away = true}, {"tun"}},       {PEER_KIND("devb")}, .datapath = PLAN_PEER},
	{{{"", .away = true}, {"veth", .away = true}}, {PEER_KIND("deva")}, .datapath = PLAN_PEER},
	{{{"veth", .away = true}, {"veth", .away = true, .side = STACK}}, {PEER_KIND("devb")}, .datapath = PLAN_PEER},
	{{{"veth", .away = true, .side = STACK}, {"veth", .away = true}},
	 {"22 datapath peer: deva has side stack, and frames can be handed on so only from a wire", PEER_HINT}, .datapath = PLAN_PEER},
	{{{"veth"}, {"veth", .away = true}},      {PEER_HERE("deva")}, .datapath = PLAN_PEER},
	{{{"veth", .away = true}, {"netkit"}},    {PEER_HERE("devb")}, .datapath = PLAN_PEER},
	{{{"veth", .away = true}, {"veth", .away = true}},
	 {"95 datapath peer: this kernel lets no program see where the peer's other end is (Linux 6.2 does)"},
	 .datapath = PLAN_PEER, .no_types = true},
};
/* clang-format on */

static void auto_takes_the_fastest_that_loses_nothing(void **state)
{
	(void)state;
	check_rows(by_itself, COUNT(by_itself));
}

static void datapath_that_is_asked_for(void **state)
{
	(void)state;
	check_rows(asked_for, COUNT(asked_for));
}

static void datapath_that_cannot_deliver_is_refused(void **state)
{
	(void)state;
	check_refusals(refusals, COUNT(refusals));
}

static void every_reason_has_its_words(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		const char *text = plan_reason_text((uint8_t)i);

		if ((i == WHY_UNSAID || i >= WHY_MAX) != !strcmp(text, "not recorded"))
			fail_msg("reason %u: %s", i, text);
		for (unsigned int k = 0; i < WHY_MAX && k < i; k++)
			if (!strcmp(text, plan_reason_text((uint8_t)k)))
				fail_msg("reasons %u and %u are the same", k, i);
	}
}

static void path_names(void **state)
{
	static const char *const names[VB_PATH_MAX] = {"?", "tc", "peer", "xdp", "xdpgeneric"};

	(void)state;
	for (unsigned int i = 0; i < 256; i++)
		check_string("path", plan_path_name((uint8_t)i), i < VB_PATH_MAX ? names[i] : "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(auto_takes_the_fastest_that_loses_nothing),
		cmocka_unit_test(datapath_that_is_asked_for),
		cmocka_unit_test(datapath_that_cannot_deliver_is_refused),
		cmocka_unit_test(every_reason_has_its_words),
		cmocka_unit_test(path_names),
	};

	return cmocka_run_group_tests_name("plan_path", tests, NULL, NULL);
}

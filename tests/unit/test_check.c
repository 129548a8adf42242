// SPDX-License-Identifier: GPL-2.0-only
/* What check makes of what it was told: a pair that is well, changed in one way a row. */
#include <errno.h>
#include "check.h"
#include "sample.h"
#include "unit.h"

static struct check_pair pair;
static struct check_device device;
static struct check_facts facts;

static void well(void)
{
	facts = (struct check_facts){.pairs = &pair, .count = 1};
	for (int i = 0; i < CHECK_ABILITIES; i++)
		facts.kernel.can[i] = true;
	device = (struct check_device){0};
	pair = (struct check_pair){0};
	sample_pair(&pair.view);
	pair.view.end[0].count = pair.view.end[1].count = (struct vb_count){0};
}

static void nothing(void)
{
}

static void no_privileges(void)
{
	memset(facts.kernel.can, 0, sizeof(facts.kernel.can));
	facts.count = 0;
	fault_set(&facts.kernel.trouble, EPERM, "missing privilege");
	fault_hint(&facts.kernel.trouble, "run it as root");
}

static void hidden_state(void)
{
	facts.count = 0;
	fault_set(&facts.kernel.trouble, EPROTO, "made by another version");
	fault_hint(&facts.kernel.trouble, "use that one");
}

static void interpreted(void)
{
	facts.kernel.can[CHECK_JIT] = false;
}

static void old_kernel(void)
{
	facts.kernel.can[CHECK_TCX] = facts.kernel.can[CHECK_TYPES] = false;
}

static void locked_down(void)
{
	facts.kernel.can[CHECK_FREPLACE] = facts.kernel.can[CHECK_TRACING] = false;
}

static void full_backlog(void)
{
	facts.kernel.backlog_drops = 7;
}

static void loopback(void)
{
	strcpy(device.dev.name, "lo");
	fault_set(&device.refused, EINVAL, "lo is a loopback device");
	fault_hint(&device.refused, "take another");
	facts.device = &device;
	facts.count = 0;
}

static void cut_short(void)
{
	pair.view.end[1].end.peer = 0;
}

static void gone(void)
{
	pair.view.end[0].device_there = false;
}

static void moved(void)
{
	pair.view.end[0].device_there = false;
	pair.view.end[0].hooks[0].link_ifindex = 12;
	strcpy(pair.end[0].elsewhere, "red");
}

/* By clsact nothing tells of it there. */
static void gone_or_moved(void)
{
	pair.view.end[1].device_there = false;
	strcpy(pair.end[1].elsewhere, "red");
}

static void both_gone(void)
{
	pair.view.end[0].device_there = pair.view.end[1].device_there = false;
}

static void unhooked(void)
{
	pair.view.end[0].hooks[0].attached = false;
}

static void replaced(void)
{
	pair.view.end[1].hooks[0].attached = false;
	pair.end[1].other_prog[0] = 99;
}

static void entry_lost(void)
{
	pair.view.end[0].redirects_to = 0;
}

static void down(void)
{
	pair.view.end[0].dev.flags &= ~IFF_UP;
	pair.view.end[0].dev.carrier = false;
}

static void wire_without_carrier(void)
{
	pair.view.end[1].dev.carrier = false;
}

static void stack_without_carrier(void)
{
	pair.view.end[0].dev.carrier = false;
}

static void bridged(void)
{
	pair.view.end[1].dev.master = 4;
}

static void mtu_smaller(void)
{
	pair.view.end[1].dev.mtu = 1400;
}

static void xdp_to_veth(bool transmits, bool known)
{
	strcpy(pair.view.end[0].dev.kind, "veth");
	pair.view.end[1].port.path = VB_PATH_XDP;
	pair.end[0].driver = (struct driver){
		.known = known,
		.xdp_features = DRIVER_XDP_BASIC | (transmits ? DRIVER_XDP_NDO_XMIT : 0),
	};
}

static void xdp_without_napi(void)
{
	strcpy(pair.end[0].gro_command, "ethtool -K far gro on");
	xdp_to_veth(false, true);
}

static void xdp_with_napi(void)
{
	xdp_to_veth(true, true);
}

static void xdp_not_told(void)
{
	xdp_to_veth(false, false);
}

static void strict_rp_filter(void)
{
	pair.end[0].rp_filter = pair.end[1].rp_filter = 1;
}

static void loose_rp_filter(void)
{
	pair.end[0].rp_filter = 2;
}

static void router(void)
{
	pair.end[0].forwarding = pair.end[1].forwarding = true;
}

static void anchor_lost(void)
{
	pair.view.end[0].port.flags |= VB_PORT_ANCHOR;
	strcpy(pair.view.end[0].port.endpoint, "ep-a");
	pair.view.end[0].device_there = false;
}

static void endpoint_deleted(void)
{
	struct view_end *end = &pair.view.end[0];

	/* An anchor with the address that it was made with has no endpoint. */
	end->port.flags |= VB_PORT_ANCHOR;
	strcpy(end->port.endpoint, "ep-a");
	memcpy(end->port.own_address, end->dev.address, sizeof(end->port.own_address));
}

static void endpoint_elsewhere(const char *netns)
{
	struct view_end *end = &pair.view.end[0];

	end->port.flags |= VB_PORT_ANCHOR;
	strcpy(end->port.endpoint, "ep-a");
	memcpy(end->port.own_address, end->dev.address, sizeof(end->port.own_address));
	end->dev.address[5] ^= 1; /* which it got from its endpoint */
	end->endpoint_there = true;
	end->endpoint = end->dev;
	strcpy(end->endpoint.name, "ep-a");
	strcpy(end->netns, netns);
}

static void endpoint_down(void)
{
	endpoint_elsewhere("blue");
	pair.view.end[0].endpoint.flags = 0;
}

static void endpoint_mtu(void)
{
	endpoint_elsewhere("/proc/7/ns/net");
	pair.view.end[0].endpoint.mtu = 9000;
}

static const struct {
	void (*change)(void);
	const char *found; /* "level code subject", a line each */
	const char *says;  /* in what or the remedy of the first */
} rows[] = {
	{nothing, "", ""},
	{no_privileges, "wrong privileges kernel\n", "run it as root"},
	{hidden_state, "wrong state kernel\n", "made by another version"},
	{interpreted, "note jit kernel\n", "bpf_jit_enable=1"},
	{old_kernel, "note tcx kernel\nnote kernel_types kernel\n", "Linux 6.6"},
	{locked_down, "note freplace kernel\nnote tracing kernel\n", "lockdown"},
	{full_backlog, "note backlog_drops kernel\n", "7 frames"},
	{loopback, "wrong no_end lo\n", "take another"},
	{cut_short, "wrong incomplete eth-a tap-b\n", "vethbpf pair eth-a tap-b"},
	{gone, "wrong end_gone eth-a\n", "vethbpf unpair eth-a"},
	{moved, "wrong end_moved eth-a\n", "of its name is in red"},
	{gone_or_moved, "wrong end_gone tap-b\n", "of its name is in red"},
	{both_gone, "wrong end_gone eth-a\nwrong end_gone tap-b\n", "gone"},
	{unhooked, "wrong hook_missing eth-a\n", "vb_stack_tx (tcx)"},
	{replaced, "wrong hook_replaced tap-b\n", "program 99"},
	{entry_lost, "wrong broken eth-a tap-b\n", "lost its entry"},
	{down, "wrong down eth-a\n", "ip link set eth-a up"},
	{wire_without_carrier, "wrong no_carrier tap-b\n", "tap"},
	{stack_without_carrier, "note no_carrier eth-a\n", "bridge's ports"},
	{bridged, "note enslaved tap-b\n", "nomaster"},
	{mtu_smaller, "wrong mtu eth-a tap-b\n", "ip link set eth-a mtu 1400"},
	{xdp_without_napi, "wrong no_napi eth-a\n", "gro on"},
	{xdp_with_napi, "", ""},
	{xdp_not_told, "", ""},
	{strict_rp_filter, "note rp_filter eth-a\n", "conf.eth-a.rp_filter=2"},
	{loose_rp_filter, "", ""},
	{router, "note forwarding eth-a\n", "forwarding=0"},
	{endpoint_down, "wrong down ep-a\n", "ip -n blue link set ep-a up"},
	{endpoint_mtu, "wrong mtu ep-a tap-b\n",
	 "nsenter --net=/proc/7/ns/net ip link set ep-a mtu 1500"},
	{anchor_lost, "wrong anchor_gone ep-a\n", "vethbpf del ep-a"},
	{endpoint_deleted, "wrong endpoint_gone ep-a\n", "vethbpf gc"},
};

static void each_trouble_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct check_report report;
		char found[512] = "", name[16];

		well();
		rows[i].change();
		view_judge(&pair.view);
		snprintf(name, sizeof(name), "row %zu", i);
		check_int(name, check_judge(&facts, &report), 0);
		for (size_t k = 0; k < report.count; k++) {
			const struct check_finding *one = &report.findings[k];
			size_t at = strlen(found);

			snprintf(found + at, sizeof(found) - at, "%s %s %s\n",
				 check_level_name(one->level), one->code, one->subject);
			if (!*one->what || !*one->remedy)
				fail_msg("%s: no words or no remedy", found);
		}
		check_string(name, found, rows[i].found);
		check_int(rows[i].found, report.wrong, strstr(found, "wrong ") != NULL);
		if (report.count && !strstr(report.findings[0].what, rows[i].says) &&
		    !strstr(report.findings[0].remedy, rows[i].says))
			fail_msg("%s: neither \"%s\" nor \"%s\" says \"%s\"", found,
				 report.findings[0].what, report.findings[0].remedy, rows[i].says);
		check_report_free(&report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_trouble_is_found),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}

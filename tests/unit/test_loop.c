// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which cables would close a ring. Devices 1 to 9 are there; what they are and which of them are
 * ends of other cables is written down in a row and answered here.
 *
 * wraps: device_get_index panel_port_get
 */
#include <errno.h>
#include "loop.h"
#include "unit.h"

#define STACK VB_SIDE_STACK
#define WIRE  VB_SIDE_WIRE

struct row {
	const char *name;
	const char *veths;  /* pairs of digits: each other's ends, in this namespace */
	const char *cables; /* pairs of digits that are paired already, side wire */
	bool ring;	    /* if 1 and 2 were paired, side wire */
};

static const struct row *now;
static bool stack_ports; /* the cables there are have side stack */
static bool devices_gone;

int __wrap_device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev);
int __wrap_panel_port_get(const struct panel *p, uint32_t ifindex, struct vb_port *port);

/* The digit that stands beside this one; 0: it is not in there. */
static uint32_t other_of(const char *pairs, uint32_t digit)
{
	for (; *pairs; pairs += 2 + (pairs[2] == ' '))
		for (int i = 0; i < 2; i++)
			if (pairs[i] == (char)('0' + digit))
				return (uint32_t)(pairs[!i] - '0');
	return 0;
}

static void fill_device(uint32_t ifindex, struct device *dev)
{
	*dev = (struct device){.ifindex = ifindex, .link_netnsid = -1};
	snprintf(dev->name, sizeof(dev->name), "dev%u", ifindex);
	dev->link = other_of(now->veths, ifindex);
	strcpy(dev->kind, dev->link ? "veth" : "tun");
}

int __wrap_device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev)
{
	(void)nl;
	if (devices_gone)
		return -ENODEV;
	fill_device(ifindex, dev);
	return 0;
}

int __wrap_panel_port_get(const struct panel *p, uint32_t ifindex, struct vb_port *port)
{
	uint32_t peer = other_of(now->cables, ifindex);

	(void)p;
	if (!peer)
		return -ENOENT;
	*port = (struct vb_port){.peer = peer, .side = stack_ports ? STACK : WIRE};
	return 0;
}

static const struct row rows[] = {
	{"nothing joins them", "", "", false},
	{"each has another end", "13 24", "", false},
	{"each other's ends", "12", "", true},
	{"over a cable", "13 24", "34", true},
	{"over a cable, turned round", "31 42", "43", true},
	{"over two cables", "13 24 56", "35 64", true},
	{"over three cables", "13 24 56 78", "35 67 84", true},
	{"a cable that leads elsewhere", "13 24 56", "45", false},
	{"a cable that ends at no veth", "13 24", "45", false},
	{"two of them from the first", "13 56", "35", false},
	{"a way that ends elsewhere", "24 35", "34 65", false},
};

static struct plan_facts facts;
static struct plan plan;

static int setup(void **state)
{
	(void)state;
	now = &rows[0];
	stack_ports = devices_gone = false;
	return 0;
}

static int check(struct fault *f)
{
	struct panel p = PANEL_CLOSED;
	struct netlink nl = {0};

	*f = (struct fault){0};
	return loop_check(&p, &nl, &facts, &plan, f);
}

static void choose_row(const struct row *row, enum vb_side a, enum vb_side b)
{
	now = row;
	for (uint32_t i = 0; i < 2; i++)
		fill_device(i + 1, &facts.dev[i]);
	plan = (struct plan){.end = {{.side = a}, {.side = b}}};
}

static void rings_of_veths(void **state)
{
	struct fault f;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		choose_row(&rows[i], WIRE, WIRE);
		check_int(rows[i].name, check(&f), rows[i].ring ? -ELOOP : 0);
		check_int(rows[i].name, f.err, rows[i].ring ? ELOOP : 0);
	}
}

static void what_is_refused_is_told(void **state)
{
	struct fault f;

	(void)state;
	choose_row(&rows[3], WIRE, WIRE);
	check(&f);
	assert_string_equal(f.what, "the cable would close a ring: what is transmitted on dev2 "
				    "comes back at dev1");
	assert_string_equal(f.hint, "`ip -d link` and `vethbpf list` show what is joined to what");
}

/* What a stack end takes was sent by this machine, and what it hands over ends there. */
static void stack_end_closes_no_ring(void **state)
{
	struct fault f;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		choose_row(&rows[i], STACK, WIRE);
		check_int(rows[i].name, check(&f), 0);
		choose_row(&rows[i], WIRE, STACK);
		check_int(rows[i].name, check(&f), 0);
		choose_row(&rows[i], STACK, STACK);
		check_int(rows[i].name, check(&f), 0);
	}
	stack_ports = true;
	choose_row(&rows[3], WIRE, WIRE);
	check_int("over a cable between stacks", check(&f), 0);
}

static void way_through_another_namespace_is_not_seen(void **state)
{
	struct fault f;

	(void)state;
	choose_row(&rows[2], WIRE, WIRE);
	facts.dev[1].link_netnsid = 0;
	assert_int_equal(check(&f), 0);
}

/* A macvlan's link is its lower device: what it transmits does not arrive there. */
static void link_of_other_kinds_leads_nowhere(void **state)
{
	struct fault f;

	(void)state;
	choose_row(&rows[2], WIRE, WIRE);
	strcpy(facts.dev[1].kind, "macvlan");
	assert_int_equal(check(&f), 0);
	strcpy(facts.dev[1].kind, "netkit");
	assert_int_equal(check(&f), -ELOOP);
}

static void cable_of_a_device_that_is_gone_leads_nowhere(void **state)
{
	struct fault f;

	(void)state;
	devices_gone = true;
	choose_row(&rows[3], WIRE, WIRE);
	assert_int_equal(check(&f), 0);
}

/* A ring that is there already, with what is left of a cable of 2's: 2 3 4 5 and 2 again. */
static void ring_without_the_first_end_is_left_behind(void **state)
{
	static const struct row round = {"round", "23 45", "34 52", false};
	struct fault f;

	(void)state;
	choose_row(&round, WIRE, WIRE);
	assert_int_equal(check(&f), 0);
}

static void ports_of_one_bridge(void **state)
{
	struct fault f;

	(void)state;
	choose_row(&rows[0], STACK, STACK);
	facts.dev[0].master = facts.dev[1].master = 9;
	assert_int_equal(check(&f), -ELOOP);
	assert_string_equal(f.what,
			    "the cable would close a ring: dev1 and dev2 are ports of one bridge, "
			    "and each would get what it floods to the other");
	assert_string_equal(f.hint, "take one of them out: ip link set dev2 nomaster");
	facts.dev[1].master = 8;
	assert_int_equal(check(&f), 0);
	facts.dev[1].master = 9;
	plan.end[1].side = WIRE;
	assert_int_equal(check(&f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rings_of_veths, setup),
		cmocka_unit_test_setup(what_is_refused_is_told, setup),
		cmocka_unit_test_setup(stack_end_closes_no_ring, setup),
		cmocka_unit_test_setup(way_through_another_namespace_is_not_seen, setup),
		cmocka_unit_test_setup(link_of_other_kinds_leads_nowhere, setup),
		cmocka_unit_test_setup(cable_of_a_device_that_is_gone_leads_nowhere, setup),
		cmocka_unit_test_setup(ring_without_the_first_end_is_left_behind, setup),
		cmocka_unit_test_setup(ports_of_one_bridge, setup),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}

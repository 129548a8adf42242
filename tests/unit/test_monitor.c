// SPDX-License-Identifier: GPL-2.0-only
/* Which events two views, or a message about a device, make. */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "monitor.h"
#include "sample.h"
#include "unit.h"

static struct view_pair was, is;
static struct view before, after;
static char told[512];

static int setup(void **state)
{
	(void)state;
	sample_pair(&was);
	sample_pair(&is);
	before = (struct view){.pairs = &was, .count = 1};
	after = (struct view){.pairs = &is, .count = 1};
	told[0] = '\0';
	return 0;
}

static int tell(const struct monitor_event *e, void *data)
{
	size_t at = strlen(told);

	(void)data;
	snprintf(told + at, sizeof(told) - at, "%s%s%s%s%s", e->dev ?: "", e->dev ? " " : "",
		 monitor_name(e->what), e->text ? " " : "", e->text ?: "");
	at = strlen(told);
	if (e->frames)
		snprintf(told + at, sizeof(told) - at, " %u", (unsigned int)e->frames);
	strcat(told, "\n");
	return 0;
}

static void paired(void)
{
	before.count = 0;
}

static void paired_and_broken(void)
{
	before.count = 0;
	is.state = VIEW_BROKEN;
	strcpy(is.why, "x lacks y");
}

static void unpaired(void)
{
	after.count = 0;
}

static void made_anew(void)
{
	is.end[0].port.since++;
}

static void unplugged(void)
{
	is.state = VIEW_INCOMPLETE;
}

static void plugged(void)
{
	was.state = VIEW_INCOMPLETE;
}

static void gone(void)
{
	is.end[0].device_there = false;
	view_judge(&is);
}

static void down(void)
{
	is.end[0].dev.flags = 0;
	is.end[0].dev.carrier = false;
}

static void unplugged_wire(void)
{
	is.end[1].dev.carrier = false;
}

static void up(void)
{
	was.end[1].dev.flags = 0;
}

static void renamed(void)
{
	strcpy(is.end[1].dev.name, "tap-c");
}

static void drops(void)
{
	is.end[0].count.drops[VB_DROP_DOWN] = 5;
	is.end[1].count.drops[VB_DROP_NO_PEER]++;
}

static void counters_alone(void)
{
	is.end[0].count.frames += 1000;
}

static void endpoint_moved(void)
{
	was.end[0].port.flags |= VB_PORT_ANCHOR;
	was.end[0].endpoint_there = true;
	strcpy(was.end[0].endpoint.name, "ep");
	is.end[0] = was.end[0];
	strcpy(is.end[0].netns, "red");
}

static void two_views(void **state)
{
	static const struct {
		void (*change)(void);
		const char *told;
	} rows[] = {
		{counters_alone, ""},
		{paired, "paired\n"},
		{paired_and_broken, "paired\nbroken x lacks y\n"},
		{unpaired, "unpaired\n"},
		{made_anew, "unpaired\npaired\n"},
		{unplugged, "unplugged\n"},
		{plugged, "plugged\n"},
		{gone, "eth-a gone\nbroken eth-a is gone or in another namespace\n"},
		{down, "eth-a down set down\n"},
		{unplugged_wire, "tap-b down no carrier\n"},
		{up, "tap-b up\n"},
		{renamed, "tap-c renamed tap-b\n"},
		{drops, "eth-a drops 5\ntap-b drops 1\n"},
		{endpoint_moved, "ep moved\n"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		setup(state);
		rows[i].change();
		assert_int_equal(monitor_compare(&before, &after, tell, NULL), 0);
		check_string(rows[i].told, told, rows[i].told);
	}
}

/* A message as the kernel sends it, about a device with carrier. */
static struct nlmsghdr *message(char *buf, uint16_t type, uint8_t family, int ifindex,
				const char *name, bool up_flag)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = type;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = family;
	ifi->ifi_index = ifindex;
	ifi->ifi_flags = up_flag ? IFF_UP : 0;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_MTU, 1500);
	mnl_attr_put_u8(nlh, IFLA_CARRIER, up_flag);
	return nlh;
}

static void messages(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t family;
		int ifindex;
		const char *name;
		bool up;
		const char *told;
	} rows[] = {
		{RTM_NEWLINK, AF_UNSPEC, 7, "eth-a", true, ""},
		{RTM_NEWLINK, AF_UNSPEC, 7, "eth-a", false, "eth-a down set down\n"},
		{RTM_NEWLINK, AF_UNSPEC, 8, "tap-c", true, "tap-c renamed tap-b\n"},
		{RTM_NEWLINK, AF_UNSPEC, 9, "other", false, ""},
		{RTM_DELLINK, AF_UNSPEC, 8, "tap-b", true, "tap-b gone\n"},
		{RTM_DELLINK, AF_BRIDGE, 8, "tap-b", true, ""}, /* left its bridge */
		{RTM_NEWLINK, AF_BRIDGE, 8, "tap-b", false, ""},
		{RTM_NEWADDR, AF_UNSPEC, 8, "tap-b", false, ""},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char buf[512];
		struct nlmsghdr *nlh = message(buf, rows[i].type, rows[i].family, rows[i].ifindex,
					       rows[i].name, rows[i].up);

		setup(state);
		assert_int_equal(monitor_message(&before, nlh, NEWS_HERE, tell, NULL), 0);
		check_string(rows[i].told, told, rows[i].told);
		/* What was told once is known. */
		told[0] = '\0';
		assert_int_equal(monitor_message(&before, nlh, NEWS_HERE, tell, NULL), 0);
		check_string(rows[i].told, told, "");
	}
}

static void a_device_that_moves_says_where_to(void **state)
{
	char buf[512];
	struct nlmsghdr *nlh = message(buf, RTM_DELLINK, AF_UNSPEC, 8, "tap-b", true);

	(void)state;
	mnl_attr_put_u32(nlh, IFLA_NEW_NETNSID, 3);
	monitor_message(&before, nlh, NEWS_HERE, tell, NULL);
	assert_string_equal(told, "tap-b moved\n");
}

/* Ifindexes are given out anew in every namespace. */
static void a_message_from_elsewhere(void **state)
{
	char buf[512];
	struct nlmsghdr *nlh = message(buf, RTM_NEWLINK, AF_UNSPEC, 8, "tap-b", false);

	(void)state;
	monitor_message(&before, nlh, 3, tell, NULL);
	assert_string_equal(told, "");
	was.end[1].port.flags |= VB_PORT_ANCHOR;
	was.end[1].endpoint = was.end[1].dev;
	was.end[1].endpoint_there = true;
	was.end[1].nsid = 3;
	monitor_message(&before, nlh, NEWS_HERE, tell, NULL);
	assert_string_equal(told, "");
	monitor_message(&before, nlh, 3, tell, NULL);
	assert_string_equal(told, "tap-b down set down\n");
}

static int refuse(const struct monitor_event *event, void *data)
{
	(void)event;
	return ++*(int *)data;
}

static void whoever_is_told_can_end_it(void **state)
{
	int calls = 0;

	(void)state;
	drops();
	assert_int_equal(monitor_compare(&before, &after, refuse, &calls), 1);
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(two_views, setup),
		cmocka_unit_test_setup(messages, setup),
		cmocka_unit_test_setup(a_device_that_moves_says_where_to, setup),
		cmocka_unit_test_setup(a_message_from_elsewhere, setup),
		cmocka_unit_test_setup(whoever_is_told_can_end_it, setup),
	};

	return cmocka_run_group_tests_name("monitor", tests, NULL, NULL);
}

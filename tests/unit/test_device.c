// SPDX-License-Identifier: GPL-2.0-only
/* A device from an RTM_NEWLINK message. */
#include <net/if_arp.h>
#include <linux/if_link.h>
#include "device.h"
#include "message.h"
#include "unit.h"

static struct nlmsghdr *link_message(void)
{
	struct nlmsghdr *nlh = message_begin(RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = 42;
	ifi->ifi_type = ARPHRD_ETHER;
	ifi->ifi_flags = IFF_UP | IFF_NOARP;
	return nlh;
}

/* What is told of a device; the message is freed. */
static int note(struct nlmsghdr *nlh, struct device *dev)
{
	void *copy = message_copy(nlh, nlh->nlmsg_len);
	int ret;

	free(nlh);
	memset(dev, 0, sizeof(*dev));
	ret = device_note(copy, dev);
	free(copy);
	return ret;
}

static struct nlmsghdr *veth_message(void)
{
	static const uint8_t address[] = {2, 0, 0, 0, 0xab, 1};
	struct nlmsghdr *nlh = link_message();
	struct nlattr *nest;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth-a");
	mnl_attr_put_u32(nlh, IFLA_MTU, 1500);
	mnl_attr_put_u8(nlh, IFLA_OPERSTATE, IF_OPER_UP);
	mnl_attr_put_u8(nlh, IFLA_CARRIER, 1);
	mnl_attr_put(nlh, IFLA_ADDRESS, sizeof(address), address);
	mnl_attr_put_strz(nlh, IFLA_IFALIAS, "to the lab");
	mnl_attr_put_u32(nlh, IFLA_MASTER, 9);
	mnl_attr_put_u32(nlh, IFLA_LINK, 8);
	mnl_attr_put_u32(nlh, IFLA_LINK_NETNSID, 3);
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static void all_that_is_told_is_kept(void **state)
{
	struct device dev;
	char address[3 * sizeof(dev.address)];

	(void)state;
	assert_int_equal(note(veth_message(), &dev), MNL_CB_OK);
	assert_int_equal(dev.ifindex, 42);
	assert_int_equal(dev.type, ARPHRD_ETHER);
	assert_int_equal(dev.flags, IFF_UP | IFF_NOARP);
	assert_string_equal(dev.name, "eth-a");
	assert_string_equal(dev.kind, "veth");
	assert_string_equal(dev.alias, "to the lab");
	assert_int_equal(dev.mtu, 1500);
	assert_int_equal(dev.master, 9);
	assert_int_equal(dev.link, 8);
	assert_int_equal(dev.link_netnsid, 3);
	assert_true(dev.carrier);
	assert_string_equal(device_operstate(&dev), "up");
	assert_string_equal(device_address(&dev, address, sizeof(address)), "02:00:00:00:ab:01");
}

static void what_is_not_told_is_nothing(void **state)
{
	struct device dev;
	char address[3 * sizeof(dev.address)];

	(void)state;
	assert_int_equal(note(link_message(), &dev), MNL_CB_OK);
	assert_int_equal(dev.ifindex, 42);
	assert_string_equal(dev.name, "");
	assert_string_equal(dev.kind, "");
	assert_int_equal(dev.link_netnsid, -1);
	assert_false(dev.carrier);
	assert_string_equal(device_operstate(&dev), "unknown");
	assert_string_equal(device_address(&dev, address, sizeof(address)), "");
}

static void what_an_earlier_message_told_is_forgotten(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct device dev = {.mtu = 9000, .name = "other", .carrier = true};

	(void)state;
	assert_int_equal(device_note(nlh, &dev), MNL_CB_OK);
	assert_int_equal(dev.mtu, 0);
	assert_string_equal(dev.name, "");
	assert_false(dev.carrier);
	free(nlh);
}

/* Never cut: what has no room is left out as a whole. */
static void strings_too_long_are_left_out(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct device dev;
	char text[65] = "";

	(void)state;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "123456789012345");
	memset(text, 'a', 63);
	mnl_attr_put_strz(nlh, IFLA_IFALIAS, text);
	note(nlh, &dev);
	assert_string_equal(dev.name, "123456789012345");
	assert_string_equal(dev.alias, text);

	nlh = link_message();
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "1234567890123456");
	text[63] = 'a';
	mnl_attr_put_strz(nlh, IFLA_IFALIAS, text);
	note(nlh, &dev);
	assert_string_equal(dev.name, "");
	assert_string_equal(dev.alias, "");
}

static void strings_without_an_end_are_left_out(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct device dev;
	struct nlattr *nest;

	(void)state;
	mnl_attr_put(nlh, IFLA_IFNAME, 4, "eth0");
	nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put(nlh, IFLA_INFO_KIND, 4, "veth");
	mnl_attr_nest_end(nlh, nest);
	assert_int_equal(note(nlh, &dev), MNL_CB_OK);
	assert_string_equal(dev.name, "");
	assert_string_equal(dev.kind, "");
}

static void numbers_of_another_size_are_left_out(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct device dev;

	(void)state;
	mnl_attr_put_u16(nlh, IFLA_MTU, 1500);
	mnl_attr_put(nlh, IFLA_MASTER, 0, "");
	mnl_attr_put(nlh, IFLA_CARRIER, 0, "");
	assert_int_equal(note(nlh, &dev), MNL_CB_OK);
	assert_int_equal(dev.mtu, 0);
	assert_int_equal(dev.master, 0);
	assert_false(dev.carrier);
}

static void addresses_of_every_length(void **state)
{
	uint8_t address[33];

	(void)state;
	memset(address, 0xfe, sizeof(address));
	for (size_t len = 0; len <= sizeof(address); len++) {
		struct nlmsghdr *nlh = link_message();
		char text[3 * sizeof(((struct device *)0)->address)];
		struct device dev;

		mnl_attr_put(nlh, IFLA_ADDRESS, len, address);
		note(nlh, &dev);
		device_address(&dev, text, sizeof(text));
		if (len == 0 || len > sizeof(dev.address))
			assert_string_equal(text, "");
		else
			assert_int_equal(strlen(text), 3 * len - 1);
	}
}

static void states_by_name(void **state)
{
	static const char *const names[] = {"unknown", "notpresent", "down", "lowerlayerdown",
					    "testing", "dormant",    "up",   "unknown"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct device dev = {.operstate = (uint8_t)i};

		check_string("operstate", device_operstate(&dev), names[i]);
	}
	assert_string_equal(device_operstate(&(struct device){.operstate = 255}), "unknown");
}

static void other_messages_are_passed_over(void **state)
{
	struct nlmsghdr *nlh = link_message();
	struct device dev;

	(void)state;
	nlh->nlmsg_type = RTM_DELLINK;
	assert_int_equal(note(nlh, &dev), MNL_CB_OK);
	assert_int_equal(dev.ifindex, 0);
}

/* Cut at every length, with the length in its head told accordingly. */
static void messages_cut_short_are_not_read_beyond(void **state)
{
	struct nlmsghdr *whole = veth_message();
	struct device dev;

	(void)state;
	for (uint32_t bytes = sizeof(*whole); bytes <= whole->nlmsg_len; bytes++) {
		struct nlmsghdr *nlh = message_copy(whole, bytes);

		nlh->nlmsg_len = bytes;
		assert_int_equal(note(nlh, &dev), MNL_CB_OK);
		if (bytes < sizeof(*whole) + sizeof(struct ifinfomsg))
			assert_int_equal(dev.ifindex, 0);
	}
	assert_string_equal(dev.kind, "veth");
	free(whole);
}

/* Every byte of it wrong in turn: whatever is told of the device, it stays within its bounds. */
static void corrupted_messages_are_harmless(void **state)
{
	struct nlmsghdr *whole = veth_message();
	size_t head = sizeof(*whole);

	(void)state;
	for (size_t at = head; at < whole->nlmsg_len; at++) {
		for (unsigned int to = 0; to < 256; to += 15) {
			uint8_t *bytes = message_copy(whole, whole->nlmsg_len);
			struct device dev;

			bytes[at] = (uint8_t)to;
			note((struct nlmsghdr *)bytes, &dev);
			assert_true(strnlen(dev.name, sizeof(dev.name)) < sizeof(dev.name));
			assert_true(strnlen(dev.kind, sizeof(dev.kind)) < sizeof(dev.kind));
			assert_true(strnlen(dev.alias, sizeof(dev.alias)) < sizeof(dev.alias));
			assert_true(dev.address_len <= sizeof(dev.address));
		}
	}
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_told_is_kept),
		cmocka_unit_test(what_is_not_told_is_nothing),
		cmocka_unit_test(what_an_earlier_message_told_is_forgotten),
		cmocka_unit_test(strings_too_long_are_left_out),
		cmocka_unit_test(strings_without_an_end_are_left_out),
		cmocka_unit_test(numbers_of_another_size_are_left_out),
		cmocka_unit_test(addresses_of_every_length),
		cmocka_unit_test(states_by_name),
		cmocka_unit_test(other_messages_are_passed_over),
		cmocka_unit_test(messages_cut_short_are_not_read_beyond),
		cmocka_unit_test(corrupted_messages_are_harmless),
	};

	return cmocka_run_group_tests_name("device", tests, NULL, NULL);
}

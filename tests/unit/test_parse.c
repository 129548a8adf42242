// SPDX-License-Identifier: GPL-2.0-only
/* Words of the command line. */
#include <errno.h>
#include "parse.h"
#include "unit.h"

#define TOO_LONG "is too long: a device name has at most 15 characters"
#define BAD_CHAR "has a character that a device name cannot have"
#define RESERVED "cannot be a device name"

static void device_names(void **state)
{
	static const struct {
		const char *name, *wrong;
	} rows[] = {
		{"eth0", NULL},
		{"a", NULL},
		{"123456789012345", NULL},
		{"1234567890123456", TOO_LONG},
		{"12345678901234567890123456789012345678901234567890", TOO_LONG},
		{"", "is empty"},
		{".", RESERVED},
		{"..", RESERVED},
		{"...", NULL},
		{"eth0.100", NULL},
		{"eth0@eth1", NULL},
		{"-j", NULL},
		{"side", NULL},
		{"%d", NULL},
		{"sch\xc3\xb6n", NULL},
		{"\xff\xfe", NULL},
		{"\x1b[1m", NULL},
		{"eth/0", BAD_CHAR},
		{"/", BAD_CHAR},
		{"eth0:1", BAD_CHAR},
		{"a b", BAD_CHAR},
		{" a", BAD_CHAR},
		{"a ", BAD_CHAR},
		{"a\tb", BAD_CHAR},
		{"a\nb", BAD_CHAR},
		{"a\rb", BAD_CHAR},
		{"a\vb", BAD_CHAR},
		{"a\fb", BAD_CHAR},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_string(rows[i].name, parse_device_name(rows[i].name) ?: "right",
			     rows[i].wrong ?: "right");
}

static void sides(void **state)
{
	static const struct {
		const char *word;
		int ret;
		enum vb_side side;
	} rows[] = {
		{"stack", 0, VB_SIDE_STACK},  {"wire", 0, VB_SIDE_WIRE},
		{"Stack", -22, VB_SIDE_NONE}, {"wires", -22, VB_SIDE_NONE},
		{"wir", -22, VB_SIDE_NONE},   {"", -22, VB_SIDE_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum vb_side side = VB_SIDE_NONE;

		check_int(rows[i].word, parse_side(rows[i].word, &side), rows[i].ret);
		check_int(rows[i].word, side, rows[i].side);
	}
}

static void datapaths(void **state)
{
	static const struct {
		const char *word;
		int ret;
		enum plan_datapath datapath;
	} rows[] = {
		{"auto", 0, PLAN_AUTO}, {"tc", 0, PLAN_TC}, {"peer", 0, PLAN_PEER},
		{"xdp", 0, PLAN_XDP},	{"XDP", -22, -1},   {"xdpgeneric", -22, -1},
		{"peers", -22, -1},	{"t", -22, -1},	    {"", -22, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum plan_datapath datapath = -1;

		check_int(rows[i].word, parse_datapath(rows[i].word, &datapath), rows[i].ret);
		check_int(rows[i].word, (int)datapath, (int)rows[i].datapath);
	}
}

static void cursor_takes_words_in_order_and_then_none(void **state)
{
	char *words[] = {"one", "two", NULL};
	struct args args = {2, words};

	(void)state;
	assert_string_equal(args_take(&args), "one");
	assert_string_equal(args_take(&args), "two");
	assert_null(args_take(&args));
	assert_null(args_take(&args));
	assert_int_equal(args.left, 0);
}

static void cursor_takes_a_keyword_only_if_it_is_next(void **state)
{
	char *words[] = {"side", "stack", NULL};
	struct args args = {2, words};

	(void)state;
	assert_false(args_take_keyword(&args, "stack"));
	assert_false(args_take_keyword(&args, "sid"));
	assert_true(args_take_keyword(&args, "side"));
	assert_true(args_take_keyword(&args, "stack"));
	assert_false(args_take_keyword(&args, "stack"));
}

static void cursor_takes_a_number_only_if_it_is_next(void **state)
{
	static const struct {
		const char *word;
		int ret;
		uint32_t number;
	} rows[] = {
		{"1", 1, 1},
		{"4294967295", 1, 4294967295},
		{"007", 1, 7},
		{"0", -22, 99},
		{"4294967296", -22, 99},
		{"18446744073709551617", -22, 99},
		{"1x", -22, 99},
		{"0x10", -22, 99},
		{"1 ", -22, 99},
		{"1.5", -22, 99},
		{"eth0", 0, 99},
		{"-1", 0, 99},
		{"+1", 0, 99},
		{" 1", 0, 99},
		{"", 0, 99},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char word[32], *words[] = {word, NULL};
		struct args args = {1, words};
		uint32_t number = 99;

		strcpy(word, rows[i].word);
		check_int(rows[i].word, args_take_number(&args, &number), rows[i].ret);
		check_int(rows[i].word, number, rows[i].number);
		check_int(rows[i].word, args.left, rows[i].ret != 1);
		check_int(rows[i].word, args.next - words, rows[i].ret == 1);
	}
}

static void cursor_of_no_words_takes_nothing(void **state)
{
	struct args args = {0, NULL}, below = {-1, NULL};
	uint32_t number = 99;

	(void)state;
	assert_null(args_take(&args));
	assert_false(args_take_keyword(&args, ""));
	assert_null(args_take(&below)); /* an argc of 0 less the command's name */
	assert_false(args_take_keyword(&below, ""));
	assert_int_equal(args_take_number(&args, &number), 0);
	assert_int_equal(args_take_number(&below, &number), 0);
	assert_int_equal(number, 99);
}

static void seconds(void **state)
{
	static const struct {
		const char *word;
		int err;
		double value;
	} rows[] = {
		{"1", 0, 1},
		{"0.1", 0, 0.1},
		{"0.5", 0, 0.5},
		{"86400", 0, 86400},
		{"0", -EINVAL},
		{"0.09", -EINVAL},
		{"86401", -EINVAL},
		{"", -EINVAL},
		{"-1", -EINVAL},
		{"+1", -EINVAL},
		{"1e2", -EINVAL},
		{"0x10", -EINVAL},
		{"1.2.3", -EINVAL},
		{"inf", -EINVAL},
		{"1s", -EINVAL},
		{" 1", -EINVAL},
		{"99999999999999999999999999999999", -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double got = 0;

		check_int(rows[i].word, parse_seconds(rows[i].word, &got), rows[i].err);
		if (got != rows[i].value)
			fail_msg("%s: is %f", rows[i].word, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds),
		cmocka_unit_test(device_names),
		cmocka_unit_test(sides),
		cmocka_unit_test(datapaths),
		cmocka_unit_test(cursor_takes_words_in_order_and_then_none),
		cmocka_unit_test(cursor_takes_a_keyword_only_if_it_is_next),
		cmocka_unit_test(cursor_takes_a_number_only_if_it_is_next),
		cmocka_unit_test(cursor_of_no_words_takes_nothing),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}

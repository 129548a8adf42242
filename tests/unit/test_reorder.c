// SPDX-License-Identifier: GPL-2.0-only
/* Captured frames from several rings are handed on in the order of time, once each, unchanged. */
#include <errno.h>
#include "reorder.h"
#include "unit.h"

static struct reorder r;
static char told[256];

static int teardown(void **state)
{
	(void)state;
	reorder_free(&r);
	*told = '\0';
	return 0;
}

/* A frame with this many bytes, each of which is its time. */
static void keep(__u64 time, __u32 len)
{
	struct {
		struct vb_cap cap;
		char bytes[64];
	} frame = {.cap = {.time = time, .bytes = len}};

	memset(frame.bytes, (int)time, len);
	assert_int_equal(reorder_keep(&r, &frame.cap), 0);
}

static int tell(const struct vb_cap *cap, void *data)
{
	const char *bytes = (const char *)(cap + 1);

	for (__u32 i = 0; i < cap->bytes; i++)
		assert_int_equal(bytes[i], (char)cap->time);
	sprintf(told + strlen(told), "%llu ", (unsigned long long)cap->time);
	return data && cap->time == *(const __u64 *)data ? -EIO : 0;
}

static void in_the_order_of_time(void **state)
{
	(void)state;
	/* Two rings, one after the other. */
	keep(1, 60);
	keep(5, 3);
	keep(2, 0);
	keep(4, 61);
	assert_int_equal(reorder_take(&r, 10, tell, NULL), 0);
	assert_string_equal(told, "1 2 4 5 ");
	assert_int_equal(reorder_take(&r, 10, tell, NULL), 0);
	assert_string_equal(told, "1 2 4 5 ");
}

static void what_is_young_waits_for_what_is_older(void **state)
{
	(void)state;
	keep(1, 7);
	keep(3, 8);
	keep(9, 9);
	assert_int_equal(reorder_take(&r, 3, tell, NULL), 0);
	assert_string_equal(told, "1 ");
	keep(2, 1);
	assert_int_equal(reorder_take(&r, 9, tell, NULL), 0);
	assert_string_equal(told, "1 2 3 ");
	assert_int_equal(reorder_take(&r, 10, tell, NULL), 0);
	assert_string_equal(told, "1 2 3 9 ");
}

static void of_the_same_time_as_they_came(void **state)
{
	(void)state;
	for (__u32 i = 0; i < 20; i++)
		keep(7, i);
	assert_int_equal(r.count, 20);
	assert_int_equal(reorder_take(&r, 8, tell, NULL), 0);
	assert_int_equal(r.count, 0);
}

static void whoever_takes_may_end_it(void **state)
{
	__u64 last = 2;

	(void)state;
	keep(1, 1);
	keep(2, 1);
	keep(3, 1);
	assert_int_equal(reorder_take(&r, 10, tell, &last), -EIO);
	assert_string_equal(told, "1 2 ");
	assert_int_equal(reorder_take(&r, 10, tell, NULL), 0);
	assert_string_equal(told, "1 2 3 ");
}

static void many(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++)
		keep((__u64)(i % 2 ? i : 100000 + i), 64);
	assert_int_equal(r.count, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(in_the_order_of_time, teardown),
		cmocka_unit_test_teardown(what_is_young_waits_for_what_is_older, teardown),
		cmocka_unit_test_teardown(of_the_same_time_as_they_came, teardown),
		cmocka_unit_test_teardown(whoever_takes_may_end_it, teardown),
		cmocka_unit_test_teardown(many, teardown),
	};

	return cmocka_run_group_tests_name("reorder", tests, NULL, NULL);
}

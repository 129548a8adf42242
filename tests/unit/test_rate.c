// SPDX-License-Identifier: GPL-2.0-only
/* How fast counters grow, and whose they are. */
#include "rate.h"
#include "sample.h"
#include "unit.h"

static struct view_pair one, other;
static struct view view = {.pairs = &other, .count = 1};

static int setup(void **state)
{
	(void)state;
	sample_pair(&one);
	sample_pair(&other);
	return 0;
}

static void rates(void **state)
{
	static const struct {
		const char *name;
		struct vb_count before, after;
		double seconds, frames, bits, dropped;
	} rows[] = {
		{"idle", {.frames = 5, .bytes = 500}, {.frames = 5, .bytes = 500}, 1, 0, 0, 0},
		{"a second", {0}, {.frames = 10, .bytes = 1000}, 1, 10, 8000, 0},
		{"half a second", {.frames = 2}, {.frames = 4, .bytes = 100}, 0.5, 4, 1600, 0},
		{"all dropped",
		 {.frames = 1, .bytes = 60},
		 {.frames = 5, .bytes = 300, .drops = {4}, .drop_bytes = 240},
		 2,
		 0,
		 0,
		 2},
		{"some dropped",
		 {0},
		 {.frames = 5, .bytes = 300, .drops = {1, 0, 1}, .drop_bytes = 120},
		 1,
		 3,
		 1440,
		 2},
		{"smaller than before", {.frames = 9, .bytes = 900}, {0}, 1, 0, 0, 0},
		{"no time", {0}, {.frames = 9, .bytes = 900}, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rate rate = rate_between(&rows[i].before, &rows[i].after, rows[i].seconds);

		if (rate.frames != rows[i].frames || rate.bits != rows[i].bits ||
		    rate.dropped != rows[i].dropped)
			fail_msg("%s: %f frames %f bits %f dropped", rows[i].name, rate.frames,
				 rate.bits, rate.dropped);
	}
}

static void the_same_pair_is_found(void **state)
{
	(void)state;
	assert_ptr_equal(rate_find(&view, &one), &other);
}

static void a_pair_made_anew_is_another(void **state)
{
	(void)state;
	one.end[1].port.since++;
	assert_null(rate_find(&view, &one));
}

static void a_pair_with_another_end_is_another(void **state)
{
	(void)state;
	one.end[0].ifindex++;
	assert_null(rate_find(&view, &one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rates, setup),
		cmocka_unit_test_setup(the_same_pair_is_found, setup),
		cmocka_unit_test_setup(a_pair_made_anew_is_another, setup),
		cmocka_unit_test_setup(a_pair_with_another_end_is_another, setup),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}

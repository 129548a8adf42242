// SPDX-License-Identifier: GPL-2.0-only
/* Whose link is taken and given back. */
#include "follow.h"
#include "sample.h"
#include "unit.h"

/* What is wrong with an end; 0: nothing. */
#define DOWN	   1U
#define NO_CARRIER 2U
#define GONE	   4U
#define CUT_SHORT  8U  /* of the pair */
#define PULLED	   16U /* the cable, at this end */

static void apply(struct view_pair *pair, int i, unsigned int wrong)
{
	struct view_end *end = &pair->end[i];

	if (wrong & DOWN)
		end->dev.flags = 0;
	if (wrong & (DOWN | NO_CARRIER))
		end->dev.carrier = false;
	if (wrong & GONE)
		end->device_there = false;
	if (wrong & PULLED)
		end->end.peer = VB_PULLED;
	if (wrong & CUT_SHORT)
		pair->state = VIEW_INCOMPLETE;
}

static void decisions(void **state)
{
	static const struct {
		const char *what;
		unsigned int wrong[2];
		struct vb_hold hold[2];
		enum follow_act act[2];
	} rows[] = {
		{"both are well", {0, 0}, {{0}}, {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"a was set down", {DOWN, 0}, {{0}}, {FOLLOW_LEAVE, FOLLOW_TAKE}},
		{"b has lost its carrier", {0, NO_CARRIER}, {{0}}, {FOLLOW_TAKE, FOLLOW_LEAVE}},
		{"b is gone", {0, GONE}, {{0}}, {FOLLOW_TAKE, FOLLOW_LEAVE}},
		{"both went at once", {DOWN, DOWN}, {{0}}, {FOLLOW_TAKE, FOLLOW_TAKE}},
		{"b is held, and it shows",
		 {DOWN, NO_CARRIER},
		 {{0}, {VB_HELD_CARRIER}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"a is back",
		 {0, NO_CARRIER},
		 {{0}, {VB_HELD_CARRIER}},
		 {FOLLOW_LEAVE, FOLLOW_GIVE}},
		{"a is back, b was dormant",
		 {0, 0},
		 {{0}, {VB_HELD_DORMANT}},
		 {FOLLOW_LEAVE, FOLLOW_GIVE}},
		{"a is back, b was set down",
		 {0, DOWN},
		 {{0}, {VB_HELD_ADMIN}},
		 {FOLLOW_LEAVE, FOLLOW_GIVE}},
		{"b is held, and was set down meanwhile",
		 {0, DOWN},
		 {{0}, {VB_HELD_PROTO_DOWN}},
		 {FOLLOW_TAKE, FOLLOW_GIVE}},
		{"both are held, a is back",
		 {NO_CARRIER, DOWN},
		 {{VB_HELD_CARRIER}, {VB_HELD_CARRIER}},
		 {FOLLOW_LEAVE, FOLLOW_GIVE}},
		{"b is held, but got a carrier",
		 {DOWN, 0},
		 {{0}, {VB_HELD_CARRIER}},
		 {FOLLOW_LEAVE, FOLLOW_TAKE}},
		{"b is dormant, which is no carrier",
		 {DOWN, 0},
		 {{0}, {VB_HELD_DORMANT}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"a was given back its carrier, but that has not been seen",
		 {NO_CARRIER, 0},
		 {{VB_HELD_CARRIER, .given = 1}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"a was set up again, but that has not been seen",
		 {DOWN, 0},
		 {{VB_HELD_ADMIN, .given = 1}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"a was given back, and set down",
		 {DOWN, 0},
		 {{VB_HELD_CARRIER, .given = 1}},
		 {FOLLOW_LEAVE, FOLLOW_TAKE}},
		{"pulled out", {PULLED, PULLED}, {{0}}, {FOLLOW_TAKE, FOLLOW_TAKE}},
		{"pulled out, and held",
		 {PULLED | NO_CARRIER, PULLED | NO_CARRIER},
		 {{VB_HELD_CARRIER}, {VB_HELD_CARRIER}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
		{"put back",
		 {NO_CARRIER, NO_CARRIER},
		 {{VB_HELD_CARRIER}, {VB_HELD_CARRIER}},
		 {FOLLOW_GIVE, FOLLOW_GIVE}},
		{"nothing gets to b", {0, PULLED}, {{0}}, {FOLLOW_LEAVE, FOLLOW_TAKE}},
		{"nobody plugged it in",
		 {DOWN | CUT_SHORT, 0},
		 {{0}},
		 {FOLLOW_LEAVE, FOLLOW_LEAVE}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view_pair pair;

		sample_pair(&pair);
		apply(&pair, 0, rows[i].wrong[0]);
		apply(&pair, 1, rows[i].wrong[1]);
		for (int end = 0; end < 2; end++)
			if (follow_decide(&pair, rows[i].hold, end) != rows[i].act[end])
				fail_msg("%s: end %d", rows[i].what, end);
	}
}

/*
 * What has been done is what is wanted, also while the devices have yet to tell of it: nobody's
 * link goes up and down for ever.
 */
static void every_state_comes_to_rest(void **state)
{
	static const enum vb_held ways[] = {VB_HELD_CARRIER, VB_HELD_DORMANT, VB_HELD_ADMIN};

	(void)state;
	for (unsigned int n = 0; n < 16 * COUNT(ways) * COUNT(ways); n++) {
		const enum vb_held way[2] = {ways[n / 16 % COUNT(ways)],
					     ways[n / 16 / COUNT(ways)]};
		struct vb_hold hold[2] = {{0}, {0}}, seen[2] = {{0}, {0}};
		int rounds = 0, quiet = 0;

		while (quiet < 4 && rounds++ < 20) {
			struct view_pair pair;
			enum follow_act act[2];

			sample_pair(&pair);
			for (int i = 0; i < 2; i++) {
				bool held = seen[i].how && !seen[i].given;

				apply(&pair, i, n >> 2 * i & 3);
				apply(&pair, i,
				      held && seen[i].how == VB_HELD_CARRIER ? NO_CARRIER : 0);
				apply(&pair, i, held && seen[i].how == VB_HELD_ADMIN ? DOWN : 0);
			}
			act[0] = follow_decide(&pair, hold, 0);
			act[1] = follow_decide(&pair, hold, 1);
			quiet = act[0] || act[1] ? 0 : quiet + 1;
			for (int i = 0; i < 2; i++) {
				/* The devices tell of it two rounds later. */
				if (rounds % 3 == 0)
					seen[i] = hold[i];
				if (act[i] == FOLLOW_TAKE)
					hold[i] = (struct vb_hold){way[i]};
				else if (act[i] == FOLLOW_GIVE)
					hold[i].given = 1;
			}
		}
		if (quiet < 4)
			fail_msg("state %u goes on for ever", n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decisions),
		cmocka_unit_test(every_state_comes_to_rest),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}

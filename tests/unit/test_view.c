// SPDX-License-Identifier: GPL-2.0-only
/* How a pair is judged, by what was found of it. */
#include "sample.h"
#include "unit.h"

static void judged(const char *row, struct view_pair *pair, const char *state, const char *why)
{
	memset(pair->why, 0, sizeof(pair->why));
	pair->state = VIEW_BROKEN;
	view_judge(pair);
	check_string(row, view_state_name(pair->state), state);
	check_string(row, pair->why, why);
}

/* One thing wrong in a pair that is whole, at either end. */
enum wrong {
	NOTHING,
	NO_DEVICE,
	NO_PORT,
	NO_END,
	NO_HOOK,
	NO_PEERS_ENTRY,
	OTHER_PEERS_ENTRY,
	UNPLUGGED,
	OTHER_NAMED,
};

static void spoil(struct view_end *end, enum wrong wrong)
{
	switch (wrong) {
	case NOTHING:
		break;
	case NO_DEVICE:
		end->device_there = false;
		memset(&end->dev, 0, sizeof(end->dev));
		break;
	case NO_PORT:
		end->port_there = false;
		memset(&end->port, 0, sizeof(end->port));
		break;
	case NO_END:
		end->end_there = false;
		memset(&end->end, 0, sizeof(end->end));
		break;
	case NO_HOOK:
		end->hooks[0].attached = false;
		break;
	case NO_PEERS_ENTRY:
		end->redirects_to = 0;
		break;
	case OTHER_PEERS_ENTRY:
		end->redirects_to = 99;
		break;
	case UNPLUGGED:
		end->end.peer = 0;
		break;
	case OTHER_NAMED:
		end->end.peer = 99;
		break;
	}
}

static void judgements(void **state)
{
	static const struct {
		const char *row;
		enum wrong a, b;
		const char *state, *why;
	} rows[] = {
		{"whole", NOTHING, NOTHING, "plugged", ""},
		{"device a", NO_DEVICE, NOTHING, "broken", "eth-a is gone or in another namespace"},
		{"device b", NOTHING, NO_DEVICE, "broken", "tap-b is gone or in another namespace"},
		{"port a", NO_PORT, NOTHING, "broken", "eth-a is not in the panel"},
		{"end b", NOTHING, NO_END, "broken", "tap-b is not in the panel"},
		{"hook a", NO_HOOK, NOTHING, "broken", "eth-a lacks its hook vb_stack_tx (tcx)"},
		{"hook b", NOTHING, NO_HOOK, "broken", "tap-b lacks its hook vb_wire_rx (clsact)"},
		{"peers a", NO_PEERS_ENTRY, NOTHING, "broken", "eth-a has lost its entry in peers"},
		{"peers b", NOTHING, OTHER_PEERS_ENTRY, "broken",
		 "tap-b has lost its entry in peers"},
		{"first of two", NO_HOOK, NO_DEVICE, "broken",
		 "eth-a lacks its hook vb_stack_tx (tcx)"},
		{"never plugged", UNPLUGGED, UNPLUGGED, "incomplete", ""},
		{"killed between the stores", NOTHING, UNPLUGGED, "incomplete", ""},
		{"killed in unpair", UNPLUGGED, NOTHING, "incomplete", ""},
		{"other named", OTHER_NAMED, NOTHING, "broken", "the ends do not name each other"},
		{"other names", NOTHING, OTHER_NAMED, "broken", "the ends do not name each other"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct view_pair pair;

		sample_pair(&pair);
		spoil(&pair.end[0], rows[i].a);
		spoil(&pair.end[1], rows[i].b);
		judged(rows[i].row, &pair, rows[i].state, rows[i].why);
	}
}

static void hooks_of_unknown_kinds_are_told(void **state)
{
	struct view_pair pair;

	(void)state;
	sample_pair(&pair);
	pair.end[0].port.hooks[3] = (struct vb_hook){.role = 200, .method = 100};
	judged("hook", &pair, "broken", "eth-a lacks its hook ? (?)");
}

static void name_is_the_devices_else_the_ports(void **state)
{
	struct view_pair pair;

	(void)state;
	sample_pair(&pair);
	strcpy(pair.end[0].dev.name, "renamed");
	assert_string_equal(view_end_name(&pair.end[0]), "renamed");
	pair.end[0].device_there = false;
	assert_string_equal(view_end_name(&pair.end[0]), "eth-a");
	pair.end[0].port_there = false;
	assert_string_equal(view_end_name(&pair.end[0]), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judgements),
		cmocka_unit_test(hooks_of_unknown_kinds_are_told),
		cmocka_unit_test(name_is_the_devices_else_the_ports),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}

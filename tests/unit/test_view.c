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
	PULLED,
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
	case PULLED:
		end->end.peer = VB_PULLED;
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
		{"first of two", NO_HOOK, NO_PEERS_ENTRY, "broken",
		 "eth-a lacks its hook vb_stack_tx (tcx)"},
		{"a device before all else", NO_HOOK, NO_DEVICE, "broken",
		 "tap-b is gone or in another namespace"},
		{"killed before there were ends", NO_END, NO_END, "incomplete", ""},
		{"killed before there was the other", UNPLUGGED, NO_END, "incomplete", ""},
		{"never plugged", UNPLUGGED, UNPLUGGED, "incomplete", ""},
		{"killed between the stores", NOTHING, UNPLUGGED, "incomplete", ""},
		{"killed in unpair", UNPLUGGED, NOTHING, "incomplete", ""},
		{"pulled out at a", PULLED, NOTHING, "unplugged",
		 "nothing crosses from tap-b to eth-a"},
		{"pulled out at b", NOTHING, PULLED, "unplugged",
		 "nothing crosses from eth-a to tap-b"},
		{"pulled out at both", PULLED, PULLED, "unplugged", "nothing crosses either way"},
		{"pulled out, and broken", PULLED, NO_HOOK, "broken",
		 "tap-b lacks its hook vb_wire_rx (clsact)"},
		{"a is with another", OTHER_NAMED, UNPLUGGED, "incomplete",
		 "moving the cable of eth-a was cut short; nothing crosses here"},
		{"a is with another, and gives here", OTHER_NAMED, NOTHING, "incomplete",
		 "moving the cable of eth-a was cut short; what it gives crosses, what it is given "
		 "does not"},
		{"b is with another", NO_PEERS_ENTRY, OTHER_NAMED, "incomplete",
		 "moving the cable of tap-b was cut short; what it gives crosses, what it is given "
		 "does not"},
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

/* eth-a becomes the anchor below an endpoint that is called eth-x, and was when it was made. */
static void make_anchor(struct view_end *end)
{
	end->port.flags |= VB_PORT_ANCHOR;
	strcpy(end->port.endpoint, "eth-x");
	memcpy(end->port.own_address, "\2anchr", sizeof(end->port.own_address));
	end->endpoint_there = true;
	end->endpoint = end->dev;
	end->endpoint.ifindex = 77;
	strcpy(end->endpoint.name, "eth-x");
}

static void anchor_is_known_by_its_endpoint(void **state)
{
	struct view_pair pair;

	(void)state;
	sample_pair(&pair);
	assert_false(view_is_anchor(&pair.end[0]));
	assert_ptr_equal(view_end_device(&pair.end[0]), &pair.end[0].dev);
	make_anchor(&pair.end[0]);
	assert_true(view_is_anchor(&pair.end[0]));
	assert_ptr_equal(view_end_device(&pair.end[0]), &pair.end[0].endpoint);
	strcpy(pair.end[0].endpoint.name, "renamed");
	assert_string_equal(view_end_name(&pair.end[0]), "renamed");
	pair.end[0].endpoint_there = false;
	assert_string_equal(view_end_name(&pair.end[0]), "eth-x");
	assert_null(view_end_device(&pair.end[0]));
}

static void anchors_are_judged(void **state)
{
	struct view_pair pair;

	(void)state;
	sample_pair(&pair);
	make_anchor(&pair.end[0]);
	judged("whole", &pair, "plugged", "");
	memcpy(pair.end[0].dev.address, pair.end[0].port.own_address, 6);
	judged("endpoint", &pair, "broken", "eth-x was deleted, by itself or with its namespace");
	pair.end[0].device_there = false;
	judged("anchor", &pair, "broken", "eth-x has lost its anchor");
}

/* Where the peer's other end is now may be told only where the programs look for it. */
static void path_as_it_is_now(void **state)
{
	static const struct {
		const char *row;
		enum vb_path recorded;
		enum plan_reason because;
		bool peer_flag, peer_gone;
		int netnsid;
		enum vb_path path;
		enum plan_reason why;
	} rows[] = {
		{"away as it was", VB_PATH_PEER, WHY_PEER, 1, 0, 0, VB_PATH_PEER, WHY_PEER},
		{"away by request", VB_PATH_PEER, WHY_ASKED, 1, 0, 5, VB_PATH_PEER, WHY_ASKED},
		{"came here", VB_PATH_PEER, WHY_PEER, 1, 0, -1, VB_PATH_TC, WHY_PEER_HERE},
		{"came here, asked for", VB_PATH_PEER, WHY_ASKED, 1, 0, -1, VB_PATH_TC,
		 WHY_PEER_HERE},
		{"here as it was", VB_PATH_TC, WHY_PEER_HERE, 1, 0, -1, VB_PATH_TC, WHY_PEER_HERE},
		{"went away", VB_PATH_TC, WHY_PEER_HERE, 1, 0, 0, VB_PATH_PEER, WHY_PEER},
		{"nobody looks", VB_PATH_TC, WHY_ASKED, 0, 0, 0, VB_PATH_TC, WHY_ASKED},
		{"gone", VB_PATH_PEER, WHY_PEER, 1, 1, 0, VB_PATH_PEER, WHY_PEER},
		{"gone, tc", VB_PATH_TC, WHY_PEER_HERE, 1, 1, 0, VB_PATH_TC, WHY_PEER_HERE},
		{"xdp", VB_PATH_XDP, WHY_ASKED, 1, 0, 0, VB_PATH_XDP, WHY_ASKED},
		{"generic", VB_PATH_XDPGEN, WHY_REFUSED, 1, 0, 0, VB_PATH_XDPGEN, WHY_REFUSED},
		{"nothing known", 200, 201, 1, 0, 0, 200, 201},
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		int nr = i % 2, r = (int)i / 2;
		struct view_pair pair;
		uint8_t why = 99;

		sample_pair(&pair);
		pair.end[nr].port.path = (uint8_t)rows[r].recorded;
		pair.end[nr].port.reason = (uint8_t)rows[r].because;
		pair.end[!nr].end.flags = rows[r].peer_flag ? VB_END_PEER : 0;
		pair.end[!nr].dev.link_netnsid = rows[r].netnsid;
		pair.end[!nr].device_there = !rows[r].peer_gone;
		check_int(rows[r].row, view_path(&pair, nr, &why), rows[r].path);
		check_int(rows[r].row, why, rows[r].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judgements),
		cmocka_unit_test(hooks_of_unknown_kinds_are_told),
		cmocka_unit_test(name_is_the_devices_else_the_ports),
		cmocka_unit_test(anchor_is_known_by_its_endpoint),
		cmocka_unit_test(anchors_are_judged),
		cmocka_unit_test(path_as_it_is_now),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}

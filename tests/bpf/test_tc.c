// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TC programs, each row twice: by BPF_PROG_TEST_RUN, which tells the verdict, and hooked in on
 * a device with a real frame, which tells where it comes out and that it is the same.
 */
#include "lab_tc.h"

enum where {
	NOWHERE,
	ON,   /* where it would go if there were no cable */
	PEER, /* out of the other end */
};

/* What is counted of one frame. */
enum counted {
	NOTHING,
	TAKEN,
	NO_PEER,
};

struct row {
	const char *name;
	unsigned int state;
	int verdict;
	enum where where;
	enum counted counted;
};

static struct lab lab;
static struct tc_bpf *ours, *foreign; /* the same programs; of another namespace's panel */

/* Each for all four combinations of sides. */
static const struct row rows[] = {
	{"plugged", 0, REDIRECT, PEER, TAKEN},
	{"not an end", A_NO_END, PASS, ON, NOTHING},
	{"neither is an end", A_NO_END | B_NO_END | NO_PEERS, PASS, ON, NOTHING},
	{"unplugged", A_UNPLUGGED, PASS, ON, NOTHING},
	{"unplugged, and no redirect", A_UNPLUGGED | NO_PEERS, PASS, ON, NOTHING},
	{"unplugged at the peer", B_UNPLUGGED, PASS, ON, NOTHING},
	{"unplugged at both", A_UNPLUGGED | B_UNPLUGGED, PASS, ON, NOTHING},
	{"pulled out at the peer", B_PULLED, DROP, NOWHERE, NO_PEER},
	{"pulled out here: the other direction", A_PULLED, REDIRECT, PEER, TAKEN},
	{"pulled out at both", A_PULLED | B_PULLED, DROP, NOWHERE, NO_PEER},
	{"peer is gone", NO_PEERS, DROP, NOWHERE, NO_PEER},
	{"peer is gone, with its entry", NO_PEERS | B_NO_END, DROP, NOWHERE, NO_PEER},
	{"peer is being exchanged", NO_PEERS | MEANWHILE, REDIRECT, PEER, TAKEN},
	{"peer is no end", B_NO_END, DROP, NOWHERE, NO_PEER},
	{"peer names another", B_NAMES_C, DROP, NOWHERE, NO_PEER},
	{"redirect to one that does not name it", PEERS_C, DROP, NOWHERE, NO_PEER},
	{"behind another's entry", PEERS_SHARED, REDIRECT, PEER, TAKEN},
	{"peer is gone, another's entry leads there", PEERS_SHARED | NO_PEERS, DROP, NOWHERE,
	 NO_PEER},
	{"redirect to another, behind another's entry", PEERS_SHARED | PEERS_C, DROP, NOWHERE,
	 NO_PEER},
	{"found at its last place", A_CROWDED, REDIRECT, PEER, TAKEN},
	{"peer found at its last place", B_CROWDED, REDIRECT, PEER, TAKEN},
	{"never found behind its last place", A_BEYOND, PASS, ON, NOTHING},
	{"peer never found behind its last place", B_BEYOND, DROP, NOWHERE, NO_PEER},
	{"last slot of a chunk", SLOT_LAST, REDIRECT, PEER, TAKEN},
	{"counters that nobody made", SLOT_NONE, REDIRECT, PEER, NOTHING},
	{"counters that nobody made, gone", SLOT_NONE | NO_PEERS, DROP, NOWHERE, NOTHING},
};

static struct bpf_program *program_of(const struct tc_bpf *skel, enum vb_side side)
{
	return side == STACK ? skel->progs.vb_stack_tx : skel->progs.vb_wire_rx;
}

static struct vb_count count_of(enum counted counted, size_t bytes)
{
	struct vb_count count = {0};

	if (counted != NOTHING)
		count = (struct vb_count){.frames = 1, .bytes = bytes};
	if (counted == NO_PEER) {
		count.drop_bytes = bytes;
		count.drops[VB_DROP_NO_PEER] = 1;
	}
	return count;
}

/*
 * Sends a frame through the program, hooked in on a; returns who received it. A stack is told when
 * a frame that it sends is dropped.
 */
static int real_run(const char *name, const struct bpf_program *prog, enum vb_side side,
		    int verdict, const void *frame, size_t bytes)
{
	int at;

	lab_hook(&lab, A, side == STACK, 1, bpf_program__fd(prog));
	check_int(name, lab_send(&lab, side == STACK ? A : A_FAR, frame, bytes),
		  side == STACK && verdict == DROP ? ENOBUFS : 0);
	at = lab_received(&lab, frame, bytes);
	lab_unhook(&lab);
	return at;
}

static int device_at(enum where where, const enum vb_side side[2])
{
	switch (where) {
	case ON:
		return side[0] == STACK ? A_FAR : A;
	case PEER:
		return side[1] == STACK ? B : B_FAR;
	default:
		return -1;
	}
}

static void run_row(const struct tc_bpf *skel, const struct row *row, const enum vb_side side[2],
		    size_t bytes)
{
	const struct bpf_program *prog = program_of(skel, side[0]);
	struct vb_count want = count_of(row->counted, bytes);
	struct lab_maps maps = tc_maps(skel);
	uint8_t frame[LAB_FRAME_MAX];
	char name[128];

	snprintf(name, sizeof(name), "%s, %s to %s, %zu bytes", row->name,
		 side[0] == STACK ? "stack" : "wire", side[1] == STACK ? "stack" : "wire", bytes);
	lab_fill(&lab, &maps, side, row->state);
	lab_frame(frame, bytes);
	check_int(name, tc_test_run(&lab, prog, frame, bytes, 0, 0), row->verdict);
	lab_counted(name, &maps, row->state, &want);
	check_int(name, real_run(name, prog, side[0], row->verdict, frame, bytes),
		  device_at(row->where, side));
	lab_counted(name, &maps, row->state, &want);
}

static void run_row_with_all_sides(const struct tc_bpf *skel, const struct row *row, size_t bytes)
{
	static const enum vb_side sides[] = {STACK, WIRE};

	for (int i = 0; i < 4; i++)
		run_row(skel, row, (enum vb_side[]){sides[i / 2], sides[i % 2]}, bytes);
}

static void states_of_a_cable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		run_row_with_all_sides(ours, &rows[i], 100);
}

static void frames_of_every_size(void **state)
{
	static const size_t sizes[] = {15, 59, 60, 61, 1514, 1515, 3000};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++)
		run_row_with_all_sides(ours, &rows[0], sizes[i]);
}

/* Larger than a test run takes: only with a real frame. */
static void jumbo_frames(void **state)
{
	static const enum vb_side sides[][2] = {
		{STACK, STACK}, {STACK, WIRE}, {WIRE, STACK}, {WIRE, WIRE}};
	struct vb_count want = count_of(TAKEN, LAB_FRAME_MAX);
	struct lab_maps maps = tc_maps(ours);
	uint8_t frame[LAB_FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(sides); i++) {
		lab_fill(&lab, &maps, sides[i], 0);
		lab_frame(frame, sizeof(frame));
		check_int("jumbo",
			  real_run("jumbo", program_of(ours, sides[i][0]), sides[i][0], REDIRECT,
				   frame, sizeof(frame)),
			  device_at(PEER, sides[i]));
		lab_counted("jumbo", &maps, 0, &want);
	}
}

/* A GSO frame is one frame, with all its bytes, whatever it will be cut into. */
static void gso_frame_is_one_frame(void **state)
{
	struct vb_count want = count_of(TAKEN, 3000), gone = count_of(NO_PEER, 3000);
	static const enum vb_side sides[] = {STACK, STACK};
	struct lab_maps maps = tc_maps(ours);
	uint8_t frame[3000];

	(void)state;
	lab_frame(frame, sizeof(frame));
	lab_fill(&lab, &maps, sides, 0);
	check_int("gso", tc_test_run(&lab, ours->progs.vb_stack_tx, frame, sizeof(frame), 1000, 3),
		  REDIRECT);
	lab_counted("gso", &maps, 0, &want);
	lab_fill(&lab, &maps, sides, NO_PEERS);
	check_int("gso", tc_test_run(&lab, ours->progs.vb_wire_rx, frame, sizeof(frame), 1000, 3),
		  DROP);
	lab_counted("gso", &maps, 0, &gone);
}

static void counts_add_up(void **state)
{
	static const enum vb_side sides[] = {WIRE, WIRE};
	const struct bpf_program *prog = ours->progs.vb_wire_rx;
	struct lab_maps maps = tc_maps(ours);
	struct vb_count want = {0};
	uint8_t frame[1000];

	(void)state;
	lab_frame(frame, sizeof(frame));
	for (size_t bytes = 100; bytes <= 1000; bytes += 100) {
		bool gone = bytes % 200 == 0;

		lab_fill(&lab, &maps, sides, gone ? NO_PEERS : 0);
		tc_test_run(&lab, prog, frame, bytes, 0, 0);
		want.frames++;
		want.bytes += bytes;
		want.drops[VB_DROP_NO_PEER] += gone;
		want.drop_bytes += gone ? bytes : 0;
	}
	lab_counted("sum", &maps, 0, &want);
}

/* The maps know ifindexes only, and those of another namespace may be the same. */
static void device_of_another_namespace_is_none_of_ours(void **state)
{
	static const struct row elsewhere[] = {
		{"elsewhere", 0, PASS, ON, NOTHING},
		{"elsewhere, peer gone", NO_PEERS, PASS, ON, NOTHING},
		{"elsewhere, peer is no end", B_NO_END, PASS, ON, NOTHING},
	};

	(void)state;
	need_kern_types(&lab);
	for (size_t i = 0; i < COUNT(elsewhere); i++)
		run_row_with_all_sides(foreign, &elsewhere[i], 100);
}

/* What a test that failed left on the devices. */
static int unhook(void **state)
{
	(void)state;
	lab_unhook(&lab);
	return 0;
}

static int clear(void **state)
{
	struct lab_maps own = tc_maps(ours), others = tc_maps(foreign);

	(void)state;
	lab_clear(&lab, &own);
	lab_clear(&lab, &others);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	ours = tc_load(&lab, lab.cookie);
	foreign = tc_load(&lab, lab.cookie + 1);
	return !ours || !foreign;
}

static int teardown(void **state)
{
	(void)state;
	tc_bpf__destroy(ours);
	tc_bpf__destroy(foreign);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(states_of_a_cable, clear, unhook),
		cmocka_unit_test_setup_teardown(frames_of_every_size, clear, unhook),
		cmocka_unit_test_setup_teardown(jumbo_frames, clear, unhook),
		cmocka_unit_test_setup_teardown(gso_frame_is_one_frame, clear, unhook),
		cmocka_unit_test_setup_teardown(counts_add_up, clear, unhook),
		cmocka_unit_test_setup_teardown(device_of_another_namespace_is_none_of_ours, clear,
						unhook),
	};

	lab_open(&lab);
	return cmocka_run_group_tests_name("tc", tests, setup, teardown);
}

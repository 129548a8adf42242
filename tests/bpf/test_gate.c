// SPDX-License-Identifier: GPL-2.0-only
/*
 * The gates: vb_stack_rx at ingress of a stack end, vb_wire_tx at egress of a wire end. They stand
 * at a for what comes from elsewhere, and at b for what comes from a.
 */
#include "lab_tc.h"

static struct lab lab;
static struct tc_bpf *ours, *foreign; /* the same programs; of another namespace's panel */

struct row {
	const char *name;
	unsigned int state;
	bool stopped, counted;
};

static const struct row rows[] = {
	{"plugged", 0, true, true},
	{"not an end", A_NO_END, false, false},
	{"neither is an end", A_NO_END | B_NO_END | NO_PEERS, false, false},
	{"unplugged", A_UNPLUGGED, false, false},
	{"unplugged at the peer", B_UNPLUGGED, false, false},
	{"unplugged at both", A_UNPLUGGED | B_UNPLUGGED, false, false},
	{"pulled out here", A_PULLED, true, true},
	{"pulled out at the peer", B_PULLED, true, true},
	{"peer is gone", NO_PEERS, true, true},
	{"peer is gone, with its entry", NO_PEERS | B_NO_END, true, true},
	{"peer is no end", B_NO_END, true, true},
	{"peer names another", B_NAMES_C, true, true},
	{"found at its last place", A_CROWDED, true, true},
	{"peer found at its last place", B_CROWDED, true, true},
	{"never found behind its last place", A_BEYOND, false, false},
	{"last slot of a chunk", SLOT_LAST, true, true},
	{"counters that nobody made", SLOT_NONE, true, false},
};

static const struct bpf_program *gate_of(const struct tc_bpf *skel, enum vb_side side)
{
	return side == STACK ? skel->progs.vb_stack_rx : skel->progs.vb_wire_tx;
}

/* A frame that did not come through the cable, to or from a, past the gate. */
static void run_row(const struct tc_bpf *skel, const struct row *row, enum vb_side side)
{
	struct vb_count want = {.foreign = row->counted};
	const struct bpf_program *prog = gate_of(skel, side);
	const enum vb_side sides[] = {side, WIRE};
	struct lab_maps maps = tc_maps(skel);
	uint8_t frame[100];
	char name[128];
	int from = side == STACK ? A_FAR : A;

	snprintf(name, sizeof(name), "%s, %s", row->name, side == STACK ? "stack" : "wire");
	lab_fill(&lab, &maps, sides, row->state);
	lab_frame(frame, sizeof(frame));
	check_int(name, tc_test_run(&lab, prog, frame, sizeof(frame), 0, 0),
		  row->stopped ? DROP : PASS);
	lab_counted(name, &maps, row->state, &want);

	lab_hook(&lab, A, side == WIRE, 1, bpf_program__fd(prog));
	check_int(name, lab_send(&lab, from, frame, sizeof(frame)),
		  side == WIRE && row->stopped ? ENOBUFS : 0);
	check_int(name, lab_received(&lab, frame, sizeof(frame)), row->stopped ? -1 : from ^ 1);
	lab_counted(name, &maps, row->state, &want);
	lab_unhook(&lab);
}

static void what_comes_from_elsewhere_is_stopped_while_plugged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		run_row(ours, &rows[i], STACK);
		run_row(ours, &rows[i], WIRE);
	}
}

static void device_of_another_namespace_has_no_gate(void **state)
{
	static const struct row elsewhere = {"elsewhere", 0, false, false};

	(void)state;
	need_kern_types(&lab);
	run_row(foreign, &elsewhere, STACK);
	run_row(foreign, &elsewhere, WIRE);
}

/* Drops what has a tc_index. */
static int mark_finder(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_LDX | BPF_MEM | BPF_W,
		 .dst_reg = BPF_REG_0,
		 .src_reg = BPF_REG_1,
		 .off = offsetof(struct __sk_buff, tc_index)},
		{.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 2, .imm = 0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = DROP},
		{.code = BPF_JMP | BPF_EXIT},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = PASS},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return lab_program(insns, COUNT(insns));
}

/* What a hands over to b, and who receives it past b's gate, if it has one, and the finder. */
static int cross(const enum vb_side side[2], unsigned int state, bool gate)
{
	struct vb_count want = {.frames = 1, .bytes = 100};
	struct lab_maps maps = tc_maps(ours);
	int finder = mark_finder(), at;
	uint8_t frame[100];

	lab_fill(&lab, &maps, side, state);
	lab_frame(frame, sizeof(frame));
	lab_hook(&lab, A, side[0] == STACK, 1,
		 bpf_program__fd(side[0] == STACK ? ours->progs.vb_stack_tx
						  : ours->progs.vb_wire_rx));
	if (gate)
		lab_hook(&lab, B, side[1] == WIRE, 1, bpf_program__fd(gate_of(ours, side[1])));
	lab_hook(&lab, B, side[1] == WIRE, 2, finder);
	check_int("send", lab_send(&lab, side[0] == STACK ? A : A_FAR, frame, sizeof(frame)), 0);
	at = lab_received(&lab, frame, sizeof(frame));
	lab_counted("cross", &maps, state, &want);
	lab_unhook(&lab);
	close(finder);
	return at;
}

static const enum vb_side all_sides[][2] = {
	{STACK, STACK}, {STACK, WIRE}, {WIRE, STACK}, {WIRE, WIRE}};

static void what_comes_through_the_cable_passes_unmarked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_sides); i++) {
		int out = all_sides[i][1] == STACK ? B : B_FAR;

		check_int("gate", cross(all_sides[i], B_GATED, true), out);
		/* Else the mark would be found, and the frame dropped. */
		check_int("no gate", cross(all_sides[i], B_GATED, false), -1);
		check_int("open", cross(all_sides[i], 0, false), out);
	}
}

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
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, unhook)
	const struct CMUnitTest tests[] = {
		TEST(what_comes_from_elsewhere_is_stopped_while_plugged),
		TEST(device_of_another_namespace_has_no_gate),
		TEST(what_comes_through_the_cable_passes_unmarked),
	};

	lab_open(&lab);
	return cmocka_run_group_tests_name("gate", tests, setup, teardown);
}

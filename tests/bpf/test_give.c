// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the TC programs do for the peer's sake: not hand over to one that is down or for which a
 * frame is too long, but drop and count; and hand frames straight to its other end.
 */
#include "lab_tc.h"

static struct lab lab;
static struct tc_bpf *ours;

static const enum vb_side to_stack[][2] = {{STACK, STACK}, {WIRE, STACK}};
static const enum vb_side to_wire[][2] = {{STACK, WIRE}, {WIRE, WIRE}};

/* Sends a frame through the cable and compares what is counted; returns who received it. */
static int cross(const enum vb_side side[2], unsigned int state, size_t bytes,
		 const enum vb_drop *why)
{
	const struct bpf_program *prog =
		side[0] == STACK ? ours->progs.vb_stack_tx : ours->progs.vb_wire_rx;
	struct vb_count want = {.frames = 1, .bytes = bytes};
	struct lab_maps maps = tc_maps(ours);
	uint8_t frame[LAB_FRAME_MAX];
	char name[64];
	int at;

	snprintf(name, sizeof(name), "%s to %s, %zu bytes", side[0] == STACK ? "stack" : "wire",
		 side[1] == STACK ? "stack" : "wire", bytes);
	if (why) {
		want.drops[*why] = 1;
		want.drop_bytes = bytes;
	}
	lab_fill(&lab, &maps, side, state);
	lab_frame(frame, bytes);
	lab_hook(&lab, A, side[0] == STACK, 1, bpf_program__fd(prog));
	check_int(name, lab_send(&lab, side[0] == STACK ? A : A_FAR, frame, bytes),
		  side[0] == STACK && why ? ENOBUFS : 0);
	at = lab_received(&lab, frame, bytes);
	lab_counted(name, &maps, state, &want);
	lab_unhook(&lab);
	return at;
}

static void peer_that_is_down_gets_nothing(void **state)
{
	static const enum vb_drop down = VB_DROP_DOWN;

	(void)state;
	need_kern_types(&lab);
	lab_set(&lab, B, "down");
	for (int i = 0; i < 2; i++) {
		check_int("stack", cross(to_stack[i], 0, 100, &down), -1);
		check_int("wire", cross(to_wire[i], 0, 100, &down), -1);
	}
	lab_set(&lab, B, "up");
	for (int i = 0; i < 2; i++) {
		check_int("stack", cross(to_stack[i], 0, 100, NULL), B);
		check_int("wire", cross(to_wire[i], 0, 100, NULL), B_FAR);
	}
}

/* A stack hears what is handed to it with its cable pulled or not; a wire carries nothing then. */
static void peer_without_carrier_gets_nothing_on_the_wire(void **state)
{
	static const enum vb_drop down = VB_DROP_DOWN;

	(void)state;
	need_kern_types(&lab);
	lab_set(&lab, B_FAR, "down");
	for (int i = 0; i < 2; i++) {
		check_int("stack", cross(to_stack[i], 0, 100, NULL), B);
		check_int("wire", cross(to_wire[i], 0, 100, &down), -1);
	}
	lab_set(&lab, B_FAR, "up");
	check_int("wire", cross(to_wire[0], 0, 100, NULL), B_FAR);
}

/* As long as the MTU, an Ethernet header and a tag allow: what a bridge would forward. */
static void frame_too_long_for_the_peers_wire(void **state)
{
	static const enum vb_drop too_long = VB_DROP_TOO_LONG;

	(void)state;
	need_kern_types(&lab);
	lab_set(&lab, B, "mtu 1500");
	for (int i = 0; i < 2; i++) {
		check_int("mtu + 18", cross(to_wire[i], 0, 1518, NULL), B_FAR);
		check_int("mtu + 19", cross(to_wire[i], 0, 1519, &too_long), -1);
		check_int("stack", cross(to_stack[i], 0, 1519, NULL), B);
	}
}

/* It is cut into frames that are not too long later. */
static void gso_frame_is_never_too_long(void **state)
{
	const struct bpf_program *progs[] = {ours->progs.vb_stack_tx, ours->progs.vb_wire_rx};
	struct vb_count taken = {.frames = 1, .bytes = 3000}, dropped = taken;
	struct lab_maps maps = tc_maps(ours);
	uint8_t frame[3000];

	(void)state;
	need_kern_types(&lab);
	dropped.drops[VB_DROP_TOO_LONG] = 1;
	dropped.drop_bytes = sizeof(frame);
	lab_set(&lab, B, "mtu 1500");
	lab_frame(frame, sizeof(frame));
	for (int i = 0; i < 2; i++) {
		lab_fill(&lab, &maps, to_wire[i], 0);
		check_int("gso", tc_test_run(&lab, progs[i], frame, sizeof(frame), 1000, 3),
			  REDIRECT);
		lab_counted("gso", &maps, 0, &taken);
		check_int("no gso", tc_test_run(&lab, progs[i], frame, sizeof(frame), 0, 0), DROP);
		lab_counted("no gso", &maps, 0, &dropped);
	}
}

/* Hooks in a program at egress of the device that drops all: it stands where peer goes round. */
static int hook_dropper(enum lab_device dev)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = DROP},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = lab_program(insns, COUNT(insns));

	lab_hook(&lab, dev, true, 1, fd);
	return fd;
}

static void other_end_in_another_namespace_gets_frames_directly(void **state)
{
	static const size_t sizes[] = {15, 60, 1514, LAB_FRAME_MAX};

	(void)state;
	need_kern_types(&lab);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		close(hook_dropper(D));
		check_int("peer", cross(to_wire[1], B_IS_D | B_PEER, sizes[i], NULL), D_FAR);
	}
	/* The dropper is there to see what is not handed over so. */
	close(hook_dropper(D));
	check_int("not asked for", cross(to_wire[1], B_IS_D, 100, NULL), -1);
	check_int("without it", cross(to_wire[1], B_IS_D, 100, NULL), D_FAR);
}

/* The kernel takes a frame to a device's other end at ingress only (skb_do_redirect()). */
static void from_a_stack_frames_are_transmitted(void **state)
{
	(void)state;
	need_kern_types(&lab);
	check_int("transmitted", cross(to_wire[0], B_IS_D | B_PEER, 100, NULL), D_FAR);
	close(hook_dropper(D));
	check_int("transmitted", cross(to_wire[0], B_IS_D | B_PEER, 100, NULL), -1);
}

/* bpf_redirect_peer() would drop it. */
static void to_an_other_end_here_frames_are_transmitted(void **state)
{
	(void)state;
	check_int("here", cross(to_wire[1], B_PEER, 100, NULL), B_FAR);
	close(hook_dropper(B));
	check_int("here", cross(to_wire[1], B_PEER, 100, NULL), -1);
}

static void directly_or_not_the_peers_state_counts(void **state)
{
	static const enum vb_drop down = VB_DROP_DOWN, too_long = VB_DROP_TOO_LONG;

	(void)state;
	need_kern_types(&lab);
	lab_set(&lab, D, "mtu 1500");
	check_int("mtu + 18", cross(to_wire[1], B_IS_D | B_PEER, 1518, NULL), D_FAR);
	check_int("mtu + 19", cross(to_wire[1], B_IS_D | B_PEER, 1519, &too_long), -1);
	lab_set(&lab, D, "down");
	check_int("down", cross(to_wire[1], B_IS_D | B_PEER, 100, &down), -1);
}

/* Puts things right, also after a test that failed. */
static int restore(void **state)
{
	static const enum lab_device changed[] = {B, B_FAR, D};

	(void)state;
	lab_unhook(&lab);
	for (size_t i = 0; i < COUNT(changed); i++) {
		lab_set(&lab, changed[i], "mtu 9000");
		lab_set(&lab, changed[i], "up");
	}
	return 0;
}

static int clear(void **state)
{
	struct lab_maps own = tc_maps(ours);

	(void)state;
	lab_clear(&lab, &own);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	ours = tc_load(&lab, lab.cookie);
	return !ours;
}

static int teardown(void **state)
{
	(void)state;
	tc_bpf__destroy(ours);
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, restore)
	const struct CMUnitTest tests[] = {
		TEST(peer_that_is_down_gets_nothing),
		TEST(peer_without_carrier_gets_nothing_on_the_wire),
		TEST(frame_too_long_for_the_peers_wire),
		TEST(gso_frame_is_never_too_long),
		TEST(other_end_in_another_namespace_gets_frames_directly),
		TEST(from_a_stack_frames_are_transmitted),
		TEST(to_an_other_end_here_frames_are_transmitted),
		TEST(directly_or_not_the_peers_state_counts),
	};

	lab_open(&lab);
	return cmocka_run_group_tests_name("give", tests, setup, teardown);
}

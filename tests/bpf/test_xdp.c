// SPDX-License-Identifier: GPL-2.0-only
/*
 * The XDP program of a wire end, each row twice: by BPF_PROG_TEST_RUN, which tells the verdict, and
 * again with live frames, which go where the verdict sends them: there they are compared.
 */
#include <errno.h>
#include "lab.h"
#include "xdp.skel.h"

#ifndef BPF_F_TEST_XDP_LIVE_FRAMES /* Linux 5.18 */
#define BPF_F_TEST_XDP_LIVE_FRAMES (1U << 1)
#endif

#define STACK VB_SIDE_STACK
#define WIRE  VB_SIDE_WIRE

struct row {
	const char *name;
	unsigned int state;
	enum vb_side peer_side;
	int verdict;
	int received_by;    /* -1: nobody */
	unsigned int taken; /* frames */
};

static struct lab lab;
static struct xdp_bpf *ours, *foreign; /* the same program; of another namespace's panel */

/* What is not handed over is passed, uncounted: the end's TC program sees it next. */
static const struct row rows[] = {
	{"plugged", 0, WIRE, XDP_REDIRECT, B_FAR, 1},
	{"peer is a stack end", 0, STACK, XDP_PASS, A, 0},
	{"not an end", A_NO_END, WIRE, XDP_PASS, A, 0},
	{"neither is an end", A_NO_END | B_NO_END | NO_PEERS, WIRE, XDP_PASS, A, 0},
	{"unplugged", A_UNPLUGGED, WIRE, XDP_PASS, A, 0},
	{"unplugged at the peer", B_UNPLUGGED, WIRE, XDP_PASS, A, 0},
	{"unplugged at both", A_UNPLUGGED | B_UNPLUGGED, WIRE, XDP_PASS, A, 0},
	/* Here TC does what there is to do: nobody pulls a cable to go faster. */
	{"pulled out at the peer", B_PULLED, WIRE, XDP_PASS, A, 0},
	{"pulled out here: the other direction", A_PULLED, WIRE, XDP_PASS, A, 0},
	{"pulled out at both", A_PULLED | B_PULLED, WIRE, XDP_PASS, A, 0},
	{"peer is gone", NO_PEERS, WIRE, XDP_PASS, A, 0},
	{"peer is no end", B_NO_END, WIRE, XDP_PASS, A, 0},
	{"peer names another", B_NAMES_C, WIRE, XDP_PASS, A, 0},
	/*
	 * Whether both ends name each other it asks ends alone: to look into peers too would cost
	 * as much again. The loader keeps the two the same but while it moves a cable, and then
	 * either tells of an end that names this one.
	 */
	{"redirect goes where peers says", PEERS_C, WIRE, XDP_REDIRECT, C_FAR, 1},
	{"peer transmits frames of this length", B_MAX_100, WIRE, XDP_REDIRECT, B_FAR, 1},
	{"peer transmits shorter frames only", B_MAX_99, WIRE, XDP_PASS, A, 0},
	{"peer transmits none", B_MAX_0, WIRE, XDP_PASS, A, 0},
	{"found at its last place", A_CROWDED, WIRE, XDP_REDIRECT, B_FAR, 1},
	{"peer found at its last place", B_CROWDED, WIRE, XDP_REDIRECT, B_FAR, 1},
	{"never found behind its last place", A_BEYOND, WIRE, XDP_PASS, A, 0},
	{"peer never found behind its last place", B_BEYOND, WIRE, XDP_PASS, A, 0},
	{"last slot of a chunk", SLOT_LAST, WIRE, XDP_REDIRECT, B_FAR, 1},
	{"counters that nobody made", SLOT_NONE, WIRE, XDP_REDIRECT, B_FAR, 0},
};

static struct lab_maps maps_of(const struct xdp_bpf *skel)
{
	return (struct lab_maps){
		.peers = bpf_map__fd(skel->maps.peers),
		.ends = skel->bss->ends,
		.counters_0 = bpf_map__fd(skel->maps.counters_0),
	};
}

static int run(const struct xdp_bpf *skel, const void *frame, size_t bytes, uint32_t flags)
{
	struct xdp_md xdp = {.data_end = (uint32_t)bytes, .ingress_ifindex = lab.ifindex[A]};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = (uint32_t)bytes,
		    .ctx_in = &xdp, .ctx_size_in = sizeof(xdp), .repeat = 1, .flags = flags);

	if (bpf_prog_test_run_opts(bpf_program__fd(skel->progs.vb_wire_xdp), &opts))
		fail_msg("test run of %zu bytes: %s", bytes, strerror(errno));
	return (int)opts.retval;
}

static void run_row(const struct xdp_bpf *skel, const struct row *row, size_t bytes)
{
	struct vb_count want = {.frames = row->taken, .bytes = row->taken * bytes};
	const enum vb_side side[] = {WIRE, row->peer_side};
	struct lab_maps maps = maps_of(skel);
	uint8_t frame[LAB_FRAME_MAX];
	char name[128];

	snprintf(name, sizeof(name), "%s, %zu bytes", row->name, bytes);
	lab_fill(&lab, &maps, side, row->state);
	lab_frame(frame, bytes);
	check_int(name, run(skel, frame, bytes, 0), row->verdict);
	lab_counted(name, &maps, row->state, &want);
	run(skel, frame, bytes, BPF_F_TEST_XDP_LIVE_FRAMES);
	check_int(name, lab_received(&lab, frame, bytes), row->received_by);
	lab_counted(name, &maps, row->state, &want);
}

static void states_of_a_cable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		run_row(ours, &rows[i], 100);
}

/* The largest is what one page holds beside what live frames need of it. */
static void frames_of_every_size(void **state)
{
	static const size_t sizes[] = {15, 59, 60, 61, 1514, 1515, 3000, 3300};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++)
		run_row(ours, &rows[0], sizes[i]);
}

static void device_of_another_namespace_is_none_of_ours(void **state)
{
	static const struct row elsewhere = {"elsewhere", 0, WIRE, XDP_PASS, A, 0};

	(void)state;
	need_kern_types(&lab);
	run_row(foreign, &elsewhere, 100);
}

static struct xdp_bpf *load(uint64_t cookie)
{
	struct xdp_bpf *skel = xdp_bpf__open();

	if (!skel)
		return NULL;
	skel->rodata->panel_cookie = cookie;
	skel->rodata->has_kern_types = lab.has_kern_types;
	if (xdp_bpf__load(skel)) {
		xdp_bpf__destroy(skel);
		return NULL;
	}
	return skel;
}

static int clear(void **state)
{
	struct lab_maps own = maps_of(ours), others = maps_of(foreign);

	(void)state;
	lab_clear(&lab, &own);
	lab_clear(&lab, &others);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	ours = load(lab.cookie);
	foreign = load(lab.cookie + 1);
	return !ours || !foreign;
}

static int teardown(void **state)
{
	(void)state;
	xdp_bpf__destroy(ours);
	xdp_bpf__destroy(foreign);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(states_of_a_cable, clear),
		cmocka_unit_test_setup(frames_of_every_size, clear),
		cmocka_unit_test_setup(device_of_another_namespace_is_none_of_ours, clear),
	};

	lab_open(&lab);
	return cmocka_run_group_tests_name("xdp", tests, setup, teardown);
}

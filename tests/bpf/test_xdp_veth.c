// SPDX-License-Identifier: GPL-2.0-only
/*
 * The XDP program in a veth's driver, with real frames: those that are not whole go up to TC, and
 * what the kernel refuses after the redirect is counted, to the frame.
 */
#include <errno.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include "kernel.h"
#include "lab.h"
#include "xdp.skel.h"
#include "xdperr.skel.h"

static struct lab lab;
static struct xdp_bpf *xdp;
static struct xdperr_bpf *ours, *foreign; /* of this namespace's panel; of another's */
static struct lab_maps maps;

static const enum vb_side wires[] = {VB_SIDE_WIRE, VB_SIDE_WIRE};

enum sent {
	WHOLE,
	UNFINISHED, /* its checksum is still to be filled in */
	TAGGED,	    /* a VLAN tag lies beside its data */
};

/* Has a tag pushed to what a_far sends. */
static void hook_tagger(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = htons(0x8100)},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 7},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_vlan_push},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = TC_ACT_UNSPEC},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = lab_program(insns, COUNT(insns));

	lab_hook(&lab, A_FAR, true, 1, fd);
	close(fd);
}

/* Sends a frame to a and compares what is counted there; returns who received it. */
static int cross(unsigned int state, enum sent sent, const struct vb_count *want)
{
	uint8_t frame[100];
	int at;

	lab_fill(&lab, &maps, wires, state);
	lab_frame(frame, sizeof(frame));
	if (sent == TAGGED)
		hook_tagger();
	check_int("send",
		  sent == UNFINISHED ? lab_send_unfinished(&lab, A_FAR, frame, sizeof(frame))
				     : lab_send(&lab, A_FAR, frame, sizeof(frame)),
		  0);
	at = lab_received(&lab, frame, sizeof(frame));
	lab_counted("cross", &maps, state, want);
	lab_unhook(&lab);
	return at;
}

static void attach(uint32_t flags)
{
	int err = bpf_xdp_attach((int)lab.ifindex[A], bpf_program__fd(xdp->progs.vb_wire_xdp),
				 flags, NULL);

	if (err)
		fail_msg("attach by XDP: %s", strerror(-err));
}

static const struct vb_count nothing, one = {.frames = 1, .bytes = 100};

static void frames_that_are_not_whole_pass_to_tc(void **state)
{
	(void)state;
	need_kern_types(&lab);
	attach(XDP_FLAGS_DRV_MODE);
	check_int("whole", cross(A_SKB, WHOLE, &one), B_FAR);
	check_int("checksum", cross(A_SKB, UNFINISHED, &nothing), A);
	check_int("tag", cross(A_SKB, TAGGED, &nothing), A);
}

/* So the frames above were not whole, and it is the flag that held them back. */
static void without_the_flag_they_are_redirected(void **state)
{
	(void)state;
	attach(XDP_FLAGS_DRV_MODE);
	check_int("checksum", cross(0, UNFINISHED, &one), B_FAR);
	check_int("tag", cross(0, TAGGED, &one), B_FAR);
}

static void generic_xdp_keeps_them_whole(void **state)
{
	(void)state;
	attach(XDP_FLAGS_SKB_MODE);
	check_int("whole", cross(A_XDPGEN, WHOLE, &one), B_FAR);
	check_int("checksum", cross(A_XDPGEN, UNFINISHED, &one), B_FAR);
	check_int("tag", cross(A_XDPGEN, TAGGED, &one), B_FAR);
}

/* It gives them to the peer's driver past the stack, which would do what that one does not. */
static void a_peer_that_cannot_finish_them_gets_no_generic_xdp(void **state)
{
	static const char *const off[] = {"tx-checksum-ip-generic off", "tx-vlan-hw-insert off",
					  "tx-vlan-stag-hw-insert off"};

	(void)state;
	need_kern_types(&lab);
	attach(XDP_FLAGS_SKB_MODE);
	for (size_t i = 0; i < COUNT(off); i++) {
		lab_offload(B, off[i]);
		check_int(off[i], cross(A_XDPGEN, UNFINISHED, &nothing), A);
		lab_offload(B, "tx on txvlan on tx-vlan-stag-hw-insert on");
	}
	check_int("on", cross(A_XDPGEN, UNFINISHED, &one), B_FAR);
}

/* The tracepoints' programs, with the maps of the one in the driver. */
static void count_refused(struct xdperr_bpf *skel)
{
	int err = xdperr_bpf__attach(skel);

	if (err)
		fail_msg("attach to the tracepoints: %s", strerror(-err));
}

/* Sends five frames of which none arrives: they are counted one by one. */
static void five_are_refused(unsigned int state, uint64_t counted)
{
	struct vb_count want = {.frames = 1, .bytes = 100, .drops[VB_DROP_REDIRECT] = counted / 5};

	for (int i = 0; i < 5; i++)
		check_int("refused", cross(state, WHOLE, &want), -1);
}

static void peer_that_is_down(void **state)
{
	(void)state;
	count_refused(ours);
	attach(XDP_FLAGS_DRV_MODE);
	lab_set(&lab, B, "down");
	five_are_refused(0, 5);
	lab_set(&lab, B, "up");
	check_int("up", cross(0, WHOLE, &one), B_FAR);
}

/* Its driver refuses the batch (veth_xdp_xmit(): no NAPI at the other end). */
static void other_end_of_the_peer_that_is_down(void **state)
{
	(void)state;
	count_refused(ours);
	attach(XDP_FLAGS_DRV_MODE);
	lab_set(&lab, B_FAR, "down");
	five_are_refused(0, 5);
}

static void peer_whose_mtu_was_lowered(void **state)
{
	(void)state;
	count_refused(ours);
	attach(XDP_FLAGS_DRV_MODE);
	lab_set(&lab, B, "mtu 81"); /* and 18 are 99 */
	five_are_refused(0, 5);
	lab_set(&lab, B, "mtu 82");
	check_int("fits", cross(0, WHOLE, &one), B_FAR);
}

/* Generic XDP transmits as a packet: what the driver drops then, the kernel tells nobody. */
static void peer_that_cannot_transmit_gets_no_generic_xdp(void **state)
{
	static const enum lab_device down[] = {B, B_FAR};

	(void)state;
	need_kern_types(&lab);
	count_refused(ours);
	attach(XDP_FLAGS_SKB_MODE);
	check_int("up", cross(A_XDPGEN, WHOLE, &one), B_FAR);
	for (size_t i = 0; i < COUNT(down); i++) {
		lab_set(&lab, down[i], "down");
		check_int("down", cross(A_XDPGEN, WHOLE, &nothing), A);
		lab_set(&lab, down[i], "up");
	}
	check_int("no peer", cross(A_XDPGEN | NO_PEERS, WHOLE, &nothing), A);
}

/* A whole batch at once: the driver is told of them together. */
static void every_frame_of_a_batch_is_counted(void **state)
{
	struct xdp_md md = {.data_end = 100, .ingress_ifindex = lab.ifindex[A]};
	struct vb_count want = {.frames = 64, .bytes = 6400, .drops[VB_DROP_REDIRECT] = 64};
	uint8_t frame[100];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .ctx_in = &md, .ctx_size_in = sizeof(md), .repeat = 64,
		    .flags = 1U << 1 /* BPF_F_TEST_XDP_LIVE_FRAMES */, .batch_size = 64);

	(void)state;
	count_refused(ours);
	attach(XDP_FLAGS_DRV_MODE);
	lab_set(&lab, B_FAR, "down");
	lab_fill(&lab, &maps, wires, 0);
	lab_frame(frame, sizeof(frame));
	if (bpf_prog_test_run_opts(bpf_program__fd(xdp->progs.vb_wire_xdp), &opts))
		fail_msg("test run: %s", strerror(errno));
	check_int("batch", lab_received(&lab, frame, sizeof(frame)), -1);
	lab_counted("batch", &maps, 0, &want);
}

static void device_of_another_namespace_is_none_of_ours(void **state)
{
	(void)state;
	count_refused(foreign);
	attach(XDP_FLAGS_DRV_MODE);
	lab_set(&lab, B, "down");
	five_are_refused(0, 0);
}

static int restore(void **state)
{
	(void)state;
	lab_unhook(&lab);
	bpf_xdp_detach((int)lab.ifindex[A], XDP_FLAGS_DRV_MODE, NULL);
	bpf_xdp_detach((int)lab.ifindex[A], XDP_FLAGS_SKB_MODE, NULL);
	if (ours)
		xdperr_bpf__detach(ours);
	if (foreign)
		xdperr_bpf__detach(foreign);
	lab_set(&lab, B, "mtu 9000");
	lab_set(&lab, B, "up");
	lab_set(&lab, B_FAR, "up");
	return 0;
}

static int clear(void **state)
{
	(void)state;
	lab_clear(&lab, &maps);
	return 0;
}

static struct xdperr_bpf *load_xdperr(uint64_t cookie)
{
	struct xdperr_bpf *skel = xdperr_bpf__open();

	if (!skel)
		return NULL;
	skel->rodata->panel_cookie = cookie;
	if (bpf_map__reuse_fd(skel->maps.bss, bpf_map__fd(xdp->maps.bss)) ||
	    bpf_map__reuse_fd(skel->maps.counters, bpf_map__fd(xdp->maps.counters)) ||
	    bpf_map__reuse_fd(skel->maps.counters_0, maps.counters_0) || xdperr_bpf__load(skel)) {
		xdperr_bpf__destroy(skel);
		return NULL;
	}
	return skel;
}

static int setup(void **state)
{
	(void)state;
	xdp = xdp_bpf__open();
	if (!xdp)
		return -1;
	xdp->rodata->panel_cookie = lab.cookie;
	xdp->rodata->has_kern_types = lab.has_kern_types;
	xdp->rodata->raw_features = kernel_raw_features();
	if (xdp_bpf__load(xdp))
		return -1;
	maps = (struct lab_maps){
		.peers = bpf_map__fd(xdp->maps.peers),
		.ends = xdp->bss->ends,
		.counters_0 = bpf_map__fd(xdp->maps.counters_0),
	};
	/* No longer than XDP in veth's driver can take. */
	lab_set(&lab, A, "mtu 1500");
	lab_set(&lab, A_FAR, "mtu 1500");
	ours = load_xdperr(lab.cookie);
	foreign = load_xdperr(lab.cookie + 1);
	return !ours || !foreign;
}

static int teardown(void **state)
{
	(void)state;
	xdperr_bpf__destroy(ours);
	xdperr_bpf__destroy(foreign);
	xdp_bpf__destroy(xdp);
	return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, restore)
	const struct CMUnitTest tests[] = {
		TEST(frames_that_are_not_whole_pass_to_tc),
		TEST(without_the_flag_they_are_redirected),
		TEST(generic_xdp_keeps_them_whole),
		TEST(a_peer_that_cannot_finish_them_gets_no_generic_xdp),
		TEST(peer_that_is_down),
		TEST(other_end_of_the_peer_that_is_down),
		TEST(peer_whose_mtu_was_lowered),
		TEST(peer_that_cannot_transmit_gets_no_generic_xdp),
		TEST(every_frame_of_a_batch_is_counted),
		TEST(device_of_another_namespace_is_none_of_ours),
	};

	lab_open(&lab);
	return cmocka_run_group_tests_name("xdp_veth", tests, setup, teardown);
}

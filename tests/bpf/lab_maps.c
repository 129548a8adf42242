// SPDX-License-Identifier: GPL-2.0-only
/* The maps of a panel: filled by hand, and their counts compared. */
#include <errno.h>
#include <sys/socket.h>
#include "lab.h"

static uint16_t slot_of(unsigned int state)
{
	return state & SLOT_NONE ? VB_CHUNK_SLOTS : state & SLOT_LAST ? VB_CHUNK_SLOTS - 1 : 1;
}

/* Puts an end at its n-th place, behind n others that would have liked to lie at the first. */
static void put_end(const struct lab_maps *maps, struct vb_end end, uint32_t n)
{
	for (uint32_t i = 0; i <= n; i++) {
		struct vb_end other = {.ifindex = end.ifindex + (i + 1) * VB_ENDS_MAX, .peer = 1};
		uint32_t place = (end.ifindex + i) % VB_ENDS_MAX;

		if (bpf_map_update_elem(maps->ends, &place, i < n ? &other : &end, BPF_ANY))
			fail_msg("write ends: %s", strerror(errno));
	}
}

static uint32_t places(unsigned int state, unsigned int crowded, unsigned int beyond)
{
	return state & beyond ? VB_ENDS_PROBES : state & crowded ? VB_ENDS_PROBES - 1 : 0;
}

static uint32_t xdp_max_of(unsigned int state)
{
	return state & B_MAX_0	   ? 0
	       : state & B_MAX_99  ? 99
	       : state & B_MAX_100 ? 100
				   : LAB_FRAME_MAX + 4;
}

void lab_fill(const struct lab *lab, const struct lab_maps *maps, const enum vb_side side[2],
	      unsigned int state)
{
	uint32_t a = lab->ifindex[A], b = lab->ifindex[state & B_IS_D ? D : B];
	uint32_t c = lab->ifindex[C], alike = a + VB_ENDS_MAX;
	struct vb_end own = {
		.ifindex = a, .peer = b, .slot = slot_of(state), .side = (uint8_t)side[0]};
	struct vb_end far = {.ifindex = b, .peer = a, .slot = 2, .side = (uint8_t)side[1]};
	struct vb_end third = {.ifindex = c, .slot = 3, .side = VB_SIDE_WIRE}, none = {0};

	for (uint32_t place = 0; place < 64; place++)
		bpf_map_update_elem(maps->ends, &place, &none, BPF_ANY);
	own.flags = (uint8_t)((state & A_SKB ? VB_END_SKB : 0) |
			      (state & A_XDPGEN ? VB_END_XDPGEN : 0));
	far.flags = (uint8_t)((state & B_GATED ? VB_END_GATED : 0) |
			      (state & B_PEER ? VB_END_PEER : 0));
	far.xdp_max = side[1] == VB_SIDE_WIRE ? xdp_max_of(state) : 0;
	if (state & A_UNPLUGGED)
		own.peer = 0;
	if (state & B_UNPLUGGED)
		far.peer = 0;
	if (state & A_PULLED)
		own.peer = VB_PULLED;
	if (state & B_PULLED)
		far.peer = VB_PULLED;
	if (state & (B_NAMES_C | PEERS_C)) {
		third.peer = b;
		put_end(maps, third, 0);
	}
	if (state & B_NAMES_C)
		far.peer = c;
	/* The one that is crowded comes first, the other goes where there is room. */
	if (!(state & A_NO_END))
		put_end(maps, own, places(state, A_CROWDED, A_BEYOND));
	if (!(state & B_NO_END))
		put_end(maps, far, places(state, B_CROWDED, B_BEYOND));

	bpf_map_delete_elem(maps->peers, &a);
	bpf_map_delete_elem(maps->peers, &alike);
	if (!(state & NO_PEERS) &&
	    bpf_map_update_elem(maps->peers, &a, state & PEERS_C ? &c : &b, BPF_ANY))
		fail_msg("write peers: %s", strerror(errno));
	a |= VB_MEANWHILE;
	bpf_map_delete_elem(maps->peers, &a);
	if (state & MEANWHILE && bpf_map_update_elem(maps->peers, &a, &b, BPF_ANY))
		fail_msg("write peers: %s", strerror(errno));
	/* The kernel puts a new entry before others. */
	if (state & PEERS_SHARED && bpf_map_update_elem(maps->peers, &alike, &b, BPF_ANY))
		fail_msg("write peers: %s", strerror(errno));
}

void lab_clear(const struct lab *lab, const struct lab_maps *maps)
{
	struct vb_count *zero = calloc((size_t)libbpf_num_possible_cpus(), sizeof(*zero));
	uint8_t byte;

	for (uint32_t slot = 0; slot < VB_CHUNK_SLOTS; slot++)
		bpf_map_update_elem(maps->counters_0, &slot, zero, BPF_ANY);
	for (int i = 0; i < LAB_DEVICES; i++)
		while (recv(lab->sock[i], &byte, 1, 0) >= 0)
			;
	free(zero);
}

void lab_counted(const char *row, const struct lab_maps *maps, unsigned int state,
		 const struct vb_count *want)
{
	int cpus = libbpf_num_possible_cpus();
	struct vb_count *counts = calloc((size_t)cpus, sizeof(*counts));
	struct vb_count *zero = calloc((size_t)cpus, sizeof(*zero));

	for (uint32_t slot = 0; slot < VB_CHUNK_SLOTS; slot++) {
		static const struct vb_count nothing;
		const struct vb_count *due = slot == slot_of(state) ? want : &nothing;
		struct vb_count sum = {0};

		if (bpf_map_lookup_elem(maps->counters_0, &slot, counts) ||
		    bpf_map_update_elem(maps->counters_0, &slot, zero, BPF_ANY))
			fail_msg("read counters: %s", strerror(errno));
		for (int cpu = 0; cpu < cpus; cpu++)
			for (size_t i = 0; i < sizeof(sum) / sizeof(__u64); i++)
				((__u64 *)&sum)[i] += ((__u64 *)&counts[cpu])[i];
		check_int(row, sum.frames, due->frames);
		check_int(row, sum.bytes, due->bytes);
		check_int(row, sum.drop_bytes, due->drop_bytes);
		check_int(row, sum.foreign, due->foreign);
		for (size_t i = 0; i < COUNT(sum.drops); i++)
			check_int(row, sum.drops[i], due->drops[i]);
	}
	free(counts);
	free(zero);
}

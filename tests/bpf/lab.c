// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include "kernel.h"
#include "lab.h"
#include "netns.h"

/* For local experiments (IEEE 802): no stack answers it. */
#define FRAME_PROTO 0x88b5

static const char *const names[LAB_DEVICES] = {
	[A] = "vbua",	     [A_FAR] = "vbuafar", [B] = "vbub",
	[B_FAR] = "vbubfar", [C] = "vbuc",	  [C_FAR] = "vbucfar",
};

static void give_up(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Silent devices, with room for large frames, whose veths take what XDP redirects to them (GRO). */
static void make_devices(void)
{
	static const char commands[] =
		"echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6\n"
		"for d in a b c; do\n"
		"	ip link add vbu$d mtu 9000 type veth peer name vbu${d}far mtu 9000 &&\n"
		"	ip link set vbu$d up && ip link set vbu${d}far up &&\n"
		"	ethtool -K vbu${d}far gro on || exit\n"
		"done\n";

	if (system(commands) != 0)
		give_up("make veth devices (ip, ethtool)");
}

static int open_socket(uint32_t ifindex)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(FRAME_PROTO),
		.sll_ifindex = (int)ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		give_up("open a packet socket");
	return fd;
}

/* On one CPU, what is queued first is dealt with first. */
static void stay_on_this_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		give_up("stay on one CPU");
}

void lab_open(struct lab *lab)
{
	if (unshare(CLONE_NEWNET)) {
		printf("1..0 # SKIP needs root, for a network namespace and BPF\n");
		exit(EXIT_SUCCESS);
	}
	if (!getenv("VETHBPF_DEBUG"))
		libbpf_set_print(NULL);
	stay_on_this_cpu();
	make_devices();
	for (int i = 0; i < LAB_DEVICES; i++) {
		lab->ifindex[i] = if_nametoindex(names[i]);
		lab->sock[i] = open_socket(lab->ifindex[i]);
	}
	if (netns_cookie(&lab->cookie, NULL))
		give_up("ask for the namespace's cookie");
	lab->has_kern_types = kernel_has_types();
}

void lab_frame(void *frame, size_t bytes)
{
	static const uint8_t head[ETH_HLEN] = {2, 0, 0, 0, 0, 0xbb, 2, 0, 0, 0, 0, 0xaa};
	static unsigned int number;
	uint8_t *at = frame;

	memcpy(at, head, sizeof(head));
	at[12] = FRAME_PROTO >> 8;
	at[13] = FRAME_PROTO & 0xff;
	number++;
	for (size_t i = sizeof(head); i < bytes; i++)
		at[i] = (uint8_t)(i * 7 + number);
}

int lab_send(const struct lab *lab, enum lab_device dev, const void *frame, size_t bytes)
{
	return send(lab->sock[dev], frame, bytes, 0) < 0 ? errno : 0;
}

/*
 * A frame goes over one queue of this CPU for each veth it crosses, two at most: one that goes over
 * the same queue and is received was behind it. Three in turn are behind all of it.
 */
static void settle(const struct lab *lab)
{
	uint8_t marker[ETH_ZLEN], got[ETH_ZLEN];

	for (int i = 0; i < 3; i++) {
		struct pollfd pfd = {.fd = lab->sock[C], .events = POLLIN};

		lab_frame(marker, sizeof(marker));
		if (lab_send(lab, C_FAR, marker, sizeof(marker)))
			fail_msg("a marker was not sent: %s", strerror(errno));
		do {
			if (poll(&pfd, 1, 5000) != 1)
				fail_msg("a marker was lost");
			if (recv(pfd.fd, got, sizeof(got), 0) != sizeof(got))
				fail_msg("a marker came cut short");
		} while (memcmp(got, marker, sizeof(got)) != 0);
	}
}

int lab_received(const struct lab *lab, const void *frame, size_t bytes)
{
	static uint8_t got[2 * LAB_FRAME_MAX];
	int at = -1;

	settle(lab);
	for (int i = 0; i < LAB_DEVICES; i++) {
		ssize_t len;

		while ((len = recv(lab->sock[i], got, sizeof(got), 0)) >= 0) {
			if ((size_t)len != bytes || memcmp(got, frame, bytes) != 0)
				fail_msg("%s received a frame that nobody sent (%zd bytes)",
					 names[i], len);
			if (at >= 0)
				fail_msg("received twice: by %s and %s", names[at], names[i]);
			at = i;
		}
	}
	return at;
}

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

static uint8_t flags_of(unsigned int state, unsigned int gated, unsigned int skb, unsigned int peer)
{
	return (uint8_t)((state & gated ? VB_END_GATED : 0) | (state & skb ? VB_END_SKB : 0) |
			 (state & peer ? VB_END_PEER : 0));
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
	uint32_t a = lab->ifindex[A], b = lab->ifindex[B], c = lab->ifindex[C];
	struct vb_end own = {
		.ifindex = a, .peer = b, .slot = slot_of(state), .side = (uint8_t)side[0]};
	struct vb_end far = {.ifindex = b, .peer = a, .slot = 2, .side = (uint8_t)side[1]};
	struct vb_end third = {.ifindex = c, .slot = 3, .side = VB_SIDE_WIRE}, none = {0};

	for (uint32_t place = 0; place < 64; place++)
		bpf_map_update_elem(maps->ends, &place, &none, BPF_ANY);
	own.flags = flags_of(state, A_GATED, A_SKB, 0);
	far.flags = flags_of(state, B_GATED, 0, B_PEER);
	far.xdp_max = side[1] == VB_SIDE_WIRE ? xdp_max_of(state) : 0;
	if (state & A_UNPLUGGED)
		own.peer = 0;
	if (state & B_UNPLUGGED)
		far.peer = 0;
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
	if (!(state & NO_PEERS) &&
	    bpf_map_update_elem(maps->peers, &a, state & PEERS_C ? &c : &b, BPF_ANY))
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

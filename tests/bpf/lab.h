/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs are tried with: four veth pairs in a network namespace of this process's own,
 * which goes with it; frames that are told from all others; and a panel's maps filled by hand.
 *
 *	a_far --- a    (cable)    b --- b_far        c --- c_far        d --- d_far
 *
 * d_far is in a namespace of its own.
 *
 * The program under test is a's. What it sees is sent on a (side stack) or on a_far (side wire).
 */
#ifndef VB_LAB_H
#define VB_LAB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "vethbpf.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum lab_device { A, A_FAR, B, B_FAR, C, C_FAR, D, D_FAR, LAB_DEVICES };

struct lab {
	uint32_t ifindex[LAB_DEVICES];
	int sock[LAB_DEVICES]; /* what the device's stack receives of our frames */
	uint64_t cookie;       /* of the namespace */
	bool has_kern_types;
};

/* Makes the namespace and all in it; what can't be done ends the program with a word why. */
void lab_open(struct lab *lab);

#define LAB_FRAME_MAX 9014

/* Fills a frame of ours: no two calls make the same. */
void lab_frame(void *frame, size_t bytes);

/* Sends a frame on a device, as its stack would. 0, or the errno that the sender is told. */
int lab_send(const struct lab *lab, enum lab_device dev, const void *frame, size_t bytes);

/* The same, with a checksum in it that the device is to fill in: CHECKSUM_PARTIAL. */
int lab_send_unfinished(const struct lab *lab, enum lab_device dev, const void *frame,
			size_t bytes);

/* Says "up", "down" or "mtu N" to a device. Up, and its other end too, it is ready to carry. */
void lab_set(const struct lab *lab, enum lab_device dev, const char *what);

/* Turns features of a device on and off, as `ethtool -K` takes them. */
void lab_offload(enum lab_device dev, const char *what);

/* Hooks a program in at TC, those with lower priorities first; and all of them out again. */
void lab_hook(const struct lab *lab, enum lab_device dev, bool egress, uint32_t priority, int prog);
void lab_unhook(const struct lab *lab);

/* Loads a TC program of a few instructions. */
int lab_program(const struct bpf_insn *insns, size_t count);

/*
 * Waits until all that was sent has been dealt with, and tells which one device's stack received
 * the frame, byte for byte; -1: none did. Fails the test if anything else was received anywhere.
 */
int lab_received(const struct lab *lab, const void *frame, size_t bytes);

/* What can be wrong with a cable, as bits. Without any it is plugged. */
enum lab_state {
	A_NO_END = 1 << 0,    /* a is no end of this panel */
	A_UNPLUGGED = 1 << 1, /* it is one, but names nobody */
	A_PULLED = 1 << 2,    /* pulled out: what b sends is lost */
	B_NO_END = 1 << 3,
	B_UNPLUGGED = 1 << 4,
	B_PULLED = 1 << 5,
	B_NAMES_C = 1 << 6,
	B_IS_D = 1 << 7,	/* the other end is d in the place of b */
	NO_PEERS = 1 << 8,	/* peers has no entry for a: the kernel took it with the device */
	MEANWHILE = 1 << 9,	/* … but the one that is there while a cable is moved */
	PEERS_C = 1 << 10,	/* peers sends a's frames to c, which does not name a */
	PEERS_SHARED = 1 << 11, /* peers has an entry before a's in its bucket, which leads to b */
	A_CROWDED = 1 << 12, /* ends alike modulo the table's size lie at all places before a's */
	B_CROWDED = 1 << 13,
	A_BEYOND = 1 << 14, /* … and at a's last one too, a behind them: never to be found */
	B_BEYOND = 1 << 15,
	SLOT_LAST = 1 << 16, /* a's counters are the last of the first chunk */
	SLOT_NONE = 1 << 17, /* … and of a chunk that nobody made */
	A_SKB = 1 << 18,
	A_XDPGEN = 1 << 19,
	B_GATED = 1 << 20,
	B_PEER = 1 << 21,
	B_MAX_0 = 1 << 22, /* b's xdp_max; without any of these large enough for all frames */
	B_MAX_99 = 1 << 23,
	B_MAX_100 = 1 << 24,
};

/* A panel's maps, of any of the skeletons. */
struct lab_maps {
	int peers, ends, counters_0;
};

void lab_fill(const struct lab *lab, const struct lab_maps *maps, const enum vb_side side[2],
	      unsigned int state);

/* Forgets frames and counts that a test which failed has left. */
void lab_clear(const struct lab *lab, const struct lab_maps *maps);

/* Fails unless a's counts are these and all others are zero; then zeroes them. */
void lab_counted(const char *row, const struct lab_maps *maps, unsigned int state,
		 const struct vb_count *want);

/* Says which row it is that fails. */
#define check_int(row, got, want)                                                                  \
	do {                                                                                       \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
		if (got_ != want_)                                                                 \
			fail_msg("%s: " #got " is %lld, not %lld", row, got_, want_);              \
	} while (0)

/* Skips a test that needs programs which read the kernel's structures. */
static inline void need_kern_types(const struct lab *lab)
{
	if (lab->has_kern_types)
		return;
	print_message("# this kernel's programs cannot tell (before Linux 6.2)\n");
	skip();
}

#endif

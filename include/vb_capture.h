/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the capturing programs tell the process that holds them, by value. Nothing of it outlives
 * that process.
 */
#ifndef VB_CAP_H
#define VB_CAP_H

#include <linux/types.h>

enum vb_cap_hook {
	VB_CAP_TC,
	VB_CAP_XDP,
	VB_CAP_BEFORE, /* TC, before the verdict */
};

/* Stands before the bytes of a captured frame, in the ring of the CPU that took it. */
struct vb_cap {
	__u64 time;    /* CLOCK_MONOTONIC, ns */
	__u32 len;     /* of the frame, without the tag beside it */
	__u32 bytes;   /* of it that follow */
	__u32 tag;     /* the VLAN tag that lies beside the frame: TPID << 16 | TCI; 0: none */
	__s32 verdict; /* TC_ACT_* or XDP_*; of VB_CAP_BEFORE none */
	__u8 end;      /* 0 or 1: where it was taken */
	__u8 hook;     /* enum vb_cap_hook */
	__u8 pad[6];
};
_Static_assert(sizeof(struct vb_cap) == 32, "what stands before a captured frame");

/* Of one end, on one CPU. */
struct vb_cap_count {
	__u64 seen; /* frames that were taken */
	__u64 lost; /* of them, those that the ring had no room for */
};
_Static_assert(sizeof(struct vb_cap_count) == 16, "counts of a capture");

#endif

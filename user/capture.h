/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frames that a cable takes, as its programs see them. The programs that see them are held by
 * this process alone, and gone with it; while there are none, nobody pays for them.
 */
#ifndef VB_CAPTURE_H
#define VB_CAPTURE_H

#include "panel.h"
#include "vb_capture.h"
#include "view.h"

/* The longest part of a frame that the kernel's rings take: a record's length has 16 bits. */
#define CAPTURE_SNAPLEN_MAX 65000

struct capture_frame {
	int end;	  /* 0 or 1: where it was taken */
	uint64_t time;	  /* CLOCK_REALTIME, ns */
	uint32_t len;	  /* of the frame */
	uint32_t caplen;  /* of it that was captured */
	const void *data; /* caplen bytes, until the callback returns */
	enum vb_cap_hook hook;
	int verdict; /* TC_ACT_* or XDP_*, by hook */
};

struct capture;

/*
 * Begins to capture what the ends of a pair take. snaplen: from 64 to CAPTURE_SNAPLEN_MAX. 0 or
 * -errno with a fault; capture_close() is due if 0.
 */
int capture_open(const struct panel *p, const struct view_pair *pair, uint32_t snaplen,
		 struct capture **ret, struct fault *f);
void capture_close(struct capture *c);

/* No more frames from now on: what is there can still be read and counted. */
void capture_stop(struct capture *c);

/* Becomes readable when a ring begins to fill: whoever wants frames earlier reads from time to
 * time.
 */
int capture_fd(const struct capture *c);

/*
 * Hands on what was captured up to a moment ago, in the order of time; last: all there is. A return
 * value of the callback other than 0 ends it and is returned.
 */
int capture_read(struct capture *c, bool last,
		 int (*tell)(const struct capture_frame *frame, void *data), void *data);

/* All frames that an end took since capture_open(), and those that found no room. */
void capture_count(const struct capture *c, int end, struct vb_cap_count *ret);

#endif

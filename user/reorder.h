/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Captured frames put in the order of time. They come from several rings, each in order by itself:
 * whoever reads them takes those that are older than anything a ring may still hold. Pure.
 */
#ifndef VB_REORDER_H
#define VB_REORDER_H

#include <stddef.h>
#include "vb_capture.h"

struct reorder {
	char *bytes; /* each a struct vb_cap and what follows it */
	size_t len, size;
	struct reorder_place {
		__u64 time;
		size_t at; /* in bytes */
	} * order;
	size_t count, capacity;
};

/* Copies a frame: cap->bytes bytes stand behind cap. 0 or -ENOMEM. */
int reorder_keep(struct reorder *r, const struct vb_cap *cap);

/*
 * Hands on and forgets the frames that are older than until. A return value of the callback other
 * than 0 ends it and is returned: the frame that it was given is forgotten, too.
 */
int reorder_take(struct reorder *r, __u64 until, int (*tell)(const struct vb_cap *cap, void *data),
		 void *data);

void reorder_free(struct reorder *r);

#endif

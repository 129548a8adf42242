/* SPDX-License-Identifier: GPL-2.0-only */
/* Making and removing a cable: the order in which things happen, and their undoing. */
#ifndef VB_PAIR_H
#define VB_PAIR_H

#include "fault.h"
#include "plan.h"

struct pair_request {
	const char *dev[2];
	struct plan_request plan;
};

/*
 * Makes the two devices the ends of one cable. Refuses before it changes anything, or undoes what
 * it did. What an earlier try left half done on either device is taken away first.
 */
int pair_make(const struct pair_request *req, struct fault *f);

/* Takes away the cable that the device is an end of and puts both devices back as they were. */
int pair_remove(const char *dev, struct fault *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A capture that is written as pcapng, from its beginning to its end. */
#ifndef VB_RECORD_H
#define VB_RECORD_H

#include "filter.h"
#include "session.h"

struct record_request {
	const char *dev;	     /* either end */
	const char *file;	     /* NULL: standard output */
	const struct filter *filter; /* NULL: all frames */
	uint32_t snaplen;	     /* bytes of a frame, from 64 to CAPTURE_SNAPLEN_MAX */
	uint32_t count;		     /* frames; 0: without end */
	bool last; /* nothing more is to be done by this process, and its privileges may go */
};

/*
 * Writes what the pair's ends take until SIGINT or SIGTERM comes, the count is reached, or the pair
 * is gone (-ENODEV with a fault, after all is written). Says on stderr when it has begun and, at
 * the end, what became of the frames. 0 or -errno with a fault.
 */
int record_run(struct session *s, const struct record_request *req, struct fault *f);

#endif

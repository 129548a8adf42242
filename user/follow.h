/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Link state follows: an end whose other end has no link, or that nothing reaches since the cable
 * was pulled out, has none either, as with veth. Only while
 * `vethbpf watch` runs, which asks for it after every change.
 */
#ifndef VB_FOLLOW_H
#define VB_FOLLOW_H

#include "link.h"
#include "view.h"

enum follow_act {
	FOLLOW_LEAVE,
	FOLLOW_TAKE,
	FOLLOW_GIVE,
};

/*
 * Pure: what to do about the link of end i, hold telling what was done to each end before. What an
 * end's link would be but for that counts as its own link, so that no end waits for itself. Where
 * that cannot be seen, as of a device that is set down, it counts as having one.
 */
enum follow_act follow_decide(const struct view_pair *pair, const struct vb_hold hold[2], int i);

struct follow {
	struct netlink *nl; /* of the panel's namespace */
	bool admin;	    /* set devices down that have no carrier to be taken */

	/* What was done to an end's link; err: negative, where that failed. */
	void (*say)(const struct view_pair *pair, int i, enum vb_held how, bool on, int err,
		    void *data);
	void *data;
};

/* Does to both ends of the pair, of the panel at path, what is to be done. */
void follow_pair(const struct follow *f, const char *path, const struct view_pair *pair);

/* Drops the records of what is no longer an end. */
void follow_forget(const struct view *view);

/* Gives back all that is held. */
void follow_release(const struct follow *f, const struct view *view);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairs: finding the devices, refusing what cannot be, and having their cable made or removed. */
#ifndef VB_PAIR_H
#define VB_PAIR_H

#include "cable.h"
#include "fault.h"
#include "plan.h"
#include "session.h"

struct pair_request {
	const char *dev[2];
	struct plan_request plan;
	bool may_be; /* that these two are paired so already is no error */
	bool replug; /* if the first device is an end, its cable is moved to the second */
};

/*
 * Makes the two devices the ends of one cable. Refuses before it changes anything, or undoes what
 * it did. What an earlier try left half done on either device is taken away first. ret_warnings, if
 * not NULL, are set for the directions that cross, but not by the datapath that was asked for.
 */
int pair_make(struct session *s, const struct pair_request *req, struct fault ret_warnings[2],
	      struct fault *f);

/* Takes away the cable that the device is an end of and puts both devices back as they were. */
int pair_remove(struct session *s, const char *dev, struct fault *f);

/* Makes two anchors the ends of one cable, in a session that is open with PANEL_CREATE. */
int pair_anchors(struct session *s, const struct device dev[2],
		 const struct cable_anchor anchors[2], struct fault *f);

/* Takes away the cable between two ends, b being 0 if there is no other. */
int pair_disconnect(struct session *s, uint32_t a, uint32_t b, struct fault *f);

/* The device of this name here; where there is none, the fault tells where there is one. */
int pair_device(struct netlink *nl, const char *name, struct device *dev, struct fault *f);

#endif

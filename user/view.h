/* SPDX-License-Identifier: GPL-2.0-only */
/* The pairs of a panel as they are now, collected for those who print them. Changes nothing. */
#ifndef VB_VIEW_H
#define VB_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include "attach.h"
#include "device.h"
#include "fault.h"
#include "session.h"
#include "vethbpf.h"

enum view_state {
	VIEW_PLUGGED,	 /* both ends name each other, hooks and devices are there */
	VIEW_UNPLUGGED,	 /* the same, but pulled out: nothing crosses one way or both */
	VIEW_INCOMPLETE, /* the loader was cut short: nothing flows; pair or unpair finishes */
	VIEW_BROKEN,	 /* a device is gone or moved, or a hook was taken away by somebody */
};

struct view_end {
	uint32_t ifindex;
	bool port_there;   /* has a port of its own in the panel */
	bool device_there; /* is in this namespace, as it was when it was paired */
	bool end_there;	   /* has an entry that the programs read */
	struct vb_port port;
	struct vb_end end;
	uint32_t redirects_to; /* what peers has for it: the kernel deletes it with the device */
	struct device dev;
	struct attach_info hooks[VB_HOOKS_MAX];
	struct vb_count count;
	/* Of an anchor: what stands on it, if it is found. */
	bool endpoint_there;
	struct device endpoint;
	char netns[64]; /* where it is, as netns_each() names it; empty: here */
	int nsid;	/* of that namespace, set by monitor_run() alone; NEWS_HERE: here */
};

struct view_pair {
	struct view_end end[2]; /* as they were named to pair */
	enum view_state state;
	char why[128]; /* what is broken, or does not cross; else empty */
};

struct view {
	uint64_t cookie;
	char path[96];
	struct view_pair *pairs; /* in the order of their making */
	size_t count;
	int named; /* which end of the first pair is the device that was asked for */
};

/*
 * Collects all pairs, or the one that the device named is an end of (if dev is not NULL; -ENOENT
 * with a fault if there is none): several if they have nothing of that name but endpoints that were
 * made with it and are elsewhere. No panel is an empty view. view_free() is due in every case.
 */
int view_open(struct session *s, const char *dev, struct view *ret, struct fault *f);
void view_free(struct view *view);

/*
 * Which end has its cable with a third one: a loader was killed while it moved that cable, and this
 * pair is none, but what is left. -1: neither.
 */
int view_moved_end(const struct view_pair *pair);

/* Fills in state and why from what the rest of the pair tells. */
void view_judge(struct view_pair *pair);

/*
 * How what end i of the pair takes crosses now: datapath peer depends on where the other end of the
 * peer is, which the programs look up frame by frame. ret_reason is an enum plan_reason.
 */
enum vb_path view_path(const struct view_pair *pair, int i, uint8_t *ret_reason);

/* Whether the end was made by add: it is shown by its endpoint. */
bool view_is_anchor(const struct view_end *end);

/*
 * Why nothing can be handed over to an end whose device is there: "is down", "has no carrier"; NULL
 * if something can.
 */
const char *view_end_mute(const struct view_end *end);

const char *view_state_name(enum view_state state);
/* The name a device has, or had when it was paired; of an anchor, its endpoint's. */
const char *view_end_name(const struct view_end *end);
/* The device that a user knows this end by: an anchor's endpoint, else its own; NULL if not there.
 */
const struct device *view_end_device(const struct view_end *end);

/* Frames that an end took and that were not handed over, for whatever reason; and reasons' names.
 */
uint64_t view_dropped(const struct vb_count *count);
const char *view_drop_name(int reason);

/* What an end took and that was handed over to its peer. */
struct view_crossed {
	uint64_t frames, bytes;
};
struct view_crossed view_crossed(const struct vb_count *count);

/* Fills in the endpoints of the anchors in a view. 0 or -errno, with a fault if what is missing is
 * a privilege. */
int view_find_endpoints(struct view *view, struct fault *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What happens to pairs and their ends: events, made of two views of them or of the kernel's own
 * messages about devices. Pure; monitor_run.c listens and looks.
 */
#ifndef VB_MONITOR_H
#define VB_MONITOR_H

#include "fault.h"
#include "news.h"
#include "session.h"
#include "view.h"

enum monitor_what {
	/* Of a pair. */
	MONITOR_PAIRED,
	MONITOR_UNPAIRED,
	MONITOR_PLUGGED,
	MONITOR_UNPLUGGED,
	MONITOR_BROKEN,
	/* Of an end. */
	MONITOR_UP,
	MONITOR_DOWN,
	MONITOR_GONE,
	MONITOR_MOVED,
	MONITOR_RENAMED,
	MONITOR_DROPS,
};

struct monitor_event {
	enum monitor_what what;
	const struct view_pair *pair;
	int end;	  /* 0 or 1; -1: of the pair */
	const char *dev;  /* the end's name (after a change); NULL: of the pair */
	const char *text; /* broken, down: why; renamed: the name before; else NULL */
	uint64_t frames;  /* drops: how many more */
};

/* What is in the event is valid until it returns. Other than 0 ends whatever called it. */
typedef int monitor_fn(const struct monitor_event *event, void *data);

/* Tells fn what has become of before's pairs in after. */
int monitor_compare(const struct view *before, const struct view *after, monitor_fn *fn,
		    void *data);

/*
 * Tells fn what a message about a device of the namespace nsid means for the pairs in the view, and
 * notes it there.
 */
int monitor_message(struct view *view, const struct nlmsghdr *nlh, int nsid, monitor_fn *fn,
		    void *data);

/* "paired", "down" … */
const char *monitor_name(enum monitor_what what);

struct monitor_listener {
	monitor_fn *tell;
	/*
	 * After every look at the pairs, the first as well. True: it has changed something, look
	 * again. NULL: nothing is to be done then.
	 */
	bool (*looked)(const struct view *view, void *data);
	/* On SIGHUP. NULL: that ends the process. */
	int (*hung_up)(void *data);
	void *data;
};

/*
 * Tells of events from now on, until SIGINT or SIGTERM (returns 0), a call of the listener's
 * returns other than 0 (which is returned), or -errno with a fault. The session is closed between
 * looks.
 */
int monitor_run(struct session *s, const struct monitor_listener *listener, struct fault *f);

#endif

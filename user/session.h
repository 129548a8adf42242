/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the commands of one process work with: a netlink socket and a panel, opened when a command
 * first needs them and kept for the next one. So a batch of a thousand commands opens one panel and
 * takes one lock.
 */
#ifndef VB_SESSION_H
#define VB_SESSION_H

#include <stdbool.h>
#include "fault.h"
#include "netlink.h"
#include "panel.h"

struct session {
	struct netlink nl; /* rtnetlink, in this process's network namespace */
	struct panel panel;
	enum panel_mode mode; /* of the panel, if panel.ends tells that it is open */
	uint32_t *doomed;     /* pairs of ifindexes: anchors that endpoint_flush() is to delete */
	size_t doomed_count;
	uint32_t scratch; /* ifindex of a device that goes with the session; 0: none */
	int home;	  /* the namespace to go back to; -1: in it */
	bool swept;	  /* the remains of broken pairs were looked for in it */
};

#define SESSION_CLOSED                                                                             \
	{                                                                                          \
		.panel = PANEL_CLOSED, .home = -1                                                  \
	}

/* Checks this process's privileges and opens s->nl, unless it is open. */
int session_open_netlink(struct session *s, struct fault *f);

/*
 * The same, and opens s->panel as panel_open() does, with its return value, unless it is open in
 * this mode or one that allows more.
 */
int session_open(struct session *s, enum panel_mode mode, struct fault *f);

/*
 * Moves this process into another network namespace, whose panel is opened next, or back into the
 * one it came from. What was open in the one before is closed.
 */
int session_enter(struct session *s, int netns_fd, struct fault *f);
void session_leave(struct session *s);

/* Takes the panel away if a writer left it empty. Also for a session that never opened anything. */
void session_close(struct session *s);

#endif

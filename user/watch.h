/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent: keeps the pairs of this network namespace as they are wanted, until it is ended. */
#ifndef VB_WATCH_H
#define VB_WATCH_H

#include <stdbool.h>
#include "command.h"
#include "fault.h"

enum watch_link {
	WATCH_LINK_FOLLOW, /* an end without a carrier to be taken becomes dormant */
	WATCH_LINK_ADMIN,  /* … is set down */
	WATCH_LINK_LEAVE,  /* nobody's link is touched */
};

struct watch_options {
	enum watch_link link;
	bool leave_hooks; /* that somebody detached; else they are put back */
	const char *conf; /* directory of *.conf files with the pairs that are wanted */
};

#define WATCH_CONF "/etc/vethbpf.d"

/* Until SIGINT or SIGTERM (returns 0), or -errno with a fault. */
int watch_run(const struct options *opt, const struct watch_options *watch, struct fault *f);

#endif

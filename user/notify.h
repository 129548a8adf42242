/* SPDX-License-Identifier: GPL-2.0-only */
/* Telling systemd, if it is what started this process, how far it is: sd_notify(3)'s protocol. */
#ifndef VB_NOTIFY_H
#define VB_NOTIFY_H

/* "READY=1", "STATUS=…": assignments, a line each. Whoever does not listen misses nothing. */
void notify(const char *state);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The panel's XDP program, as libxdp has it: its pin, the object that it is loaded from, and
 * whether it runs on a device. Attaching and detaching is attach_xdp.c's.
 */
#ifndef VB_PANEL_XDP_H
#define VB_PANEL_XDP_H

#include <stdbool.h>
#include <stdint.h>
#include <xdp/libxdp.h>
#include "fault.h"
#include "panel.h"

/* How a program runs on a device. */
struct panel_xdp_place {
	enum xdp_attach_mode mode;
	bool alone; /* without libxdp's dispatcher */
};

/* Refuses a process that may not find programs by their ids, as all that follows does. */
int panel_xdp_need_ids(struct fault *f);

/* Whether the panel has an XDP program, this version's or the one before. */
bool panel_xdp_exists(const struct panel *p);

/*
 * The pinned program, or with PANEL_OLD the one before it, which the caller closes; NULL: there is
 * none, or with *err, which is -errno, it cannot be looked at.
 */
struct xdp_program *panel_xdp_from_pin(const struct panel *p, const char *which, int *err);

/*
 * Whether prog is among the programs that run on the device, 1 or 0; if so, *ret says how. -errno
 * if that cannot be looked at.
 */
int panel_xdp_runs_on(const struct xdp_program *prog, uint32_t ifindex,
		      struct panel_xdp_place *ret);

/*
 * The program of the panel's that runs on the device, which the caller closes; NULL: none does, or
 * with *err, which is -errno, that cannot be looked at.
 */
struct xdp_program *panel_xdp_find(const struct panel *p, uint32_t ifindex,
				   struct panel_xdp_place *ret, int *err);

/* The program to attach: from its pin; else still to be loaded, as libxdp does when it attaches. */
struct panel_xdp {
	struct xdp_program *prog;
	struct xdp_bpf *skel; /* NULL: it is pinned */
};

/* 0 or -errno. panel_xdp_close() is due in every case. */
int panel_xdp_open(const struct panel *p, struct panel_xdp *ret);
void panel_xdp_close(struct panel_xdp *xdp);

/* Pins what is loaded now, if it was not pinned before. 0 or -errno. */
int panel_xdp_pin(const struct panel *p, const struct panel_xdp *xdp);

/*
 * The pinned program as a descriptor that the caller closes, loaded by and for itself if there is
 * none: for devices that have it alone. Or -errno.
 */
int panel_xdp_open_alone(const struct panel *p);

#endif

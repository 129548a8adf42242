/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaching a program of the panel to a device: one set of operations for each way that a kernel
 * offers. What is attached is known by its pin, handle or program id, never by a name.
 */
#ifndef VB_ATTACH_H
#define VB_ATTACH_H

#include <stdbool.h>
#include <stdint.h>
#include "device.h"
#include "fault.h"
#include "panel.h"
#include "vethbpf.h"

/*
 * BPF_TCX_INGRESS and BPF_TCX_EGRESS of enum bpf_attach_type (Linux 6.6), under names of our own:
 * older headers lack them, and in newer ones they are no macros that could be looked for.
 */
#define ATTACH_TCX_INGRESS 46
#define ATTACH_TCX_EGRESS  47

/* What show tells of a hook. */
struct attach_info {
	bool attached;
	uint32_t prog_id;
	uint32_t link_id; /* 0: not a link */
	bool alone;	  /* XDP without libxdp's dispatcher: no other program beside it */
	/* Of a link: where its device is now, in whatever namespace; 0: it has none any more. */
	uint32_t link_ifindex;
};

struct attach_ops {
	const char *name; /* as shown: "tcx", "clsact", "xdp", "xdpgeneric" */

	/*
	 * Completes hook and *flags (VB_PORT_*) with what detach will need; changes nothing yet,
	 * so that it can be written down first. NULL: nothing to complete.
	 */
	int (*prepare)(uint32_t ifindex, struct vb_hook *hook, uint32_t *flags, struct fault *f);

	/*
	 * Attaches hook->role's program to the device. Attached already, by a try that was cut
	 * short, is no error. hook->method becomes the way it was really done.
	 */
	int (*attach)(struct panel *p, uint32_t ifindex, struct vb_hook *hook, struct fault *f);

	/* Undoes attach. What is gone already, with or without its device, is no error. */
	int (*detach)(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		      struct fault *f);

	/*
	 * Puts the role's pinned program in the place of the one before it, which runs on the
	 * device and is pinned with PANEL_OLD, so that every frame meets one of them. Not attached,
	 * or replaced already, is no error.
	 */
	int (*replace)(struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		       struct fault *f);

	/* Whether our program is (still) attached to this very device. 0 or -errno. */
	int (*query)(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		     struct attach_info *ret);
};

extern const struct attach_ops attach_tcx, attach_clsact, attach_xdp, attach_xdpgeneric;

/*
 * Attaches a program of the caller's by tcx at the hook of one of ours, right before the one with
 * this id (0: before all), by a link that lasts as long as the descriptor that is returned; or
 * -errno.
 */
int attach_tcx_before(int prog_fd, uint32_t ifindex, const struct vb_hook *ours, uint32_t prog_id);

/*
 * Refuses a device on which the XDP program of a cable runs that this panel knows nothing of: it
 * goes on redirecting by maps of its own when its pins are lost with their file system, since what
 * holds it is the device.
 */
int attach_xdp_check(const struct panel *p, const struct device *dev, struct fault *f);

/* Makes sure that what is refused after an XDP redirect is counted. Before the first XDP end. */
int attach_xdperr(const struct panel *p, struct fault *f);

/* The same anew in the place of what is there, if it is. */
int attach_xdperr_replace(const struct panel *p, struct fault *f);

/* Refuses if this process lacks a privilege to detach what is attached: before anything is changed.
 */
int attach_check_privileges(const struct panel *p, struct fault *f);

/* The operations of enum vb_method; NULL for none. */
const struct attach_ops *attach_by_method(uint8_t method);

/* Its name; "?" for none: what is read from a map may be anything. */
const char *attach_method_name(uint8_t method);

/*
 * Whether dev, which has the port's ifindex, is the device that was paired: it has the same name
 * or, if it was renamed, a hook of ours. A newer device that got a lost one's ifindex has neither.
 */
bool attach_is_same(const struct panel *p, const struct vb_port *port, const struct device *dev);

/* Whether a role's TC program stands at egress (else: at ingress). */
bool attach_at_egress(enum vb_role role);

#endif

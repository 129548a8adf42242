/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a cable: from what two devices and the kernel are, which side each end has, which
 * hooks it gets and what must change on it. A pure function: it asks nobody and changes nothing.
 */
#ifndef VB_PLAN_H
#define VB_PLAN_H

#include <stdbool.h>
#include "device.h"
#include "fault.h"
#include "vethbpf.h"

enum plan_datapath {
	PLAN_AUTO,
	PLAN_TC,
	PLAN_XDP,
};

struct plan_request {
	enum vb_side side[2]; /* VB_SIDE_NONE: the default of the device's kind */
	enum plan_datapath datapath;
	bool anchors; /* the devices are anchors: their own stack is to stay mute and deaf */
};

struct plan_facts {
	struct device dev[2];
	bool tcx; /* the kernel has it */
};

struct plan_end {
	enum vb_side side;
	struct vb_hook hooks[VB_HOOKS_MAX]; /* used ones first */
	uint32_t ifi_set, ifi_clear;	    /* IFF_* flags to change on the device */
};

struct plan {
	struct plan_end end[2];
};

/* Fills plan, or refuses with a fault that names the device and the cause. */
int plan_make(const struct plan_request *req, const struct plan_facts *facts, struct plan *ret,
	      struct fault *f);

/* Whether a device can be an end at all. */
int plan_check_device(const struct device *dev, struct fault *f);

/* The side that a device of this kind has unless told otherwise. */
enum vb_side plan_default_side(const struct device *dev);

/* How frames that the end with these hooks takes cross: "tc" or "xdp". */
const char *plan_datapath_name(const struct vb_hook hooks[VB_HOOKS_MAX]);

const char *plan_side_name(uint8_t side);

#endif

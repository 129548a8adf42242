/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The plan of a cable: from what two devices and the kernel are, which side each end has, which
 * hooks it gets and what must change on it. A pure function: it asks nobody and changes nothing.
 */
#ifndef VB_PLAN_H
#define VB_PLAN_H

#include <stdbool.h>
#include "device.h"
#include "driver.h"
#include "fault.h"
#include "vethbpf.h"

enum plan_datapath {
	PLAN_AUTO,
	PLAN_TC,
	PLAN_PEER,
	PLAN_XDP,
};

/* Where among other programs at the same hook an end's programs go, as tcx has it. */
enum plan_order {
	PLAN_LAST, /* behind those that are there */
	PLAN_BEFORE,
	PLAN_AFTER,
};

struct plan_request {
	enum vb_side side[2]; /* VB_SIDE_NONE: the default of the device's kind */
	bool open[2];	      /* no gate at this end */
	enum plan_order order[2];
	uint32_t relative[2]; /* id of the program to stand before or after; 0: all there are */
	enum plan_datapath datapath;
	bool anchors; /* the devices are anchors: their own stack is to stay mute and deaf */
};

struct plan_facts {
	struct device dev[2];
	struct driver driver[2];
	bool tcx;	 /* the kernel has it */
	bool kern_types; /* programs can read the kernel's structures (Linux 6.2) */
};

/* In the prio of an XDP hook: rather none than generic XDP. */
#define PLAN_XDP_NATIVE_ONLY 1

struct plan_end {
	enum vb_side side;
	struct vb_hook hooks[VB_HOOKS_MAX]; /* used ones first */
	uint32_t ifi_set, ifi_clear;	    /* IFF_* flags to change on the device */
	uint8_t end_flags;		    /* VB_END_* */
	uint8_t port_flags;		    /* VB_PORT_* */
	uint32_t xdp_max;		    /* as in struct vb_end */
	enum vb_path path;		    /* of what this end takes */
	uint8_t reason;			    /* enum plan_reason, why that path */
};

struct plan {
	struct plan_end end[2];
	enum plan_datapath datapath; /* as asked for */
};

/*
 * Whether the plan for two devices depends on what their drivers can do. Where not, facts->driver
 * need not be asked for, which is most of what a cable between virtual devices costs.
 */
bool plan_asks_drivers(const struct plan_request *req, const struct device dev[2]);

/* Fills plan, or refuses with a fault that names the device and the cause. */
int plan_make(const struct plan_request *req, const struct plan_facts *facts, struct plan *ret,
	      struct fault *f);

/* Whether it is a veth or netkit: has another end that may lie in another namespace. */
bool plan_has_other_end(const struct device *dev);

/* Whether a device can be an end at all. */
int plan_check_device(const struct device *dev, struct fault *f);

/* The side that a device of this kind has unless told otherwise. */
enum vb_side plan_default_side(const struct device *dev);

/*
 * Why a path was chosen. Kept in the panel as a number, so new ones go to the end; the order says
 * nothing.
 */
enum plan_reason {
	WHY_UNSAID,
	WHY_ASKED,
	WHY_FROM_STACK,
	WHY_TO_STACK,
	WHY_PEER,
	WHY_PEER_HERE,
	WHY_QDISC,
	WHY_OLD_KERNEL,
	WHY_WIRE,
	WHY_NOT_A_WIRE,
	WHY_FEATURES_UNKNOWN,
	WHY_NO_NATIVE,
	WHY_NO_XMIT,
	WHY_NO_XMIT_VETH,
	WHY_STRIPS_VLAN,
	WHY_TAP_CHECKSUM,
	WHY_VETH_CHECKSUM,
	WHY_REFUSED,
	WHY_BLIND,
	WHY_BOND,
	WHY_MAX,
};

/*
 * Chooses how the frames that end i takes cross to the other, the sides being chosen: path, reason,
 * and what both ends need for it. Refuses where the datapath asked for cannot deliver.
 */
int plan_path(const struct plan_request *req, const struct plan_facts *facts, struct plan *plan,
	      int i, struct fault *f);

/* The reason in plain words, never NULL. */
const char *plan_reason_text(uint8_t reason);

/* "auto", "tc" … as it is asked for. */
const char *plan_datapath_name(uint8_t datapath);

/* "tc", "peer", "xdp" or "xdpgeneric". */
const char *plan_path_name(uint8_t path);

const char *plan_side_name(uint8_t side);

#endif

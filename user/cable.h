/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cable between two devices of a panel: the order in which it is made and removed.
 *
 * Order of making: write down what will be done (ports), attach the hooks, change flags, fill
 * peers; nothing of that moves a frame. Then the two ends name each other, and the second of these
 * stores plugs both directions in at once. Order of removing: the reverse, so that a loader killed
 * anywhere leaves either a cable or none, and a record from which the next one can finish.
 */
#ifndef VB_CABLE_H
#define VB_CABLE_H

#include <stdbool.h>
#include <stdint.h>
#include "fault.h"
#include "netlink.h"
#include "panel.h"
#include "plan.h"

/* What an end that is an anchor is the anchor of. */
struct cable_anchor {
	char endpoint[VB_NAME_MAX];
	uint8_t own_address[6]; /* see vb_port */
};

/* panel, open for writing, and nl are the caller's; the rest only matters to cable_connect(). */
struct cable {
	struct panel *panel;
	struct netlink *nl;
	struct plan_facts facts;
	struct plan plan;
	const struct cable_anchor *anchors; /* of both ends; NULL: they are no anchors */
};

/* Makes the cable between facts.dev[] as planned. After an error, nothing of it is left. */
int cable_connect(struct cable *c, struct fault *f);

/*
 * Attaches anew what was detached of the cable between facts.dev[], as it was planned when it was
 * made. What fails leaves the rest as it is.
 */
int cable_mend(struct cable *c, struct fault *f);

/*
 * Takes the cable between two ends away and puts both devices back as they were; b is 0 if there is
 * no other end. Unplugs first. Goes on after an error, to undo as much as can be; f tells the
 * first.
 */
int cable_disconnect(struct cable *c, uint32_t a, uint32_t b, struct fault *f);

/* One store, and neither end takes a frame any more. b: as above. */
void cable_unplug(const struct panel *p, uint32_t a, uint32_t b);

/*
 * The steps of cable_connect() for end i, one by one, in this order. What a step changes in the
 * port is written down under key.
 */

/* The port as planned, with what its hooks need (attach_ops.prepare). Changes nothing yet. */
int cable_fill_port(struct cable *c, int i, uint64_t since, struct vb_port *port, struct fault *f);

int cable_write_port(const struct cable *c, uint32_t key, const struct vb_port *port,
		     struct fault *f);

/* Gives the end an entry that names nobody. */
int cable_add_end(struct cable *c, int i, struct vb_end **ret, struct fault *f);

/* Attaches the hooks of the port that are not attached, and changes the device's flags. */
int cable_attach_end(struct cable *c, int i, uint32_t key, struct vb_port *port, struct fault *f);

/*
 * When the hooks of both ends are attached it is known whether the peer transmits XDP frames: does
 * without XDP, or without native XDP, at end i, if it does not.
 */
int cable_keep_xdp(struct cable *c, int i, uint32_t key, struct vb_port *port, struct fault *f);

/* Tells the end's program what XDP it became: the driver may have refused what was planned. */
void cable_note_xdp(struct vb_end *end, const struct vb_port *port);

/*
 * Turns off what the cable turned on at the device's other end, wherever that is now; but where
 * this process may not go, that must not keep the cable from being taken away.
 */
int cable_restore_far_end(struct cable *c, const struct device *dev, const struct vb_port *port,
			  struct fault *f);

/* CLOCK_BOOTTIME, ns: what a port's age counts from. */
uint64_t cable_now(void);

/* Whether the device that was paired is (still) here; not another that has got its ifindex. */
bool cable_is_present(struct cable *c, uint32_t ifindex, const struct vb_port *port,
		      struct device *dev);

/*
 * The other end of ifindex: the one that it and that names it, else that its port tells, if that
 * one's port agrees; else 0.
 */
uint32_t cable_partner(const struct panel *p, uint32_t ifindex, const struct vb_port *port);

/* Whether both ends are here, plugged, naming each other. */
bool cable_is_whole(struct cable *c, const struct device *dev, const struct vb_port *port,
		    struct device *ret_peer);

/* Whether all programs are attached that were: somebody may have detached one by hand. */
bool cable_has_hooks(const struct panel *p, uint32_t a, uint32_t b);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Endpoints: what `vethbpf add` makes, two devices that are to each other what the two ends of a
 * veth pair are. Each is a macvlan in passthru mode on an anchor; the cable is between the anchors.
 *
 * Which anchor an endpoint is on is known from the device itself (IFLA_LINK), so that it may be
 * renamed and moved at any time.
 */
#ifndef VB_ENDPOINT_H
#define VB_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include "device_make.h"
#include "fault.h"
#include "session.h"

struct endpoint_request {
	const char *name;
	const char *netns;	/* where it is to be; NULL: here */
	const uint8_t *address; /* NULL: a random one */
	uint32_t mtu;
	uint32_t gso; /* gso_max_size and its kin; 0: as large as can be */
	bool up;
};

/* Makes both endpoints, or nothing. Where all is made but that they are not up, sets them up. */
int endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f);

/* Whether there are such endpoints, by name and namespace, and they are each other's. */
bool endpoint_is_added(struct session *s, const struct endpoint_request req[2]);

/*
 * Takes away the pair that the named device is an endpoint of, wherever its panel is, or that once
 * was called so here. Nothing flows any more; the devices go with endpoint_flush().
 */
int endpoint_del(struct session *s, const char *name, struct fault *f);

/* Deletes the devices of all pairs that endpoint_del() took away, in one go. */
int endpoint_flush(struct session *s, struct fault *f);

/* Takes away the pairs of which an endpoint is gone, and anchors that belong to none. */
int endpoint_gc(struct session *s, struct fault *f);

#endif

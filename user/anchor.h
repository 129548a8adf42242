/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Anchors: the devices below the endpoints of `vethbpf add`, which stay in the panel's namespace
 * and have the cable between them. An anchor neither speaks nor listens, whatever is up on it.
 *
 * An anchor is a dummy or, where the kernel has none, a bridge without ports.
 */
#ifndef VB_ANCHOR_H
#define VB_ANCHOR_H

#include <stdbool.h>
#include "device_make.h"
#include "fault.h"
#include "session.h"
#include "vethbpf.h"

#define ANCHOR_MTU 65535 /* an endpoint's MTU can be at most its anchor's */

struct anchor {
	struct device dev;
	bool has_carrier; /* else its endpoint needs one of its own */
	/*
	 * The address it was made with. Its endpoint is given another one, which the anchor bears
	 * as long as there is the endpoint: macvlan_port_destroy() puts the anchor's own back (but
	 * not one that was changed on the anchor: macvlan_sync_address()). So an anchor with its
	 * own address is one whose endpoint is gone.
	 */
	uint8_t own_address[DEVICE_ADDRESS_BYTES];
};

/* Makes an anchor, and sets it up, for an endpoint that will be called so. 0 or -errno with a
 * fault. */
int anchor_make(struct session *s, const char *endpoint, struct anchor *ret, struct fault *f);

/* Whether there is an endpoint on the device that is the anchor of this port. */
bool anchor_has_endpoint(const struct device *dev, const struct vb_port *port);

/* Whether a device was made to be an anchor, for those that no port tells of. */
bool anchor_is_one(const struct device *dev);

/* An address that is unicast and locally administered, as the kernel makes them up. */
int anchor_random_address(uint8_t *ret_address);

#endif

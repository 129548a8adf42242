// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "attach.h"
#include "cable.h"
#include "pair.h"
#include "replug.h"

int pair_disconnect(struct session *s, uint32_t a, uint32_t b, struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};

	return cable_disconnect(&c, a, b, f);
}

/*
 * By the device's ifindex if it is there, else by the name it had when it was paired. Where there
 * is no port for it, because a loader was killed, the other end's will do.
 */
static int find_port(struct cable *c, const char *name, uint32_t *ret_ifindex, struct vb_port *port)
{
	struct device there = {0}, dev;
	uint32_t ifindex = 0;
	bool has_port = false;

	if (!device_get(c->nl, name, &there)) {
		has_port = !panel_port_get(c->panel, there.ifindex, port);
		if (has_port && attach_is_same(c->panel, port, &there)) {
			*ret_ifindex = there.ifindex;
			return 0;
		}
	}
	while (!panel_port_next(c->panel, ifindex, &ifindex)) {
		if (panel_port_get(c->panel, ifindex, port))
			continue;
		if ((has_port || port->peer != there.ifindex) &&
		    (strncmp(port->name, name, sizeof(port->name)) != 0 ||
		     cable_is_present(c, ifindex, port, &dev)))
			continue;
		*ret_ifindex = ifindex;
		return 0;
	}
	return -ENOENT;
}

int pair_remove(struct session *s, const char *dev, struct fault *f)
{
	struct cable c = {.panel = &s->panel, .nl = &s->nl};
	struct device there;
	struct vb_port port;
	uint32_t ifindex;
	int err, settled;

	err = session_open(s, PANEL_WRITE, f);
	if (!err)
		err = find_port(&c, dev, &ifindex, &port);
	if (!err) {
		settled = replug_settle(&c, ifindex, f);
		/* That may have been all there was to do. */
		if (settled > 0 && find_port(&c, dev, &ifindex, &port))
			return 0;
		err = settled < 0 ? settled : 0;
	}
	if (err == -ENOENT && !f->err) {
		err = pair_device(c.nl, dev, &there, f);
		if (!err) {
			err = fault_set(f, ENOENT, "%s is not paired", dev);
			if (there.link && !panel_port_get(c.panel, there.link, &port) &&
			    port.flags & VB_PORT_ANCHOR)
				fault_hint(f, "add made it with its cable: vethbpf del %s", dev);
			else
				fault_hint(f, "`vethbpf list` shows the pairs there are");
		}
	} else if (!err && port.flags & VB_PORT_ANCHOR) {
		err = fault_set(f, EINVAL, "it is the anchor of %.16s, which goes with its cable",
				port.endpoint);
		fault_hint(f, "to take both away: vethbpf del %s", dev);
	} else if (!err) {
		err = cable_disconnect(&c, ifindex, cable_partner(c.panel, ifindex, &port), f);
	}
	if (err)
		fault_context(f, "unpair %s", dev);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "attach.h"
#include "tc.skel.h"
#include "upgrade.h"
#include "upgrade_maps.h"
#include "upgrade_programs.h"

static int replace_of_port(struct panel *p, uint32_t ifindex, const struct vb_port *port,
			   struct fault *f)
{
	int err = 0;

	for (int k = 0; !err && k < VB_HOOKS_MAX; k++) {
		const struct attach_ops *ops = attach_by_method(port->hooks[k].method);

		if (ops)
			err = ops->replace(p, ifindex, &port->hooks[k], f);
	}
	if (err)
		fault_context(f, "%s", port->name);
	return err;
}

/* Of every port, and of those that a moved cable is to have: their hooks may be attached already.
 */
static int replace_hooks(struct panel *p, struct fault *f)
{
	uint32_t ifindex = 0;
	struct vb_port port;
	int err = 0;

	while (!err && !panel_port_next(p, ifindex, &ifindex)) {
		if (!panel_port_get(p, ifindex, &port))
			err = replace_of_port(p, ifindex, &port, f);
		if (!err && !panel_port_get(p, ifindex | VB_MEANWHILE, &port))
			err = replace_of_port(p, ifindex, &port, f);
	}
	return err;
}

/* What an upgrade that was cut short has left to do, so that one program before is all there is. */
static int finish_last_one(struct panel *p, struct fault *f)
{
	int err;

	if (!upgrade_programs_are_unfinished(p))
		return 0;
	err = upgrade_programs_take_up(p, f);
	err = err ?: replace_hooks(p, f);
	if (!err)
		upgrade_programs_forget_old(p);
	return err;
}

/* Gives the new maps and programs their names. What fails before the mark leaves all as it was. */
static int begin(struct panel *p, struct fault *f)
{
	struct tc_bpf *skel = tc_bpf__open();
	bool grown = false;
	int err;

	if (!skel)
		return fault_errno(f, errno, "open the TC programs");
	err = upgrade_maps_share(p, skel->obj, f);
	err = err ?: panel_programs_load(p, skel, f);
	err = err ?: upgrade_maps_grow(p, skel->obj, &grown, f);
	if (!err && grown) {
		err = upgrade_maps_mark(p, PANEL_NEW, VB_PANEL_UPGRADING, f);
		err = err ?: upgrade_maps_mark(p, "", VB_PANEL_UPGRADING, f);
	}
	err = err ?: upgrade_maps_rename(p, skel->obj, f);
	err = err ?: upgrade_programs_swap(p, skel, f);
	tc_bpf__destroy(skel);
	return err;
}

/* Takes away what was before, and the mark. */
static int end(const struct panel *p, struct fault *f)
{
	upgrade_programs_forget_old(p);
	return upgrade_maps_mark(p, "", 0, f);
}

static int upgrade(struct session *s, struct fault *f)
{
	struct panel *p = &s->panel;
	int err;

	err = finish_last_one(p, f);
	err = err ?: begin(p, f);
	/* The maps may be others now. */
	err = err ?: panel_reopen(p, f);
	err = err ?: replace_hooks(p, f);
	err = err ?: attach_xdperr_replace(p, f);
	return err ?: end(p, f);
}

int upgrade_here(struct session *s, struct fault *f)
{
	int err;

	session_close(s);
	err = session_open(s, PANEL_UPGRADE, f);
	if (err == -ENOENT && !f->err)
		return 0;
	err = err ?: upgrade(s, f);
	session_close(s);
	if (err)
		fault_context(f, "upgrade");
	return err;
}

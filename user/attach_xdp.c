// SPDX-License-Identifier: GPL-2.0-only
/*
 * XDP, through libxdp: behind its dispatcher where the kernel allows freplace programs, so that
 * other XDP programs on the device live on beside ours; alone on the device where it does not.
 * libxdp decides that when it loads the program for the panel's first XDP end; from then on the
 * program is pinned and shared.
 */
#include <errno.h>
#include <net/if.h>
#include <linux/if_link.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "cleanup.h"
#include "dispatcher.h"
#include "panel_xdp.h"
#include "plan.h"

int attach_check_privileges(const struct panel *p, struct fault *f)
{
	return panel_xdp_exists(p) ? panel_xdp_need_ids(f) : 0;
}

static enum xdp_attach_mode mode_of(const struct vb_hook *hook)
{
	return hook->method == VB_METHOD_XDPGEN ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

static int query(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		 struct attach_info *ret)
{
	struct panel_xdp_place place;
	struct xdp_program *prog;
	int err = 0;

	(void)hook;
	*ret = (struct attach_info){0};
	prog = panel_xdp_find(p, ifindex, &place, &err);
	ret->attached = prog;
	ret->alone = prog && place.alone;
	if (!prog && !err)
		prog = panel_xdp_from_pin(p, "", &err);
	if (prog)
		ret->prog_id = xdp_program__id(prog);
	xdp_program__close(prog);
	return err;
}

/*
 * In the driver if it can; the kernel's generic XDP, before the TC ingress hook, if it cannot (no
 * XDP at all, or an MTU too large for it) and the hook is not for native only.
 */
static int attach_in_some_mode(struct xdp_program *prog, uint32_t ifindex, struct vb_hook *hook)
{
	int err = xdp_program__attach(prog, (int)ifindex, mode_of(hook), 0);

	if ((err == -EOPNOTSUPP || err == -ERANGE || err == -EINVAL) &&
	    hook->method == VB_METHOD_XDP && hook->prio != PLAN_XDP_NATIVE_ONLY) {
		hook->method = VB_METHOD_XDPGEN;
		err = xdp_program__attach(prog, (int)ifindex, mode_of(hook), 0);
	}
	return err;
}

static int attach_and_pin(const struct panel *p, uint32_t ifindex, struct vb_hook *hook,
			  const struct panel_xdp *xdp, struct fault *f)
{
	const char *name = panel_prog_name(hook->role);
	int err = attach_in_some_mode(xdp->prog, ifindex, hook);

	if (err == -EBUSY || err == -EEXIST) {
		fault_set(f, EBUSY, "attach %s: another XDP program is on the device", name);
		fault_hint(f, "`bpftool net` shows it; datapath tc leaves it in peace");
		return err;
	}
	if (err)
		return fault_errno(f, -err, "attach %s by XDP", name);
	err = panel_xdp_pin(p, xdp);
	if (!err)
		return 0;
	xdp_program__detach(xdp->prog, (int)ifindex, mode_of(hook), 0);
	return fault_errno(f, -err, "pin %s/prog/%s", p->path, name);
}

static int attach(struct panel *p, uint32_t ifindex, struct vb_hook *hook, struct fault *f)
{
	struct attach_info info;
	struct panel_xdp xdp;
	int err;

	err = panel_xdp_need_ids(f);
	if (err)
		return err;
	err = query(p, ifindex, hook, &info);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (info.attached)
		return 0;
	err = attach_xdperr(p, f);
	if (err)
		return err;
	err = panel_xdp_open(p, &xdp);
	if (err)
		fault_errno(f, -err, "open program %s", panel_prog_name(hook->role));
	else
		err = attach_and_pin(p, ifindex, hook, &xdp, f);
	panel_xdp_close(&xdp);
	return err;
}

static void forget(const struct panel *p, uint32_t ifindex, const char *which)
{
	int err = 0;
	struct xdp_program *prog = panel_xdp_from_pin(p, which, &err);

	if (prog)
		dispatcher_forget(ifindex, xdp_program__id(prog));
	xdp_program__close(prog);
}

static int detach(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		  struct fault *f)
{
	struct panel_xdp_place place;
	struct xdp_program *prog;
	char name[IF_NAMESIZE];
	int err = 0, look = 0;

	(void)flags;
	/*
	 * In the mode that it runs in: the record may be older than the choice. Told no mode, the
	 * kernel takes what the driver can best, and finds no program there. An upgrade that was
	 * cut short may have left two.
	 */
	while (!err && (prog = panel_xdp_find(p, ifindex, &place, &look))) {
		err = xdp_program__detach(prog, (int)ifindex, place.mode, 0);
		if (err)
			fault_errno(f, -err, "detach %s", panel_prog_name(hook->role));
		xdp_program__close(prog);
	}
	if (look)
		err = fault_errno(f, -look, "look for %s", panel_prog_name(hook->role));
	if (!if_indextoname(ifindex, name)) {
		forget(p, ifindex, "");
		forget(p, ifindex, PANEL_OLD);
	}
	return err;
}

/* Alone on the device: the kernel exchanges it, if it is still this one. */
static int exchange(const struct panel *p, uint32_t ifindex, struct xdp_program *old,
		    enum xdp_attach_mode mode)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = xdp_program__fd(old));
	uint32_t flags = mode == XDP_MODE_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	_cleanup_close_ int fd = panel_xdp_open_alone(p);

	if (fd < 0)
		return fd;
	return bpf_xdp_attach((int)ifindex, fd, flags | XDP_FLAGS_REPLACE, &opts);
}

/*
 * Behind the dispatcher, which libxdp exchanges at each step: first with both programs, of which
 * the first takes the frame, then without the old one.
 */
static int exchange_behind_dispatcher(const struct panel *p, uint32_t ifindex,
				      struct xdp_program *old, enum xdp_attach_mode mode)
{
	struct panel_xdp_place place;
	struct panel_xdp xdp;
	int err = panel_xdp_open(p, &xdp), runs = 0;

	if (!err && !xdp.skel)
		runs = panel_xdp_runs_on(xdp.prog, ifindex, &place);
	if (runs < 0)
		err = runs;
	if (!err && !runs)
		err = xdp_program__attach(xdp.prog, (int)ifindex, mode, 0);
	err = err ?: panel_xdp_pin(p, &xdp);
	err = err ?: xdp_program__detach(old, (int)ifindex, mode, 0);
	panel_xdp_close(&xdp);
	return err;
}

static int replace(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, struct fault *f)
{
	struct panel_xdp_place place = {0};
	struct xdp_program *old;
	int err = 0;

	old = panel_xdp_from_pin(p, PANEL_OLD, &err);
	if (old)
		err = panel_xdp_runs_on(old, ifindex, &place);
	if (err > 0)
		err = place.alone ? exchange(p, ifindex, old, place.mode)
				  : exchange_behind_dispatcher(p, ifindex, old, place.mode);
	xdp_program__close(old);
	return err ? fault_errno(f, -err, "replace %s by XDP", panel_prog_name(hook->role)) : 0;
}

static bool is_lost_one(const struct panel *p, uint32_t id)
{
	_cleanup_close_ int fd = id ? bpf_prog_get_fd_by_id(id) : -1;
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) &&
	       !strcmp(info.name, panel_prog_name(VB_ROLE_WIRE_XDP)) &&
	       !panel_prog_has_id(p, VB_ROLE_WIRE_XDP, id);
}

int attach_xdp_check(const struct panel *p, const struct device *dev, struct fault *f)
{
	bool drv = is_lost_one(p, dev->xdp_drv);

	if (!drv && !is_lost_one(p, dev->xdp_skb))
		return 0;
	fault_set(f, EBUSY, "%s: the XDP program of a cable that is lost runs on it", dev->name);
	fault_hint(f,
		   "its pins went with their BPF file system; take it off: ip link set %s %s off",
		   dev->name, drv ? "xdpdrv" : "xdpgeneric");
	return -EBUSY;
}

const struct attach_ops attach_xdp = {
	.name = "xdp",
	.attach = attach,
	.detach = detach,
	.replace = replace,
	.query = query,
};

const struct attach_ops attach_xdpgeneric = {
	.name = "xdpgeneric",
	.attach = attach,
	.detach = detach,
	.replace = replace,
	.query = query,
};

// SPDX-License-Identifier: GPL-2.0-only
/*
 * XDP, through libxdp: behind its dispatcher where the kernel allows freplace programs, so that
 * other XDP programs on the device live on beside ours; alone on the device where it does not.
 * libxdp decides that when it loads the program for the panel's first XDP end; from then on the
 * program is pinned and shared.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>
#include "attach.h"
#include "cleanup.h"
#include "dispatcher.h"
#include "kernel.h"
#include "plan.h"
#include "privilege.h"
#include "xdp.skel.h"

/*
 * libxdp finds programs and their BTF by id (bpf_prog_get_fd_by_id() and bpf_btf_get_fd_by_id() in
 * kernel/bpf/syscall.c), and trusts that it may (libxdp 1.3 crashes).
 */
static int need_ids(struct fault *f)
{
	return privilege_need(CAP_SYS_ADMIN, "to find XDP programs by their ids", f);
}

int attach_check_privileges(const struct panel *p, struct fault *f)
{
	char path[160];

	panel_prog_path(p, panel_prog_name(VB_ROLE_WIRE_XDP), path, sizeof(path));
	return access(path, F_OK) ? 0 : need_ids(f);
}

/* Opens our program as libxdp wants it: from its pin, else *ret_skel's, still to be loaded. */
static int open_program(const struct panel *p, struct xdp_program **ret, struct xdp_bpf **ret_skel)
{
	struct xdp_program *prog;
	struct xdp_bpf *skel;
	char path[160];
	int err;

	panel_prog_path(p, panel_prog_name(VB_ROLE_WIRE_XDP), path, sizeof(path));
	prog = xdp_program__from_pin(path);
	err = (int)libxdp_get_error(prog);
	if (err != -ENOENT) {
		*ret = err ? NULL : prog;
		return err;
	}

	skel = xdp_bpf__open();
	if (!skel)
		return -errno;
	skel->rodata->panel_cookie = p->cookie;
	skel->rodata->has_kern_types = kernel_has_types();
	skel->rodata->raw_features = kernel_raw_features();
	err = panel_share_maps(p, skel->obj);
	if (!err) {
		prog = xdp_program__from_bpf_obj(skel->obj, "xdp");
		err = (int)libxdp_get_error(prog);
	}
	if (err) {
		xdp_bpf__destroy(skel);
		return err;
	}
	*ret = prog;
	*ret_skel = skel;
	return 0;
}

static enum xdp_attach_mode mode_of(const struct vb_hook *hook)
{
	return hook->method == VB_METHOD_XDPGEN ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

/*
 * Whether prog is among the programs that run on the device, 1 or 0; if so, *mode is the one they
 * run in, and *alone says that it has no dispatcher. -EPERM if that may not be looked at.
 */
static int runs_on(const struct xdp_program *prog, uint32_t ifindex, enum xdp_attach_mode *mode,
		   bool *alone)
{
	struct xdp_multiprog *all = xdp_multiprog__get_from_ifindex((int)ifindex);
	struct xdp_program *one = NULL;
	bool found = false;

	if (libxdp_get_error(all))
		return libxdp_get_error(all) == -EPERM ? -EPERM : 0;
	*alone = xdp_multiprog__is_legacy(all);
	if (*alone) {
		one = xdp_multiprog__main_prog(all);
		found = one && xdp_program__id(one) == xdp_program__id(prog);
	} else {
		while (!found && (one = xdp_multiprog__next_prog(one, all)))
			found = xdp_program__id(one) == xdp_program__id(prog);
	}
	*mode = xdp_multiprog__attach_mode(all);
	xdp_multiprog__close(all);
	return found;
}

static int query(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		 struct attach_info *ret)
{
	enum xdp_attach_mode mode;
	struct xdp_program *prog;
	char path[160];
	int err;

	*ret = (struct attach_info){0};
	panel_prog_path(p, panel_prog_name(hook->role), path, sizeof(path));
	prog = xdp_program__from_pin(path);
	err = (int)libxdp_get_error(prog);
	if (err)
		return err == -EPERM ? err : 0;
	err = runs_on(prog, ifindex, &mode, &ret->alone);
	ret->attached = err > 0;
	ret->alone &= ret->attached;
	ret->prog_id = xdp_program__id(prog);
	xdp_program__close(prog);
	return err < 0 ? err : 0;
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

static int attach(struct panel *p, uint32_t ifindex, struct vb_hook *hook, struct fault *f)
{
	struct xdp_program *prog = NULL;
	struct xdp_bpf *skel = NULL;
	struct attach_info info;
	char path[160];
	int err;

	err = need_ids(f);
	if (err)
		return err;
	if (!query(p, ifindex, hook, &info) && info.attached)
		return 0;
	err = attach_xdperr(p, f);
	if (err)
		return err;
	err = open_program(p, &prog, &skel);
	if (err)
		return fault_errno(f, -err, "open program %s", panel_prog_name(hook->role));

	err = attach_in_some_mode(prog, ifindex, hook);
	if (err == -EBUSY || err == -EEXIST) {
		fault_set(f, EBUSY, "attach %s: another XDP program is on the device",
			  panel_prog_name(hook->role));
		fault_hint(f, "`bpftool net` shows it; datapath tc leaves it in peace");
	} else if (err) {
		fault_errno(f, -err, "attach %s by XDP", panel_prog_name(hook->role));
	} else if (skel) {
		panel_prog_path(p, panel_prog_name(hook->role), path, sizeof(path));
		err = xdp_program__pin(prog, path);
		if (err) {
			fault_errno(f, -err, "pin %s", path);
			xdp_program__detach(prog, (int)ifindex, mode_of(hook), 0);
		}
	}
	xdp_program__close(prog);
	xdp_bpf__destroy(skel);
	return err;
}

static int detach(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		  struct fault *f)
{
	enum xdp_attach_mode mode;
	struct xdp_program *prog;
	char path[160], name[IF_NAMESIZE];
	bool alone;
	int err = 0;

	(void)flags;
	panel_prog_path(p, panel_prog_name(hook->role), path, sizeof(path));
	prog = xdp_program__from_pin(path);
	if (libxdp_get_error(prog))
		return 0;
	/*
	 * In the mode that it runs in: the record may be older than the choice. Told no mode, the
	 * kernel takes what the driver can best, and finds no program there.
	 */
	if (runs_on(prog, ifindex, &mode, &alone) > 0) {
		err = xdp_program__detach(prog, (int)ifindex, mode, 0);
		if (err)
			fault_errno(f, -err, "detach %s", panel_prog_name(hook->role));
	} else if (!if_indextoname(ifindex, name)) {
		dispatcher_forget(ifindex, xdp_program__id(prog));
	}
	xdp_program__close(prog);
	return err;
}

static int prog_info(int fd, struct bpf_prog_info *ret)
{
	uint32_t len = sizeof(*ret);

	*ret = (struct bpf_prog_info){0};
	return fd < 0 ? -EBADF : bpf_obj_get_info_by_fd(fd, ret, &len);
}

static bool is_lost_one(const struct panel *p, uint32_t id)
{
	_cleanup_close_ int there = id ? bpf_prog_get_fd_by_id(id) : -1, own = -1;
	struct bpf_prog_info info, own_info;

	if (prog_info(there, &info) || strcmp(info.name, panel_prog_name(VB_ROLE_WIRE_XDP)) != 0)
		return false;
	own = panel_prog_open(p, VB_ROLE_WIRE_XDP);
	return prog_info(own, &own_info) || own_info.id != info.id;
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
	.query = query,
};

const struct attach_ops attach_xdpgeneric = {
	.name = "xdpgeneric",
	.attach = attach,
	.detach = detach,
	.query = query,
};

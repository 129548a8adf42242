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
	static const char *const which[] = {"", PANEL_OLD};
	char name[32], path[160];

	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s", panel_prog_name(VB_ROLE_WIRE_XDP), which[i]);
		panel_prog_path(p, name, path, sizeof(path));
		if (!access(path, F_OK))
			return need_ids(f);
	}
	return 0;
}

/* libxdp could not have the BTF of a program, and takes that for no error. */
static int unread(void)
{
	return privilege_has(CAP_SYS_ADMIN) ? -EIO : -EPERM;
}

/*
 * The pinned program, or with PANEL_OLD the one before it; NULL: there is none, or with *err, which
 * is -errno, it cannot be looked at.
 */
static struct xdp_program *from_pin(const struct panel *p, const char *which, int *err)
{
	struct xdp_program *prog;
	char name[32], path[160];

	snprintf(name, sizeof(name), "%s%s", panel_prog_name(VB_ROLE_WIRE_XDP), which);
	panel_prog_path(p, name, path, sizeof(path));
	prog = xdp_program__from_pin(path);
	if (libxdp_get_error(prog)) {
		if (libxdp_get_error(prog) != -ENOENT)
			*err = (int)libxdp_get_error(prog);
		return NULL;
	}
	if (xdp_program__id(prog))
		return prog;
	xdp_program__close(prog);
	*err = unread();
	return NULL;
}

/* Our program, with the panel's maps, still to be loaded; NULL with *err, which is -errno. */
static struct xdp_bpf *open_skel(const struct panel *p, int *err)
{
	struct xdp_bpf *skel = xdp_bpf__open();

	if (!skel) {
		*err = -errno;
		return NULL;
	}
	skel->rodata->panel_cookie = p->cookie;
	skel->rodata->has_kern_types = kernel_has_types();
	skel->rodata->raw_features = kernel_raw_features();
	*err = panel_share_maps(p, skel->obj);
	if (!*err)
		return skel;
	xdp_bpf__destroy(skel);
	return NULL;
}

/* Opens our program as libxdp wants it: from its pin, else *ret_skel's, still to be loaded. */
static int open_program(const struct panel *p, struct xdp_program **ret, struct xdp_bpf **ret_skel)
{
	struct xdp_program *prog;
	struct xdp_bpf *skel;
	int err = 0;

	prog = from_pin(p, "", &err);
	if (prog || err) {
		*ret = prog;
		return err;
	}
	skel = open_skel(p, &err);
	if (!skel)
		return err;
	prog = xdp_program__from_bpf_obj(skel->obj, "xdp");
	err = (int)libxdp_get_error(prog);
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

/* The device is gone, or has no program, or a dispatcher that libxdp does not know. */
static bool means_none(long err)
{
	return err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP;
}

/*
 * Whether prog is among the programs that run on the device, 1 or 0; if so, *mode is the one they
 * run in, and *alone says that it has no dispatcher. -errno if that cannot be looked at.
 */
static int runs_on(const struct xdp_program *prog, uint32_t ifindex, enum xdp_attach_mode *mode,
		   bool *alone)
{
	struct xdp_multiprog *all = xdp_multiprog__get_from_ifindex((int)ifindex);
	struct xdp_program *one = NULL;
	bool found = false;

	if (libxdp_get_error(all))
		return means_none(libxdp_get_error(all)) ? 0 : (int)libxdp_get_error(all);
	one = xdp_multiprog__main_prog(all);
	if (!one || !xdp_program__id(one)) {
		xdp_multiprog__close(all);
		return unread();
	}
	*alone = xdp_multiprog__is_legacy(all);
	if (*alone) {
		found = xdp_program__id(one) == xdp_program__id(prog);
	} else {
		one = NULL;
		while (!found && (one = xdp_multiprog__next_prog(one, all)))
			found = xdp_program__id(one) == xdp_program__id(prog);
	}
	*mode = xdp_multiprog__attach_mode(all);
	xdp_multiprog__close(all);
	return found;
}

/*
 * The program of ours that runs on the device, to be closed; NULL: none does, or with *err, which
 * is -errno, that cannot be looked at. mode and alone as for runs_on().
 */
static struct xdp_program *ours_on(const struct panel *p, uint32_t ifindex,
				   enum xdp_attach_mode *mode, bool *alone, int *err)
{
	static const char *const which[] = {"", PANEL_OLD};

	for (int i = 0; !*err && i < 2; i++) {
		struct xdp_program *prog = from_pin(p, which[i], err);
		int ret = prog ? runs_on(prog, ifindex, mode, alone) : 0;

		if (ret > 0)
			return prog;
		if (ret < 0)
			*err = ret;
		xdp_program__close(prog);
	}
	return NULL;
}

static int query(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		 struct attach_info *ret)
{
	enum xdp_attach_mode mode;
	struct xdp_program *prog;
	int err = 0;

	(void)hook;
	*ret = (struct attach_info){0};
	prog = ours_on(p, ifindex, &mode, &ret->alone, &err);
	ret->attached = prog;
	ret->alone &= ret->attached;
	if (!prog && !err)
		prog = from_pin(p, "", &err);
	if (prog)
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
	err = query(p, ifindex, hook, &info);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (info.attached)
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

static void forget(const struct panel *p, uint32_t ifindex, const char *which)
{
	int err = 0;
	struct xdp_program *prog = from_pin(p, which, &err);

	if (prog)
		dispatcher_forget(ifindex, xdp_program__id(prog));
	xdp_program__close(prog);
}

static int detach(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		  struct fault *f)
{
	enum xdp_attach_mode mode;
	struct xdp_program *prog;
	char name[IF_NAMESIZE];
	bool alone;
	int err = 0, look = 0;

	(void)flags;
	/*
	 * In the mode that it runs in: the record may be older than the choice. Told no mode, the
	 * kernel takes what the driver can best, and finds no program there. An upgrade that was
	 * cut short may have left two.
	 */
	while (!err && (prog = ours_on(p, ifindex, &mode, &alone, &look))) {
		err = xdp_program__detach(prog, (int)ifindex, mode, 0);
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

/* Loads the program for devices that have it alone, and pins it. The descriptor, or -errno. */
static int load_alone(const struct panel *p)
{
	struct xdp_bpf *skel;
	char path[160];
	int fd, err;

	skel = open_skel(p, &err);
	if (!skel)
		return err;
	panel_prog_path(p, panel_prog_name(VB_ROLE_WIRE_XDP), path, sizeof(path));
	err = xdp_bpf__load(skel);
	if (!err && bpf_obj_pin(bpf_program__fd(skel->progs.vb_wire_xdp), path) < 0)
		err = -errno;
	fd = err ? err : bpf_obj_get(path);
	xdp_bpf__destroy(skel);
	return fd;
}

/* Alone on the device: the kernel exchanges it, if it is still this one. */
static int exchange(const struct panel *p, uint32_t ifindex, struct xdp_program *old,
		    enum xdp_attach_mode mode)
{
	LIBBPF_OPTS(bpf_xdp_attach_opts, opts, .old_prog_fd = xdp_program__fd(old));
	uint32_t flags = mode == XDP_MODE_SKB ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
	_cleanup_close_ int fd = panel_prog_open(p, VB_ROLE_WIRE_XDP);

	if (fd == -ENOENT)
		fd = load_alone(p);
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
	struct xdp_program *prog = NULL;
	enum xdp_attach_mode running;
	struct xdp_bpf *skel = NULL;
	char path[160];
	bool alone;
	int err = open_program(p, &prog, &skel), ret;

	if (err)
		return err;
	ret = skel ? 0 : runs_on(prog, ifindex, &running, &alone);
	if (!ret)
		err = xdp_program__attach(prog, (int)ifindex, mode, 0);
	else if (ret < 0)
		err = ret;
	if (!err && skel) {
		panel_prog_path(p, panel_prog_name(VB_ROLE_WIRE_XDP), path, sizeof(path));
		err = xdp_program__pin(prog, path);
	}
	err = err ?: xdp_program__detach(old, (int)ifindex, mode, 0);
	xdp_program__close(prog);
	xdp_bpf__destroy(skel);
	return err;
}

static int replace(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, struct fault *f)
{
	enum xdp_attach_mode mode;
	struct xdp_program *old;
	bool alone = false;
	int err = 0;

	old = from_pin(p, PANEL_OLD, &err);
	if (old)
		err = runs_on(old, ifindex, &mode, &alone);
	if (err > 0)
		err = alone ? exchange(p, ifindex, old, mode)
			    : exchange_behind_dispatcher(p, ifindex, old, mode);
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

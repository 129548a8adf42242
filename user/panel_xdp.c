// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "kernel.h"
#include "panel_xdp.h"
#include "privilege.h"
#include "xdp.skel.h"

static const char *const which_pins[] = {"", PANEL_OLD};

static void pin_path(const struct panel *p, const char *which, char *buf, size_t size)
{
	panel_prog_path(p, VB_ROLE_WIRE_XDP, which, buf, size);
}

/*
 * libxdp finds programs and their BTF by id (bpf_prog_get_fd_by_id() and bpf_btf_get_fd_by_id() in
 * kernel/bpf/syscall.c), and trusts that it may (libxdp 1.3 crashes).
 */
int panel_xdp_need_ids(struct fault *f)
{
	return privilege_need(CAP_SYS_ADMIN, "to find XDP programs by their ids", f);
}

bool panel_xdp_exists(const struct panel *p)
{
	char path[160];

	for (int i = 0; i < 2; i++) {
		pin_path(p, which_pins[i], path, sizeof(path));
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

/* libxdp could not have the BTF of a program, and takes that for no error. */
static int unread(void)
{
	return privilege_has(CAP_SYS_ADMIN) ? -EIO : -EPERM;
}

struct xdp_program *panel_xdp_from_pin(const struct panel *p, const char *which, int *err)
{
	struct xdp_program *prog;
	char path[160];

	pin_path(p, which, path, sizeof(path));
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

/* The device is gone, or has no program, or a dispatcher that libxdp does not know. */
static bool means_none(long err)
{
	return err == -ENOENT || err == -ENODEV || err == -EOPNOTSUPP;
}

int panel_xdp_runs_on(const struct xdp_program *prog, uint32_t ifindex, struct panel_xdp_place *ret)
{
	struct xdp_multiprog *all = xdp_multiprog__get_from_ifindex((int)ifindex);
	struct xdp_program *one;
	bool found = false;

	if (libxdp_get_error(all))
		return means_none(libxdp_get_error(all)) ? 0 : (int)libxdp_get_error(all);
	one = xdp_multiprog__main_prog(all);
	if (!one || !xdp_program__id(one)) {
		xdp_multiprog__close(all);
		return unread();
	}
	ret->alone = xdp_multiprog__is_legacy(all);
	if (ret->alone) {
		found = xdp_program__id(one) == xdp_program__id(prog);
	} else {
		one = NULL;
		while (!found && (one = xdp_multiprog__next_prog(one, all)))
			found = xdp_program__id(one) == xdp_program__id(prog);
	}
	ret->mode = xdp_multiprog__attach_mode(all);
	xdp_multiprog__close(all);
	return found;
}

struct xdp_program *panel_xdp_find(const struct panel *p, uint32_t ifindex,
				   struct panel_xdp_place *ret, int *err)
{
	for (int i = 0; !*err && i < 2; i++) {
		struct xdp_program *prog = panel_xdp_from_pin(p, which_pins[i], err);
		int runs = prog ? panel_xdp_runs_on(prog, ifindex, ret) : 0;

		if (runs > 0)
			return prog;
		if (runs < 0)
			*err = runs;
		xdp_program__close(prog);
	}
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

int panel_xdp_open(const struct panel *p, struct panel_xdp *ret)
{
	int err = 0;

	*ret = (struct panel_xdp){0};
	ret->prog = panel_xdp_from_pin(p, "", &err);
	if (ret->prog || err)
		return err;
	ret->skel = open_skel(p, &err);
	if (!ret->skel)
		return err;
	ret->prog = xdp_program__from_bpf_obj(ret->skel->obj, "xdp");
	err = (int)libxdp_get_error(ret->prog);
	if (err)
		ret->prog = NULL;
	return err;
}

void panel_xdp_close(struct panel_xdp *xdp)
{
	xdp_program__close(xdp->prog);
	xdp_bpf__destroy(xdp->skel);
	*xdp = (struct panel_xdp){0};
}

int panel_xdp_pin(const struct panel *p, const struct panel_xdp *xdp)
{
	char path[160];

	pin_path(p, "", path, sizeof(path));
	return xdp->skel ? xdp_program__pin(xdp->prog, path) : 0;
}

int panel_xdp_open_alone(const struct panel *p)
{
	int fd = panel_prog_open(p, VB_ROLE_WIRE_XDP), err;
	struct xdp_bpf *skel;
	char path[160];

	if (fd != -ENOENT)
		return fd;
	skel = open_skel(p, &err);
	if (!skel)
		return err;
	pin_path(p, "", path, sizeof(path));
	err = xdp_bpf__load(skel);
	if (!err && bpf_obj_pin(bpf_program__fd(skel->progs.vb_wire_xdp), path) < 0)
		err = -errno;
	xdp_bpf__destroy(skel);
	return err ?: panel_prog_open(p, VB_ROLE_WIRE_XDP);
}

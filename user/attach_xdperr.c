// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs at the kernel's XDP tracepoints, which count what was refused after XDP redirected
 * it. One pair of them serves the panel, from its first XDP end until the panel goes.
 */
#include <errno.h>
#include <stdio.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "xdperr.skel.h"

#define XMIT "xdp_xmit"
#define ERR  "xdp_err" /* the last to be pinned: where it is, the other is too */

static void link_path(const struct panel *p, const char *name, const char *which, char *buf,
		      size_t size)
{
	snprintf(buf, size, "%s/link/%s%s", p->path, name, which);
}

/* A link of this kind cannot be given another program: it gets a successor under its name. */
static int attach_and_pin(const struct panel *p, struct bpf_program *prog, const char *name)
{
	struct bpf_link *link = bpf_program__attach(prog);
	char path[160], fresh[160];
	int err;

	if (!link)
		return -errno;
	link_path(p, name, "", path, sizeof(path));
	link_path(p, name, PANEL_NEW, fresh, sizeof(fresh));
	unlink(fresh);
	err = bpf_link__pin(link, fresh);
	if (!err && rename(fresh, path) < 0)
		err = -errno;
	bpf_link__destroy(link);
	return err;
}

static int load_and_attach(const struct panel *p, struct fault *f)
{
	struct xdperr_bpf *skel = xdperr_bpf__open();
	int err;

	if (!skel)
		return fault_errno(f, errno, "open the tracepoint programs");
	skel->rodata->panel_cookie = p->cookie;
	err = panel_share_maps(p, skel->obj);
	err = err ?: xdperr_bpf__load(skel);
	err = err ?: attach_and_pin(p, skel->progs.vb_xdp_xmit, XMIT);
	err = err ?: attach_and_pin(p, skel->progs.vb_xdp_err, ERR);
	xdperr_bpf__destroy(skel);
	return err ? fault_errno(f, -err, "count at the kernel's XDP tracepoints") : 0;
}

static bool is_there(const struct panel *p)
{
	char path[160];

	link_path(p, ERR, "", path, sizeof(path));
	return !access(path, F_OK);
}

int attach_xdperr(const struct panel *p, struct fault *f)
{
	return is_there(p) ? 0 : load_and_attach(p, f);
}

int attach_xdperr_replace(const struct panel *p, struct fault *f)
{
	return is_there(p) ? load_and_attach(p, f) : 0;
}

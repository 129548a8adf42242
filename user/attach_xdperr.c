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

static int attach_and_pin(const struct panel *p, struct bpf_program *prog, const char *name)
{
	struct bpf_link *link = bpf_program__attach(prog);
	char path[160];
	int err;

	if (!link)
		return -errno;
	snprintf(path, sizeof(path), "%s/link/%s", p->path, name);
	err = bpf_link__pin(link, path);
	bpf_link__destroy(link);
	return err == -EEXIST ? 0 : err;
}

int attach_xdperr(const struct panel *p, struct fault *f)
{
	struct xdperr_bpf *skel;
	char path[160];
	int err;

	/* The last to be pinned: where it is, the other is too. */
	snprintf(path, sizeof(path), "%s/link/xdp_err", p->path);
	if (!access(path, F_OK))
		return 0;
	skel = xdperr_bpf__open();
	if (!skel)
		return fault_errno(f, errno, "open the tracepoint programs");
	skel->rodata->panel_cookie = p->cookie;
	err = panel_share_maps(p, skel->obj);
	err = err ?: xdperr_bpf__load(skel);
	err = err ?: attach_and_pin(p, skel->progs.vb_xdp_xmit, "xdp_xmit");
	err = err ?: attach_and_pin(p, skel->progs.vb_xdp_err, "xdp_err");
	xdperr_bpf__destroy(skel);
	return err ? fault_errno(f, -err, "count at the kernel's XDP tracepoints") : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "capture.skel.h"
#include "capture_programs.h"
#include "cleanup.h"
#include "privilege.h"

static const struct vb_hook *hook_of(const struct view_end *end, enum vb_role role)
{
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		if (end->port.hooks[i].role == role)
			return &end->port.hooks[i];
	}
	return NULL;
}

static bool has_role(const struct view_pair *pair, enum vb_role role)
{
	return hook_of(&pair->end[0], role) || hook_of(&pair->end[1], role);
}

/*
 * A program is told which one it looks at, or is not loaded. *fd is that one, to be kept open until
 * then.
 */
static int aim(const struct panel *p, const struct view_pair *pair, enum vb_role role,
	       struct bpf_program *prog, int *fd)
{
	if (!has_role(pair, role))
		return bpf_program__set_autoload(prog, false);
	*fd = panel_prog_open(p, role);
	if (*fd < 0)
		return *fd;
	return bpf_program__set_attach_target(prog, *fd, panel_prog_name(role));
}

static int load_tracing(struct capture_bpf *skel, const struct panel *p,
			const struct view_pair *pair)
{
	_cleanup_close_ int stack = -1, wire = -1, xdp = -1;
	int err;

	/* It tells of tags beside the frames of generic XDP: without it those frames lack them. */
	if (!has_role(pair, VB_ROLE_WIRE_XDP) ||
	    libbpf_find_vmlinux_btf_id("bpf_prog_run_generic_xdp", BPF_TRACE_FENTRY) < 0)
		bpf_program__set_autoload(skel->progs.vb_cap_generic, false);
	bpf_program__set_autoload(skel->progs.vb_cap_before, false);
	err = aim(p, pair, VB_ROLE_STACK_TX, skel->progs.vb_cap_stack, &stack);
	err = err ?: aim(p, pair, VB_ROLE_WIRE_RX, skel->progs.vb_cap_wire, &wire);
	err = err ?: aim(p, pair, VB_ROLE_WIRE_XDP, skel->progs.vb_cap_xdp, &xdp);
	return err ?: capture_bpf__load(skel);
}

static int load_before(struct capture_bpf *skel)
{
	bpf_program__set_autoload(skel->progs.vb_cap_generic, false);
	bpf_program__set_autoload(skel->progs.vb_cap_stack, false);
	bpf_program__set_autoload(skel->progs.vb_cap_wire, false);
	bpf_program__set_autoload(skel->progs.vb_cap_xdp, false);
	return capture_bpf__load(skel);
}

static int open_skel(struct capture_programs *c, const struct view_pair *pair, uint32_t snaplen,
		     struct fault *f)
{
	capture_bpf__destroy(c->skel);
	c->skel = capture_bpf__open();
	if (!c->skel)
		return fault_errno(f, errno, "open the capturing programs");
	for (int i = 0; i < 2; i++)
		c->skel->rodata->cap_ifindex[i] = pair->end[i].ifindex;
	c->skel->rodata->cap_bytes = snaplen;
	return 0;
}

static int refuse_xdp(const struct view_pair *pair, struct fault *f)
{
	if (!has_role(pair, VB_ROLE_WIRE_XDP))
		return 0;
	fault_set(f, EPERM,
		  "this kernel allows no tracing programs (lockdown), and without them "
		  "what XDP takes cannot be seen");
	fault_hint(f, "a pair with datapath tc can be captured here");
	return -EPERM;
}

int capture_programs_load(struct capture_programs *c, const struct panel *p,
			  const struct view_pair *pair, uint32_t snaplen, struct fault *f)
{
	int err;

	*c = (struct capture_programs){.links = {-1, -1}};
	err = privilege_check_load(f);
	err = err ?: open_skel(c, pair, snaplen, f);
	if (err)
		return err;
	err = load_tracing(c->skel, p, pair);
	if (err == -EPERM) {
		c->before = true;
		err = refuse_xdp(pair, f);
		err = err ?: open_skel(c, pair, snaplen, f);
		err = err ?: load_before(c->skel);
	}
	if (err)
		return fault_errno(f, -err, "load the capturing programs");
	c->ring_map = bpf_map__fd(c->skel->maps.cap_ring);
	c->count_map = bpf_map__fd(c->skel->maps.cap_count);
	return 0;
}

/* tcx programs come before all filters on a clsact qdisc, as an anchor has them. */
static int attach_before(struct capture_programs *c, const struct view_pair *pair, int i)
{
	int prog = bpf_program__fd(c->skel->progs.vb_cap_before);
	const struct view_end *end = &pair->end[i];

	for (int h = 0; h < VB_HOOKS_MAX; h++) {
		const struct vb_hook *hook = &end->port.hooks[h];

		if (hook->role != VB_ROLE_STACK_TX && hook->role != VB_ROLE_WIRE_RX)
			continue;
		c->links[i] = attach_tcx_before(
			prog, end->ifindex, hook,
			hook->method == VB_METHOD_TCX ? end->hooks[h].prog_id : 0);
		return c->links[i] < 0 ? c->links[i] : 0;
	}
	return -ENOENT;
}

int capture_programs_attach(struct capture_programs *c, const struct view_pair *pair,
			    struct fault *f)
{
	int err = 0;

	if (!c->before)
		err = capture_bpf__attach(c->skel);
	for (int i = 0; c->before && !err && i < 2; i++)
		err = attach_before(c, pair, i);
	return err ? fault_errno(f, -err, "attach the capturing programs") : 0;
}

void capture_programs_detach(struct capture_programs *c)
{
	if (!c->before)
		capture_bpf__detach(c->skel);
	for (int i = 0; i < 2; i++) {
		/* Closed only, the link would go at some later time (bpf_link_put). */
		if (c->links[i] >= 0)
			bpf_link_detach(c->links[i]);
		cleanup_close(&c->links[i]);
		c->links[i] = -1;
	}
}

void capture_programs_close(struct capture_programs *c)
{
	if (c->skel)
		capture_programs_detach(c);
	capture_bpf__destroy(c->skel);
	c->skel = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "anchor.skel.h"
#include "cleanup.h"
#include "tc.skel.h"
#include "upgrade_programs.h"

int upgrade_pin(int fd, const char *path, struct fault *f)
{
	unlink(path); /* of an upgrade that was cut short */
	return bpf_obj_pin(fd, path) < 0 ? fault_errno(f, errno, "pin %s", path) : 0;
}

/* The new program under the name, the one before it with PANEL_OLD. */
static int swap_program(const struct panel *p, enum vb_role role, const struct bpf_program *prog,
			struct fault *f)
{
	char path[160], fresh[160], before[160];
	_cleanup_close_ int old = -1;
	int err;

	panel_prog_path(p, role, "", path, sizeof(path));
	panel_prog_path(p, role, PANEL_NEW, fresh, sizeof(fresh));
	panel_prog_path(p, role, PANEL_OLD, before, sizeof(before));
	old = bpf_obj_get(path);
	if (old < 0)
		return fault_errno(f, errno, "open %s", path);
	err = upgrade_pin(bpf_program__fd(prog), fresh, f);
	err = err ?: upgrade_pin(old, before, f);
	if (!err && rename(fresh, path) < 0)
		err = fault_errno(f, errno, "rename %s", fresh);
	return err;
}

/* The next device that is given one has it loaded: only then is it known how. */
static int lay_aside_xdp(const struct panel *p, struct fault *f)
{
	char path[160], before[160];

	panel_prog_path(p, VB_ROLE_WIRE_XDP, "", path, sizeof(path));
	panel_prog_path(p, VB_ROLE_WIRE_XDP, PANEL_OLD, before, sizeof(before));
	if (rename(path, before) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", path);
	return 0;
}

static int swap_anchors_program(const struct panel *p, struct fault *f)
{
	struct anchor_bpf *skel;
	char path[160];
	int err;

	panel_prog_path(p, VB_ROLE_ANCHOR_RX, "", path, sizeof(path));
	if (access(path, F_OK) < 0)
		return 0;
	skel = anchor_bpf__open_and_load();
	if (!skel)
		return fault_errno(f, errno, "load the anchors' program into the kernel");
	err = swap_program(p, VB_ROLE_ANCHOR_RX, skel->progs.vb_anchor_rx, f);
	anchor_bpf__destroy(skel);
	return err;
}

int upgrade_programs_swap(const struct panel *p, const struct tc_bpf *skel, struct fault *f)
{
	int err;

	err = swap_program(p, VB_ROLE_STACK_TX, skel->progs.vb_stack_tx, f);
	err = err ?: swap_program(p, VB_ROLE_WIRE_RX, skel->progs.vb_wire_rx, f);
	err = err ?: swap_program(p, VB_ROLE_STACK_RX, skel->progs.vb_stack_rx, f);
	err = err ?: swap_program(p, VB_ROLE_WIRE_TX, skel->progs.vb_wire_tx, f);
	err = err ?: lay_aside_xdp(p, f);
	return err ?: swap_anchors_program(p, f);
}

bool upgrade_programs_are_unfinished(const struct panel *p)
{
	for (int role = VB_ROLE_NONE + 1; role < VB_ROLE_MAX; role++) {
		char path[160];

		panel_prog_path(p, role, PANEL_OLD, path, sizeof(path));
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

int upgrade_programs_take_up(const struct panel *p, struct fault *f)
{
	char path[160], before[160];

	/* No new one was loaded yet: the old one is the one. */
	panel_prog_path(p, VB_ROLE_WIRE_XDP, "", path, sizeof(path));
	panel_prog_path(p, VB_ROLE_WIRE_XDP, PANEL_OLD, before, sizeof(before));
	if (access(path, F_OK) < 0 && rename(before, path) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", before);
	return 0;
}

void upgrade_programs_forget_old(const struct panel *p)
{
	for (int role = VB_ROLE_NONE + 1; role < VB_ROLE_MAX; role++) {
		char path[160];

		panel_prog_path(p, role, PANEL_OLD, path, sizeof(path));
		unlink(path);
	}
}

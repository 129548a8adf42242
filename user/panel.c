// SPDX-License-Identifier: GPL-2.0-only
/*
 * A panel is built in a directory of its own, <cookie>-new, and renamed when it is whole; it is
 * renamed to <cookie>-old before it is taken apart. So whoever finds <cookie> finds all of it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bpffs.h"
#include "cleanup.h"
#include "kernel.h"
#include "netns.h"
#include "panel.h"
#include "tc.skel.h"

static int open_pin(const struct panel *p, const char *name, struct fault *f)
{
	char path[160];
	int fd;

	panel_map_path(p, name, "", path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fault_errno(f, errno, "open %s", path);
	return fd;
}

static int open_maps(struct panel *p, enum panel_mode mode, struct fault *f)
{
	_cleanup_close_ int ends = -1;
	int err;

	err = panel_check_version(p, mode, f);
	if (err)
		return err;
	p->peers = open_pin(p, "peers", f);
	p->ports = open_pin(p, "ports", f);
	p->counters = open_pin(p, "counters", f);
	ends = open_pin(p, "ends", f);
	if (p->peers < 0 || p->ports < 0 || p->counters < 0 || ends < 0)
		return f && f->err ? -f->err : -EIO;

	err = panel_ends_map(p, ends);
	return err ? fault_errno(f, -err, "map %s/ends", p->path) : 0;
}

static int pin(int fd, const char *dir, const char *name, struct fault *f)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (bpf_obj_pin(fd, path) < 0)
		return fault_errno(f, errno, "pin %s", path);
	return 0;
}

static int pin_all(struct tc_bpf *skel, const char *dir, struct fault *f)
{
	char sub[160];
	int err;

	err = bpffs_dir_make(dir, f);
	err = err ?: pin(bpf_map__fd(skel->maps.peers), dir, "peers", f);
	err = err ?: pin(bpf_map__fd(skel->maps.ends), dir, "ends", f);
	err = err ?: pin(bpf_map__fd(skel->maps.ports), dir, "ports", f);
	err = err ?: pin(bpf_map__fd(skel->maps.counters), dir, "counters", f);
	err = err ?: pin(bpf_map__fd(skel->maps.counters_0), dir, "counters_0", f);
	err = err ?: pin(bpf_map__fd(skel->maps.panel), dir, "panel", f);
	snprintf(sub, sizeof(sub), "%s/link", dir);
	err = err ?: bpffs_dir_make(sub, f);
	snprintf(sub, sizeof(sub), "%s/prog", dir);
	err = err ?: bpffs_dir_make(sub, f);
	err = err ?: pin(bpf_program__fd(skel->progs.vb_stack_tx), sub, "vb_stack_tx", f);
	err = err ?: pin(bpf_program__fd(skel->progs.vb_wire_rx), sub, "vb_wire_rx", f);
	err = err ?: pin(bpf_program__fd(skel->progs.vb_stack_rx), sub, "vb_stack_rx", f);
	err = err ?: pin(bpf_program__fd(skel->progs.vb_wire_tx), sub, "vb_wire_tx", f);
	return err;
}

static int load(const struct panel *p, struct tc_bpf *skel, struct fault *f)
{
	struct vb_panel about = panel_about(p);
	uint32_t key = 0;
	int err = panel_programs_load(p, skel, f);

	if (err)
		return err;
	if (bpf_map_update_elem(bpf_map__fd(skel->maps.panel), &key, &about, BPF_ANY))
		return fault_errno(f, errno, "write the panel's version");
	return 0;
}

static int create(struct panel *p, struct fault *f)
{
	struct tc_bpf *skel = tc_bpf__open();
	char fresh[128];
	int err;

	if (!skel)
		return fault_errno(f, errno, "open the TC programs");
	snprintf(fresh, sizeof(fresh), "%s-new", p->path);
	/* Before the programs load, which takes a while: PANELS_DIR is no longer empty then. */
	err = bpffs_dir_make(fresh, f);
	err = err ?: load(p, skel, f);
	err = err ?: pin_all(skel, fresh, f);
	if (!err && rename(fresh, p->path) < 0)
		err = fault_errno(f, errno, "rename %s", fresh);
	if (err)
		bpffs_dir_remove(fresh);
	tc_bpf__destroy(skel);
	return err;
}

/* What a loader left that was killed while it built the panel, or took it apart. Under the lock. */
static void remove_remains(const struct panel *p)
{
	char path[128];

	snprintf(path, sizeof(path), "%s-new", p->path);
	bpffs_dir_remove(path);
	snprintf(path, sizeof(path), "%s-old", p->path);
	bpffs_dir_remove(path);
}

static int find_tcx(struct panel *p, struct fault *f)
{
	_cleanup_close_ int fd = panel_prog_open(p, VB_ROLE_WIRE_RX);

	if (fd < 0)
		return fault_errno(f, -fd, "open %s/prog/%s", p->path,
				   panel_prog_name(VB_ROLE_WIRE_RX));
	p->tcx = kernel_has_tcx(fd);
	p->kern_types = kernel_has_types();
	return 0;
}

bool panel_is_locked(void)
{
	return bpffs_is_locked(PANELS_DIR);
}

int panel_open(struct panel *p, enum panel_mode mode, struct fault *f)
{
	int err;

	*p = (struct panel)PANEL_CLOSED;
	err = netns_cookie(&p->cookie, f);
	if (err)
		return err;
	snprintf(p->path, sizeof(p->path), PANELS_DIR "/%llu", (unsigned long long)p->cookie);

	err = bpffs_ensure(mode == PANEL_CREATE, f);
	if (err)
		return err;
	/* No panels at all: nothing to lock, and no directory made just to find it empty. */
	err = bpffs_dir_check(PANELS_DIR, f);
	if (err && (err != -ENOENT || mode != PANEL_CREATE))
		return err;
	if (mode != PANEL_READ) {
		p->lock = bpffs_lock(PANELS_DIR, f);
		if (p->lock < 0)
			return p->lock;
		remove_remains(p);
	}
	err = bpffs_dir_check(p->path, f);
	if (err == -ENOENT && mode == PANEL_CREATE)
		err = create(p, f);
	if (!err)
		err = open_maps(p, mode, f);
	if (!err && mode == PANEL_CREATE)
		err = find_tcx(p, f);
	return err;
}

static void close_maps(struct panel *p)
{
	panel_ends_unmap(p);
	cleanup_close(&p->peers);
	cleanup_close(&p->ports);
	cleanup_close(&p->counters);
	p->peers = p->ports = p->counters = -1;
}

int panel_reopen(struct panel *p, struct fault *f)
{
	close_maps(p);
	return open_maps(p, PANEL_UPGRADE, f);
}

void panel_close(struct panel *p)
{
	close_maps(p);
	free(p->slots);
	grace_end(&p->grace);
	/* Fails while any panel is in it. Under the lock, so nobody is making one right now. */
	if (p->lock >= 0)
		rmdir(PANELS_DIR);
	cleanup_close(&p->lock);
	*p = (struct panel)PANEL_CLOSED;
}

void panel_remove_if_empty(struct panel *p)
{
	char old[128];
	uint32_t ifindex;

	if (!p->ends || panel_port_next(p, 0, &ifindex) != -ENOENT)
		return;
	snprintf(old, sizeof(old), "%s-old", p->path);
	if (!rename(p->path, old))
		bpffs_dir_remove(old);
}

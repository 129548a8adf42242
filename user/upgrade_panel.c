// SPDX-License-Identifier: GPL-2.0-only
/* The maps and programs of a panel, exchanged for those of this version. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "anchor.skel.h"
#include "cleanup.h"
#include "tc.skel.h"
#include "upgrade.h"

#define VALUE_MAX 4096

static void map_path(const struct panel *p, const char *name, const char *which, char *buf,
		     size_t size)
{
	snprintf(buf, size, "%s/%s%s", p->path, name, which);
}

static void prog_path(const struct panel *p, enum vb_role role, const char *which, char *buf,
		      size_t size)
{
	snprintf(buf, size, "%s/prog/%s%s", p->path, panel_prog_name(role), which);
}

static int pin_anew(int fd, const char *path, struct fault *f)
{
	unlink(path); /* of an upgrade that was cut short */
	return bpf_obj_pin(fd, path) < 0 ? fault_errno(f, errno, "pin %s", path) : 0;
}

static struct bpf_map_info map_info(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t len = sizeof(info);

	bpf_obj_get_info_by_fd(fd, &info, &len);
	return info;
}

static uint32_t value_size(int fd)
{
	return map_info(fd).value_size;
}

/* All of an array that can be mapped; its elements lie at multiples of 8 bytes. */
static int copy_mapped(int from, int to)
{
	struct bpf_map_info was = map_info(from), is = map_info(to);
	size_t step = (was.value_size + 7) & ~7U, new_step = (is.value_size + 7) & ~7U;
	size_t count = was.max_entries < is.max_entries ? was.max_entries : is.max_entries;
	const char *source = mmap(NULL, count * step, PROT_READ, MAP_SHARED, from, 0);
	char *copy = mmap(NULL, count * new_step, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);
	int err = source == MAP_FAILED || copy == MAP_FAILED ? -errno : 0;

	for (size_t i = 0; !err && i < count; i++)
		memcpy(copy + i * new_step, source + i * step, was.value_size);
	if (source != MAP_FAILED)
		munmap((void *)source, count * step);
	if (copy != MAP_FAILED)
		munmap(copy, count * new_step);
	return err;
}

/* All entries, with zeros behind. Keys are of four bytes, and values only grow. */
static int copy_entries(int from, int to)
{
	uint32_t key, *last = NULL;

	if (value_size(from) > VALUE_MAX || value_size(to) > VALUE_MAX)
		return -EMSGSIZE;
	if (map_info(from).map_flags & BPF_F_MMAPABLE)
		return copy_mapped(from, to);
	while (!bpf_map_get_next_key(from, last, &key)) {
		uint8_t value[VALUE_MAX] = {0};

		if (!bpf_map_lookup_elem(from, &key, value) &&
		    bpf_map_update_elem(to, &key, value, BPF_ANY))
			return -errno;
		last = &key;
	}
	return 0;
}

/* The new map's pin beside the old one's, if there is one, with all that is in that. */
static int grow(const struct panel *p, const char *name, int fd, struct fault *f)
{
	_cleanup_close_ int old = -1;
	char path[160];
	int err;

	map_path(p, name, "", path, sizeof(path));
	old = bpf_obj_get(path);
	if (old < 0 && errno != ENOENT)
		return fault_errno(f, errno, "open %s", path);
	err = old < 0 ? 0 : copy_entries(old, fd);
	if (err)
		return fault_errno(f, -err, "copy %s", path);
	map_path(p, name, PANEL_NEW, path, sizeof(path));
	return pin_anew(fd, path, f);
}

/* Has libbpf make only those maps that are not there, or have another layout. */
static int share_what_fits(const struct panel *p, struct bpf_object *obj, struct fault *f)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		_cleanup_close_ int fd = -1;
		char path[160];
		int err;

		if (bpf_map__is_internal(map))
			continue;
		map_path(p, bpf_map__name(map), "", path, sizeof(path));
		fd = bpf_obj_get(path);
		if (fd < 0 && errno != ENOENT)
			return fault_errno(f, errno, "open %s", path);
		if (fd < 0 || value_size(fd) != bpf_map__value_size(map))
			continue;
		err = bpf_map__reuse_fd(map, fd);
		if (err)
			return fault_errno(f, -err, "share %s", path);
	}
	return 0;
}

static bool is_reused(const struct panel *p, const struct bpf_map *map)
{
	_cleanup_close_ int fd = -1;
	char path[160];

	map_path(p, bpf_map__name(map), "", path, sizeof(path));
	fd = bpf_obj_get(path);
	return fd >= 0 && value_size(fd) == bpf_map__value_size(map);
}

/* held is made by watch, and so belongs to no object. */
static int grow_held(const struct panel *p, bool *grown, struct fault *f)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	_cleanup_close_ int old = -1, fd = -1;
	char path[160];

	map_path(p, "held", "", path, sizeof(path));
	old = bpf_obj_get(path);
	if (old < 0 || value_size(old) == sizeof(struct vb_hold))
		return 0;
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "held", sizeof(uint32_t), sizeof(struct vb_hold),
			    VB_ENDS_MAX, &opts);
	if (fd < 0)
		return fault_errno(f, errno, "make a map in the place of %s", path);
	*grown = true;
	return grow(p, "held", fd, f);
}

static int grow_maps(const struct panel *p, struct tc_bpf *skel, bool *grown, struct fault *f)
{
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, skel->obj) {
		if (err || bpf_map__is_internal(map) || is_reused(p, map))
			continue;
		*grown = true;
		err = grow(p, bpf_map__name(map), bpf_map__fd(map), f);
	}
	return err ?: grow_held(p, grown, f);
}

/* From here on older versions keep away, and this one has the upgrade finished first. */
static int write_about(const struct panel *p, const char *which, uint8_t flags, struct fault *f)
{
	struct vb_panel about = panel_about(p);
	_cleanup_close_ int fd = -1;
	char path[160];
	uint32_t key = 0;

	about.flags = flags;
	map_path(p, "panel", which, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0 && errno == ENOENT && *which)
		return 0;
	if (fd < 0 || bpf_map_update_elem(fd, &key, &about, BPF_ANY))
		return fault_errno(f, errno, "write %s", path);
	return 0;
}

static int rename_map(const struct panel *p, const char *name, struct fault *f)
{
	char path[160], fresh[160];

	map_path(p, name, "", path, sizeof(path));
	map_path(p, name, PANEL_NEW, fresh, sizeof(fresh));
	if (rename(fresh, path) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", fresh);
	return 0;
}

static int rename_maps(const struct panel *p, const struct tc_bpf *skel, struct fault *f)
{
	int err = rename_map(p, "held", f);
	struct bpf_map *map;

	bpf_object__for_each_map(map, skel->obj) {
		if (!err && !bpf_map__is_internal(map))
			err = rename_map(p, bpf_map__name(map), f);
	}
	return err;
}

/* The new program under the name, the one before it with PANEL_OLD. */
static int swap_program(const struct panel *p, enum vb_role role, const struct bpf_program *prog,
			struct fault *f)
{
	char path[160], fresh[160], before[160];
	_cleanup_close_ int old = -1;
	int err;

	prog_path(p, role, "", path, sizeof(path));
	prog_path(p, role, PANEL_NEW, fresh, sizeof(fresh));
	prog_path(p, role, PANEL_OLD, before, sizeof(before));
	old = bpf_obj_get(path);
	if (old < 0)
		return fault_errno(f, errno, "open %s", path);
	err = pin_anew(bpf_program__fd(prog), fresh, f);
	err = err ?: pin_anew(old, before, f);
	if (!err && rename(fresh, path) < 0)
		err = fault_errno(f, errno, "rename %s", fresh);
	return err;
}

/* The next device that is given one has it loaded: only then is it known how. */
static int lay_aside_xdp(const struct panel *p, struct fault *f)
{
	char path[160], before[160];

	prog_path(p, VB_ROLE_WIRE_XDP, "", path, sizeof(path));
	prog_path(p, VB_ROLE_WIRE_XDP, PANEL_OLD, before, sizeof(before));
	if (rename(path, before) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", path);
	return 0;
}

static int swap_anchors_program(const struct panel *p, struct fault *f)
{
	struct anchor_bpf *skel;
	char path[160];
	int err;

	prog_path(p, VB_ROLE_ANCHOR_RX, "", path, sizeof(path));
	if (access(path, F_OK) < 0)
		return 0;
	skel = anchor_bpf__open_and_load();
	if (!skel)
		return fault_errno(f, errno, "load the anchors' program into the kernel");
	err = swap_program(p, VB_ROLE_ANCHOR_RX, skel->progs.vb_anchor_rx, f);
	anchor_bpf__destroy(skel);
	return err;
}

static int swap_programs(const struct panel *p, const struct tc_bpf *skel, struct fault *f)
{
	int err;

	err = swap_program(p, VB_ROLE_STACK_TX, skel->progs.vb_stack_tx, f);
	err = err ?: swap_program(p, VB_ROLE_WIRE_RX, skel->progs.vb_wire_rx, f);
	err = err ?: swap_program(p, VB_ROLE_STACK_RX, skel->progs.vb_stack_rx, f);
	err = err ?: swap_program(p, VB_ROLE_WIRE_TX, skel->progs.vb_wire_tx, f);
	err = err ?: lay_aside_xdp(p, f);
	return err ?: swap_anchors_program(p, f);
}

int upgrade_begin(struct panel *p, struct fault *f)
{
	struct tc_bpf *skel = tc_bpf__open();
	bool grown = false;
	int err;

	if (!skel)
		return fault_errno(f, errno, "open the TC programs");
	err = share_what_fits(p, skel->obj, f);
	err = err ?: panel_programs_load(p, skel, f);
	err = err ?: grow_maps(p, skel, &grown, f);
	if (!err && grown) {
		err = write_about(p, PANEL_NEW, VB_PANEL_UPGRADING, f);
		err = err ?: write_about(p, "", VB_PANEL_UPGRADING, f);
	}
	err = err ?: rename_maps(p, skel, f);
	err = err ?: swap_programs(p, skel, f);
	tc_bpf__destroy(skel);
	return err;
}

bool upgrade_is_unfinished(const struct panel *p)
{
	for (int role = VB_ROLE_NONE + 1; role < VB_ROLE_MAX; role++) {
		char path[160];

		prog_path(p, (enum vb_role)role, PANEL_OLD, path, sizeof(path));
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

int upgrade_take_up(const struct panel *p, struct fault *f)
{
	char path[160], before[160];

	/* No new one was loaded yet: the old one is the one. */
	prog_path(p, VB_ROLE_WIRE_XDP, "", path, sizeof(path));
	prog_path(p, VB_ROLE_WIRE_XDP, PANEL_OLD, before, sizeof(before));
	if (access(path, F_OK) < 0 && rename(before, path) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", before);
	return 0;
}

void upgrade_forget_old(const struct panel *p)
{
	for (int role = VB_ROLE_NONE + 1; role < VB_ROLE_MAX; role++) {
		char path[160];

		prog_path(p, (enum vb_role)role, PANEL_OLD, path, sizeof(path));
		unlink(path);
	}
}

int upgrade_end(struct panel *p, struct fault *f)
{
	upgrade_forget_old(p);
	return write_about(p, "", 0, f);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "cleanup.h"
#include "upgrade_maps.h"
#include "upgrade_programs.h"

#define VALUE_MAX 4096

static struct bpf_map_info map_info(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t len = sizeof(info);

	bpf_obj_get_info_by_fd(fd, &info, &len);
	return info;
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

	if (panel_value_size(from) > VALUE_MAX || panel_value_size(to) > VALUE_MAX)
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

	panel_map_path(p, name, "", path, sizeof(path));
	old = bpf_obj_get(path);
	if (old < 0 && errno != ENOENT)
		return fault_errno(f, errno, "open %s", path);
	err = old < 0 ? 0 : copy_entries(old, fd);
	if (err)
		return fault_errno(f, -err, "copy %s", path);
	panel_map_path(p, name, PANEL_NEW, path, sizeof(path));
	return upgrade_pin(fd, path, f);
}

/* The pinned map of this name and layout, which the caller closes; -ENOENT: there is none. */
static int open_fitting(const struct panel *p, const struct bpf_map *map)
{
	_cleanup_close_ int fd = -1;
	char path[160];

	panel_map_path(p, bpf_map__name(map), "", path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return -errno;
	return panel_value_size(fd) == bpf_map__value_size(map) ? TAKE_FD(fd) : -ENOENT;
}

int upgrade_maps_share(const struct panel *p, struct bpf_object *obj, struct fault *f)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		_cleanup_close_ int fd = -1;
		int err;

		if (bpf_map__is_internal(map))
			continue;
		fd = open_fitting(p, map);
		if (fd == -ENOENT)
			continue;
		err = fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
		if (err)
			return fault_errno(f, -err, "share %s/%s", p->path, bpf_map__name(map));
	}
	return 0;
}

static bool is_shared(const struct panel *p, const struct bpf_map *map)
{
	_cleanup_close_ int fd = open_fitting(p, map);

	return fd >= 0;
}

/* held is made by watch, and so belongs to no object. */
static int grow_held(const struct panel *p, bool *grown, struct fault *f)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	_cleanup_close_ int old = -1, fd = -1;
	char path[160];

	panel_map_path(p, "held", "", path, sizeof(path));
	old = bpf_obj_get(path);
	if (old < 0 || panel_value_size(old) == sizeof(struct vb_hold))
		return 0;
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "held", sizeof(uint32_t), sizeof(struct vb_hold),
			    VB_ENDS_MAX, &opts);
	if (fd < 0)
		return fault_errno(f, errno, "make a map in the place of %s", path);
	*grown = true;
	return grow(p, "held", fd, f);
}

int upgrade_maps_grow(const struct panel *p, struct bpf_object *obj, bool *grown, struct fault *f)
{
	struct bpf_map *map;
	int err = 0;

	bpf_object__for_each_map(map, obj) {
		if (err || bpf_map__is_internal(map) || is_shared(p, map))
			continue;
		*grown = true;
		err = grow(p, bpf_map__name(map), bpf_map__fd(map), f);
	}
	return err ?: grow_held(p, grown, f);
}

int upgrade_maps_mark(const struct panel *p, const char *which, uint8_t flags, struct fault *f)
{
	struct vb_panel about = panel_about(p);
	_cleanup_close_ int fd = -1;
	char path[160];
	uint32_t key = 0;

	about.flags = flags;
	panel_map_path(p, "panel", which, path, sizeof(path));
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

	panel_map_path(p, name, "", path, sizeof(path));
	panel_map_path(p, name, PANEL_NEW, fresh, sizeof(fresh));
	if (rename(fresh, path) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "rename %s", fresh);
	return 0;
}

int upgrade_maps_rename(const struct panel *p, const struct bpf_object *obj, struct fault *f)
{
	int err = rename_map(p, "held", f);
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		if (!err && !bpf_map__is_internal(map))
			err = rename_map(p, bpf_map__name(map), f);
	}
	return err;
}

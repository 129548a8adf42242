// SPDX-License-Identifier: GPL-2.0-only
/* The version of a panel's state: which this program can read, and which it may change. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include "cleanup.h"
#include "panel.h"

#define ENDS_BYTES (VB_ENDS_MAX * sizeof(struct vb_end))
#define VALUE_MAX  4096 /* of the panel map, in a version to come */

struct vb_panel panel_about(const struct panel *p)
{
	struct vb_panel about = {.version = VB_STATE_VERSION, .cookie = p->cookie};
	const char *at = VETHBPF_VERSION;

	for (size_t i = 0; i < sizeof(about.maker); i++) {
		char *end;

		about.maker[i] = (uint8_t)strtoul(at, &end, 10);
		at = *end ? end + 1 : end;
	}
	return about;
}

uint32_t panel_value_size(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.value_size;
}

static int pinned_value_size(const struct panel *p, const char *name, uint32_t *ret,
			     struct fault *f)
{
	_cleanup_close_ int fd = -1;
	char path[160];

	panel_map_path(p, name, "", path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fault_errno(f, errno, "open %s", path);
	*ret = panel_value_size(fd);
	return *ret ? 0 : fault_set(f, EPROTO, "%s is not what vethbpf makes", path);
}

/* The first bytes of the value, whose size is another in other versions. */
static int read_about(const struct panel *p, struct vb_panel *about, struct fault *f)
{
	_cleanup_close_ int fd = -1;
	uint8_t value[VALUE_MAX] = {0};
	uint32_t key = 0, size;
	char path[160];

	panel_map_path(p, "panel", "", path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return fault_errno(f, errno, "open %s", path);
	size = panel_value_size(fd);
	if (size < sizeof(about->version) || size > sizeof(value) ||
	    bpf_map_lookup_elem(fd, &key, value))
		return fault_set(f, EPROTO, "%s is not what vethbpf makes", path);
	memcpy(about, value, sizeof(*about));
	return 0;
}

static int refuse_newer(const struct panel *p, const struct vb_panel *about, struct fault *f)
{
	fault_set(f, EPROTO,
		  "%s was made by a newer vethbpf, %u.%u.%u (state version %u; this "
		  "one, " VETHBPF_VERSION ", knows %u)",
		  p->path, about->maker[0], about->maker[1], about->maker[2], about->version,
		  VB_STATE_VERSION);
	fault_hint(f, "use that one, or take its pairs away with it first");
	return -EPROTO;
}

static int refuse_older(const struct panel *p, const struct vb_panel *about, struct fault *f)
{
	if (about->flags & VB_PANEL_UPGRADING)
		fault_set(f, EPROTO, "%s: an upgrade of it was cut short", p->path);
	else
		fault_set(f, EPROTO,
			  "%s was made by an older vethbpf (state version %u; this one's is %u)",
			  p->path, about->version, VB_STATE_VERSION);
	fault_hint(f, "`vethbpf upgrade` brings it up to date; the cables carry on meanwhile");
	return -EPROTO;
}

int panel_check_version(const struct panel *p, enum panel_mode mode, struct fault *f)
{
	struct vb_panel about = {0};
	uint32_t ports = 0, ends = 0;
	int err = read_about(p, &about, f);

	if (err)
		return err;
	err = pinned_value_size(p, "ports", &ports, f) ?: pinned_value_size(p, "ends", &ends, f);
	if (err)
		return err;
	if (about.version > VB_STATE_VERSION || ports > sizeof(struct vb_port) ||
	    ends > sizeof(struct vb_end))
		return refuse_newer(p, &about, f);
	if (!about.version)
		return fault_set(f, EPROTO, "%s/panel is not what vethbpf makes", p->path);
	if (mode == PANEL_READ || mode == PANEL_UPGRADE)
		return 0;
	if (about.version < VB_STATE_VERSION || about.flags & VB_PANEL_UPGRADING ||
	    ports < sizeof(struct vb_port) || ends < sizeof(struct vb_end))
		return refuse_older(p, &about, f);
	return 0;
}

/* An array's elements lie at multiples of 8 bytes (kernel/bpf/arraymap.c). */
static struct vb_end *copy_older(int fd, size_t size)
{
	size_t stride = (size + 7) & ~7UL;
	const char *map = mmap(NULL, VB_ENDS_MAX * stride, PROT_READ, MAP_SHARED, fd, 0);
	struct vb_end *ends;

	if (map == MAP_FAILED)
		return NULL;
	ends = calloc(VB_ENDS_MAX, sizeof(*ends));
	for (size_t i = 0; ends && i < VB_ENDS_MAX; i++)
		memcpy(&ends[i], map + i * stride, size);
	munmap((void *)map, VB_ENDS_MAX * stride);
	return ends;
}

int panel_ends_map(struct panel *p, int fd)
{
	int prot = p->lock >= 0 ? PROT_READ | PROT_WRITE : PROT_READ;
	uint32_t size = panel_value_size(fd);
	void *map;

	if (size && size < sizeof(struct vb_end)) {
		p->ends = copy_older(fd, size);
		p->ends_copied = true;
		return p->ends ? 0 : -errno;
	}
	map = mmap(NULL, ENDS_BYTES, prot, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	p->ends = map;
	return 0;
}

void panel_ends_unmap(struct panel *p)
{
	if (p->ends_copied)
		free(p->ends);
	else if (p->ends)
		munmap(p->ends, ENDS_BYTES);
	p->ends = NULL;
	p->ends_copied = false;
}

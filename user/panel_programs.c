// SPDX-License-Identifier: GPL-2.0-only
/* A panel's pins by their names, and its programs. */
#include <errno.h>
#include <stdio.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "cleanup.h"
#include "kernel.h"
#include "panel.h"
#include "tc.skel.h"

const char *panel_prog_name(enum vb_role role)
{
	static const char *const names[VB_ROLE_MAX] = {
		[VB_ROLE_STACK_TX] = "vb_stack_tx", [VB_ROLE_WIRE_RX] = "vb_wire_rx",
		[VB_ROLE_WIRE_XDP] = "vb_wire_xdp", [VB_ROLE_STACK_RX] = "vb_stack_rx",
		[VB_ROLE_WIRE_TX] = "vb_wire_tx",   [VB_ROLE_ANCHOR_RX] = "vb_anchor_rx",
	};

	return role < VB_ROLE_MAX && names[role] ? names[role] : "?";
}

void panel_map_path(const struct panel *p, const char *name, const char *which, char *buf,
		    size_t size)
{
	snprintf(buf, size, "%s/%s%s", p->path, name, which);
}

void panel_prog_path(const struct panel *p, enum vb_role role, const char *which, char *buf,
		     size_t size)
{
	snprintf(buf, size, "%s/prog/%s%s", p->path, panel_prog_name(role), which);
}

/* No dots and no device names: a dot is refused on bpffs, and a device may be renamed. */
void panel_link_path(const struct panel *p, uint32_t ifindex, enum vb_role role, char *buf,
		     size_t size)
{
	snprintf(buf, size, "%s/link/%u_%s", p->path, ifindex, panel_prog_name(role));
}

int panel_prog_open(const struct panel *p, enum vb_role role)
{
	char path[160];
	int fd;

	panel_prog_path(p, role, "", path, sizeof(path));
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

static int pin_has_id(const struct panel *p, enum vb_role role, const char *which, uint32_t id)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = -1;
	char path[160];

	panel_prog_path(p, role, which, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return bpf_obj_get_info_by_fd(fd, &info, &len) ? -errno : info.id == id;
}

int panel_prog_has_id(const struct panel *p, enum vb_role role, uint32_t id)
{
	int has = pin_has_id(p, role, "", id);

	return has ?: pin_has_id(p, role, PANEL_OLD, id);
}

int panel_share_maps(const struct panel *p, struct bpf_object *obj)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj) {
		_cleanup_close_ int fd = -1;
		char path[160];
		int err;

		if (bpf_map__is_internal(map))
			continue;
		panel_map_path(p, bpf_map__name(map), "", path, sizeof(path));
		fd = bpf_obj_get(path);
		if (fd < 0)
			return -errno;
		err = bpf_map__reuse_fd(map, fd);
		if (err)
			return err;
	}
	return 0;
}

int panel_programs_load(const struct panel *p, struct tc_bpf *skel, struct fault *f)
{
	int err;

	skel->rodata->panel_cookie = p->cookie;
	skel->rodata->has_kern_types = kernel_has_types();
	err = tc_bpf__load(skel);
	if (err) {
		fault_errno(f, -err, "load the TC programs into the kernel");
		fault_hint(
			f,
			"it must have BPF, DEVMAP_HASH maps (Linux 5.4) and BTF; VETHBPF_DEBUG=1 "
			"shows what libbpf says");
	}
	return err;
}

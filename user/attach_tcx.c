// SPDX-License-Identifier: GPL-2.0-only
/* tcx: a bpf_link a hook, pinned in the panel. */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <bpf/bpf.h>
#include "attach.h"
#include "cleanup.h"
#include "plan.h"

/* The head of struct bpf_link_info and its tcx member (Linux 6.6), which older headers lack. */
struct tcx_link_info {
	uint32_t type, id, prog_id, pad;
	uint32_t ifindex, attach_type;
	uint8_t rest[96];
};

static int query(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		 struct attach_info *ret)
{
	struct tcx_link_info info = {0};
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = -1;
	char path[160];

	*ret = (struct attach_info){0};
	panel_link_path(p, ifindex, hook->role, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	/* A link outlives its device, then with ifindex 0 (tcx_link_fill_info). */
	ret->attached = info.ifindex == ifindex;
	ret->prog_id = info.prog_id;
	ret->link_id = info.id;
	ret->link_ifindex = info.ifindex;
	return 0;
}

static int detach(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		  struct fault *f)
{
	_cleanup_close_ int fd = -1;
	char path[160];

	(void)flags;
	panel_link_path(p, ifindex, hook->role, path, sizeof(path));
	/* Without its pin the link would go too, but at some later time (bpf_link_put). */
	fd = bpf_obj_get(path);
	if (fd >= 0)
		grace_wait(&p->grace, 1);
	if (fd >= 0 && bpf_link_detach(fd))
		return fault_errno(f, errno, "detach %s", panel_prog_name(hook->role));
	if (unlink(path) < 0 && errno != ENOENT)
		return fault_errno(f, errno, "remove %s", path);
	return 0;
}

/* What BPF_LINK_CREATE takes for tcx (union bpf_attr, Linux 6.6), which libbpf 1.1 does not know.
 */
struct tcx_link_create {
	uint32_t prog_fd, ifindex, attach_type, flags;
	uint32_t relative_id, pad;
	uint64_t expected_revision;
};

#define TCX_BEFORE (1U << 3)
#define TCX_AFTER  (1U << 4)
#define TCX_ID	   (1U << 5)

static int create_link(int prog, uint32_t ifindex, const struct vb_hook *hook)
{
	struct tcx_link_create attr = {
		.prog_fd = (uint32_t)prog,
		.ifindex = ifindex,
		.attach_type =
			attach_at_egress(hook->role) ? ATTACH_TCX_EGRESS : ATTACH_TCX_INGRESS,
		.relative_id = hook->handle,
	};

	if (hook->prio == PLAN_BEFORE)
		attr.flags = TCX_BEFORE;
	else if (hook->prio == PLAN_AFTER)
		attr.flags = TCX_AFTER;
	if (hook->handle)
		attr.flags |= TCX_ID;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

static int attach(struct panel *p, uint32_t ifindex, struct vb_hook *hook, struct fault *f)
{
	_cleanup_close_ int prog = -1, fd = -1;
	struct attach_info info;
	char path[160];
	int err;

	err = query(p, ifindex, hook, &info);
	if (!err && info.attached)
		return 0;
	/* The pin of a device that is gone and whose ifindex another has got. */
	if (!err && info.link_id)
		err = detach(p, ifindex, hook, 0, f);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));

	prog = panel_prog_open(p, hook->role);
	if (prog < 0)
		return fault_errno(f, -prog, "open program %s", panel_prog_name(hook->role));
	grace_wait(&p->grace, 1);
	fd = create_link(prog, ifindex, hook);
	if (fd < 0)
		return fault_errno(f, errno, "attach %s by tcx", panel_prog_name(hook->role));
	panel_link_path(p, ifindex, hook->role, path, sizeof(path));
	if (bpf_obj_pin(fd, path) < 0)
		return fault_errno(f, errno, "pin %s", path);
	return 0;
}

/* The link changes its program in one step and in its place (tcx_link_update()). */
static int replace(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, struct fault *f)
{
	_cleanup_close_ int prog = -1, fd = -1;
	struct attach_info info;
	char path[160];
	int err;

	err = query(p, ifindex, hook, &info);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (!info.attached)
		return 0;
	prog = panel_prog_open(p, hook->role);
	if (prog < 0)
		return fault_errno(f, -prog, "open program %s", panel_prog_name(hook->role));
	panel_link_path(p, ifindex, hook->role, path, sizeof(path));
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_link_update(fd, prog, NULL))
		return fault_errno(f, errno, "replace %s by tcx", panel_prog_name(hook->role));
	return 0;
}

int attach_tcx_before(int prog_fd, uint32_t ifindex, const struct vb_hook *ours, uint32_t prog_id)
{
	const struct vb_hook before = {
		.role = ours->role,
		.prio = PLAN_BEFORE,
		.handle = prog_id,
	};
	int fd = create_link(prog_fd, ifindex, &before);

	return fd < 0 ? -errno : fd;
}

const struct attach_ops attach_tcx = {
	.name = "tcx",
	.attach = attach,
	.detach = detach,
	.replace = replace,
	.query = query,
};

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include "attach.h"
#include "kernel.h"

bool kernel_has_tcx(int prog_fd)
{
	const char *off = getenv("VETHBPF_NO_TCX");
	int fd;

	if (off && !strcmp(off, "1"))
		return false;
	/* No device has this ifindex: ENODEV from a kernel that knows tcx, EINVAL from others. */
	fd = bpf_link_create(prog_fd, INT_MAX, BPF_TCX_INGRESS, NULL);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == ENODEV;
}

bool kernel_has_types(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has;

	if (!btf)
		return false;
	has = btf__find_by_name_kind(btf, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	btf__free(btf);
	return has;
}

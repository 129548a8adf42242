/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel can do. */
#ifndef VB_KERNEL_H
#define VB_KERNEL_H

#include <stdbool.h>

/*
 * Whether tcx links can be made (Linux 6.6). prog_fd is any TC program's. VETHBPF_NO_TCX=1 in the
 * environment says no, so that the way for older kernels can be tried on a newer one.
 */
bool kernel_has_tcx(int prog_fd);

/* Whether programs can read the kernel's own structures (bpf_rdonly_cast, Linux 6.2). */
bool kernel_has_types(void);

#endif

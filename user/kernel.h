/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel can do. */
#ifndef VB_KERNEL_H
#define VB_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether tcx links can be made (Linux 6.6). prog_fd is any TC program's. VETHBPF_NO_TCX=1 in the
 * environment says no, so that the way for older kernels can be tried on a newer one.
 */
bool kernel_has_tcx(int prog_fd);

/* Whether programs can read the kernel's own structures (bpf_rdonly_cast, Linux 6.2). */
bool kernel_has_types(void);

/*
 * What a device must do for itself so that its driver may be given any packet as it is, as bits of
 * net_device.features: finish every checksum, put in every VLAN tag that lies beside the data. All
 * bits if the kernel does not tell which they are: no device can do that.
 */
uint64_t kernel_raw_features(void);

#endif

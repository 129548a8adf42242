/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a device still belongs to the panel. A device that is moved to another network namespace
 * takes its tcx and XDP programs along, and its ifindex there may be that of an end here: the maps
 * know numbers only. So the programs compare the cookie of the device's namespace with the panel's.
 *
 * This reads the kernel's own structures through BTF (bpf_cast_to_kern_ctx, Linux 6.2). Earlier
 * kernels have clsact instead of tcx, and that does not survive the move.
 */
#ifndef VB_NETNS_H
#define VB_NETNS_H

#include <stdbool.h>
#include <bpf/bpf_helpers.h>

/* Set by the loader before it loads the programs. */
const volatile __u64 panel_cookie = 0;
const volatile bool has_kern_ctx = false;

extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net {
	__u64 net_cookie;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	possible_net_t nd_net;
};

struct sk_buff {
	struct net_device *dev;
};

struct xdp_rxq_info {
	struct net_device *dev;
};

struct xdp_buff {
	struct xdp_rxq_info *rxq;
};
#pragma clang attribute pop

static __always_inline bool netns_is_ours(const struct net_device *dev)
{
	return dev->nd_net.net->net_cookie == panel_cookie;
}

#endif

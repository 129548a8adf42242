/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs read of the kernel's own structures, through BTF (bpf_cast_to_kern_ctx and
 * bpf_rdonly_cast, Linux 6.2). Reads are safe whatever they meet: the kernel makes a read that
 * faults give 0. Without them, on earlier kernels, the programs know less and say less; nowhere
 * does a frame reach another device for that.
 */
#ifndef VB_KERN_H
#define VB_KERN_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Set by the loader before it loads the programs. */
const volatile __u64 panel_cookie = 0;
const volatile bool has_kern_types = false;
const volatile __u64 raw_features = ~0ULL; /* kernel_raw_features() */

extern void *bpf_cast_to_kern_ctx(void *ctx) __ksym __weak;
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net {
	__u64 net_cookie;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device {
	unsigned int flags;
	unsigned long state;
	unsigned int mtu;
	int ifindex;
	possible_net_t nd_net;
	__u64 features;
};

struct skb_shared_info {
	__u16 gso_size;
};

struct sk_buff {
	struct net_device *dev;
	__u32 vlan_all;
	__u8 ip_summed : 2;
};

struct xdp_rxq_info {
	struct net_device *dev;
};

struct xdp_buff {
	void *data_hard_start;
	struct xdp_rxq_info *rxq;
	__u32 frame_sz;
};

/* What veth gives an XDP program as its context (drivers/net/veth.c, Linux 6.3). */
struct veth_xdp_buff {
	struct xdp_buff xdp;
	struct sk_buff *skb;
};

struct list_head {
	void *next;
};
#pragma clang attribute pop

/* Bits of net_device.state (enum netdev_state_t, include/linux/netdevice.h). */
#define STATE_START	(1UL << 0)
#define STATE_NOCARRIER (1UL << 2)

#define CHECKSUM_PARTIAL 3 /* include/linux/skbuff.h */

#define kern_cast(p, type) ((type *)bpf_rdonly_cast((void *)(p), bpf_core_type_id_kernel(type)))

/*
 * Whether a device still belongs to the panel. One that is moved to another network namespace takes
 * its tcx and XDP programs along, and its ifindex there may be that of an end here. (On kernels
 * without these types there is clsact instead of tcx, and that does not survive the move.)
 */
static __always_inline bool dev_is_ours(const struct net_device *dev)
{
	return dev->nd_net.net->net_cookie == panel_cookie;
}

/* Whether a device is up and has carrier: else its driver drops what is transmitted on it. */
static __always_inline bool dev_can_transmit(const struct net_device *dev)
{
	return (dev->state & (STATE_START | STATE_NOCARRIER)) == STATE_START;
}

/*
 * Whether a device's driver may be given any packet as it is, its checksum to be filled in and its
 * tag beside its data: what generic XDP redirects gets there without the stack's help
 * (generic_xdp_tx() in net/core/dev.c), and other drivers would send it unfinished.
 */
static __always_inline bool dev_takes_raw(const struct net_device *dev)
{
	return (dev->features & raw_features) == raw_features;
}

#define CACHE_LINE 64 /* SMP_CACHE_BYTES of x86-64 and arm64 */

/* Whether what generic XDP shows is one packet that is to become several
 * (bpf_prog_run_generic_xdp() in net/core/dev.c: what describes that lies behind the data). */
static __always_inline bool generic_frame_is_gso(struct xdp_buff *xdp)
{
	__u32 size = bpf_core_type_size(struct skb_shared_info);

	size = (size + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
	return kern_cast(xdp->data_hard_start + xdp->frame_sz - size, struct skb_shared_info)
		->gso_size;
}

/*
 * Whether a veth's or netkit's other end is up and in another namespace, as bpf_redirect_peer wants
 * it: otherwise that drops the frame. The pointer to the other end is what the driver's private
 * data begins with, right behind the device (netdev_priv; struct veth_priv, struct netkit).
 */
static __always_inline bool dev_other_end_is_away(struct net_device *dev)
{
	__u32 behind = (bpf_core_type_size(struct net_device) + 31) & ~31U;
	struct net_device *other;

	other = kern_cast(kern_cast((void *)dev + behind, struct list_head)->next,
			  struct net_device);
	return other->flags & 1 && other->nd_net.net != dev->nd_net.net;
}

/*
 * Whether a frame that a veth shows to XDP is all there. One that was a packet before may have its
 * checksum still to be filled in, or a VLAN tag beside its data: XDP would redirect it without.
 */
static __always_inline bool veth_frame_is_whole(struct xdp_buff *xdp)
{
	struct sk_buff *skb;

	if (!bpf_core_type_exists(struct veth_xdp_buff))
		return false;
	skb = kern_cast((void *)xdp + bpf_core_field_offset(struct veth_xdp_buff, skb),
			struct list_head)
		      ->next;
	if (!skb)
		return true;
	skb = kern_cast(skb, struct sk_buff);
	return BPF_CORE_READ_BITFIELD(skb, ip_summed) != CHECKSUM_PARTIAL && !skb->vlan_all;
}

#endif

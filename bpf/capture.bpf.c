// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `capture` sees a cable by: programs that run when one of the panel's own programs returns
 * (fexit), so they see every frame that is taken, as it was taken, with the verdict on it. A kernel
 * in lockdown refuses those; there a tcx program right before the panel's own sees the frames of
 * TC, without a verdict, and nothing sees those of XDP. All are held by the capturing process alone
 * and go with it, however it ends.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "vb_capture.h"

/* BPF_PROG makes the arguments of the context, which it then does not use by itself. */
#pragma clang diagnostic ignored "-Wunused-parameter"

#define CURRENT_CPU 0xffffffffULL /* BPF_F_CURRENT_CPU */

/* Set by the loader before it loads the programs. */
const volatile __u32 cap_ifindex[2] = {};
const volatile __u32 cap_bytes = 0;

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} cap_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2); /* by end */
	__type(key, __u32);
	__type(value, struct vb_cap_count);
} cap_count SEC(".maps");

/* The frame that generic XDP is about to run a program on, and the tag that lies beside it. */
struct generic {
	__u64 xdp;
	__u32 tag;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct generic);
} cap_generic SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct net_device {
	int ifindex;
};

struct sk_buff {
	struct net_device *dev;
	unsigned int len;
	__u16 vlan_proto;
	__u16 vlan_tci;
};

/* Until Linux 6.2 a bit told whether there is a tag; since then vlan_proto does. */
struct sk_buff___bit {
	__u8 vlan_present : 1;
};

struct xdp_rxq_info {
	struct net_device *dev;
};

struct xdp_buff {
	void *data, *data_end;
	struct xdp_rxq_info *rxq;
};
#pragma clang attribute pop

/* The tag that lies beside a frame, as it stands in one on the wire; 0: none. */
static __always_inline __u32 tag_beside(struct sk_buff *skb)
{
	struct sk_buff___bit *old = (void *)skb;

	if (bpf_core_field_exists(old->vlan_present)) {
		if (!BPF_CORE_READ_BITFIELD(old, vlan_present))
			return 0;
	} else if (!skb->vlan_proto) {
		return 0;
	}
	return (__u32)__builtin_bswap16(skb->vlan_proto) << 16 | skb->vlan_tci;
}

/* Which end a device is, or -1. */
static __always_inline int end_of(const struct net_device *dev)
{
	__u32 ifindex = dev->ifindex;

	if (ifindex == cap_ifindex[0])
		return 0;
	return ifindex == cap_ifindex[1] ? 1 : -1;
}

static __always_inline void count(__u32 end, long lost)
{
	struct vb_cap_count *c = bpf_map_lookup_elem(&cap_count, &end);

	if (!c)
		return;
	c->seen++;
	if (lost)
		c->lost++;
}

static __always_inline void describe(struct vb_cap *cap, __u32 end, __u32 len, __u32 tag,
				     int verdict)
{
	cap->time = bpf_ktime_get_ns();
	cap->tag = tag;
	cap->len = len;
	cap->bytes = len < cap_bytes ? len : cap_bytes;
	cap->verdict = verdict;
	cap->end = end;
}

static __always_inline int see_skb(struct sk_buff *skb, int verdict)
{
	struct vb_cap cap = {.hook = VB_CAP_TC};
	int end = end_of(skb->dev);

	/* Any other verdict: it was left to go its way, as if no cable were there. */
	if (end < 0 || (verdict != TC_ACT_REDIRECT && verdict != TC_ACT_SHOT))
		return 0;
	describe(&cap, end, skb->len, tag_beside(skb), verdict);
	count(end, bpf_skb_output(skb, &cap_ring, CURRENT_CPU | (__u64)cap.bytes << 32, &cap,
				  sizeof(cap)));
	return 0;
}

SEC("tc")
int vb_cap_before(struct __sk_buff *skb)
{
	struct vb_cap cap = {.hook = VB_CAP_BEFORE};
	__u32 end = skb->ifindex == cap_ifindex[1], tag = 0;

	if (skb->vlan_present)
		tag = (__u32)__builtin_bswap16(skb->vlan_proto) << 16 | skb->vlan_tci;
	describe(&cap, end, skb->len, tag, 0);
	count(end, bpf_perf_event_output(skb, &cap_ring, CURRENT_CPU | (__u64)cap.bytes << 32, &cap,
					 sizeof(cap)));
	return TC_ACT_UNSPEC;
}

SEC("fexit")
int BPF_PROG(vb_cap_stack, struct sk_buff *skb, int verdict)
{
	return see_skb(skb, verdict);
}

SEC("fexit")
int BPF_PROG(vb_cap_wire, struct sk_buff *skb, int verdict)
{
	return see_skb(skb, verdict);
}

SEC("fexit")
int BPF_PROG(vb_cap_xdp, struct xdp_buff *xdp, int verdict)
{
	struct vb_cap cap = {.hook = VB_CAP_XDP};
	int end = end_of(xdp->rxq->dev);
	struct generic *generic;
	__u32 zero = 0, tag = 0;

	/* Whatever else becomes of it, the TC program of this end gets it. */
	if (end < 0 || verdict != XDP_REDIRECT)
		return 0;
	generic = bpf_map_lookup_elem(&cap_generic, &zero);
	if (generic && generic->xdp == (__u64)xdp)
		tag = generic->tag;
	describe(&cap, end, xdp->data_end - xdp->data, tag, verdict);
	count(end, bpf_xdp_output(xdp, &cap_ring, CURRENT_CPU | (__u64)cap.bytes << 32, &cap,
				  sizeof(cap)));
	return 0;
}

/* Generic XDP shows a program the frame only; the packet that the tag belongs to is known here. */
SEC("fentry/bpf_prog_run_generic_xdp")
int BPF_PROG(vb_cap_generic, struct sk_buff *skb, struct xdp_buff *xdp)
{
	struct generic *generic;
	__u32 zero = 0;

	if (end_of(skb->dev) < 0)
		return 0;
	generic = bpf_map_lookup_elem(&cap_generic, &zero);
	if (generic) {
		generic->xdp = (__u64)xdp;
		generic->tag = tag_beside(skb);
	}
	return 0;
}

char _license[] SEC("license") = "GPL";

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TC programs: a frame that one end gives is redirected to the other. They run as tcx programs
 * or as direct-action filters on a clsact qdisc alike (TCX_NEXT and TC_ACT_UNSPEC are both -1).
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "maps.h"
#include "netns.h"

#define TC_NEXT	  TC_ACT_UNSPEC
#define VLAN_HLEN 4

/* The loader's own records: no program reads them, but they are made with the others. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, VB_ENDS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct vb_port);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct vb_panel);
} panel SEC(".maps");

/* The tag of a frame that came in tagged lies beside it, not in it (skb_vlan_untag). */
static __always_inline __u32 frame_len(const struct __sk_buff *skb)
{
	return skb->len + (skb->vlan_present ? VLAN_HLEN : 0);
}

static __always_inline int drop(struct __sk_buff *skb, struct vb_count *count, enum vb_drop why)
{
	count_drop(count, why, frame_len(skb));
	return TC_ACT_SHOT;
}

/*
 * Takes a frame if both ends name each other. While either end names nobody the cable is not (yet)
 * there and frames go their way; when the peer is there no longer they are dropped, not passed:
 * what was meant for the other end must not reach whatever lies behind this one.
 */
static __always_inline int take(struct __sk_buff *skb)
{
	__u32 me = skb->ifindex, *to;
	struct vb_end *own, *far;
	struct vb_count *count;

	own = end_get(me);
	if (!own || !own->peer)
		return TC_NEXT;
	if (has_kern_ctx && !netns_is_ours(((struct sk_buff *)bpf_cast_to_kern_ctx(skb))->dev))
		return TC_NEXT;

	count = end_count(own);
	to = bpf_map_lookup_elem(&peers, &me);
	far = to ? end_get(*to) : NULL;
	if (far && !far->peer)
		return TC_NEXT;

	count_taken(count, frame_len(skb));
	if (!to)
		return drop(skb, count, VB_DROP_GONE);
	if (!far || far->peer != me)
		return drop(skb, count, VB_DROP_UNPLUGGED);
	return bpf_redirect(*to, far->side == VB_SIDE_STACK ? BPF_F_INGRESS : 0);
}

SEC("tc")
int vb_stack_tx(struct __sk_buff *skb)
{
	return take(skb);
}

SEC("tc")
int vb_wire_rx(struct __sk_buff *skb)
{
	return take(skb);
}

char _license[] SEC("license") = "GPL";

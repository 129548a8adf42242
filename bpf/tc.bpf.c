// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TC programs: a frame that one end gives is redirected to the other, and a gate keeps out what
 * does not come from there. They run as tcx programs or as direct-action filters on a clsact qdisc
 * alike (TCX_NEXT and TC_ACT_UNSPEC are both -1).
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "peers.h"
#include "endpoint.h"

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

static __always_inline bool skb_is_ours(struct __sk_buff *skb)
{
	return !has_kern_types || dev_is_ours(((struct sk_buff *)bpf_cast_to_kern_ctx(skb))->dev);
}

/* The tag of a frame that came in tagged lies beside it, not in it (skb_vlan_untag). */
static __always_inline __u32 frame_len(const struct __sk_buff *skb)
{
	return skb->len + skb->vlan_present * VLAN_HLEN;
}

static __always_inline int drop(struct vb_count *count, enum vb_drop why, __u32 len)
{
	count_drop(count, why, len);
	return TC_ACT_SHOT;
}

/* Hands over as received by the device. Nothing checks its MTU there, as on a real wire's end. */
static __always_inline int give_stack(struct __sk_buff *skb, const struct vb_end *far,
				      const struct net_device *dev, struct vb_count *count,
				      __u32 len)
{
	if (has_kern_types && !(dev->state & STATE_START))
		return drop(count, VB_DROP_DOWN, len);
	if (far->flags & VB_END_GATED)
		skb->tc_index = VB_MARK;
	return bpf_redirect(far->ifindex, BPF_F_INGRESS);
}

/*
 * Hands over to the endpoint on an anchor what veth would hand over: a macvlan itself looks at its
 * MTU only when it sends. Frames for other addresses cross, as with veth: a TC program or a packet
 * socket at the endpoint may want them.
 */
static __always_inline int give_anchor(struct __sk_buff *skb, const struct vb_end *far,
				       struct net_device *dev, struct vb_count *count, __u32 len)
{
	struct net_device *endpoint;

	if (has_kern_types) {
		endpoint = endpoint_on(dev);
		if (!endpoint)
			return drop(count, VB_DROP_NO_PEER, len);
		if (!(endpoint->state & STATE_START))
			return drop(count, VB_DROP_DOWN, len);
		if (skb->len > endpoint->mtu + ETH_HLEN + VLAN_HLEN && !skb->gso_size)
			return drop(count, VB_DROP_TOO_LONG, len);
	}
	return bpf_redirect(far->ifindex, BPF_F_INGRESS);
}

/*
 * Hands over by transmitting. What the driver would drop is dropped here, where it is counted:
 * is_skb_forwardable() in net/core/dev.c is the measure of what is too long.
 */
static __always_inline int give_wire(struct __sk_buff *skb, const struct vb_end *far,
				     struct net_device *dev, struct vb_count *count, __u32 len,
				     bool may_peer)
{
	if (has_kern_types) {
		if (!dev_can_transmit(dev))
			return drop(count, VB_DROP_DOWN, len);
		if (skb->len > dev->mtu + ETH_HLEN + VLAN_HLEN && !skb->gso_size)
			return drop(count, VB_DROP_TOO_LONG, len);
		if (may_peer && far->flags & VB_END_PEER && dev_other_end_is_away(dev))
			return bpf_redirect_peer(far->ifindex, 0);
	}
	if (far->flags & VB_END_GATED)
		skb->tc_index = VB_MARK;
	return bpf_redirect(far->ifindex, 0);
}

/*
 * Takes a frame if both ends name each other. While either end names nobody the cable is not (yet)
 * there and frames go their way; when the peer is there no longer they are dropped, not passed:
 * what was meant for the other end must not reach whatever lies behind this one.
 */
static __always_inline int take(struct __sk_buff *skb, bool may_peer)
{
	__u32 me = skb->ifindex, len = frame_len(skb);
	struct vb_end *own = end_get(me), *far;
	struct vb_count *count;
	struct peer to;

	if (!own || !own->peer || !skb_is_ours(skb))
		return TC_NEXT;
	to = peers_find(me);
	far = to.ifindex ? end_get(to.ifindex) : NULL;
	if (far && !far->peer)
		return TC_NEXT;

	count = end_count(own);
	count_taken(count, len);
	if (!far || far->peer != me)
		return drop(count, VB_DROP_NO_PEER, len);
	if (far->side == VB_SIDE_WIRE)
		return give_wire(skb, far, to.dev, count, len, may_peer);
	if (far->flags & VB_END_ANCHOR)
		return give_anchor(skb, far, to.dev, count, len);
	return give_stack(skb, far, to.dev, count, len);
}

/*
 * Lets pass what was handed over here, and nothing else while the cable is plugged in: neither
 * what a macvlan's lower device received nor what this machine has to say on a wire.
 */
static __always_inline int gate(struct __sk_buff *skb)
{
	struct vb_end *own, *far;
	struct vb_count *count;

	if (skb->tc_index == VB_MARK) {
		skb->tc_index = 0;
		return TC_NEXT;
	}
	own = end_get(skb->ifindex);
	if (!own || !own->peer || !skb_is_ours(skb))
		return TC_NEXT;
	far = end_get(own->peer);
	if (far && !far->peer)
		return TC_NEXT;

	count = end_count(own);
	if (count)
		count->foreign++;
	return TC_ACT_SHOT;
}

SEC("tc")
int vb_stack_tx(struct __sk_buff *skb)
{
	return take(skb, false);
}

SEC("tc")
int vb_stack_rx(struct __sk_buff *skb)
{
	return gate(skb);
}

/* bpf_redirect_peer works at ingress only (skb_do_redirect() in net/core/filter.c). */
SEC("tc")
int vb_wire_rx(struct __sk_buff *skb)
{
	return take(skb, true);
}

SEC("tc")
int vb_wire_tx(struct __sk_buff *skb)
{
	return gate(skb);
}

char _license[] SEC("license") = "GPL";

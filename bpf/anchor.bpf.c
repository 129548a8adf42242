// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an anchor receives is for its endpoint alone. But a macvlan gives broadcast and multicast to
 * its lower device's stack too (macvlan_handle_frame() passes them on). As another host's the
 * stack drops them; to the endpoint the macvlan gives them as what they are.
 */
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int vb_anchor_rx(struct __sk_buff *skb)
{
	/* As on veth, a mark does not get from one namespace into another. */
	skb->mark = 0;
	if (skb->pkt_type == PACKET_BROADCAST || skb->pkt_type == PACKET_MULTICAST)
		bpf_skb_change_type(skb, PACKET_OTHERHOST);
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "GPL";

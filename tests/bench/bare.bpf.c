// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs that the benchmark needs beside vethbpf's own: redirects of one line, which are the
 * limit of what ours can reach, a source of frames, and a sink that counts them.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

/* Most look at nothing. */
#pragma clang diagnostic ignored "-Wunused-parameter"

/* Set before loading. */
const volatile __u32 target = 0; /* ifindex */
const volatile __u32 flows = 1;	 /* a power of two, up to 2^16 */

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} to SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

__u32 next_flow = 0;

SEC("xdp")
int bare_xdp(struct xdp_md *xdp)
{
	return bpf_redirect_map(&to, 0, XDP_PASS);
}

SEC("tc")
int bare_tc(struct __sk_buff *skb)
{
	return bpf_redirect(target, 0);
}

/* What a run costs by itself. */
SEC("xdp")
int pass_xdp(struct xdp_md *xdp)
{
	return XDP_PASS;
}

SEC("tc")
int pass_tc(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

static __always_inline void count(void)
{
	__u32 zero = 0;
	__u64 *frames = bpf_map_lookup_elem(&arrived, &zero);

	if (frames)
		(*frames)++;
}

SEC("xdp")
int sink_xdp(struct xdp_md *xdp)
{
	count();
	return XDP_DROP;
}

/* For what comes past XDP: bpf_redirect_peer hands over behind it. */
SEC("tc")
int sink_tc(struct __sk_buff *skb)
{
	count();
	return TC_ACT_SHOT;
}

/* Frames of Ethernet, IPv4 and UDP; a flow has its own source in each. */
struct frame {
	__u8 to[ETH_ALEN];
	__u8 from[ETH_ALEN];
	__u16 proto;
	__u8 ip[4];
	__u16 id;
	__u8 more[6];
	__u8 saddr[4];
	__u8 daddr[4];
	__u16 sport;
} __attribute__((packed));

SEC("xdp")
int source(struct xdp_md *xdp)
{
	struct frame *frame = (void *)(long)xdp->data;
	__u16 flow = next_flow++ & (flows - 1);

	if ((void *)(frame + 1) > (void *)(long)xdp->data_end)
		return XDP_DROP;
	*(__u16 *)&frame->from[4] = flow;
	*(__u16 *)&frame->saddr[2] = flow;
	frame->id = ~flow; /* so that the header's checksum stays right */
	frame->sport = flow;
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";

// SPDX-License-Identifier: GPL-2.0-only
/* Somebody else's programs, which a cable leaves alone. They let every frame pass. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

__u64 other_seen; /* frames, by other_xdp */

SEC("xdp")
int other_xdp(struct xdp_md *ctx)
{
	(void)ctx;
	__sync_fetch_and_add(&other_seen, 1);
	return XDP_PASS;
}

SEC("tc")
int other_tc(struct __sk_buff *ctx)
{
	(void)ctx;
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "GPL";

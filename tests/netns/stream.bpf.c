// SPDX-License-Identifier: GPL-2.0-only
/* Keeps account of every numbered frame that a device receives: see stream.c. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "stream.h"

struct seen seen;

SEC("tc")
int note(struct __sk_buff *skb)
{
	struct numbered frame;

	if (bpf_skb_load_bytes(skb, 0, &frame, sizeof(frame)) ||
	    frame.type != bpf_htons(STREAM_TYPE) || frame.number >= STREAM_MAX)
		return TC_ACT_UNSPEC;
	seen.times[frame.number]++;
	__sync_fetch_and_add(&seen.count, 1);
	return TC_ACT_SHOT;
}

char _license[] SEC("license") = "GPL";

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The XDP program of a wire end. It takes only what it can hand over; everything else goes up to
 * the TC program of the same end, which hands it over or drops and counts it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "maps.h"
#include "netns.h"

SEC("xdp")
int vb_wire_xdp(struct xdp_md *xdp)
{
	__u32 me = xdp->ingress_ifindex, *to;
	__u64 bytes = xdp->data_end - xdp->data;
	struct vb_end *own, *far;
	int verdict;

	own = end_get(me);
	if (!own || !own->peer)
		return XDP_PASS;
	if (has_kern_ctx &&
	    !netns_is_ours(((struct xdp_buff *)bpf_cast_to_kern_ctx(xdp))->rxq->dev))
		return XDP_PASS;

	/* As peers says, since that is where the frame will go. */
	to = bpf_map_lookup_elem(&peers, &me);
	far = to ? end_get(*to) : NULL;
	if (!far || far->peer != me || far->side != VB_SIDE_WIRE)
		return XDP_PASS;

	verdict = bpf_redirect_map(&peers, me, XDP_PASS);
	if (verdict == XDP_REDIRECT)
		count_taken(end_count(own), bytes);
	return verdict;
}

char _license[] SEC("license") = "GPL";

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The XDP program of a wire end. It takes only what it can hand over; everything else goes up to
 * the TC program of the same end, which hands it over or drops and counts it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <xdp/xdp_helpers.h>
#include "peers.h"

/* For libxdp: after other people's programs, which would not see what is redirected here. */
struct {
	__uint(priority, 2 * XDP_DEFAULT_RUN_PRIO);
	__uint(XDP_PASS, 1);
} XDP_RUN_CONFIG(vb_wire_xdp);

/* Whether generic XDP may hand a frame to the peer's driver: nobody tells what becomes of it then.
 */
static __always_inline bool generic_may_take(struct xdp_buff *buff, __u32 me)
{
	struct net_device *dev = peers_find(me).dev;

	return dev && dev_can_transmit(dev) && dev_takes_raw(dev) && !generic_frame_is_gso(buff);
}

SEC("xdp")
int vb_wire_xdp(struct xdp_md *xdp)
{
	__u32 me = xdp->ingress_ifindex;
	__u64 bytes = xdp->data_end - xdp->data;
	struct vb_end *own, *far;
	int verdict;

	own = end_get(me);
	if (!own || !own->peer)
		return XDP_PASS;
	if (has_kern_types) {
		struct xdp_buff *buff = bpf_cast_to_kern_ctx(xdp);

		if (!dev_is_ours(buff->rxq->dev))
			return XDP_PASS;
		if (own->flags & VB_END_SKB && !veth_frame_is_whole(buff))
			return XDP_PASS;
		if (own->flags & VB_END_XDPGEN && !generic_may_take(buff, me))
			return XDP_PASS;
	}

	/*
	 * The redirect goes where peers says. The loader keeps that the same as own->peer but while
	 * it re-plugs a cable, and then it is an end that names this one too.
	 */
	far = end_get(own->peer);
	if (!far || far->peer != me || bytes > far->xdp_max)
		return XDP_PASS;

	verdict = bpf_redirect_map(&peers, me, XDP_PASS);
	if (verdict == XDP_REDIRECT)
		count_taken(end_count(own), bytes);
	return verdict;
}

char _license[] SEC("license") = "GPL";

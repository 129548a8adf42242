// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of frames after the XDP program has redirected them, and of which no program is
 * told: refused when they are queued for the peer (it is down, its MTU was lowered), or by its
 * driver when a batch is transmitted. The kernel's tracepoints tell; the good case costs nothing
 * but one run a batch.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "maps.h"
#include "kern.h"

static __always_inline void count_refused(const struct net_device *from, __u32 frames)
{
	struct vb_count *count;
	struct vb_end *own;

	if (!from || !dev_is_ours(from))
		return;
	own = end_get(from->ifindex);
	count = own && own->peer ? end_count(own) : NULL;
	if (count)
		count->drops[VB_DROP_REDIRECT] += frames;
}

/* from_dev, to_dev, sent, drops, err */
SEC("tp_btf/xdp_devmap_xmit")
int vb_xdp_xmit(__u64 *args)
{
	int drops = (int)args[3];

	if (drops > 0)
		count_refused((const struct net_device *)args[0], drops);
	return 0;
}

/* dev, prog, tgt, err, map_type, map_id, index */
SEC("tp_btf/xdp_redirect_err")
int vb_xdp_err(__u64 *args)
{
	count_refused((const struct net_device *)args[0], 1);
	return 0;
}

char _license[] SEC("license") = "GPL";

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the frames of an end go. peers has an entry for it as long as the device that was plugged
 * in as its peer is there: the kernel removes the entry when that is deleted or moved to another
 * namespace. So it is asked for every frame, and what is not in it, no frame is sent to.
 */
#ifndef VB_PEERS_H
#define VB_PEERS_H

#include "maps.h"
#include "kern.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct hlist_head {
	void *first;
};

struct hlist_node {
	void *next;
};

/*
 * A DEVMAP_HASH (kernel/bpf/devmap.c): as many buckets as max_entries, a power of two, and an entry
 * is in the one that its key says, which is not hashed …
 */
struct bpf_dtab {
	struct hlist_head *dev_index_head;
};

/* … and an entry. What a look-up returns is the address of val. */
struct bpf_dtab_netdev {
	struct net_device *dev;
	struct hlist_node index_hlist;
	unsigned int idx; /* the key */
	struct bpf_devmap_val val;
};
#pragma clang attribute pop

struct peer {
	__u32 ifindex;		/* 0: there is none */
	struct net_device *dev; /* NULL also before Linux 6.2 */
};

static __always_inline struct peer peer_of(struct bpf_dtab_netdev *entry)
{
	return (struct peer){.ifindex = entry->val.ifindex, .dev = entry->dev};
}

/*
 * The first entry of a bucket, by reading what the helper reads without the call of it, which would
 * take a fifth of the time that a program takes. It is another end's only where the ifindexes of
 * two are the same modulo the number of buckets.
 */
static __always_inline struct bpf_dtab_netdev *peers_first(__u32 me)
{
	void *heads = ((struct bpf_dtab *)&peers)->dev_index_head;
	void *first =
		kern_cast(heads + me % VB_ENDS_MAX * sizeof(void *), struct hlist_head)->first;

	return kern_cast(first - bpf_core_field_offset(struct bpf_dtab_netdev, index_hlist),
			 struct bpf_dtab_netdev);
}

/*
 * By the helper. A devmap's update takes the old element out before it puts the new one in
 * (__dev_map_hash_update_elem), so a cable that is re-plugged has a second one, in the same bucket.
 */
static __always_inline void *peers_get(__u32 me)
{
	void *val = bpf_map_lookup_elem(&peers, &me);

	if (val)
		return val;
	me |= VB_MEANWHILE;
	return bpf_map_lookup_elem(&peers, &me);
}

static __always_inline struct peer peers_find(__u32 me)
{
	struct bpf_dtab_netdev *entry;
	void *val;

	if (has_kern_types) {
		entry = peers_first(me);
		if (entry->idx == me)
			return peer_of(entry);
	}
	val = peers_get(me);
	if (!val)
		return (struct peer){0};
	if (!has_kern_types)
		return (struct peer){.ifindex = *(__u32 *)val};
	return peer_of(kern_cast(val - bpf_core_field_offset(struct bpf_dtab_netdev, val),
				 struct bpf_dtab_netdev));
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps of a panel and the look-ups that every program makes. The loader gives all programs of
 * a panel the same maps.
 */
#ifndef VB_MAPS_H
#define VB_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "vethbpf.h"

/*
 * peers: own ifindex -> the peer's. A DEVMAP_HASH, since the kernel drops an entry when the
 * device it points to is unregistered or moved to another namespace (dev_map_notification), and
 * since XDP and TC programs may share it (not so a DEVMAP).
 */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, VB_ENDS_MAX);
	__type(key, __u32);
	__type(value, __u32);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, VB_ENDS_MAX);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct vb_end);
} ends SEC(".maps");

/* The first chunk is part of the object; the loader makes further ones like it. */
struct chunk {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, VB_CHUNK_SLOTS);
	__type(key, __u32);
	__type(value, struct vb_count);
} counters_0 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, VB_CHUNKS);
	__type(key, __u32);
	__array(values, struct chunk);
} counters SEC(".maps") = {
	.values = {&counters_0},
};

static __always_inline struct vb_end *end_get(__u32 ifindex)
{
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < VB_ENDS_PROBES; i++) {
		__u32 place = (ifindex + i) % VB_ENDS_MAX;
		struct vb_end *end = bpf_map_lookup_elem(&ends, &place);

		if (end && end->ifindex == ifindex)
			return end;
	}
	return NULL;
}

static __always_inline struct vb_count *end_count(const struct vb_end *end)
{
	__u32 chunk = end->slot / VB_CHUNK_SLOTS, slot = end->slot % VB_CHUNK_SLOTS;
	void *counts = bpf_map_lookup_elem(&counters, &chunk);

	return counts ? bpf_map_lookup_elem(counts, &slot) : NULL;
}

/* count may be NULL only for an end whose counters the loader has not made: nothing to keep. */
static __always_inline void count_taken(struct vb_count *count, __u64 bytes)
{
	if (!count)
		return;
	count->frames++;
	count->bytes += bytes;
}

static __always_inline void count_drop(struct vb_count *count, enum vb_drop why, __u64 bytes)
{
	if (!count)
		return;
	count->drops[why]++;
	count->drop_bytes += bytes;
}

#endif

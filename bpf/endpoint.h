/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs read of the endpoint on an anchor, which may be in any network namespace: the
 * kernel keeps the devices on a device in a list (netdev_adjacent, net/core/dev.c). See kern.h.
 */
#ifndef VB_ENDPOINT_BPF_H
#define VB_ENDPOINT_BPF_H

#include "kern.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct netdev_adjacent {
	struct net_device *dev;
	struct list_head list;
};

/* More of the same structure: the part behind ___ is passed over when fields are looked for. */
struct net_device___on {
	struct {
		struct list_head upper;
	} adj_list;
};
#pragma clang attribute pop

/* The device on this one, an anchor has no other than its endpoint; NULL if there is none. */
static __always_inline struct net_device *endpoint_on(struct net_device *anchor)
{
	__u32 head = bpf_core_field_offset(struct net_device___on, adj_list.upper);
	void *first = kern_cast((void *)anchor + head, struct list_head)->next;

	if (!first || first == (void *)anchor + head)
		return NULL;
	return kern_cast(first - bpf_core_field_offset(struct netdev_adjacent, list),
			 struct netdev_adjacent)
		->dev;
}

#endif

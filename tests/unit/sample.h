/* SPDX-License-Identifier: GPL-2.0-only */
/* A pair as view_open() would collect it: eth-a, a dummy at side stack, and tap-b, a tap. */
#ifndef VB_SAMPLE_H
#define VB_SAMPLE_H

#include <string.h>
#include <linux/if.h>
#include "plan.h"
#include "view.h"

static inline void sample_end(struct view_end *end, uint32_t ifindex, uint32_t peer,
			      const char *name, const char *kind, enum vb_side side)
{
	*end = (struct view_end){
		.ifindex = ifindex,
		.port_there = true,
		.device_there = true,
		.end_there = true,
		.port = {.peer = peer,
			 .since = 1000000000,
			 .side = (uint8_t)side,
			 .path = VB_PATH_TC,
			 .reason = side == VB_SIDE_STACK ? WHY_FROM_STACK : WHY_TO_STACK},
		.end = {.ifindex = ifindex, .peer = peer, .side = (uint8_t)side},
		.redirects_to = peer,
		.dev = {.ifindex = ifindex,
			.mtu = 1500,
			.flags = IFF_UP,
			.carrier = true,
			.link_netnsid = -1,
			.operstate = 6,
			.address_len = 6,
			.address = {2, 0, 0, 0, 0, (uint8_t)ifindex}},
	};
	strcpy(end->port.name, name);
	strcpy(end->dev.name, name);
	strcpy(end->dev.kind, kind);
}

static inline void sample_pair(struct view_pair *pair)
{
	*pair = (struct view_pair){.state = VIEW_PLUGGED};
	sample_end(&pair->end[0], 7, 8, "eth-a", "dummy", VB_SIDE_STACK);
	sample_end(&pair->end[1], 8, 7, "tap-b", "tun", VB_SIDE_WIRE);
	pair->end[0].port.hooks[0] = (struct vb_hook){.role = VB_ROLE_STACK_TX, VB_METHOD_TCX};
	pair->end[0].hooks[0] = (struct attach_info){true, 21, 31};
	pair->end[0].count = (struct vb_count){.frames = 100, .bytes = 6400};
	pair->end[1].port.hooks[0] = (struct vb_hook){.role = VB_ROLE_WIRE_RX, VB_METHOD_CLSACT};
	pair->end[1].hooks[0] = (struct attach_info){true, 22, 0};
	pair->end[1].count = (struct vb_count){
		.frames = 10,
		.bytes = 1000,
		.drop_bytes = 300,
		.drops = {[VB_DROP_NO_PEER] = 1, [VB_DROP_TOO_LONG] = 2},
	};
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* What the counters of a view's ends add up to. */
#include "view.h"

uint64_t view_dropped(const struct vb_count *count)
{
	uint64_t sum = 0;

	for (int i = 0; i < VB_DROP_MAX; i++)
		sum += count->drops[i];
	return sum;
}

const char *view_drop_name(int reason)
{
	static const char *const names[VB_DROP_MAX] = {
		[VB_DROP_NO_PEER] = "no_peer",
		[VB_DROP_DOWN] = "down",
		[VB_DROP_TOO_LONG] = "too_long",
		[VB_DROP_REDIRECT] = "redirect",
	};

	return names[reason];
}

/* Counters are read while they grow: never less than nothing. */
static uint64_t less(uint64_t taken, uint64_t not_handed_over)
{
	return taken > not_handed_over ? taken - not_handed_over : 0;
}

struct view_crossed view_crossed(const struct vb_count *count)
{
	return (struct view_crossed){
		.frames = less(count->frames, view_dropped(count)),
		.bytes = less(count->bytes, count->drop_bytes),
	};
}

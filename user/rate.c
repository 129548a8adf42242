// SPDX-License-Identifier: GPL-2.0-only
#include "rate.h"

static double grown(uint64_t before, uint64_t after, double seconds)
{
	return after > before && seconds > 0 ? (double)(after - before) / seconds : 0;
}

struct rate rate_between(const struct vb_count *before, const struct vb_count *after,
			 double seconds)
{
	struct view_crossed was = view_crossed(before), is = view_crossed(after);

	return (struct rate){
		.frames = grown(was.frames, is.frames, seconds),
		.bits = 8 * grown(was.bytes, is.bytes, seconds),
		.dropped = grown(view_dropped(before), view_dropped(after), seconds),
	};
}

static bool is_same(const struct view_pair *x, const struct view_pair *y)
{
	for (int i = 0; i < 2; i++)
		if (x->end[i].ifindex != y->end[i].ifindex ||
		    x->end[i].port.since != y->end[i].port.since)
			return false;
	return true;
}

const struct view_pair *rate_find(const struct view *before, const struct view_pair *pair)
{
	for (size_t i = 0; i < before->count; i++)
		if (is_same(&before->pairs[i], pair))
			return &before->pairs[i];
	return NULL;
}

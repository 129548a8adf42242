// SPDX-License-Identifier: GPL-2.0-only
/* What state a pair is in, and why. Pure: a view has all that is asked for. */
#include <stdio.h>
#include "anchor.h"
#include "panel.h"
#include "view.h"

/* The first thing that is wrong with an end, whose device is there, of a pair that was plugged. */
static const char *end_trouble(const struct view_end *end, uint32_t peer, char *buf, size_t size)
{
	if (view_is_anchor(end) && !anchor_has_endpoint(&end->dev, &end->port))
		return "was deleted, by itself or with its namespace";
	if (!end->port_there || !end->end_there)
		return "is not in the panel";
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		if (end->port.hooks[i].role == VB_ROLE_NONE || end->hooks[i].attached)
			continue;
		snprintf(buf, size, "lacks its hook %s (%s)",
			 panel_prog_name(end->port.hooks[i].role),
			 attach_method_name(end->port.hooks[i].method));
		return buf;
	}
	if (end->redirects_to != peer)
		return "has lost its entry in peers";
	return NULL;
}

static void mark_broken(struct view_pair *pair, int i, const char *trouble)
{
	pair->state = VIEW_BROKEN;
	snprintf(pair->why, sizeof(pair->why), "%s %s", view_end_name(&pair->end[i]), trouble);
}

static bool names(const struct view_end *end, const struct view_end *other)
{
	return end->end.peer == other->ifindex || end->end.peer == VB_PULLED;
}

static void judge_plugs(struct view_pair *pair)
{
	bool in_a = pair->end[0].end.peer != VB_PULLED, in_b = pair->end[1].end.peer != VB_PULLED;

	if (in_a && in_b)
		return;
	pair->state = VIEW_UNPLUGGED;
	if (in_a || in_b)
		snprintf(pair->why, sizeof(pair->why), "nothing crosses from %s to %s",
			 view_end_name(&pair->end[in_b]), view_end_name(&pair->end[!in_b]));
	else
		snprintf(pair->why, sizeof(pair->why), "nothing crosses either way");
}

int view_moved_end(const struct view_pair *pair)
{
	for (int i = 0; i < 2; i++) {
		const struct view_end *end = &pair->end[i];

		if (end->end_there && end->end.peer && !names(end, &pair->end[!i]))
			return i;
	}
	return -1;
}

static bool judge_moved(struct view_pair *pair)
{
	int i = view_moved_end(pair);
	const struct view_end *end, *other;

	if (i < 0)
		return false;
	end = &pair->end[i];
	other = &pair->end[!i];
	pair->state = VIEW_INCOMPLETE;
	snprintf(pair->why, sizeof(pair->why), "moving the cable of %s was cut short; %s",
		 view_end_name(end),
		 end->redirects_to == other->ifindex && other->end.peer == end->ifindex
			 ? "what it gives crosses, what it is given does not"
			 : "nothing crosses here");
	return true;
}

static bool names_somebody(const struct view_end *end)
{
	return end->end_there && end->end.peer;
}

/* Ends are there before either names the other, and the last store is what plugs them in. */
static bool is_cut_short(const struct view_end *a, const struct view_end *b)
{
	if (a->end_there && b->end_there)
		return !names_somebody(a) || !names_somebody(b);
	return !names_somebody(a) && !names_somebody(b);
}

void view_judge(struct view_pair *pair)
{
	if (judge_moved(pair))
		return;
	if (is_cut_short(&pair->end[0], &pair->end[1])) {
		pair->state = VIEW_INCOMPLETE;
		return;
	}
	pair->state = VIEW_PLUGGED;
	/* A device that is gone is the cause of whatever else is wrong. */
	for (int i = 0; i < 2; i++)
		if (!pair->end[i].device_there) {
			mark_broken(pair, i,
				    view_is_anchor(&pair->end[i])
					    ? "has lost its anchor"
					    : "is gone or in another namespace");
			return;
		}
	for (int i = 0; i < 2; i++) {
		char buf[64];
		const char *trouble =
			end_trouble(&pair->end[i], pair->end[!i].ifindex, buf, sizeof(buf));

		if (trouble) {
			mark_broken(pair, i, trouble);
			return;
		}
	}
	judge_plugs(pair);
}

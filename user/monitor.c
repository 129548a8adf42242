// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include "monitor.h"
#include "rate.h"

const char *monitor_name(enum monitor_what what)
{
	static const char *const names[] = {
		[MONITOR_PAIRED] = "paired",   [MONITOR_UNPAIRED] = "unpaired",
		[MONITOR_PLUGGED] = "plugged", [MONITOR_UNPLUGGED] = "unplugged",
		[MONITOR_BROKEN] = "broken",   [MONITOR_UP] = "up",
		[MONITOR_DOWN] = "down",       [MONITOR_GONE] = "gone",
		[MONITOR_MOVED] = "moved",     [MONITOR_RENAMED] = "renamed",
		[MONITOR_DROPS] = "drops",
	};

	return names[what];
}

struct teller {
	monitor_fn *tell;
	void *data;
	int verdict;
};

static void tell(struct teller *t, struct monitor_event event)
{
	if (!t->verdict)
		t->verdict = t->tell(&event, t->data);
}

static void tell_pair(struct teller *t, const struct view_pair *pair, enum monitor_what what,
		      const char *text)
{
	tell(t, (struct monitor_event){.what = what, .pair = pair, .end = -1, .text = text});
}

static void tell_end(struct teller *t, const struct view_pair *pair, int i, enum monitor_what what,
		     const char *dev, const char *text)
{
	tell(t, (struct monitor_event){
			.what = what, .pair = pair, .end = i, .dev = dev, .text = text});
}

static bool is_up(const struct device *dev)
{
	return dev->flags & IFF_UP && dev->carrier;
}

/* The same device, then and now. */
static void compare_device(struct teller *t, const struct view_pair *pair, int i,
			   const struct device *was, const struct device *is)
{
	if (strcmp(was->name, is->name) != 0)
		tell_end(t, pair, i, MONITOR_RENAMED, is->name, was->name);
	if (is_up(was) && !is_up(is))
		tell_end(t, pair, i, MONITOR_DOWN, is->name,
			 is->flags & IFF_UP ? "no carrier" : "set down");
	else if (!is_up(was) && is_up(is))
		tell_end(t, pair, i, MONITOR_UP, is->name, NULL);
}

static void compare_end(struct teller *t, const struct view_pair *was_pair,
			const struct view_pair *pair, int i)
{
	const struct view_end *was_end = &was_pair->end[i], *is_end = &pair->end[i];
	const struct device *was = view_end_device(was_end), *is = view_end_device(is_end);
	uint64_t was_dropped = view_dropped(&was_end->count);
	uint64_t is_dropped = view_dropped(&is_end->count);

	if (was && !is)
		tell_end(t, pair, i, MONITOR_GONE, was->name, NULL);
	if (was && is && strcmp(was_end->netns, is_end->netns) != 0)
		tell_end(t, pair, i, MONITOR_MOVED, is->name, NULL);
	if (was && is)
		compare_device(t, pair, i, was, is);
	if (is_dropped > was_dropped)
		tell(t, (struct monitor_event){
				.what = MONITOR_DROPS,
				.pair = pair,
				.end = i,
				.dev = view_end_name(is_end),
				.frames = is_dropped - was_dropped,
			});
}

static void tell_state(struct teller *t, const struct view_pair *pair)
{
	switch (pair->state) {
	case VIEW_PLUGGED:
		tell_pair(t, pair, MONITOR_PLUGGED, NULL);
		break;
	case VIEW_UNPLUGGED:
		tell_pair(t, pair, MONITOR_UNPLUGGED, pair->why);
		break;
	case VIEW_INCOMPLETE:
		tell_pair(t, pair, MONITOR_UNPLUGGED, NULL);
		break;
	case VIEW_BROKEN:
		tell_pair(t, pair, MONITOR_BROKEN, pair->why);
		break;
	}
}

int monitor_compare(const struct view *before, const struct view *after, monitor_fn *fn, void *data)
{
	struct teller t = {fn, data, 0};

	for (size_t i = 0; i < before->count; i++)
		if (!rate_find(after, &before->pairs[i]))
			tell_pair(&t, &before->pairs[i], MONITOR_UNPAIRED, NULL);
	for (size_t i = 0; i < after->count; i++) {
		const struct view_pair *is = &after->pairs[i], *was = rate_find(before, is);

		if (!was) {
			tell_pair(&t, is, MONITOR_PAIRED, NULL);
			if (is->state != VIEW_PLUGGED)
				tell_state(&t, is);
			continue;
		}
		compare_end(&t, was, is, 0);
		compare_end(&t, was, is, 1);
		if (was->state != is->state)
			tell_state(&t, is);
	}
	return t.verdict;
}

static int note_netnsid(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == IFLA_NEW_NETNSID)
		*(bool *)data = true;
	return MNL_CB_OK;
}

static void end_left(struct teller *t, const struct view_pair *pair, int i, const char *name,
		     const struct nlmsghdr *nlh)
{
	bool moved = false;

	mnl_attr_parse(nlh, sizeof(struct ifinfomsg), note_netnsid, &moved);
	tell_end(t, pair, i, moved ? MONITOR_MOVED : MONITOR_GONE, name, NULL);
}

static void message_for_end(struct teller *t, const struct view_pair *pair, struct view_end *end,
			    const struct nlmsghdr *nlh, const struct device *is)
{
	/* A pair of endpoints is known by these, which may be in any namespace. */
	bool *there = view_is_anchor(end) ? &end->endpoint_there : &end->device_there;
	struct device *dev = view_is_anchor(end) ? &end->endpoint : &end->dev;
	struct device was = *dev;
	int i = (int)(end - pair->end);

	if (nlh->nlmsg_type == RTM_DELLINK) {
		*there = false;
		end_left(t, pair, i, was.name, nlh);
	} else if (nlh->nlmsg_type == RTM_NEWLINK) {
		*dev = *is;
		compare_device(t, pair, i, &was, is);
	}
}

int monitor_message(struct view *view, const struct nlmsghdr *nlh, int nsid, monitor_fn *fn,
		    void *data)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct teller t = {fn, data, 0};
	struct device dev = {0};

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return 0;
	/* What bridges tell of their ports is of another family, and of a part of a device. */
	if (ifi->ifi_family != AF_UNSPEC)
		return 0;
	if (nlh->nlmsg_type == RTM_NEWLINK &&
	    (device_note(nlh, &dev) != MNL_CB_OK || !*dev.name || !dev.mtu))
		return 0;
	for (size_t i = 0; i < 2 * view->count; i++) {
		struct view_end *end = &view->pairs[i / 2].end[i % 2];
		const struct device *known = view_end_device(end);

		if (known && known->ifindex == (uint32_t)ifi->ifi_index &&
		    nsid == (view_is_anchor(end) ? end->nsid : NEWS_HERE))
			message_for_end(&t, &view->pairs[i / 2], end, nlh, &dev);
	}
	return t.verdict;
}

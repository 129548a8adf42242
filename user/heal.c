// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "cleanup.h"
#include "heal.h"
#include "save.h"

/* Whether a device of the name that the end had is here: itself, or another that came after it. */
static bool is_here(struct netlink *nl, const struct view_end *end)
{
	struct device dev;

	return end->device_there || (end->port_there && !device_get(nl, end->port.name, &dev));
}

static bool can_heal(struct netlink *nl, const struct view_pair *pair, bool hooks)
{
	if (pair->state != VIEW_BROKEN || view_is_anchor(&pair->end[0]))
		return false;
	if (!hooks && pair->end[0].device_there && pair->end[1].device_there)
		return false;
	return is_here(nl, &pair->end[0]) && is_here(nl, &pair->end[1]);
}

static size_t count_broken(const struct view *view)
{
	size_t broken = 0;

	for (size_t i = 0; i < view->count; i++)
		broken += view->pairs[i].state == VIEW_BROKEN;
	return broken;
}

/* The lines for what is broken now; what was said about those that were broken before is kept. */
static void collect(struct wanted *broken, struct session *s, const struct view *view, bool hooks)
{
	struct wanted now = {0};

	for (size_t i = 0; i < view->count; i++) {
		_cleanup_free_ char *line = NULL, *unplug = NULL;

		if (!can_heal(&s->nl, &view->pairs[i], hooks))
			continue;
		line = save_pair(&view->pairs[i]);
		unplug = save_unplug(&view->pairs[i]);
		if (line)
			wanted_add(&now, line);
		if (line && unplug)
			wanted_add(&now, unplug);
	}
	wanted_inherit(&now, broken);
	wanted_free(broken);
	*broken = now;
}

static void say_healed(const struct wanted *broken)
{
	for (const struct wanted_line *line = broken->first; line; line = line->next)
		if (line->done)
			printf("healed: %s\n", line->text);
	fflush(stdout);
}

bool heal(struct wanted *broken, const struct options *opt, const struct view *view, bool hooks)
{
	struct session *s = opt->session;
	struct fault f = {0};
	struct view locked;
	bool healed = false;

	if (!count_broken(view)) {
		wanted_free(broken);
		return false;
	}
	/* Looked at again under the writers' lock: what is unpaired now does not come back. */
	if (session_open(s, PANEL_CREATE, &f)) {
		fault_print(&f);
		return false;
	}
	if (!view_open(s, NULL, &locked, &f)) {
		collect(broken, s, &locked, hooks);
		healed = wanted_apply(broken, opt, true);
		say_healed(broken);
	}
	view_free(&locked);
	return healed;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include "plug.h"

unsigned int plug_missing(const struct view_pair *pair, int i)
{
	return (pair->end[i].end.peer == VB_PULLED ? PLUG_IN : 0) |
	       (pair->end[!i].end.peer == VB_PULLED ? PLUG_OUT : 0);
}

static int refuse(const struct view *view, unsigned int directions, struct fault *f)
{
	const struct view_pair *pair = view->pairs;
	const char *a = view_end_name(&pair->end[0]), *b = view_end_name(&pair->end[1]);

	if (view->count > 1) {
		fault_set(f, ENOTUNIQ, "several endpoints were made with this name");
		fault_hint(f, "name the other end of the one that is meant");
	} else if (directions != PLUG_BOTH && !strcmp(a, b)) {
		fault_set(f, ENOTUNIQ, "both ends have this name, so there is no in and out");
		fault_hint(f, "rename one of them, or pull both directions");
	} else if (pair->state == VIEW_INCOMPLETE) {
		fault_set(f, EINVAL, "pair was cut short, and the cable is not there");
		fault_hint(f, "to finish it: vethbpf pair %s %s", a, b);
	} else if (pair->state == VIEW_BROKEN) {
		fault_set(f, EINVAL, "the cable is broken: %s", pair->why);
		fault_hint(f, "`vethbpf check` says what can be done");
	}
	return -f->err;
}

/* An end that names nobody there is gets nothing: its other end's programs drop what it sends. */
static void set_end(const struct panel *p, const struct view_pair *pair, int i, bool plugged)
{
	struct vb_end *end = panel_end_get(p, pair->end[i].ifindex);

	if (end)
		panel_end_plug(end, plugged ? pair->end[!i].ifindex : VB_PULLED);
}

int plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
	     struct fault *f)
{
	struct view view = {0};
	int err = session_open(s, PANEL_WRITE, f);

	if (!err || !f->err)
		err = view_open(s, dev, &view, f);
	if (!err)
		err = refuse(&view, directions, f);
	if (!err) {
		if (directions & PLUG_IN)
			set_end(&s->panel, view.pairs, view.named, plugged);
		if (directions & PLUG_OUT)
			set_end(&s->panel, view.pairs, !view.named, plugged);
	}
	view_free(&view);
	if (err)
		fault_context(f, "%s %s", plugged ? "plug" : "unplug", dev);
	return err;
}

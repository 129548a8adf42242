// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "endpoint.h"
#include "follow.h"
#include "heal.h"
#include "monitor.h"
#include "notify.h"
#include "panel.h"
#include "wanted.h"
#include "watch.h"

struct watch {
	const struct options *opt;
	const struct watch_options *want;
	struct netlink nl;
	struct follow follow;
	const struct view *view; /* of the last look */
	struct wanted wanted;	 /* by configuration */
	struct wanted broken;	 /* what would make whole the pairs that are not */
	bool apply;		 /* all that is wanted, not only what failed before */
	bool begun;		 /* all that is wanted was tried once */
	bool ready;
	char status[96];
};

/* A line for each thing that happened or was done. Who reads it has a clock: a journal. */
static void log_pair(const struct view_pair *pair)
{
	printf("%s <-> %s: ", view_end_name(&pair->end[0]), view_end_name(&pair->end[1]));
}

static void log_event(const struct monitor_event *e)
{
	log_pair(e->pair);
	if (e->dev)
		printf("%s ", e->dev);
	printf("%s%s%s\n", monitor_name(e->what),
	       !e->text			    ? ""
	       : e->what == MONITOR_RENAMED ? ", was "
					    : ": ",
	       e->text ?: "");
	fflush(stdout);
}

static void log_link(const struct view_pair *pair, int i, enum vb_held how, bool on, int err,
		     void *data)
{
	const char *dev = view_end_name(&pair->end[i]), *peer = view_end_name(&pair->end[!i]);

	(void)data;
	log_pair(pair);
	if (err)
		printf("%s link cannot be %s (%s): %s\n", dev, on ? "given back" : "taken",
		       link_how_name(how), strerror(-err));
	else if (on)
		printf("%s link given back (%s)\n", dev, link_how_name(how));
	else
		printf("%s link taken (%s): %s has none\n", dev, link_how_name(how), peer);
	fflush(stdout);
}

static int told(const struct monitor_event *e, void *data)
{
	struct watch *w = data;

	if (e->what != MONITOR_DROPS)
		log_event(e);
	if (w->view && e->end >= 0 && e->what != MONITOR_DROPS && w->want->link != WATCH_LINK_LEAVE)
		follow_pair(&w->follow, w->view->path, e->pair);
	return 0;
}

static void tell_systemd(struct watch *w, const struct view *view)
{
	char status[sizeof(w->status)];
	size_t plugged = 0;

	for (size_t i = 0; i < view->count; i++)
		plugged += view->pairs[i].state == VIEW_PLUGGED;
	snprintf(status, sizeof(status), "%sSTATUS=%zu pairs, %zu of them plugged",
		 w->ready ? "" : "READY=1\n", view->count, plugged);
	if (!w->ready || strcmp(status, w->status) != 0)
		notify(status);
	memcpy(w->status, status, sizeof(status));
	w->ready = true;
}

/* Of what add made nothing is left when a part is deleted, as with veth. */
static bool sweep(struct watch *w, const struct view *view)
{
	struct fault f = {0};
	bool due = false;

	for (size_t i = 0; i < view->count; i++)
		due |= view->pairs[i].state == VIEW_BROKEN &&
		       view_is_anchor(&view->pairs[i].end[0]);
	if (!due)
		return false;
	if (endpoint_gc(w->opt->session, &f)) {
		fault_print(&f);
		return false;
	}
	w->apply = true;
	return true;
}

/* True if it changed something. Link state must not stand still while a batch holds the lock. */
static bool mend(struct watch *w, const struct view *view)
{
	bool changed;

	if (w->begun && panel_is_locked())
		return false;
	changed = sweep(w, view);
	changed |= heal(&w->broken, w->opt, view, !w->want->leave_hooks);
	changed |= wanted_apply(&w->wanted, w->opt, w->apply);
	w->apply = false;
	w->begun = true;
	session_close(w->opt->session);
	return changed;
}

static bool looked(const struct view *view, void *data)
{
	struct watch *w = data;

	w->view = view;
	for (size_t i = 0; i < view->count && w->want->link != WATCH_LINK_LEAVE; i++)
		follow_pair(&w->follow, view->path, &view->pairs[i]);
	follow_forget(view);
	if (mend(w, view))
		return true;
	tell_systemd(w, view);
	return false;
}

static int read_wanted(struct watch *w, struct fault *f)
{
	w->apply = true;
	return wanted_read(&w->wanted, w->want->conf, f);
}

/* What cannot be read now leaves in force what was read before. */
static int hung_up(void *data)
{
	struct watch *w = data;
	struct timespec now;
	struct fault f = {0};
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 now.tv_sec * 1000000LL + now.tv_nsec / 1000);
	notify(state);
	if (read_wanted(w, &f))
		fault_print(&f);
	w->ready = false; /* said again after the next look */
	return 0;
}

/* Without an agent to give it back, no link stays taken. */
static void release(struct watch *w, struct fault *f)
{
	struct view view;

	if (!view_open(w->opt->session, NULL, &view, f))
		follow_release(&w->follow, &view);
	view_free(&view);
	session_close(w->opt->session);
}

int watch_run(const struct options *opt, const struct watch_options *watch, struct fault *f)
{
	struct watch w = {
		.opt = opt,
		.want = watch,
		.follow = {.nl = &w.nl, .admin = watch->link == WATCH_LINK_ADMIN, .say = log_link},
	};
	struct monitor_listener listener = {told, looked, hung_up, &w};
	int err;

	err = read_wanted(&w, f);
	if (err)
		return err;
	err = netlink_open(&w.nl, NETLINK_ROUTE);
	if (err)
		return fault_errno(f, -err, "open a netlink socket");
	err = monitor_run(opt->session, &listener, f);
	notify("STOPPING=1");
	release(&w, err ? NULL : f);
	netlink_close(&w.nl);
	wanted_free(&w.wanted);
	wanted_free(&w.broken);
	return err;
}

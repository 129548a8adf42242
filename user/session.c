// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>
#include "attach.h"
#include "device_make.h"
#include "netns.h"
#include "privilege.h"
#include "session.h"

int session_open_netlink(struct session *s, struct fault *f)
{
	int err;

	if (s->nl.sock)
		return 0;
	err = privilege_check(f);
	if (err)
		return err;
	err = netlink_open(&s->nl, NETLINK_ROUTE);
	return err ? fault_errno(f, -err, "open a netlink socket") : 0;
}

static void close_panel(struct session *s)
{
	if (s->mode != PANEL_READ)
		panel_remove_if_empty(&s->panel);
	panel_close(&s->panel);
	s->swept = false;
}

int session_open(struct session *s, enum panel_mode mode, struct fault *f)
{
	int err = session_open_netlink(s, f);

	if (err)
		return err;
	if (s->panel.ends && s->mode >= mode)
		return 0;
	if (mode == PANEL_CREATE || mode == PANEL_UPGRADE)
		err = privilege_check_load(f);
	if (err)
		return err;
	close_panel(s);
	s->mode = mode;
	err = panel_open(&s->panel, mode, f);
	if (!err && mode != PANEL_READ)
		err = attach_check_privileges(&s->panel, f);
	if (err)
		close_panel(s);
	return err;
}

void session_close(struct session *s)
{
	if (s->scratch)
		device_delete(&s->nl, &s->scratch, 1);
	s->scratch = 0;
	free(s->doomed);
	s->doomed = NULL;
	s->doomed_count = 0;
	close_panel(s);
	netlink_close(&s->nl);
}

int session_enter(struct session *s, int netns_fd, struct fault *f)
{
	session_close(s);
	if (s->home < 0)
		s->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (s->home < 0)
		return fault_errno(f, errno, "open this network namespace");
	return netns_set(netns_fd, f);
}

void session_leave(struct session *s)
{
	if (s->home < 0)
		return;
	session_close(s);
	/* The next command must not run in a namespace that it was not meant for. */
	if (setns(s->home, CLONE_NEWNET) < 0)
		abort();
	close(s->home);
	s->home = -1;
}

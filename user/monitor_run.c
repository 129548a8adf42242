// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel tells of devices as it happens; of maps it tells nothing, so they are looked at once a
 * second, with all that a view holds.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <linux/rtnetlink.h>
#include <sys/signalfd.h>
#include "cleanup.h"
#include "monitor.h"

#define LOOK_EVERY_MS 1000

struct monitor {
	struct session *session;
	struct view view;
	struct mnl_socket *news;
	int signals;
	monitor_fn *tell;
	void *data;
	int verdict;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The panel is opened anew: by now it may be another one, or none. */
static int look(struct monitor *m, struct fault *f)
{
	struct view view;
	int err;

	session_close(m->session);
	err = view_open(m->session, NULL, &view, f);
	if (!err && m->view.cookie)
		m->verdict = monitor_compare(&m->view, &view, m->tell, m->data);
	if (err) {
		view_free(&view);
		return err;
	}
	view_free(&m->view);
	m->view = view;
	return 0;
}

static int hear(const struct nlmsghdr *nlh, void *data)
{
	struct monitor *m = data;

	if (!m->verdict)
		m->verdict = monitor_message(&m->view, nlh, m->tell, m->data);
	return MNL_CB_OK;
}

/* All that is there. What the kernel had no room for, the next look sees. */
static void hear_out(struct monitor *m)
{
	char buf[32768];
	ssize_t bytes;

	while (!m->verdict &&
	       (bytes = recv(mnl_socket_get_fd(m->news), buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		mnl_cb_run(buf, (size_t)bytes, 0, 0, hear, m);
}

/* Left pending, it would end this process as soon as it is no longer blocked. */
static int take_signal(struct monitor *m)
{
	struct signalfd_siginfo info;

	return read(m->signals, &info, sizeof(info)) < 0 ? -errno : 0;
}

static int listen_to_all(struct monitor *m, struct fault *f)
{
	int64_t next = now_ms() + LOOK_EVERY_MS;
	int err = 0;

	while (!err && !m->verdict) {
		struct pollfd fds[] = {
			{.fd = m->signals, .events = POLLIN},
			{.fd = mnl_socket_get_fd(m->news), .events = POLLIN},
		};
		int64_t left = next - now_ms();

		if (poll(fds, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
			return fault_errno(f, errno, "wait for events");
		if (fds[0].revents)
			return take_signal(m);
		hear_out(m);
		if (now_ms() < next || m->verdict)
			continue;
		err = look(m, f);
		next = now_ms() + LOOK_EVERY_MS;
	}
	return err ?: m->verdict;
}

static int begin(struct monitor *m, const sigset_t *ends, struct fault *f)
{
	m->signals = signalfd(-1, ends, SFD_CLOEXEC);
	if (m->signals < 0)
		return fault_errno(f, errno, "wait for signals");
	/* Before the first look, so that nothing is missed between the two. */
	m->news = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!m->news || mnl_socket_bind(m->news, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
		return fault_errno(f, errno, "listen to the kernel's news of devices");
	return look(m, f);
}

int monitor_run(struct session *s, monitor_fn *tell, void *data, struct fault *f)
{
	struct monitor m = {.session = s, .signals = -1, .tell = tell, .data = data};
	sigset_t ends, before;
	int err;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	err = begin(&m, &ends, f);
	err = err ?: listen_to_all(&m, f);
	cleanup_close(&m.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (m.news)
		mnl_socket_close(m.news);
	view_free(&m.view);
	return err;
}

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
#include "netns.h"

#define LOOK_EVERY_MS	   1000
#define LOOK_AT_NEW_MS	   50 /* after a device has come: it may be one that is missing */
#define LOOK_SHARE_OF_TIME 20 /* looks at thousands of pairs take at most a twentieth of a CPU */

#define NSID_UNKNOWN (-2)

struct monitor {
	struct session *session;
	struct view view; /* as it was at the last look */
	bool looked;
	struct news news;
	int signals;
	const struct monitor_listener *listener;
	int64_t next; /* look, in ms of CLOCK_MONOTONIC */
	int verdict;
};

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

/* Spent on work: to wait, for a batch's lock or for a busy machine, costs nobody anything. */
static int64_t spent_ms(void)
{
	return clock_ms(CLOCK_PROCESS_CPUTIME_ID);
}

/* So that the kernel tells of what happens in the namespaces of endpoints, too. */
static void find_nsids(struct monitor *m, struct view *view)
{
	for (size_t i = 0; i < 2 * view->count; i++) {
		struct view_end *end = &view->pairs[i / 2].end[i % 2];
		_cleanup_close_ int fd = -1;

		end->nsid = NEWS_HERE;
		if (!end->endpoint_there || !*end->netns)
			continue;
		fd = netns_open(end->netns, NULL);
		end->nsid = fd < 0 ? -1 : netns_ensure_id(&m->session->nl, fd);
		if (end->nsid < 0)
			end->nsid = NSID_UNKNOWN;
	}
}

/* The panel is opened anew: by now it may be another one, or none. */
static int look(struct monitor *m, struct fault *f)
{
	int64_t begun = spent_ms(), took;
	struct view view;
	int err;

	err = view_open(m->session, NULL, &view, f);
	if (err) {
		view_free(&view);
		return err;
	}
	find_nsids(m, &view);
	session_close(m->session);
	if (m->looked)
		m->verdict = monitor_compare(&m->view, &view, m->listener->tell, m->listener->data);
	view_free(&m->view);
	m->view = view;
	m->looked = true;
	if (!m->verdict && m->listener->looked &&
	    m->listener->looked(&m->view, m->listener->data)) {
		m->next = now_ms();
		return 0;
	}
	took = (spent_ms() - begun) * LOOK_SHARE_OF_TIME;
	m->next = now_ms() + (took > LOOK_EVERY_MS ? took : LOOK_EVERY_MS);
	return 0;
}

static int hear(const struct nlmsghdr *nlh, int nsid, void *data)
{
	struct monitor *m = data;
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	int64_t soon = now_ms() + LOOK_AT_NEW_MS;

	/* register_netdevice() tells of a new device with all bits set. */
	if (nlh->nlmsg_type == RTM_NEWLINK && mnl_nlmsg_get_payload_len(nlh) >= sizeof(*ifi) &&
	    ifi->ifi_change == ~0U && soon < m->next)
		m->next = soon;
	return monitor_message(&m->view, nlh, nsid, m->listener->tell, m->listener->data);
}

/* Left pending, it would end this process as soon as it is no longer blocked. */
static int take_signal(struct monitor *m, bool *ret_end)
{
	struct signalfd_siginfo info = {0};

	if (read(m->signals, &info, sizeof(info)) < 0)
		return -errno;
	*ret_end = info.ssi_signo != SIGHUP;
	return *ret_end ? 0 : m->listener->hung_up(m->listener->data);
}

static int listen_to_all(struct monitor *m, struct fault *f)
{
	bool end = false;
	int err = 0;

	while (!err && !m->verdict && !end) {
		struct pollfd fds[] = {
			{.fd = m->signals, .events = POLLIN},
			{.fd = news_fd(&m->news), .events = POLLIN},
		};
		int64_t left = m->next - now_ms();

		if (poll(fds, 2, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
			return fault_errno(f, errno, "wait for events");
		if (fds[0].revents)
			m->verdict = take_signal(m, &end);
		if (!m->verdict && !end && fds[1].revents) {
			m->verdict = news_read(&m->news, hear, m);
			if (m->verdict == -ENOBUFS) {
				m->next = now_ms();
				m->verdict = 0;
			}
		}
		if (!m->verdict && !end && now_ms() >= m->next)
			err = look(m, f);
	}
	return err ?: m->verdict;
}

static int begin(struct monitor *m, const sigset_t *signals, struct fault *f)
{
	int err;

	m->signals = signalfd(-1, signals, SFD_CLOEXEC);
	if (m->signals < 0)
		return fault_errno(f, errno, "wait for signals");
	/* Before the first look, so that nothing is missed between the two. */
	err = news_open(&m->news, f);
	return err ?: look(m, f);
}

int monitor_run(struct session *s, const struct monitor_listener *listener, struct fault *f)
{
	struct monitor m = {.session = s, .signals = -1, .listener = listener};
	sigset_t signals, before;
	int err;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	if (listener->hung_up)
		sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, &before);
	err = begin(&m, &signals, f);
	err = err ?: listen_to_all(&m, f);
	cleanup_close(&m.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	news_close(&m.news);
	view_free(&m.view);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include "cleanup.h"
#include "netns.h"
#include "news.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* Whoever reads must see to other things, too, should the news never end. */
#define AT_ONCE 64

/* Thousands of devices may change at once, as when a namespace with all of them is deleted. */
#define ROOM_BYTES (4 << 20)

static int find_own_nsid(void)
{
	_cleanup_close_ int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct netlink nl;
	int id = NEWS_HERE;

	if (here >= 0 && !netlink_open(&nl, NETLINK_ROUTE)) {
		id = netns_id(&nl, here);
		netlink_close(&nl);
	}
	return id;
}

int news_open(struct news *news, struct fault *f)
{
	int on = 1, room = ROOM_BYTES;

	news->own_nsid = find_own_nsid();
	news->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!news->sock || mnl_socket_bind(news->sock, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
		return fault_errno(f, errno, "listen to the kernel's news of devices");
	setsockopt(news_fd(news), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(news_fd(news), SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on));
	return 0;
}

void news_close(struct news *news)
{
	if (news->sock)
		mnl_socket_close(news->sock);
	news->sock = NULL;
}

int news_fd(const struct news *news)
{
	return mnl_socket_get_fd(news->sock);
}

/* Of this namespace the kernel says none. */
static int nsid_of(const struct news *news, struct msghdr *msg)
{
	struct cmsghdr *cmsg;
	int nsid = NEWS_HERE;

	for (cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg))
		if (cmsg->cmsg_level == SOL_NETLINK && cmsg->cmsg_type == NETLINK_LISTEN_ALL_NSID)
			memcpy(&nsid, CMSG_DATA(cmsg), sizeof(nsid));
	return nsid == news->own_nsid ? NEWS_HERE : nsid;
}

struct hearing {
	news_fn *fn;
	void *data;
	int nsid, verdict;
};

static int hear(const struct nlmsghdr *nlh, void *data)
{
	struct hearing *h = data;

	if (!h->verdict)
		h->verdict = h->fn(nlh, h->nsid, h->data);
	return MNL_CB_OK;
}

int news_read(struct news *news, news_fn *fn, void *data)
{
	struct hearing h = {fn, data, NEWS_HERE, 0};

	for (int i = 0; !h.verdict && i < AT_ONCE; i++) {
		union {
			struct cmsghdr align;
			char bytes[CMSG_SPACE(sizeof(int))];
		} control;
		char buf[32768];
		struct sockaddr_nl from = {0};
		struct iovec iov = {buf, sizeof(buf)};
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t bytes = recvmsg(news_fd(news), &msg, MSG_DONTWAIT);

		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0)
			return errno == EAGAIN ? 0 : -errno;
		/* Only the kernel is believed: any process may send to a netlink socket. */
		if (from.nl_pid)
			continue;
		h.nsid = nsid_of(news, &msg);
		mnl_cb_run(buf, (size_t)bytes, 0, 0, hear, &h);
	}
	return h.verdict;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's news of devices: rtnetlink's messages as they are sent, from this process's network
 * namespace and from the others that it has given an id for (NETLINK_LISTEN_ALL_NSID, which takes
 * CAP_NET_BROADCAST; without it, from this one alone).
 */
#ifndef VB_NEWS_H
#define VB_NEWS_H

#include "fault.h"
#include "netlink.h"

#define NEWS_HERE (-1) /* the nsid of this process's own namespace */

struct news {
	struct mnl_socket *sock; /* NULL: closed */
	int own_nsid; /* the id that this namespace has for itself, if somebody gave it one */
};

/* 0 or -errno with a fault. news_close() is due in every case, also for one zeroed. */
int news_open(struct news *news, struct fault *f);
void news_close(struct news *news);

/* To poll for POLLIN. */
int news_fd(const struct news *news);

/* A message from the namespace nsid. Other than 0 ends news_read(). */
typedef int news_fn(const struct nlmsghdr *nlh, int nsid, void *data);

/*
 * Hands fn the messages that are there, or many of them, without waiting. 0, what fn returned, or
 * -ENOBUFS if the kernel had no room for some: look anew.
 */
int news_read(struct news *news, news_fn *fn, void *data);

#endif

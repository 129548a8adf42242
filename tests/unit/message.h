/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink messages made by hand, in a buffer from malloc so that reading beyond is caught. */
#ifndef VB_MESSAGE_H
#define VB_MESSAGE_H

#include <stdlib.h>
#include <string.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define MESSAGE_SEQ  7
#define MESSAGE_PORT 4711

/* The buffer to put a message into. */
static inline struct nlmsghdr *message_begin(uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(calloc(1, 8192));

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = MESSAGE_SEQ;
	nlh->nlmsg_pid = MESSAGE_PORT;
	return nlh;
}

/*
 * A copy of the first bytes of it, in memory that ends where they end: up to 3 bytes later in fact,
 * since libmnl takes the padding behind a message for a part of it.
 */
static inline void *message_copy(const void *from, size_t bytes)
{
	void *copy = calloc(1, bytes ? MNL_ALIGN(bytes) : 1);

	memcpy(copy, from, bytes);
	return copy;
}

#endif

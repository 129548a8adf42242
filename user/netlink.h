/* SPDX-License-Identifier: GPL-2.0-only */
/* A netlink socket that asks one question at a time and keeps the kernel's own words (extack). */
#ifndef VB_NETLINK_H
#define VB_NETLINK_H

#include <libmnl/libmnl.h>

struct netlink {
	struct mnl_socket *sock;
	unsigned int seq;
	char extack[192]; /* of the last request that failed; may be empty */
};

/* bus is NETLINK_ROUTE or NETLINK_GENERIC. The socket belongs to the namespace it is opened in. */
int netlink_open(struct netlink *nl, int bus);
void netlink_close(struct netlink *nl); /* also for one zeroed or half open */

/*
 * Sends one request and hears it out: cb is called for every message of the answer. nlh's buffer
 * must be able to hold MNL_SOCKET_BUFFER_SIZE bytes; flags NLM_F_REQUEST | NLM_F_ACK are added
 * (no ACK with NLM_F_DUMP). Returns 0 or -errno, which may be the kernel's, with extack filled.
 */
int netlink_talk(struct netlink *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *data);

/*
 * Reads one datagram of an answer to request nl->seq of socket portid. Returns MNL_CB_OK when more
 * is to come, as after one to an earlier request, MNL_CB_STOP at the answer's end, or -errno as
 * netlink_talk() does.
 */
int netlink_hear(struct netlink *nl, unsigned int portid, const void *buf, size_t bytes,
		 mnl_cb_t cb, void *data);

#endif

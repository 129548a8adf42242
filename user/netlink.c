// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include "cleanup.h"
#include "netlink.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

/* A dump's messages are at most this long when they are asked for with a buffer this long. */
#define RECEIVE_BYTES 32768

#define ERRNO_MAX 4095 /* MAX_ERRNO, include/linux/err.h */

int netlink_open(struct netlink *nl, int bus)
{
	int on = 1;

	memset(nl, 0, sizeof(*nl));
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		netlink_close(nl);
		return err;
	}
	/* Not fatal: without them messages are longer and errors shorter. */
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(mnl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

static int extack_attr(const struct nlattr *attr, void *data)
{
	struct netlink *nl = data;

	if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(nl->extack, sizeof(nl->extack), "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* Keeps the extack text of an error message, before libmnl turns the message into errno. */
static void keep_extack(struct netlink *nl, const void *buf)
{
	const struct nlmsghdr *nlh = buf;
	const struct nlmsgerr *err;
	unsigned int skip = sizeof(*err);

	if (nlh->nlmsg_type != NLMSG_ERROR || !(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(nlh) < skip)
		return;
	err = mnl_nlmsg_get_payload(nlh);
	if (!err->error)
		return; /* a warning beside a success */
	/* Without NETLINK_CAP_ACK the whole request stands between the error and the attributes. */
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&err->msg);
	if (mnl_nlmsg_get_payload_len(nlh) > skip)
		mnl_attr_parse(nlh, skip, extack_attr, nl);
}

/* libmnl does not see that a message is longer than its datagram when it is 2 GiB or longer. */
static bool lengths_are_true(const char *buf, size_t bytes)
{
	while (bytes >= sizeof(struct nlmsghdr)) {
		size_t len = ((const struct nlmsghdr *)buf)->nlmsg_len;

		if (len < sizeof(struct nlmsghdr) || len > bytes)
			return false;
		if (MNL_ALIGN(len) >= bytes)
			return true;
		buf += MNL_ALIGN(len);
		bytes -= MNL_ALIGN(len);
	}
	return false;
}

/* To an earlier request, whose answer could not be received when it was due. */
static bool is_late(const struct netlink *nl, const void *buf)
{
	const struct nlmsghdr *nlh = buf;

	return nlh->nlmsg_seq && (int32_t)(nl->seq - nlh->nlmsg_seq) > 0;
}

int netlink_hear(struct netlink *nl, unsigned int portid, const void *buf, size_t bytes,
		 mnl_cb_t cb, void *data)
{
	int verdict;

	if (!lengths_are_true(buf, bytes))
		return -EBADMSG;
	if (is_late(nl, buf))
		return MNL_CB_OK;
	keep_extack(nl, buf);
	verdict = mnl_cb_run(buf, bytes, nl->seq, portid, cb, data);
	if (verdict >= 0)
		return verdict;
	return errno > 0 && errno <= ERRNO_MAX ? -errno : -EPROTO;
}

int netlink_talk(struct netlink *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	unsigned int portid = mnl_socket_get_portid(nl->sock);
	_cleanup_free_ char *buf = malloc(RECEIVE_BYTES);
	int verdict = MNL_CB_OK;

	if (!buf)
		return -ENOMEM;
	nl->extack[0] = '\0';
	nlh->nlmsg_seq = ++nl->seq;
	nlh->nlmsg_flags |= NLM_F_REQUEST;
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;

	while (verdict > MNL_CB_STOP) {
		ssize_t bytes = mnl_socket_recvfrom(nl->sock, buf, RECEIVE_BYTES);

		if (bytes < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		verdict = netlink_hear(nl, portid, buf, (size_t)bytes, cb, data);
	}
	return verdict < 0 ? verdict : 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* Network namespaces: finding and entering them, and the cookie by which a panel is known. */
#ifndef VB_NETNS_H
#define VB_NETNS_H

#include <stdint.h>
#include "fault.h"
#include "netlink.h"

/*
 * Opens the namespace that spec names, as iproute2 takes it: a name under /run/netns, a path, or
 * a process id. Returns a descriptor that the caller closes, or -errno.
 */
int netns_open(const char *spec, struct fault *f);

/* Moves this process into the namespace that spec names. The mount namespace stays. */
int netns_enter(const char *spec, struct fault *f);

/* The same with a descriptor. 0 or -errno with a fault. */
int netns_set(int fd, struct fault *f);

/*
 * The cookie of this process's network namespace (SO_NETNS_COOKIE, Linux 5.14): unlike an inode
 * number it is never given out again.
 */
int netns_cookie(uint64_t *ret_cookie, struct fault *f);

/*
 * Calls visit once for every network namespace that can be found: this process's own, with an empty
 * name, those under /run/netns, and those that processes live in, by the path in /proc. A return
 * value other than 0 ends it and is returned.
 */
int netns_each(int (*visit)(int fd, const char *name, void *data), void *data);

/* The same, for those under /run/netns alone. */
int netns_each_named(int (*visit)(int fd, const char *name, void *data), void *data);

/* Refuses if there may be namespaces that netns_each() does not find, or that cannot be entered,
 * for want of a privilege. */
int netns_check_each(struct fault *f);

/*
 * Calls call in another namespace, with a netlink socket of that one, and comes back. Returns what
 * it returns, or -errno if the namespace cannot be entered.
 */
int netns_call(int fd, int (*call)(struct netlink *nl, void *data), void *data);

/*
 * The id by which this process's namespace knows the one that fd is of, as in IFLA_LINK_NETNSID;
 * -1 if it has none. nl is a socket of this process's namespace.
 */
int netns_id(struct netlink *nl, int fd);

/* The same, but gives it one if it has none; -1 if that is refused. */
int netns_ensure_id(struct netlink *nl, int fd);

/*
 * Looks for a device by name in the named namespaces under /run/netns. Returns 1 and the
 * namespace's name (at most size bytes) if there is one, else 0. For messages only.
 */
int netns_find_device(const char *dev, char *ret_name, unsigned int size);

#endif

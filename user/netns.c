// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/rtnetlink.h>
#include "cleanup.h"
#include "device.h"
#include "netns.h"
#include "privilege.h"

#define NETNS_DIR "/run/netns"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int netns_open(const char *spec, struct fault *f)
{
	char path[PATH_MAX];
	int fd;

	if (!*spec || strlen(spec) >= sizeof(path) - sizeof("/proc//ns/net"))
		return fault_set(f, EINVAL, "netns \"%.64s\": not a name, path or process id",
				 spec);

	if (strchr(spec, '/'))
		snprintf(path, sizeof(path), "%s", spec);
	else
		snprintf(path, sizeof(path), NETNS_DIR "/%s", spec);
	fd = open_path(path);
	if (fd == -ENOENT && strspn(spec, "0123456789") == strlen(spec)) {
		snprintf(path, sizeof(path), "/proc/%s/ns/net", spec);
		fd = open_path(path);
	}
	/* ptrace_may_access() in proc_ns_get_link(), fs/proc/namespaces.c. */
	if (fd == -EACCES && !strncmp(path, "/proc/", 6) &&
	    privilege_need(CAP_SYS_PTRACE, "to enter the namespace of another process", f)) {
		fault_context(f, "netns \"%s\"", spec);
	} else if (fd < 0) {
		fault_errno(f, -fd, "netns \"%s\"", spec);
		if (fd == -ENOENT)
			fault_hint(f, "`ip netns` lists the named ones; a path or a process id "
				      "will do as well");
	}
	return fd;
}

/* netns_install() in net/core/net_namespace.c asks for CAP_SYS_ADMIN in both namespaces. */
int netns_set(int fd, struct fault *f)
{
	int err = setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;

	if (err == -EPERM)
		privilege_need(CAP_SYS_ADMIN, "to enter a network namespace", f);
	return err ? fault_errno(f, -err, "enter a network namespace") : 0;
}

int netns_enter(const char *spec, struct fault *f)
{
	_cleanup_close_ int fd = netns_open(spec, f);
	struct fault why = {0};
	int err = fd < 0 ? fd : netns_set(fd, &why);

	if (fd < 0 || !err)
		return err;
	if (err == -EPERM) {
		*f = why;
		fault_context(f, "netns \"%s\"", spec);
	}
	return fault_errno(f, -err, "enter netns \"%s\"", spec);
}

int netns_cookie(uint64_t *ret_cookie, struct fault *f)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*ret_cookie);

	if (fd < 0)
		return fault_errno(f, errno, "open a socket");
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, ret_cookie, &len) < 0) {
		int err = errno;

		fault_errno(f, err, "ask for the network namespace's cookie");
		fault_hint(f, "this kernel lacks SO_NETNS_COOKIE: Linux 5.14 or later is needed");
		return -err;
	}
	return 0;
}

int netns_call(int fd, int (*call)(struct netlink *nl, void *data), void *data)
{
	_cleanup_close_ int home = open_path("/proc/self/ns/net");
	struct netlink nl;
	int err;

	if (home < 0)
		return home;
	if (setns(fd, CLONE_NEWNET) < 0)
		return -errno;
	err = netlink_open(&nl, NETLINK_ROUTE);
	if (!err)
		err = call(&nl, data);
	netlink_close(&nl);
	/* The rest of the process must not go on in a namespace that it did not ask for. */
	if (setns(home, CLONE_NEWNET) < 0)
		abort();
	return err;
}

static int find_device(struct netlink *nl, void *name)
{
	struct device found;

	return device_get(nl, name, &found);
}

int netns_find_device(const char *dev, char *ret_name, unsigned int size)
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *entry;
	int found = 0;

	while (dir && !found && (entry = readdir(dir))) {
		char path[PATH_MAX];
		_cleanup_close_ int fd = -1;

		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= size)
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", entry->d_name);
		fd = open_path(path);
		if (fd >= 0 && !netns_call(fd, find_device, (void *)dev)) {
			snprintf(ret_name, size, "%s", entry->d_name);
			found = 1;
		}
	}
	if (dir)
		closedir(dir);
	return found;
}

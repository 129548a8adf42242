// SPDX-License-Identifier: GPL-2.0-only
/* Finding network namespaces: there is no list of them, so those in use and those with a name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/net_namespace.h>
#include <linux/nsfs.h>
#include <linux/rtnetlink.h>
#include "cleanup.h"
#include "netns.h"
#include "privilege.h"

struct search {
	int (*visit)(int fd, const char *name, void *data);
	void *data;
	ino_t *seen; /* of namespace files; all are on one file system */
	size_t count;
};

static bool is_new(struct search *s, ino_t ino)
{
	ino_t *more;

	for (size_t i = 0; i < s->count; i++)
		if (s->seen[i] == ino)
			return false;
	more = reallocarray(s->seen, s->count + 1, sizeof(*more));
	if (!more)
		return true;
	s->seen = more;
	s->seen[s->count++] = ino;
	return true;
}

static int visit_path(struct search *s, const char *path, const char *name)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	/* A name without its namespace, as it is made or was left behind, is an empty file. */
	if (fd < 0 || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, &st) < 0 ||
	    !is_new(s, st.st_ino))
		return 0;
	return s->visit(fd, name, s->data);
}

/* Visits dir/<entry>rest for each entry that begins with a character of first (NULL: any). */
static int visit_all(struct search *s, const char *dir, const char *rest, const char *first)
{
	DIR *entries = opendir(dir);
	const struct dirent *entry;
	int ret = 0;

	while (entries && !ret && (entry = readdir(entries))) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.' || (first && !strchr(first, entry->d_name[0])))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, entry->d_name, rest);
		ret = visit_path(s, path, first ? path : entry->d_name);
	}
	if (entries)
		closedir(entries);
	return ret;
}

int netns_check_each(struct fault *f)
{
	return privilege_need(CAP_SYS_ADMIN, "to look into other network namespaces", f)
		       ?: privilege_need(CAP_SYS_PTRACE,
					 "to find network namespaces that have no name", f);
}

int netns_each(int (*visit)(int fd, const char *name, void *data), void *data)
{
	struct search s = {.visit = visit, .data = data};
	int ret;

	ret = visit_path(&s, "/proc/self/ns/net", "");
	ret = ret ?: visit_all(&s, "/run/netns", "", NULL);
	ret = ret ?: visit_all(&s, "/proc", "/ns/net", "123456789");
	free(s.seen);
	return ret;
}

int netns_each_named(int (*visit)(int fd, const char *name, void *data), void *data)
{
	struct search s = {.visit = visit, .data = data};
	int ret = visit_all(&s, "/run/netns", "", NULL);

	free(s.seen);
	return ret;
}

static int keep_id(const struct nlattr *attr, void *data)
{
	if (mnl_attr_get_type(attr) == NETNSA_NSID)
		*(int *)data = (int)mnl_attr_get_u32(attr);
	return MNL_CB_OK;
}

static int parse_id(const struct nlmsghdr *nlh, void *data)
{
	return nlh->nlmsg_type == RTM_NEWNSID
		       ? mnl_attr_parse(nlh, sizeof(struct rtgenmsg), keep_id, data)
		       : MNL_CB_OK;
}

int netns_id(struct netlink *nl, int fd)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int id = -1;

	nlh->nlmsg_type = RTM_GETNSID;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)fd);
	return netlink_talk(nl, nlh, parse_id, &id) ? -1 : id;
}

int netns_ensure_id(struct netlink *nl, int fd)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh;
	int id = netns_id(nl, fd);

	if (id >= 0)
		return id;
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = RTM_NEWNSID;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtgenmsg));
	mnl_attr_put_u32(nlh, NETNSA_FD, (uint32_t)fd);
	mnl_attr_put_u32(nlh, NETNSA_NSID, (uint32_t)NETNSA_NSID_NOT_ASSIGNED); /* any */
	return netlink_talk(nl, nlh, NULL, NULL) ? -1 : netns_id(nl, fd);
}

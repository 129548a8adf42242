// SPDX-License-Identifier: GPL-2.0-only
/* The panels of all network namespaces, each upgraded in its own. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include "netns.h"
#include "upgrade.h"

struct sweep {
	struct session *session;
	uint64_t *cookies; /* of the panels; 0: has been dealt with */
	size_t count, left;
	int err;
};

static int list_panels(struct sweep *sweep, struct fault *f)
{
	DIR *dir = opendir(PANELS_DIR);
	const struct dirent *entry;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fault_errno(f, errno, "look into " PANELS_DIR);
	while (!err && (entry = readdir(dir))) {
		char *end;
		uint64_t cookie = strtoull(entry->d_name, &end, 10);
		uint64_t *more;

		if (!isdigit((unsigned char)entry->d_name[0]) || *end)
			continue;
		more = reallocarray(sweep->cookies, sweep->count + 1, sizeof(*more));
		if (!more) {
			err = fault_errno(f, ENOMEM, "list the panels");
			break;
		}
		sweep->cookies = more;
		sweep->cookies[sweep->count++] = cookie;
	}
	closedir(dir);
	sweep->left = sweep->count;
	return err;
}

static uint64_t *find_panel(const struct sweep *sweep, uint64_t cookie)
{
	for (size_t i = 0; i < sweep->count; i++)
		if (cookie && sweep->cookies[i] == cookie)
			return &sweep->cookies[i];
	return NULL;
}

static int visit(int fd, const char *name, void *data)
{
	struct sweep *sweep = data;
	struct fault f = {0};
	uint64_t cookie, *found;
	int err;

	err = session_enter(sweep->session, fd, &f);
	err = err ?: netns_cookie(&cookie, &f);
	found = err ? NULL : find_panel(sweep, cookie);
	if (found) {
		*found = 0;
		sweep->left--;
		err = upgrade_here(sweep->session, &f);
	}
	if (err) {
		if (*name)
			fault_context(&f, "netns %s", name);
		fault_print(&f);
		sweep->err = err;
	}
	return !sweep->left;
}

/* A panel whose namespace is gone waits for gc; one whose namespace is merely out of sight does
 * not. Tells of the first.
 */
static int tell_of_missing(const struct sweep *sweep, struct fault *f)
{
	for (size_t i = 0; i < sweep->count; i++) {
		if (!sweep->cookies[i] || !panel_has_peers(sweep->cookies[i]))
			continue;
		if (netns_check_each(f))
			return -EPERM;
		fault_set(f, ENOENT,
			  "upgrade: the network namespace of " PANELS_DIR "/%llu cannot be found",
			  (unsigned long long)sweep->cookies[i]);
		fault_hint(f, "it has no name under /run/netns and no process: enter it and say "
			      "`vethbpf upgrade` there");
		return -ENOENT;
	}
	return 0;
}

int upgrade_all(struct session *s, struct fault *f)
{
	struct sweep sweep = {.session = s};
	int err;

	err = bpffs_ensure(false, f);
	if (err)
		return f->err ? err : 0;
	err = list_panels(&sweep, f);
	if (!err && sweep.left)
		netns_each(visit, &sweep);
	session_leave(s);
	err = err ?: tell_of_missing(&sweep, f);
	free(sweep.cookies);
	return err ?: sweep.err;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panels that outlived their network namespace. A namespace that is deleted takes its devices
 * along, and the kernel the entries in peers; the pins stay until somebody removes them.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <bpf/bpf.h>
#include "bpffs.h"
#include "cleanup.h"
#include "netns.h"
#include "panel.h"

struct cookies {
	uint64_t *of;
	size_t count;
	int err;
};

static int add_cookie(struct netlink *nl, void *data)
{
	struct cookies *live = data;
	uint64_t *more = reallocarray(live->of, live->count + 1, sizeof(*more));

	(void)nl;
	if (!more)
		return -ENOMEM;
	live->of = more;
	return netns_cookie(&live->of[live->count++], NULL);
}

static int visit(int fd, const char *name, void *data)
{
	struct cookies *live = data;

	(void)name;
	live->err = netns_call(fd, add_cookie, live);
	return live->err;
}

static bool is_live(const struct cookies *live, uint64_t cookie)
{
	for (size_t i = 0; i < live->count; i++)
		if (live->of[i] == cookie)
			return true;
	return false;
}

/* A namespace may live in a descriptor alone, where nobody finds it: then its devices are there. */
bool panel_has_peers(uint64_t cookie)
{
	_cleanup_close_ int fd = -1;
	char path[160];
	uint32_t key;

	snprintf(path, sizeof(path), PANELS_DIR "/%llu/peers", (unsigned long long)cookie);
	fd = bpf_obj_get(path);
	return fd < 0 || !bpf_map_get_next_key(fd, NULL, &key);
}

static int remove_dead(const struct cookies *live, struct fault *f)
{
	DIR *dir = opendir(PANELS_DIR);
	const struct dirent *entry;
	int err = 0;

	if (!dir)
		return fault_errno(f, errno, "look into " PANELS_DIR);
	while (!err && (entry = readdir(dir))) {
		char path[300], *end;
		uint64_t cookie = strtoull(entry->d_name, &end, 10);

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), PANELS_DIR "/%s", entry->d_name);
		/* <cookie>-new or -old: of a loader that was killed, since it had the lock. */
		if (*end != '-' && (*end || is_live(live, cookie) || panel_has_peers(cookie)))
			continue;
		err = bpffs_dir_remove(path);
		if (err)
			fault_errno(f, -err, "remove %s", path);
	}
	closedir(dir);
	return err;
}

int panel_gc(bool locked, struct fault *f)
{
	_cleanup_close_ int lock = -1;
	struct cookies live = {0};
	int err;

	/* Whatever can't be looked into might be the one. */
	err = netns_check_each(f);
	if (err)
		return err;
	netns_each(visit, &live);
	if (live.err) {
		free(live.of);
		return fault_errno(f, -live.err, "find the network namespaces there are");
	}
	err = bpffs_dir_check(PANELS_DIR, f);
	if (!err && !locked) {
		lock = bpffs_lock(PANELS_DIR, f);
		err = lock < 0 ? lock : 0;
	}
	err = err ?: remove_dead(&live, f);
	if (lock >= 0)
		rmdir(PANELS_DIR); /* unless there is a panel in it */
	free(live.of);
	return err == -ENOENT ? 0 : err;
}

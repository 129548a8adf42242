// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "bpffs.h"
#include "cleanup.h"
#include "dispatcher.h"

/* libxdp 1.2 to 1.5: .../xdp/dispatch-IFINDEX-ID/progN-prog and -link; xdp/ is what it locks. */
#define DISPATCHERS BPFFS_DIR "/xdp"

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool is_pin_of(const char *path, uint32_t prog_id)
{
	const char *kind = strrchr(path, '-');
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = -1;

	if (!kind || strcmp(kind, "-prog") != 0)
		return false;
	fd = bpf_obj_get(path);
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) && info.id == prog_id;
}

/* Removes a dispatcher's directory if the program is in it. */
static void forget_one(const char *path, uint32_t prog_id)
{
	_cleanup_(close_dir) DIR *dir = opendir(path);
	const struct dirent *entry;
	char pin[640];
	bool ours = false;

	while (dir && !ours && (entry = readdir(dir))) {
		snprintf(pin, sizeof(pin), "%s/%s", path, entry->d_name);
		ours = is_pin_of(pin, prog_id);
	}
	if (!ours)
		return;
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_type == DT_REG)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	rmdir(path);
}

void dispatcher_forget(uint32_t ifindex, uint32_t prog_id)
{
	_cleanup_(close_dir) DIR *dir = opendir(DISPATCHERS);
	const struct dirent *entry;
	char path[320], of_device[32];

	if (!dir || flock(dirfd(dir), LOCK_EX))
		return;
	snprintf(of_device, sizeof(of_device), "dispatch-%u-", ifindex);
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, of_device, strlen(of_device)) != 0)
			continue;
		snprintf(path, sizeof(path), DISPATCHERS "/%s", entry->d_name);
		forget_one(path, prog_id);
	}
}

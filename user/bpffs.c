// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include "bpffs.h"
#include "cleanup.h"
#include "privilege.h"

static bool is_mounted(void)
{
	struct statfs fs;

	return !statfs(BPFFS_DIR, &fs) && fs.f_type == BPF_FS_MAGIC;
}

/* Where others could rename root's directory, and put another in its place, no look at it helps. */
static int check_mount(struct fault *f)
{
	struct stat st;

	if (stat(BPFFS_DIR, &st) < 0)
		return fault_errno(f, errno, "look at " BPFFS_DIR);
	if (!st.st_uid && (!(st.st_mode & (S_IWGRP | S_IWOTH)) || st.st_mode & S_ISVTX))
		return 0;
	fault_set(f, EPERM,
		  BPFFS_DIR " is not safe to use: others than root may rename what is in it");
	fault_hint(f, "make it root's: chown root " BPFFS_DIR "; chmod 700 " BPFFS_DIR);
	return -EPERM;
}

/* The process's parent; 0 if that can't be told. */
static pid_t parent_of(pid_t pid)
{
	char path[64], line[512];
	pid_t parent = 0;
	const char *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* "pid (name) state parent …", and a name may be of anything. */
	if (fgets(line, sizeof(line), file)) {
		at = strrchr(line, ')');
		if (at && strlen(at) > 4)
			parent = (pid_t)strtol(at + 4, NULL, 10);
	}
	fclose(file);
	return parent;
}

/*
 * Whether this process sees the mounts that its ancestors see, up to process 1, as far as it may
 * look: `ip netns exec` and containers have mounts of their own, which end with their processes.
 */
static bool shares_mounts_with_ancestors(void)
{
	struct stat own, other;
	char path[64];

	if (stat("/proc/self/ns/mnt", &own) < 0)
		return true;
	for (pid_t pid = getppid(); pid > 0; pid = parent_of(pid)) {
		snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
		if (!stat(path, &other) && other.st_ino != own.st_ino)
			return false;
	}
	return true;
}

int bpffs_ensure(bool may_mount, struct fault *f)
{
	int err;

	if (is_mounted())
		return check_mount(f);
	if (!shares_mounts_with_ancestors()) {
		err = fault_set(f, ENOENT,
				"no BPF file system on " BPFFS_DIR
				" in this mount namespace, and one "
				"mounted here would vanish with it");
		fault_hint(f, "`ip netns exec` hides it: use `vethbpf -n NETNS …` instead");
		return err;
	}
	if (!may_mount)
		return -ENOENT;
	if (mount("bpf", BPFFS_DIR, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME,
		  "mode=0700") < 0) {
		err = errno;
		if (err == EPERM) /* may_mount() in fs/namespace.c */
			privilege_need(CAP_SYS_ADMIN, "to mount the BPF file system", f);
		fault_errno(f, err, "mount the BPF file system on " BPFFS_DIR);
		fault_hint(f, "mount it as root: mount -t bpf bpf " BPFFS_DIR);
		return -err;
	}
	return 0;
}

int bpffs_dir_make(const char *path, struct fault *f)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return fault_errno(f, errno, "make directory %s", path);
	return 0;
}

int bpffs_dir_check(const char *path, struct fault *f)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return -ENOENT;
		return fault_errno(f, errno, "look at %s", path);
	}
	if (S_ISDIR(st.st_mode) && !st.st_uid && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	fault_set(f, EPERM,
		  "%s is not safe to use: not a directory of root's that only root may write to",
		  path);
	fault_hint(f, "see who made it: ls -ld %s", path);
	return -EPERM;
}

int bpffs_lock(const char *path, struct fault *f)
{
	for (;;) {
		_cleanup_close_ int fd = -1;
		struct stat held, now;
		int err;

		err = bpffs_dir_make(path, f);
		if (err)
			return err;
		err = bpffs_dir_check(path, f);
		if (err == -ENOENT)
			continue;
		if (err)
			return err;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return fault_errno(f, errno, "open %s", path);
		if (flock(fd, LOCK_EX) < 0) {
			if (errno == EINTR)
				continue;
			return fault_errno(f, errno, "lock %s", path);
		}
		/* Whoever had the lock before may have removed the directory under it. */
		if (!fstat(fd, &held) && !lstat(path, &now) && held.st_ino == now.st_ino &&
		    held.st_dev == now.st_dev)
			return TAKE_FD(fd);
	}
}

bool bpffs_is_locked(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	if ((type == FTW_DP ? rmdir(path) : unlink(path)) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

int bpffs_dir_remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF file system: finding or mounting it, directories that are ours alone, and a lock. */
#ifndef VB_BPFFS_H
#define VB_BPFFS_H

#include <stdbool.h>
#include "fault.h"

#define BPFFS_DIR "/sys/fs/bpf"

/*
 * 0 if /sys/fs/bpf is a BPF file system. If it is not, one is mounted if may_mount, else -ENOENT is
 * returned without a fault. With a fault where the file system is merely hidden from this process:
 * one mounted in a mount namespace of its own would vanish with it, and every cable too.
 */
int bpffs_ensure(bool may_mount, struct fault *f);

/* Makes the directory (0700) unless it is there. bpffs_dir_check() is still due. */
int bpffs_dir_make(const char *path, struct fault *f);

/*
 * 0 if path is a directory that belongs to this user and that nobody else may write to; -ENOENT
 * without a fault if there is none. The BPF file system's own root is open to all users.
 */
int bpffs_dir_check(const char *path, struct fault *f);

/*
 * Takes the writers' lock on the directory, waiting for it, and makes the directory if need be.
 * Returns a descriptor; closing it gives the lock back.
 */
int bpffs_lock(const char *path, struct fault *f);

/* Whether somebody holds that lock right now, whom bpffs_lock() would wait for. */
bool bpffs_is_locked(const char *path);

/* Removes a directory of pins with all that is in it. */
int bpffs_dir_remove(const char *path);

#endif

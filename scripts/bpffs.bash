# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For scripts that need the BPF file system and leave everything as they found it: to be sourced.
# The loader mounts it too, but not where it would vanish with a single process; a script that runs
# in a mount namespace of its own is sure to outlive its cables.

bpffs=/sys/fs/bpf
bpffs_mounted='' bpffs_first='' bpffs_had_vethbpf=''

# bpffs_begin COMMAND...: mounts it if it is not mounted. COMMAND is what to run the mount with.
bpffs_begin() {
	[ ! -d "$bpffs/vethbpf" ] || bpffs_had_vethbpf=1
	if ! mountpoint -q "$bpffs"; then
		"$@" mount -t bpf -o nosuid,nodev,noexec,mode=0700 bpf "$bpffs" || return
		bpffs_mounted=1
		bpffs_first=$(ls -A "$bpffs")	# the kernel's own: CONFIG_BPF_PRELOAD
	fi
}

# bpffs_end: undoes that, but takes no pin away that somebody has made meanwhile.
bpffs_end() {
	[ "$bpffs_had_vethbpf" ] || rmdir "$bpffs/vethbpf" 2>/dev/null || true
	[ "$bpffs_mounted" ] || return 0
	bpffs_mounted=''
	if [ "$(ls -A "$bpffs")" = "$bpffs_first" ]; then
		umount "$bpffs"
	else
		echo "$bpffs stays mounted: it has come to hold other pins" >&2
	fi
}

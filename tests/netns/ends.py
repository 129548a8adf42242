#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
A panel's ends, which are one value of 1 MiB (include/vethbpf.h): too long for bpftool to write.

ends.py PANEL list             the ifindexes of the ends that the programs know
ends.py PANEL forget IFINDEX   the end names nobody, as before the last step of plugging in
"""

import ctypes
import mmap
import platform
import struct
import sys

SYS_BPF, BPF_OBJ_GET = {"x86_64": 321, "aarch64": 280}, 7
END = struct.Struct("=IIIHBB")  # struct vb_end
ENDS_MAX = 65536


def open_map(path):
    """The map, in this process's memory."""
    name = ctypes.create_string_buffer(path.encode())
    attr = ctypes.create_string_buffer(struct.pack("=QII", ctypes.addressof(name), 0, 0), 128)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(SYS_BPF[platform.machine()], BPF_OBJ_GET, attr, len(attr))
    if fd < 0:
        raise OSError(ctypes.get_errno(), path)
    return mmap.mmap(fd, ENDS_MAX * END.size)


def main(panel, verb, *ifindexes):
    ends = open_map(f"{panel}/ends")
    for place in range(ENDS_MAX):
        found, _peer, *rest = END.unpack_from(ends, place * END.size)
        if found and verb == "list":
            print(found)
        if found and verb == "forget" and str(found) in ifindexes:
            END.pack_into(ends, place * END.size, found, 0, *rest)


main(*sys.argv[1:])

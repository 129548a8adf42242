#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Somebody else's use of tcx, for which the bpftool at hand is too old.

usage: tcx.py attach PINNED-PROGRAM DEVICE ingress|egress PIN    makes a link and pins it
       tcx.py show DEVICE ingress|egress                         the programs' names, in their order
"""
import ctypes
import os
import socket
import struct
import sys

SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
OBJ_PIN, OBJ_GET, GET_FD_BY_ID, INFO, QUERY, LINK_CREATE = 6, 7, 13, 15, 16, 28
TCX = {"ingress": 46, "egress": 47}
libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attr):
    buffer = ctypes.create_string_buffer(attr, max(len(attr), 128))
    result = libc.syscall(SYS_BPF, command, buffer, len(buffer))
    if result < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return result, buffer.raw


def path(name):
    text = ctypes.create_string_buffer(name.encode())
    return text, ctypes.addressof(text)


def attach(program, device, point, pin):
    text, address = path(program)
    prog, _ = bpf(OBJ_GET, struct.pack("=QII", address, 0, 0))
    link, _ = bpf(LINK_CREATE, struct.pack("=IIII", prog, socket.if_nametoindex(device), TCX[point], 0))
    text, address = path(pin)
    bpf(OBJ_PIN, struct.pack("=QII", address, link, 0))


def prog_name(number):
    fd, _ = bpf(GET_FD_BY_ID, struct.pack("=III", number, 0, 0))
    info = ctypes.create_string_buffer(232)
    bpf(INFO, struct.pack("=IIQ", fd, len(info), ctypes.addressof(info)))
    return info.raw[64:80].rstrip(b"\0").decode()  # struct bpf_prog_info: name


def query(device, point):
    """The programs' ids, in their order."""
    ids = (ctypes.c_uint32 * 64)()
    attr = struct.pack("=IIIIQI", socket.if_nametoindex(device), TCX[point], 0, 0, ctypes.addressof(ids), 64)
    _, answer = bpf(QUERY, attr)
    return ids[:struct.unpack_from("=I", answer, 24)[0]]


def show(device, point):
    print(*map(prog_name, query(device, point)))


if __name__ == "__main__":
    {"attach": attach, "show": show}[sys.argv[1]](*sys.argv[2:])

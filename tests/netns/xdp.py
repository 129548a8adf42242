#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Somebody else's use of XDP, through libxdp.

usage: xdp.py attach OBJECT DEVICE native|skb   the object's XDP program, beside those that are there
       xdp.py detach PROGRAM DEVICE             the program of that name
       xdp.py show DEVICE                       the programs' names, in their order; "alone" is put
                                                before one that has no dispatcher
"""
import ctypes
import socket
import sys

MODES = {"native": 1, "skb": 2}
lib = ctypes.CDLL("libxdp.so.1")
lib.xdp_program__open_file.restype = ctypes.c_void_p
lib.xdp_program__name.restype = ctypes.c_char_p
for function in ("get_from_ifindex", "next_prog", "main_prog"):
    getattr(lib, f"xdp_multiprog__{function}").restype = ctypes.c_void_p
lib.libxdp_get_error.argtypes = [ctypes.c_void_p]


def check(error, what):
    if error:
        sys.exit(f"xdp.py: {what}: error {error}")


def programs(ifindex):
    """Whether they stand behind a dispatcher, their mode, and each program."""
    every = lib.xdp_multiprog__get_from_ifindex(ifindex)
    if lib.libxdp_get_error(every):
        return True, 0, []
    every = ctypes.c_void_p(every)
    mode = lib.xdp_multiprog__attach_mode(every)
    if lib.xdp_multiprog__is_legacy(every):
        return False, mode, [ctypes.c_void_p(lib.xdp_multiprog__main_prog(every))]
    found, one = [], lib.xdp_multiprog__next_prog(None, every)
    while one:
        found.append(ctypes.c_void_p(one))
        one = lib.xdp_multiprog__next_prog(found[-1], every)
    return True, mode, found


def attach(path, device, mode):
    program = lib.xdp_program__open_file(path.encode(), b"xdp", None)
    check(lib.libxdp_get_error(program), f"open {path}")
    check(lib.xdp_program__attach(ctypes.c_void_p(program), socket.if_nametoindex(device), MODES[mode], 0),
          f"attach {path} to {device}")


def detach(name, device):
    ifindex = socket.if_nametoindex(device)
    _, mode, found = programs(ifindex)
    for program in found:
        if lib.xdp_program__name(program) == name.encode():
            check(lib.xdp_program__detach(program, ifindex, mode, 0), f"detach {name} from {device}")
            return
    sys.exit(f"xdp.py: no {name} on {device}")


def show(device):
    dispatched, _, found = programs(socket.if_nametoindex(device))
    names = [lib.xdp_program__name(program).decode() for program in found]
    print(*([] if dispatched else ["alone"]), *names)


{"attach": attach, "detach": detach, "show": show}[sys.argv[1]](*sys.argv[2:])

#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Stands for a virtual machine behind a tap, whose network card is a tap of another namespace.

usage: guest.py NETNS TAP NETNS TAP [csum] [tso]

Hands every packet on from one tap to the other as it comes, with what virtio tells of it. csum and
tso: the offloads that the guest's card has agreed on with the first tap; it gives both in any case.
"""
import ctypes
import fcntl
import os
import select
import struct
import sys

TUNSETIFF, TUNSETOFFLOAD, CLONE_NEWNET = 0x400454CA, 0x400454D0, 0x40000000
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 2, 0x1000, 0x4000
OFFLOADS = {"csum": 1, "tso": 2 | 4}  # TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6


def tap(netns, name, offloads):
    with open(f"/run/netns/{netns}", "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"enter netns {netns}")
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), flags))
    fcntl.ioctl(fd, TUNSETOFFLOAD, sum(OFFLOADS[o] for o in offloads))
    return fd


outer = tap(*sys.argv[1:3], sys.argv[5:])
inner = tap(*sys.argv[3:5], OFFLOADS)
while True:
    for fd in select.select([outer, inner], [], [])[0]:
        try:
            packet = os.read(fd, 1 << 17)
            os.write(outer if fd == inner else inner, packet)
        except OSError:  # a tap that is not up drops what it is given
            pass

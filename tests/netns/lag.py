#!/usr/bin/python3 -I
# SPDX-License-Identifier: GPL-2.0-only
"""lag.py DEV NETNS OTHER TIMES: sets DEV down and up so many times, and waits each time until the
link of OTHER, in another network namespace, has gone and come back. Prints in microseconds how long
it took to go, from before the request to set DEV down: median and 99th percentile; and the median of
how long the request itself took."""
import ctypes
import fcntl
import os
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
ETHTOOL_GLINK = 0x0A
RTM_NEWLINK = 16
IFF_UP = 1
DEADLINE = 10  # seconds


def enter(netns):
    with open(netns) as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"enter {netns}")


def link(sock, dev, value):
    """Whether dev has a link: ethtool's answer, which is the carrier's own bit."""
    value[:] = struct.pack("=II", ETHTOOL_GLINK, 0)
    address = ctypes.addressof(ctypes.c_char.from_buffer(value))
    fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("=16sQ16x", dev.encode(), address))
    return struct.unpack("=II", value)[1] == 1


def request(ifindex, up):
    ifi = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, ifindex, IFF_UP if up else 0, IFF_UP)
    return struct.pack("=IHHII", 16 + len(ifi), RTM_NEWLINK, 1 | 4, 1, 0) + ifi


def talk(sock, message):
    sock.send(message)
    error = struct.unpack("=i", sock.recv(4096)[16:20])[0]
    if error:
        raise OSError(-error, os.strerror(-error))


def wait_for(sock, dev, value, wanted, since):
    while link(sock, dev, value) != wanted:
        if time.monotonic() - since > DEADLINE:
            sys.exit(f"the link of {dev} has not {'come' if wanted else 'gone'}")
    return time.monotonic() - since


def main(dev, netns, other, times):
    ifindex = socket.if_nametoindex(dev)
    rtnl = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    enter(netns)
    there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    value = bytearray(8)
    took, asked = [], []
    for _ in range(int(times)):
        wait_for(there, other, value, True, time.monotonic())
        begun = time.monotonic()
        talk(rtnl, request(ifindex, False))
        asked.append((time.monotonic() - begun) * 1e6)
        took.append(wait_for(there, other, value, False, begun) * 1e6)
        talk(rtnl, request(ifindex, True))
    wait_for(there, other, value, True, time.monotonic())
    took.sort()
    asked.sort()
    middle = len(took) // 2
    print(f"{took[middle]:.0f} {took[len(took) * 99 // 100]:.0f} {asked[middle]:.0f}")


main(*sys.argv[1:])

#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Tells which ways frames cross: sends one on each device and listens on the others.

usage: crossing.py NETNS/DEVICE...        the devices are called by the last letters of their names
Prints "a>b b>a": what is sent on a device that ends in a comes out at one that ends in b.
"""
import ctypes
import select
import socket
import sys
import time

CLONE_NEWNET, TYPE = 0x40000000, 0x88b7
TOKEN = time.monotonic_ns().to_bytes(8, "big")


def packet_socket(place):
    """A packet socket on NETNS/DEVICE."""
    netns, device = place.split("/")
    with open(f"/run/netns/{netns}", "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"enter {netns}")
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.bind((device, TYPE))
    return sock


def main():
    """Every frame bears the name of the device that it is sent on."""
    places = {place[-1]: packet_socket(place) for place in sys.argv[1:]}
    ways = set()
    for name, sock in places.items():
        sock.send(bytes(6 * [0xff]) + bytes.fromhex("020000000077") + TYPE.to_bytes(2, "big")
                  + TOKEN + name.encode() + bytes(46))
    names = {sock: name for name, sock in places.items()}
    while ready := select.select(list(names), [], [], 0.05)[0]:
        for sock in ready:
            frame, (_, _, kind, _, _) = sock.recvfrom(2048)
            if kind != socket.PACKET_OUTGOING and frame[14:22] == TOKEN:
                ways.add(f"{frame[22:23].decode()}>{names[sock]}")
    print(*sorted(ways))


if __name__ == "__main__":
    main()

#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Sends numbered frames to a group, as fast as they go, and tells how many came out.

usage: burst.py [--mixed] NETNS/DEVICE NETNS/DEVICE COUNT
           --mixed: every second one to the receiver's own address; tells whether they came in order
"""
import argparse
import ctypes
import socket
import struct

SO_RCVBUFFORCE, CLONE_NEWNET = 33, 0x40000000
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_MULTICAST = 263, 1, 0
GROUP, SENDER, TYPE = bytes.fromhex("01005e0000fb"), bytes.fromhex("020000000099"), 0x88b5


def packet_socket(place):
    """A packet socket on NETNS/DEVICE, and the device's address."""
    netns, device = place.split("/")
    with open(f"/run/netns/{netns}", "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"enter {netns}")
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    sock.bind((device, TYPE))
    request = struct.pack("iHH8s", socket.if_nametoindex(device), PACKET_MR_MULTICAST, 6, GROUP)
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)
    return sock, sock.getsockname()[4]


def main():
    """Sends all, then reads until nothing has come for a while: the buffer holds every frame."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mixed", action="store_true")
    parser.add_argument("sender")
    parser.add_argument("receiver")
    parser.add_argument("count", type=int)
    args = parser.parse_args()
    receiver, address = packet_socket(args.receiver)
    sender, _ = packet_socket(args.sender)
    for number in range(args.count):
        to = address if args.mixed and number % 2 else GROUP
        sender.send(to + SENDER + struct.pack("!HI", TYPE, number) + bytes(46))

    numbers = []
    receiver.settimeout(3)
    while len(numbers) < args.count:
        try:
            frame = receiver.recv(2048)
        except TimeoutError:
            break
        numbers.append(struct.unpack("!I", frame[14:18])[0])
    order = ""
    if args.mixed:
        order = ", in order" if numbers == sorted(numbers) else ", out of order"
    print(f"{len(set(numbers))} of {args.count}{order}")


if __name__ == "__main__":
    main()

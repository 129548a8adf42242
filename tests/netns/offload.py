#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Packets whose offloads must outlive the cable: unfinished checksums, UDP segments, timestamps.

usage: offload.py udp NETNS ADDRESS NETNS ADDRESS   datagrams between two stacks, alone and as GSO
       offload.py to-tap NETNS ADDRESS NETNS TAP    what a stack sends comes out of a tap complete
       offload.py from-tap NETNS ADDRESS NETNS TAP MAC
                                                    a tap's frame with its checksum still to be filled
                                                    in is taken by the stack that has the address
"""
import ctypes
import fcntl
import os
import select
import socket
import struct
import sys
import time

PORT, PATIENCE = 7777, 10
UDP_SEGMENT, SO_TIMESTAMPNS = 103, 35
TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, TUN_F_CSUM = 2, 0x1000, 0x4000, 1
VNET_HDR = struct.Struct("=BBHHHH")
NEEDS_CSUM = 1
TAP_ADDRESS = "192.0.2.99"


def netns_enter(name):
    with open(f"/run/netns/{name}", "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), f"enter netns {name}")


def udp_socket(netns, address):
    netns_enter(netns)
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, PORT))
    sock.settimeout(PATIENCE)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    return sock


def tap(netns, name, flags=0):
    netns_enter(netns)
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | flags))
    return fd


def ones_sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def pseudo(source, target, length):
    return socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, 17, length)


def receive(sock, expected):
    """One datagram; its receive timestamp must be one of just now."""
    data, ancillary, _, _ = sock.recvmsg(65536, 128)
    seconds, nanoseconds = struct.unpack("=qq", ancillary[0][2])
    age = time.time() - seconds - nanoseconds / 1e9
    assert data == expected, (len(data), len(expected))
    assert 0 <= age < PATIENCE, f"timestamp {age} s ago"


def exchange(source, target):
    for size in (0, 1, 2, 17, 1471, 1472):
        data = bytes(i % 251 for i in range(size))
        source.sendto(data, target.getsockname())
        receive(target, data)
    # One packet on the way, ten datagrams at its end.
    data = bytes(i % 251 for i in range(9 * 1000 + 333))
    source.sendmsg([data], [(socket.IPPROTO_UDP, UDP_SEGMENT, struct.pack("=H", 1000))], 0,
                   target.getsockname())
    for i in range(0, len(data), 1000):
        receive(target, data[i:i + 1000])


def udp(netns_a, address_a, netns_b, address_b):
    a, b = udp_socket(netns_a, address_a), udp_socket(netns_b, address_b)
    exchange(a, b)
    exchange(b, a)


def to_tap(netns, address, tap_netns, name):
    fd, sock = tap(tap_netns, name), udp_socket(netns, address)
    data = b"to be summed up by somebody"
    frame = b""
    deadline = time.monotonic() + PATIENCE
    while frame[12:14] != b"\x08\0" or frame[23] != 17:
        # Again and again: the kernel activates the tap's queue some time after it is opened.
        assert time.monotonic() < deadline, "nothing came out of the tap"
        sock.sendto(data, (TAP_ADDRESS, PORT))
        if select.select([fd], [], [], 0.1)[0]:
            frame = os.read(fd, 65536)
    datagram = frame[34:]
    assert datagram[8:] == data
    assert datagram[6:8] != b"\0\0" and \
        ones_sum(pseudo(address, TAP_ADDRESS, len(datagram)) + datagram) == 0xFFFF, datagram.hex()


def from_tap(netns, address, tap_netns, name, mac):
    fd, sock = tap(tap_netns, name, IFF_VNET_HDR), udp_socket(netns, address)
    fcntl.ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM)
    data = b"summed up by nobody yet"
    length = 8 + len(data)
    udp_header = struct.pack("!HHHH", PORT, PORT, length, ones_sum(pseudo(TAP_ADDRESS, address, length)))
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, 17, 0) + \
        socket.inet_aton(TAP_ADDRESS) + socket.inet_aton(address)
    header = header[:10] + struct.pack("!H", ~ones_sum(header) & 0xFFFF) + header[12:]
    frame = bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("020000000099") + b"\x08\0" + header
    os.write(fd, VNET_HDR.pack(NEEDS_CSUM, 0, 0, 0, 34, 6) + frame + udp_header + data)
    receive(sock, data)


{"udp": udp, "to-tap": to_tap, "from-tap": from_tap}[sys.argv[1]](*sys.argv[2:])

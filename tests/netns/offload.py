#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Packets whose offloads must outlive the cable: unfinished checksums, UDP segments, timestamps.

usage: offload.py udp NETNS ADDRESS NETNS ADDRESS   datagrams between two stacks, alone and as GSO
       offload.py to-tap NETNS ADDRESS NETNS TAP    what a stack sends comes out of a tap complete
       offload.py from-tap NETNS ADDRESS NETNS TAP MAC
                                                    a tap's frame with its checksum still to be filled
                                                    in is taken by the stack that has the address
       offload.py tap-to-tap NETNS TAP TAP          the same, and TCP that is to become three segments,
                                                    comes out as whoever is behind a tap can take it
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
UDP_SEGMENT, SO_TIMESTAMPNS, SO_TXTIME = 103, 35, 61
TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR, TUN_F_CSUM = 2, 0x1000, 0x4000, 1
VNET_HDR = struct.Struct("=BBHHHH")
NEEDS_CSUM, GSO_TCPV4, TCP_ACK = 1, 1, 0x10
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


def pseudo(source, target, length, protocol=17):
    return socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, protocol, length)


def ip_header(source, target, length, protocol):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 1, 0, 64, protocol, 0) + \
        socket.inet_aton(source) + socket.inet_aton(target)
    return header[:10] + struct.pack("!H", ~ones_sum(header) & 0xFFFF) + header[12:]


def unfinished_datagram(source, target, data):
    """As a virtual machine with checksum offload sends it, without its Ethernet header."""
    length = 8 + len(data)
    return ip_header(source, target, length, 17) + \
        struct.pack("!HHHH", PORT, PORT, length, ones_sum(pseudo(source, target, length))) + data


def unsegmented_tcp(source, target, data):
    length = 20 + len(data)
    return ip_header(source, target, length, 6) + \
        struct.pack("!HHIIBBHHH", PORT, PORT, 1, 1, 5 << 4, TCP_ACK, 1000,
                    ones_sum(pseudo(source, target, length, 6)), 0) + data


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
    # A time to be sent at, for a qdisc that there is none of: it is not taken for one of receiving.
    source.setsockopt(socket.SOL_SOCKET, SO_TXTIME, struct.pack("=iI", time.CLOCK_MONOTONIC, 0))
    in_an_hour = time.clock_gettime_ns(time.CLOCK_MONOTONIC) + 3600 * 10**9
    source.sendmsg([b"later"], [(socket.SOL_SOCKET, SO_TXTIME, struct.pack("=Q", in_an_hour))], 0,
                   target.getsockname())
    receive(target, b"later")


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
    frame = bytes.fromhex(mac.replace(":", "")) + bytes.fromhex("020000000099") + b"\x08\0"
    os.write(fd, VNET_HDR.pack(NEEDS_CSUM, 0, 0, 0, 34, 6) + frame +
             unfinished_datagram(TAP_ADDRESS, address, data))
    receive(sock, data)


def read_tap(fd, finishes):
    """The next IPv4 packet; its checksum is right, or left to a reader who can finish it."""
    while True:
        assert select.select([fd], [], [], PATIENCE)[0], "nothing came out of the tap"
        flags, gso, *_ = VNET_HDR.unpack_from(frame := os.read(fd, 65536))
        packet = frame[VNET_HDR.size + 14:]
        if frame[VNET_HDR.size + 12:][:2] == b"\x08\0":
            break
    source, target = (socket.inet_ntoa(packet[i:i + 4]) for i in (12, 16))
    total = ones_sum(pseudo(source, target, len(packet) - 20, packet[9]) + packet[20:])
    assert not gso, "it is still to be segmented"
    assert total == 0xFFFF or (flags & NEEDS_CSUM and finishes), packet.hex()
    return packet


def tap_to_tap(netns, source, target):
    ends, head = ("192.0.2.1", "192.0.2.2"), bytes.fromhex("020000000002020000000001") + b"\x08\0"
    data = bytes(range(150))
    datagram = VNET_HDR.pack(NEEDS_CSUM, 0, 0, 0, 34, 6) + head + unfinished_datagram(*ends, data)
    stream = VNET_HDR.pack(NEEDS_CSUM, GSO_TCPV4, 54, 50, 34, 16) + head + unsegmented_tcp(*ends, data)
    fd = tap(netns, source, IFF_VNET_HDR)
    for offloads in 0, TUN_F_CSUM:
        out = tap(netns, target, IFF_VNET_HDR)
        fcntl.ioctl(out, TUNSETOFFLOAD, offloads)
        deadline = time.monotonic() + PATIENCE
        while not select.select([out], [], [], 0.1)[0]:  # till the kernel has activated its queue
            assert time.monotonic() < deadline, "nothing came out of the tap"
            os.write(fd, datagram)
        assert read_tap(out, offloads)[28:] == data
        while select.select([out], [], [], 0.1)[0]:
            read_tap(out, offloads)
        os.write(fd, stream)
        for i in range(0, 150, 50):
            assert read_tap(out, offloads)[40:] == data[i:i + 50]
        os.close(out)


{"udp": udp, "to-tap": to_tap, "from-tap": from_tap, "tap-to-tap": tap_to_tap}[sys.argv[1]](*sys.argv[2:])

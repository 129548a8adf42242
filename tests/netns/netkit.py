#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Makes a netkit pair that carries Ethernet frames, as Debian 12's ip cannot yet.

usage: netkit.py DEVICE PEER
"""
import socket
import struct
import sys

RTM_NEWLINK, NLM_F_REQUEST_ACK_CREATE_EXCL = 16, 0x1 | 0x4 | 0x400 | 0x200
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND, IFLA_INFO_DATA = 3, 18, 1, 2
IFLA_NETKIT_PEER_INFO, IFLA_NETKIT_POLICY, IFLA_NETKIT_PEER_POLICY, IFLA_NETKIT_MODE = 1, 3, 4, 5
NETKIT_PASS, NETKIT_L2 = 0, 0
IFINFOMSG = bytes(16)


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def number(kind, value):
    return attribute(kind, struct.pack("=I", value))


def name(device):
    return attribute(IFLA_IFNAME, device.encode() + b"\0")


device, peer = sys.argv[1:]
data = (attribute(IFLA_NETKIT_PEER_INFO, IFINFOMSG + name(peer)) + number(IFLA_NETKIT_MODE, NETKIT_L2) +
        number(IFLA_NETKIT_POLICY, NETKIT_PASS) + number(IFLA_NETKIT_PEER_POLICY, NETKIT_PASS))
link = attribute(IFLA_INFO_KIND, b"netkit\0") + attribute(IFLA_INFO_DATA, data)
message = IFINFOMSG + name(device) + attribute(IFLA_LINKINFO, link)
header = struct.pack("=IHHII", 16 + len(message), RTM_NEWLINK, NLM_F_REQUEST_ACK_CREATE_EXCL, 1, 0)
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
    netlink.send(header + message)
    error = struct.unpack_from("=i", netlink.recv(4096), 16)[0]
if error:
    sys.exit(f"netkit.py: {device}: error {error}")

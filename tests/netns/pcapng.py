#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the packets of a pcapng file, one a line: interface, direction, verdict, length, bytes in hex.

usage: pcapng.py FILE
"""
import struct
import sys

INTERFACE, PACKET, NAME, FLAGS, VERDICT = 1, 6, 2, 2, 7
DIRECTIONS = {1: "in", 2: "out"}


def options(data):
    found = {}
    while len(data) >= 4:
        code, length = struct.unpack_from("=HH", data)
        found[code] = data[4:4 + length]
        data = data[4 + (length + 3) // 4 * 4:]
    return found


def verdict(option):
    return f"{option[0]}:{struct.unpack_from('=q', option, 1)[0]}" if option else "-"


with open(sys.argv[1], "rb") as file:
    rest = file.read()
names = []
while rest:
    kind, length = struct.unpack_from("=II", rest)
    assert length % 4 == 0 and struct.unpack_from("=I", rest, length - 4)[0] == length, "a bad block"
    body, rest = rest[8:length - 4], rest[length:]
    if kind == INTERFACE:
        names.append(options(body[8:])[NAME].decode())
    if kind == PACKET:
        interface, _, _, captured, original = struct.unpack_from("=5I", body)
        about = options(body[20 + (captured + 3) // 4 * 4:])
        print(names[interface], DIRECTIONS[struct.unpack("=I", about[FLAGS])[0]],
              verdict(about.get(VERDICT)), original, body[20:20 + captured].hex())

#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0-only
"""Puts frames in at one place and tells what comes out at others, byte for byte.

usage: wire.py cross [--mtu N] [--by-cast] FRAMES A B [SILENT...]
           sends the frames of the file from A to B, then from B to A: each must come out unchanged, in
           order, once, and nothing else anywhere, least of all at SILENT
       wire.py lost FRAMES A [SILENT...]
           sends the frames at A: nothing may come out anywhere
       wire.py spray PAIRS NS
           PAIRS has a line for each pair: the device to send on, the one to see them at, how many

A, B and SILENT are places: NETNS/DEVICE for what a device's local stack sends and receives, seen by a
packet socket; NETNS/DEVICE:tap for what is behind a tap. cross and lost print what was sent at each
place as JSON, to be compared with counters. --mtu adds the largest frames for that MTU (1500).
--by-cast compares the order of unicast and of group frames apart: a macvlan receives these later.
"""
import argparse
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time

SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
SO_RCVBUFFORCE, ETH_P_ALL, CLONE_NEWNET = 33, 3, 0x40000000
AUXDATA = struct.Struct("=IIIHHHH")  # struct tpacket_auxdata
VLAN_VALID, VLAN_TPID_VALID = 0x10, 0x40  # TP_STATUS_*
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 2, 0x1000
SIOCGIFFLAGS, IFF_RUNNING = 0x8913, 0x40
SIOCETHTOOL, ETHTOOL_GLINK = 0x8946, 0x0a
SECONDS = 20  # for a carrier to come; generous, for slow virtual machines
PATIENCE = 3  # for the next frame, before the rest is held to be lost
ROUND = 32  # frames sent before the other end is read, to overrun no queue


def netns_enter(name):
    """By its name, or the path of a file that stands for it."""
    with open(os.path.join("/run/netns", name), "rb") as ns:
        if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"enter netns {name}")


def wait_running(device):
    """The kernel activates a device's queue some time after its carrier came, and drops till then."""
    name = device.encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        deadline = time.monotonic() + SECONDS
        while True:
            # Has the kernel do what it still has to (ethtool_get_link); not all devices can be asked.
            link = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_GLINK, 0))
            with contextlib.suppress(OSError):
                fcntl.ioctl(sock, SIOCETHTOOL, struct.pack("16sP16x", name, ctypes.addressof(link)))
            flags = fcntl.ioctl(sock, SIOCGIFFLAGS, struct.pack("16sH22x", name, 0))
            if struct.unpack("16sH22x", flags)[1] & IFF_RUNNING:
                return
            if time.monotonic() > deadline:
                sys.exit(f"{device} does not come up")
            time.sleep(0.005)


class Place:
    """Where frames go in and come out. seen: what came out since it was asked last."""

    def __init__(self, spec, comes_up=True):
        self.spec, self.seen = spec, []
        netns, _, device = spec.partition("/")
        netns_enter(netns)
        device, _, how = device.partition(":")
        self.open(device)
        if comes_up:
            wait_running(device)

    def take_seen(self):
        self.drain()
        seen, self.seen = self.seen, []
        return seen


class Stack(Place):
    def open(self, device):
        # Without a device it is for all of them; with one, it is for none until it is bound.
        proto = 0 if device else socket.htons(ETH_P_ALL)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, proto)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        if device:
            self.sock.bind((device, ETH_P_ALL))
        self.fd = self.sock.fileno()

    def send(self, frame):
        try:
            self.sock.send(frame)
        except OSError as error:  # what a program drops at egress, its sender is told of so
            if error.errno != errno.ENOBUFS:
                raise

    def receive(self):
        """A frame, with the tag put back that the kernel takes out of it; and the device's name."""
        frame, ancillary, _, address = self.sock.recvmsg(1 << 17, 128)
        for level, kind, data in ancillary:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = AUXDATA.unpack(data)
                if status & VLAN_VALID:
                    tpid = tpid if status & VLAN_TPID_VALID else 0x8100
                    frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        return frame, address[0]

    def drain(self):
        while True:
            try:
                self.seen.append(self.receive()[0])
            except BlockingIOError:
                return


class Tap(Place):
    def open(self, device):
        self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.fd, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TAP | IFF_NO_PI))

    def send(self, frame):
        os.write(self.fd, frame)

    def drain(self):
        while True:
            try:
                self.seen.append(os.read(self.fd, 1 << 17))
            except BlockingIOError:
                return


def place(spec):
    return Tap(spec) if spec.endswith(":tap") else Stack(spec)


def barrier():
    """Returns when all that this CPU's receive queue held has been delivered.

    A datagram over lo goes through the same queue. One that was redirected is queued again, so
    there is one datagram for every hop that a frame can make.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(SECONDS)
        for _ in range(8):
            sock.sendto(b".", sock.getsockname())
            sock.recv(1)


def exchange(frames, source, target, others):
    """What came out at target, and at the other places, after the frames went in at source."""
    for i, frame in enumerate(frames):
        source.send(frame)
        if i % ROUND == ROUND - 1 and target:
            barrier()
            target.drain()
    while target and len(target.seen) < len(frames) and select.select([target.fd], [], [], PATIENCE)[0]:
        target.drain()
    barrier()
    return target.take_seen() if target else [], {o.spec: o.take_seen() for o in others}


def complain(sent, seen, names):
    """Says where two lists of frames differ."""
    for i, frame in enumerate(sent):
        if i >= len(seen) or seen[i] != frame:
            got = seen[i].hex() if i < len(seen) else "nothing"
            print(f"frame {i}, {names.get(frame)}:\n  sent {frame.hex()}\n  seen {got}", file=sys.stderr)
            break
    for what, left, right in (("not seen", sent, seen), ("seen only", seen, sent)):
        other = [f for f in left if left.count(f) > right.count(f)]
        if other:
            print(f"{what}: {len(other)}, such as", file=sys.stderr)
        for frame in other[:3]:
            print(f"  {names.get(frame, 'unknown')} {frame.hex()[:160]}", file=sys.stderr)


def read_frames(path, mtu=0):
    with open(path) as file:
        frames = [(name, bytes.fromhex(data)) for name, data in (line.split() for line in file)]
    if mtu:
        head = bytes.fromhex("02000000bb0102000000aa01")
        data = (bytes(range(256)) * (mtu // 256 + 1))[:mtu]
        frames += [("largest", head + b"\x88\xb5" + data),
                   ("largest-vlan", head + b"\x81\0\0\7\x88\xb5" + data),
                   ("largest-broadcast", b"\xff" * 6 + head[6:] + b"\x88\xb5" + data)]
    return frames


def counts(frames):
    return {"frames": len(frames), "bytes": sum(map(len, frames))}


def check(sent, source, target, others, names, key):
    seen, elsewhere = exchange(sent, source, target, [source] + others)
    expected = sent if target else []
    good = sorted(seen, key=key) == sorted(expected, key=key)
    if not good:
        print(f"{source.spec} -> {target.spec}: not what was sent", file=sys.stderr)
        complain(sorted(expected, key=key), sorted(seen, key=key), names)
    for spec, frames in elsewhere.items():
        if frames:
            print(f"{source.spec} -> {target and target.spec}: also seen at {spec}", file=sys.stderr)
            complain([], frames, names)
            good = False
    return good


def run_cross(arg):
    named = read_frames(arg.frames, arg.mtu)
    frames, names = [f for _, f in named], {f: n for n, f in named}
    a, b, *silent = [place(p) for p in [arg.a, arg.b] + arg.silent]
    key = (lambda frame: frame[0] & 1) if arg.by_cast else (lambda frame: 0)
    good = check(frames, a, b, silent, names, key)
    if not arg.one_way:
        good &= check(frames, b, a, silent, names, key)
    print(json.dumps({"a": counts(frames), "b": counts(frames)}, separators=(",", ":")))
    return good


def run_lost(arg):
    named = read_frames(arg.frames)
    a, *silent = [place(p) for p in [arg.a] + arg.silent]
    frames = [f for _, f in named]
    good = check(frames, a, None, silent, {f: n for n, f in named}, None)
    print(json.dumps(counts(frames), separators=(",", ":")))
    return good


def run_spray(arg):
    """Every frame says where it must come out."""
    with open(arg.pairs) as file:
        pairs = [line.split() for line in file]
    all_devices = Stack.__new__(Stack)
    netns_enter(arg.ns)
    all_devices.open("")
    sent, seen = [], []
    for source, target, count in pairs:
        frame = b"\xff" * 6 + bytes.fromhex("02000000aa0188b5") + target.encode().ljust(64, b"\0")
        for _ in range(int(count)):
            all_devices.sock.sendto(frame, (source, ETH_P_ALL))
            sent.append(target)
        barrier()
    while True:
        try:
            frame, device = all_devices.receive()
        except BlockingIOError:
            break
        if frame[12:14] == b"\x88\xb5":  # not the barrier's
            seen.append(device)
            if frame[14:].rstrip(b"\0") != device.encode():
                sys.exit(f"{device} saw what was sent for {frame[14:]}")
    if sorted(seen) != sorted(sent):
        sys.exit(f"{len(sent)} frames sent, {len(seen)} seen")
    return True


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    cross = commands.add_parser("cross")
    cross.add_argument("--mtu", type=int, default=1500)
    cross.add_argument("--by-cast", action="store_true")
    cross.add_argument("--one-way", action="store_true")    # from a to b only
    cross.add_argument("frames")
    cross.add_argument("a")
    cross.add_argument("b")
    cross.add_argument("silent", nargs="*")
    cross.set_defaults(run=run_cross)
    lost = commands.add_parser("lost")
    lost.add_argument("frames")
    lost.add_argument("a")
    lost.add_argument("silent", nargs="*")
    lost.set_defaults(run=run_lost)
    spray = commands.add_parser("spray")
    spray.add_argument("pairs")
    spray.add_argument("ns")
    spray.set_defaults(run=run_spray)
    arg = parser.parse_args()
    # On one CPU: the kernel's receive queues are per CPU, and only one of them keeps an order.
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    return 0 if arg.run(arg) else 1


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-only
"""
Two local stacks that talk to each other.

    namespace l                                             namespace r
    eth0 ---------------- (what is measured) ---------------- eth0
    asks                                                    answers

What is measured is one pair of devices, or two veth pairs whose other ends a and b are in a namespace
mid, where something joins them.
"""

import contextlib
import json
import os
import re
from functools import partial

import topo
import wire
from plot import Picture

NAME = "local"
TITLE = "Between two local stacks"
ABOUT = """
Two network namespaces, and in each a device with an address. *veth* is one veth pair, as it is made, and
*vethbpf add* a pair made by `vethbpf add`, as it is made; *veth, BIG TCP* is a veth pair that was given
the GSO and GRO sizes of the latter. *two veths* are a pair in each namespace, whose other ends are joined
in a third one: by `vethbpf pair` as it comes, by a bridge, by tc mirred both ways. What one veth pair does
is the most that they can reach.

Streams are iperf3's, of one second, and so are the UDP frames of 64 bytes, counted where they arrive.
Round trips in use are sockperf's (ping-pong, half of the time there and back); *flood ping* is the median
round trip of pings that follow each other at once, which the kernel answers by itself. Connections carry
one byte each way. Those who ask run on the first CPU, those who answer on the last.
"""
PICTURES = [
    Picture("local-tcp", "TCP streams", "Mbit/s"),
    Picture("local-ping", "Flood ping, round trip", "µs", ("flood ping",)),
]
REFERENCE = "veth"
ADDRESS = {4: "192.0.2.", 6: "2001:db8::"}
UDP_BYTES = 64 - 14 - 4 - 20 - 8 # of a frame with its checksum


class Bed:
    """A contender's namespaces, and those who answer in r."""

    def __init__(self, bench, stack, left, right, mid):
        self.bench, self.stack = bench, stack
        self.left, self.right, self.mid = left, right, mid
        cpus = sorted(os.sched_getaffinity(0))
        self.first, self.last = (("taskset", "-c", str(cpu)) for cpu in (cpus[0], cpus[-1]))

    def start(self):
        for number, space in ((1, self.left), (2, self.right)):
            space.ip(*(f"address add {ADDRESS[f]}{number}/{n} dev eth0 {more}"
                       for f, n, more in ((4, 24, ""), (6, 64, "nodad"))), "link set eth0 up")
        server = ADDRESS[4] + "2"
        self.serve("listening", "iperf3", "-s", "--forceflush")
        for more in ([], ["--tcp"]):
            self.serve("to block on", "stdbuf", "-oL", "sockperf", "server", "-i", server, *more)
        self.serve("ready", self.bench.tool("connect"), "serve", server, "7000")
        self.ask("ping", "-q", "-c", "3", "-i", "0.2", server)
        self.ask("ping", "-q", "-c", "3", "-i", "0.2", ADDRESS[6] + "2")

    def serve(self, ready, *args):
        popen = self.right.popen(*self.last, *args, stdout=-1, stderr=-2)
        self.stack.enter_context(topo.process(popen, ready=ready))

    def ask(self, *args):
        return self.left.run(*self.first, *args)

    def iperf(self, *args):
        return json.loads(self.ask("iperf3", "-J", "-t", "1", *args))["end"]

    def stream(self, family, streams):
        got = self.iperf("-c", ADDRESS[family] + "2", "-P", streams)
        return got["sum_received"]["bits_per_second"] / 1e6

    def datagrams(self):
        got = self.iperf("-c", ADDRESS[4] + "2", "-u", "-b", "0", "-l", UDP_BYTES)["sum"]
        return (got["packets"] - got["lost_packets"]) / got["seconds"]

    def half_trips(self, more=None):
        for _ in range(5):
            told = self.ask("sockperf", "ping-pong", "-i", ADDRESS[4] + "2", "-t", "1",
                            *([more] if more else []))
            found = {f"{name} µs": re.search(rf"percentile {part} = *([\d.]+)", told)
                     for name, part in (("median", r"50\.000"), ("p99", r"99\.000"))}
            if all(found.values()): # a lost datagram may have ended it before it began
                return {unit: float(value[1]) for unit, value in found.items()}
        raise RuntimeError(f"sockperf: {told.strip()}")

    def flood(self):
        count = 2000 if self.bench.quick else 20000
        return json.loads(self.ask(self.bench.tool("echo"), ADDRESS[4] + "2", count))["median"] / 1000

    def connections(self):
        return float(self.ask(self.bench.tool("connect"), ADDRESS[4] + "2", "7000",
                              self.bench.seconds))


def veth(bed, gso=None):
    sizes = f"gso_max_size {gso} gro_max_size {gso}" if gso else ""
    topo.veth(bed.left, "eth0", bed.right, "eth0", sizes)
    if gso:
        for space in (bed.left, bed.right):
            with contextlib.suppress(RuntimeError): # iproute2 before 6.3 knows no sizes for IPv4
                space.ip(f"link set eth0 gso_ipv4_max_size {gso} gro_ipv4_max_size {gso}")


def add(bed):
    bed.mid.vethbpf(f"add eth0 netns {bed.left.name} up peer eth0 netns {bed.right.name} up")


def netkit(bed):
    try:
        bed.left.run("tests/netns/netkit.py", "eth0", "far")
    except RuntimeError as why:
        raise bed.bench.Unavailable("this kernel has no netkit") from why
    bed.left.ip(f"link set far netns {bed.right.name} name eth0")


def two_veths(bed, joined):
    topo.veth(bed.left, "eth0", bed.mid, "a")
    topo.veth(bed.right, "eth0", bed.mid, "b")
    joined(bed)


def pair(bed):
    bed.mid.vethbpf("pair a b")


def entered(joined):
    """How wire.py joins two wires: for as long as the bed is there."""
    def join(bed):
        bed.dst = bed.right
        bed.stack.enter_context(joined(bed))
    return join


def gso_of_add():
    """What add gives its endpoints on this machine."""
    with topo.netns("gso") as space:
        space.vethbpf("add eth0 peer eth1")
        return json.loads(space.run("ip", "-d", "-j", "link", "show", "eth0"))[0]["gso_max_size"]


def contenders():
    return {
        "veth": veth,
        "veth, BIG TCP": partial(veth, gso=gso_of_add()),
        "vethbpf add": add,
        "netkit": netkit,
        "two veths, vethbpf pair": partial(two_veths, joined=pair),
        "two veths, bridge": partial(two_veths, joined=entered(partial(wire.bridge, netfilter=False))),
        "two veths, tc mirred": partial(two_veths, joined=entered(wire.mirred)),
    }


CASES = {
    "flood ping": (Bed.flood, {"µs": "lower"}),
    "UDP round trip": (Bed.half_trips, {"median µs": "lower", "p99 µs": "lower"}),
    "TCP round trip": (partial(Bed.half_trips, more="--tcp"), {"median µs": "lower",
                                                               "p99 µs": "lower"}),
    "connections": (Bed.connections, {"per second": "higher"}),
    "UDP, 64-byte frames": (Bed.datagrams, {"received/s": "higher"}),
    **{f"TCP, {n} stream{'s' if n > 1 else ''}, IPv{family}":
       (partial(Bed.stream, family=family, streams=n), {"Mbit/s": "higher"})
       for family in (4, 6) for n in (1, 8)},
}


def run(bench):
    with contextlib.ExitStack() as beds:
        made = {}
        for number, (name, make) in enumerate(contenders().items()):
            spaces = beds.enter_context(topo.netns(*(f"{s}{number}" for s in ("l", "r", "mid"))))
            bed = Bed(bench, beds, *spaces)
            try:
                make(bed)
                bed.start()
            except (bench.Unavailable, RuntimeError) as why:
                bench.skip("all cases", name, str(why))
                continue
            made[name] = bed
        for case, (measure, units) in CASES.items():
            bench.compare(case, {name: partial(measure, bed) for name, bed in made.items()}, units,
                          REFERENCE)

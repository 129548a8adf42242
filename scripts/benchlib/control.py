# SPDX-License-Identifier: GPL-2.0-only
"""What cables cost to make, to remove, to list and to have."""

import json
import os
import time
from functools import partial

import topo
from bench import command

NAME = "control"
TITLE = "Making, removing, listing"
ABOUT = """
All of it in one namespace, from a file of commands that one process reads: *veth* by `ip -batch`,
*vethbpf add* and *vethbpf pair* by `vethbpf -b`; one pair so as well, so the start of the process and the
making of the panel are in it. The devices that `pair` joins, veths whose other ends lie in a second
namespace, are there before and stay. Devices have no addresses and are down, IPv6 is off.

Memory is what the kernel has more of afterwards: slab, per-CPU, vmalloc and page tables as /proc/meminfo
tells, for each end; and by object, from /proc/slabinfo. For *vethbpf pair* it is what comes on top of the
devices. Each end has two hooks, and for each of them Linux keeps a `tcx_entry` of 1.6 KiB, with room for
64 programs, which comes out of `kmalloc-2k`, whatever program is attached.
"""
REFERENCE = "veth"
MOST = 10000 # pairs


class Bed:
    def __init__(self, space, other):
        self.space, self.other = space, other
        space.silence()
        other.silence()

    def ip(self, lines):
        self.space.ip(*lines)

    def veths(self, count):
        """Devices to be paired: v0, v1, … Not all by one ip, which keeps each line's netns open."""
        for first in range(0, count, 1000):
            self.ip([f"link add v{i} type veth peer name v{i} netns {self.other.name}"
                     for i in range(first, min(first + 1000, count))])

    def no_veths(self, count):
        """All at once: one by one takes the kernel minutes."""
        self.ip([f"link set v{i} group 7" for i in range(count)])
        self.ip(["link del group 7"])


def timed(function, lines):
    start = time.monotonic()
    function(lines)
    return time.monotonic() - start


def numbered(line, count):
    return [line.format(a=i, i=2 * i, j=2 * i + 1) for i in range(count)]


def both_ways(make, remove, count):
    made = timed(make[0], numbered(make[1], count))
    removed = timed(remove[0], numbered(remove[1], count))
    return {"s to make": made, "s to remove": removed, "s for both": made + removed}


def contenders(bed):
    batch = bed.space.batch
    return {
        "vethbpf pair": ((batch, "pair v{i} v{j}"), (batch, "unpair v{i}")),
        "veth": ((bed.ip, "link add a{a} type veth peer name b{a}"), (bed.ip, "link del a{a}")),
        "vethbpf add": ((batch, "add a{a} peer b{a}"), (batch, "del a{a}")),
    }


def meminfo():
    """In bytes."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        told = {key: int(value.split()[0]) * 1024
                for key, _, value in (line.partition(":") for line in lines)}
    return sum(told[key] for key in ("Slab", "Percpu", "VmallocUsed", "PageTables"))


def slabs():
    """Objects in use, in bytes, for each kind."""
    with open("/proc/slabinfo", encoding="ascii") as lines:
        rows = [line.split() for line in lines if not line.startswith(("slabinfo", "#"))]
    return {row[0]: int(row[1]) * int(row[3]) for row in rows}


def settled():
    """What is freed after a while (RCU) is freed by now."""
    time.sleep(1)
    return meminfo(), slabs()


def memlock(space, dev):
    """Of all maps of the panel, as bpftool tells."""
    pins = json.loads(space.vethbpf(f"-j show {dev}"))[0]["panel"]
    bpftool = next((p for p in ("/usr/sbin/bpftool",) if os.path.exists(p)), "bpftool")
    return sum(json.loads(command([bpftool, "-j", "map", "show", "pinned", pin.path]))["bytes_memlock"]
               for pin in os.scandir(pins) if not pin.is_dir())


def measure_most(bench, bed, name, make, remove, count):
    """Once: what so many take to make, to have, to list and to remove."""
    before, kinds = settled()
    made = timed(make[0], numbered(make[1], count))
    after, more = settled()
    case = f"memory, {count} pairs"
    bench.record(case, name, "bytes an end", "lower", [(after - before) / 2 / count], REFERENCE)
    if name == "vethbpf pair":
        for kind in sorted(more, key=lambda kind: kinds.get(kind, 0) - more[kind])[:8]:
            bench.record("slab objects of an end of pair", kind, "bytes an end", "lower",
                         [(more[kind] - kinds.get(kind, 0)) / 2 / count])
    if name != "veth":
        bench.record(case, name, "of them maps, says bpftool", "lower",
                     [memlock(bed.space, "v0" if name == "vethbpf pair" else "a0") / 2 / count])
        measure_lists(bench, bed, name, count)
    removed = timed(remove[0], numbered(remove[1], count))
    for unit, value in ("s to make", made), ("s to remove", removed), ("s for both", made + removed):
        bench.record(f"{count} pairs", name, unit, "lower", [value], REFERENCE)


def measure_lists(bench, bed, name, count):
    ways = {f"{name}, list": partial(bed.space.vethbpf, "list"),
            f"{name}, -j list": partial(bed.space.vethbpf, "-j list"),
            f"{name}, ip link": partial(bed.space.run, "ip", "-br", "link")}
    bench.compare(f"listing {count} pairs", {way: partial(seconds, show)
                                             for way, show in ways.items()}, {"s": "lower"},
                  rounds=min(3, bench.rounds))


def seconds(function):
    start = time.monotonic()
    function()
    return time.monotonic() - start


def run(bench):
    most = 200 if bench.quick else MOST
    with topo.netns("ctl", "ctlfar") as (space, other):
        bed = Bed(space, other)
        bed.veths(2 * most)
        ways = contenders(bed)
        for count, rounds in (1, bench.rounds), (100, min(5, bench.rounds)), (1000, min(3, bench.rounds)):
            if count > most:
                continue
            bench.compare(f"{count} pair{'s' if count > 1 else ''}",
                          {name: partial(both_ways, *way, count) for name, way in ways.items()},
                          {"s to make": "lower", "s to remove": "lower", "s for both": "lower"},
                          REFERENCE, rounds=rounds)
        for name, way in ways.items():
            bench.tell(f"{most} pairs: {name}")
            measure_most(bench, bed, name, *way, most)

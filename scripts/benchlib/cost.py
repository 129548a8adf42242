# SPDX-License-Identifier: GPL-2.0-only
"""What the programs themselves cost."""

import json
import os
import sys

import topo
from bench import command

NAME = "cost"
TITLE = "What the programs cost"
ABOUT = """
One program at a time, run for one frame again and again (`BPF_PROG_TEST_RUN`), with the maps of a real
pair: so with warm caches, and without what the kernel does after the verdict. *pass* is a program that
does nothing: what the measuring itself costs.
"""

RUNS = 20000
BPFTOOL = ("env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "bpftool")
VB_END_SKB = 1 << 2
TC, XDP = "bare TC redirect", "bare XDP redirect"


def panel(space):
    shown = json.loads(space.vethbpf("-j show"))
    return shown[0]["panel"]


def as_nics(space, pinned):
    """
    The kernel shows a veth's frame to XDP with the packet that it was; test runs do not, so the ends
    are told that they are none (VB_END_SKB in include/vethbpf.h, in a byte of flags at offset 15).
    """
    for dev in ("a", "b"):
        key = json.loads(space.run("ip", "-j", "link", "show", "dev", dev))[0]["ifindex"]
        key = key.to_bytes(4, sys.byteorder)
        at = ("pinned", f"{pinned}/ends", "key", *map(str, key))
        value = json.loads(command([*BPFTOOL, "-j", "map", "lookup", *at]))["value"]
        value[15] = f"{int(value[15], 0) & ~VB_END_SKB:#x}"
        command([*BPFTOOL, "map", "update", *at, "value", *value])


def measure(bench, space, case, programs, reference):
    bench.tell(f"{case}: {', '.join(programs)}")
    rounds = 10 if bench.quick else 20 * bench.rounds
    got = json.loads(bench.run(bench.tool("cost"), rounds, RUNS, f"{space.name}:a", f"{space.name}:b",
                               *(f"{name}={program}" for name, program in programs.items())))
    for name, samples in got.items():
        bench.record(case, name, "ns", "lower", samples, reference)


def run(bench):
    with topo.netns("cost") as space:
        space.silence()
        for dev in ("a", "b"):
            topo.veth(space, dev, space, f"{dev}far")
            space.run("ethtool", "-K", f"{dev}far", "gro", "on")
        space.vethbpf("pair a b datapath xdp")
        panel_dir = panel(space)
        as_nics(space, panel_dir)
        pins = os.path.join(panel_dir, "prog")
        measure(bench, space, "XDP", {"vethbpf xdp": f"xdp:{pins}/vb_wire_xdp", XDP: "xdp:bare_xdp",
                                      "pass": "xdp:pass_xdp"}, XDP)
        measure(bench, space, "TC", {"vethbpf tc": f"tc:{pins}/vb_wire_rx", TC: "tc:bare_tc",
                                     "pass": "tc:pass_tc"}, TC)

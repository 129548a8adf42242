# SPDX-License-Identifier: GPL-2.0-only
"""What the programs themselves cost."""

import json
import os

import topo

NAME = "cost"
TITLE = "What the programs cost"
ABOUT = """
One program at a time, run for one frame again and again (`BPF_PROG_TEST_RUN`), with the maps of a real
pair: so with warm caches, and without what the kernel does after the verdict. *pass* is a program that
does nothing: what the measuring itself costs.
"""

# Many: before the first, a program that is not attached anywhere is entered in XDP's dispatcher.
RUNS = 200000
TC, XDP = "bare TC redirect", "bare XDP redirect"


def measure(bench, space, panel, case, programs, reference):
    bench.tell(f"{case}: {', '.join(programs)}")
    rounds = 10 if bench.quick else 10 * bench.rounds
    got = json.loads(bench.run(bench.tool("cost"), rounds, RUNS, panel,
                               f"{space.name}:a", f"{space.name}:b",
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
        panel = json.loads(space.vethbpf("-j show"))[0]["panel"]
        pins = os.path.join(panel, "prog")
        measure(bench, space, panel, "XDP", {"vethbpf xdp": f"xdp:{pins}/vb_wire_xdp",
                                             XDP: "xdp:bare_xdp", "pass": "xdp:pass_xdp"}, XDP)
        measure(bench, space, panel, "TC", {"vethbpf tc": f"tc:{pins}/vb_wire_rx",
                                            TC: "tc:bare_tc", "pass": "tc:pass_tc"}, TC)

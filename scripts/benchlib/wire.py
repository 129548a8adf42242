# SPDX-License-Identifier: GPL-2.0-only
"""
Frames per second from one wire to another.

    namespace src       namespace mid, one for each contender      namespace dst
    eth0 ------------------ a   (what is measured)   b ------------------ eth0
    sends                                                         counts and drops
"""

import contextlib
import json
import os
from functools import partial

import topo
from plot import Picture

NAME = "wire"
TITLE = "Frames per second, wire to wire"
ABOUT = """
Two veth pairs stand for two wires. One CPU makes frames and sends them into the first one, as a driver
would that has received them (`BPF_F_TEST_XDP_LIVE_FRAMES`); what joins the two wires is what is
measured; an XDP program at the far end of the second one counts what arrives, and drops it. Sizes are
without the checksum that an Ethernet wire adds. *CPU* is all that the CPU does for a frame, making and
dropping it included. *dropped at once* is the generator with nothing behind it: an XDP program on the
first wire's end counts and drops. *bare* are programs of one line, `bpf_redirect_map()` by XDP and
`bpf_redirect()` by tcx, that know one device to send to, check nothing and count nothing.
"""
PICTURES = [
    Picture("wire-frames", "Frames per second that arrive, one CPU", "frames/s"),
    Picture("wire-cpu", "CPU time for a frame, from making to dropping it", "CPU ns"),
]

REFERENCE = "bridge"


class Bed:
    """A contender's three namespaces."""

    def __init__(self, bench, src, mid, dst, far_takes_xdp):
        self.bench, self.src, self.mid, self.dst = bench, src, mid, dst
        for space in (src, mid, dst):
            space.silence()
        topo.veth(src, "eth0", mid, "a")
        topo.veth(mid, "b", dst, "eth0")
        # Without XDP or GRO at its other end a veth takes no XDP frames (veth_xdp_xmit()).
        ready = [(mid, "a"), (mid, "b"), (src, "eth0")] + far_takes_xdp * [(dst, "eth0")]
        for space, dev in ready:
            space.run("ethtool", "-K", dev, "gro", "on")

    def place(self, space, dev):
        return f"{space.name}:{dev}"

    def sample(self, size, flows, counted=None):
        """Frames that arrive for each second, and the CPU time that each took."""
        last_cpu = max(os.sched_getaffinity(0))
        to = counted or self.place(self.dst, "eth0")
        got = json.loads(self.bench.run(self.bench.tool("generate"), self.place(self.src, "eth0"), to,
                                        size, flows, self.bench.seconds, last_cpu))
        if not got["arrived"]:
            raise self.bench.Unavailable("no frame arrives")
        return {"frames/s": got["arrived"] * 1e9 / got["ns"],
                "CPU ns": got["cpu_ns"] / got["arrived"]}


@contextlib.contextmanager
def vethbpf(bed, datapath, found=None):
    bed.mid.vethbpf(f"pair a b datapath {datapath}")
    # The two directions may differ; that of the frames is the one that matters.
    got = json.loads(bed.mid.vethbpf("-j list"))[0]["datapath"]["a"]
    if got != (found or datapath):
        raise bed.bench.Unavailable(f"the datapath is {got}")
    yield


@contextlib.contextmanager
def bridge(bed, netfilter):
    bed.mid.ip("link add name br type bridge", "link set dev br up", "link set dev a master br",
               "link set dev b master br")
    bed.mid.run("bridge", "fdb", "replace", bed.dst.mac("eth0"), "dev", "b", "master", "static")
    key = "net/bridge/bridge-nf-call-iptables"
    if os.path.exists(f"/proc/sys/{key}"):
        bed.mid.sysctl(key, int(netfilter))
    elif netfilter:
        raise bed.bench.Unavailable("br_netfilter is not loaded")
    yield


@contextlib.contextmanager
def mirred(bed):
    for one, other in (("a", "b"), ("b", "a")):
        action = ("action", "mirred", "egress", "redirect", "dev", other)
        rule = ("tc", "filter", "add", "dev", one, "ingress", "protocol", "all")
        bed.mid.run("tc", "qdisc", "add", "dev", one, "clsact")
        try:
            bed.mid.run(*rule, "matchall", *action)
        except RuntimeError: # a kernel without it; this is what people wrote before it came
            bed.mid.run(*rule, "u32", "match", "u32", "0", "0", *action)
    yield


@contextlib.contextmanager
def bare(bed, kind):
    popen = bed.bench.popen(bed.bench.tool("bare"), kind, bed.place(bed.mid, "a"),
                            bed.place(bed.mid, "b"), stdin=-1, stdout=-1)
    with topo.process(popen, ready="ready"):
        yield


@contextlib.contextmanager
def nothing(_bed):
    yield


# How the two wires are joined; where frames are counted, if not at dst; whether the far end of the
# second wire takes XDP frames: where it does not, `datapath xdp` is generic XDP.
CONTENDERS = {
    "vethbpf xdp": (partial(vethbpf, datapath="xdp"), None, True),
    "vethbpf generic xdp": (partial(vethbpf, datapath="xdp", found="xdpgeneric"), None, False),
    "vethbpf peer": (partial(vethbpf, datapath="peer"), None, True),
    "vethbpf tc": (partial(vethbpf, datapath="tc"), None, True),
    "bridge": (partial(bridge, netfilter=False), None, True),
    "bridge with netfilter": (partial(bridge, netfilter=True), None, True),
    "tc mirred": (mirred, None, True),
    "bare XDP redirect": (partial(bare, kind="xdp"), None, True),
    "bare TC redirect": (partial(bare, kind="tc"), None, True),
    "dropped at once": (nothing, "a", True),
}


def run(bench):
    with contextlib.ExitStack() as beds:
        samples = {}
        for number, (name, (joined, counted, takes_xdp)) in enumerate(CONTENDERS.items()):
            spaces = beds.enter_context(topo.netns(*(f"{s}{number}" for s in ("src", "mid", "dst"))))
            bed = Bed(bench, *spaces, takes_xdp)
            try:
                beds.enter_context(joined(bed))
            except (bench.Unavailable, RuntimeError) as why:
                bench.skip("all cases", name, str(why))
                continue
            samples[name] = partial(bed.sample, counted=counted and bed.place(bed.mid, counted))
        for size in (64, 512, 1500):
            for flows in (1, 4096):
                bench.compare(f"{size} bytes, {flows} flow{'s' if flows > 1 else ''}",
                              {name: partial(sample, size, flows)
                               for name, sample in samples.items()},
                              {"frames/s": "higher", "CPU ns": "lower"}, REFERENCE)

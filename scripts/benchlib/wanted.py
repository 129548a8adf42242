# SPDX-License-Identifier: GPL-2.0-only
"""
What is wanted of vethbpf, all of it, in one table. A want is a ratio of two contenders in one run, or,
without a reference, a limit.
"""

from collections import namedtuple

import stats

# what: in words. limit: "at least" if the unit is better higher, "at most" if lower.
Want = namedtuple("Want", "what suite case unit contender reference limit")

WIRE = ("wire", "64 bytes, 1 flow", "frames/s")
COST = "cost"
PING = ("local", "flood ping", "µs")
STREAM = ("local", "TCP, 1 stream, IPv4", "Mbit/s")
CONTROL = "control"

WANTED = [
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "bridge", 3.0),
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "tc mirred", 1.9),
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "bare XDP redirect", 0.95),
    Want("wire to wire, tc, 64 bytes", *WIRE, "vethbpf tc", "tc mirred", 1.0),
    Want("wire to wire, tc, 64 bytes", *WIRE, "vethbpf tc", "bare TC redirect", 0.95),
    Want("cost of the XDP program", COST, "XDP", "ns", "vethbpf xdp", "bare XDP redirect", 1.25),
    Want("cost of the TC program", COST, "TC", "ns", "vethbpf tc", "bare TC redirect", 1.25),
    Want("two veths joined by pair, flood ping", *PING, "two veths, vethbpf pair", "veth", 1.1),
    Want("two veths joined by pair, flood ping", *PING, "two veths, vethbpf pair",
         "two veths, bridge", 0.65),
    Want("add, as it comes, flood ping", *PING, "vethbpf add", "veth", 1.1),
    Want("add, as it comes, TCP stream", *STREAM, "vethbpf add", "veth", 1.25),
    Want("add, TCP stream, same GSO size", *STREAM, "vethbpf add", "veth, BIG TCP", 0.97),
    Want("10,000 pair of existing devices by -b", CONTROL, "10000 pairs", "s to make",
         "vethbpf pair", None, 5.0),
    Want("kernel memory of an end of pair, beyond its device's", CONTROL, "memory, 10000 pairs",
         "bytes an end", "vethbpf pair", None, 1536),
    Want("1,000 add, then 1,000 del, by -b", CONTROL, "1000 pairs", "s for both", "vethbpf add",
         "veth", 2.0),
]


def find(records, want, contender):
    for record in records:
        if (record["suite"], record["case"], record["unit"], record["contender"]) == (
                want.suite, want.case, want.unit, contender):
            return record
    return None


def judge(records, want):
    """What was measured, whether that is what was wanted; None if it was not measured."""
    ours = find(records, want, want.contender)
    if not ours:
        return None
    value = stats.median(ours["samples"])
    if want.reference:
        theirs = find(records, want, want.reference)
        value = stats.ratio(ours["samples"], theirs["samples"]) if theirs else None
        if value is None:
            return None
    return value, value >= want.limit if ours["better"] == "higher" else value <= want.limit

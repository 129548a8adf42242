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

WANTED = [
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "bridge", 3.0),
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "tc mirred", 1.9),
    Want("wire to wire, xdp, 64 bytes", *WIRE, "vethbpf xdp", "bare XDP redirect", 0.95),
    Want("wire to wire, tc, 64 bytes", *WIRE, "vethbpf tc", "tc mirred", 1.0),
    Want("wire to wire, tc, 64 bytes", *WIRE, "vethbpf tc", "bare TC redirect", 0.95),
    Want("cost of the XDP program", COST, "XDP", "ns", "vethbpf xdp", "bare XDP redirect", 1.25),
    Want("cost of the TC program", COST, "TC", "ns", "vethbpf tc", "bare TC redirect", 1.25),
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

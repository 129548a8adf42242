# SPDX-License-Identifier: GPL-2.0-only
"""Medians, their spread, ratios, and the order in which contenders are measured."""

import statistics


class Unavailable(Exception):
    """A contender that this machine cannot have; says why."""


def median(samples):
    return statistics.median(samples)


def quartiles(samples):
    if len(samples) < 2:
        return samples[0], samples[0]
    first, _, third = statistics.quantiles(samples, n=4, method="inclusive")
    return first, third


def spread(samples):
    """Half of the distance between the quartiles, as a part of the median."""
    first, third = quartiles(samples)
    middle = median(samples)
    return (third - first) / 2 / middle if middle else 0.0


def ratios(samples, reference):
    """
    Sample by sample: what was measured in one round has met the same machine. Of measurements that
    were not made in rounds, the ratio of their medians.
    """
    if len(samples) == len(reference):
        return [a / b for a, b in zip(samples, reference) if b]
    return [median(samples) / median(reference)] if median(reference) else []


def ratio(samples, reference):
    """The median ratio; None if there is none."""
    found = ratios(samples, reference)
    return median(found) if found else None


def interleave(contenders, rounds, lost):
    """
    Calls each contender's function in turn, A B C A B C …; returns {contender: [what it returned]}.
    One that raises Unavailable is left out from then on: lost(contender, why) is called.
    """
    results = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in list(results):
            try:
                results[name].append(contenders[name]())
            except Unavailable as why:
                del results[name]
                lost(name, str(why))
    return results

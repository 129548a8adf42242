# SPDX-License-Identifier: GPL-2.0-only
"""Two runs side by side."""

import stats
from report import figure


def key(record):
    return record["suite"], record["case"], record["unit"], record["contender"]


def change(old, new):
    """The new median as a ratio to the old one, and whether the quartiles lie apart."""
    ratio = stats.median(new) / stats.median(old) if stats.median(old) else float("nan")
    (old_1, old_3), (new_1, new_3) = stats.quartiles(old), stats.quartiles(new)
    return ratio, new_1 > old_3 or new_3 < old_1


def rows(old, new):
    olds = {key(r): r for r in old["records"]}
    for record in new["records"]:
        before = olds.get(key(record))
        if not before:
            continue
        ratio, apart = change(before["samples"], record["samples"])
        better = (ratio > 1) == (record["better"] == "higher")
        verdict = ("better" if better else "worse") if apart else ""
        yield (*key(record), figure(stats.median(before["samples"])),
               figure(stats.median(record["samples"])), f"{ratio:.3f}", verdict)


def show(old, new):
    head = ("suite", "case", "unit", "contender", "old", "new", "new/old", "")
    lines = [head, *rows(old, new)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
    for name in ("kernel", "cpu", "cpus"):
        if old["machine"][name] != new["machine"][name]:
            print(f"note: {name} differs: {old['machine'][name]}, {new['machine'][name]}")

# SPDX-License-Identifier: GPL-2.0-only
"""
Writes docs/benchmarks.md from what was measured. docs/bench/tried.md is written by hand and becomes
its last part.
"""

import os

import plot
import stats
import wanted

PAGE = "docs/benchmarks.md"
TRIED = "docs/bench/tried.md"


def figure(value):
    """Three digits that count, with the unit's thousands: 1.74 M, 35.2, 0.912."""
    for size, sign in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            return f"{value / (1e3 if sign == ' k' else size):.3g}{sign}".replace("e+03", "000")
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def unique(values):
    return list(dict.fromkeys(values))


def case_table(records, case):
    """Contenders down, units across: median, spread, ratio to the reference."""
    chosen = [r for r in records if r["case"] == case]
    units = unique(r["unit"] for r in chosen)
    reference = next((r["reference"] for r in chosen if r["reference"]), None)
    by_key = {(r["contender"], r["unit"]): r for r in chosen}
    head, rows = [case], []
    for unit in units:
        head += [unit, "±"] + (["ratio"] if reference else [])
    for contender in unique(r["contender"] for r in chosen):
        row = [f"**{contender}**" if contender == reference else contender]
        for unit in units:
            record = by_key.get((contender, unit))
            if not record:
                row += [""] * (3 if reference else 2)
                continue
            row += [figure(stats.median(record["samples"])),
                    f"{100 * stats.spread(record['samples']):.1f} %"]
            against = by_key.get((reference, unit))
            if reference:
                ratio = stats.ratio(record["samples"], against["samples"]) if against else None
                row.append(f"{ratio:.2f}" if ratio is not None else "")
        rows.append(row)
    return table(head, rows)


def wanted_table(records):
    rows = []
    for want in wanted.WANTED:
        found = wanted.judge(records, want)
        if not found:
            continue
        sample = wanted.find(records, want, want.contender)
        limit = "at least" if sample["better"] == "higher" else "at most"
        rows.append([want.what, want.reference or want.unit, f"{limit} {want.limit:g}",
                     figure(found[0]), "yes" if found[1] else "**no**"])
    return table(["what", "against", "wanted", "measured", "reached"], rows)


def machine_text(results):
    about = results["machine"]
    text = (f"{about['date'][:10]}, vethbpf {about['version']}, {about['kernel']}, "
            f"{about['cpus']} CPUs ({about['cpu']}), {about['memory']}.")
    told = [f"{name}: {value}" for name, value in about["mitigations"].items()]
    return text + (" The kernel's mitigations: " + "; ".join(told) + "." if told else "")


def write(results, suites):
    records = results["records"]
    out = ["# Benchmarks\n",
           "Written by `scripts/bench`, which runs on any machine: what counts there are the ratios "
           "on that machine. All that stands in one table was measured in turn, A B C A B C …, "
           f"{results['rounds']} times. A figure is the median of these; ± is half of the distance "
           "between the quartiles; a ratio is the median of the ratios of each turn, to the "
           "contender in bold.\n",
           machine_text(results) + "\n",
           "## What was wanted\n", wanted_table(records)]
    for suite in suites:
        chosen = [r for r in records if r["suite"] == suite.NAME]
        if not chosen:
            continue
        out += [f"## {suite.TITLE}\n", suite.ABOUT.strip() + "\n"]
        for picture in getattr(suite, "PICTURES", []):
            if plot.draw(picture, chosen):
                out.append(f"![{picture.title}](bench/{picture.file}.svg)\n")
        out += [case_table(chosen, case) for case in unique(r["case"] for r in chosen)]
        left_out = [s for s in results["skipped"] if s["suite"] == suite.NAME]
        if left_out:
            out.append("Not measured:\n")
            out.append("".join(f"- {s['case']}, {s['contender']}: {s['why']}\n" for s in left_out))
    if os.path.exists(TRIED):
        with open(TRIED, encoding="utf-8") as tried:
            out.append(tried.read())
    with open(PAGE, "w", encoding="utf-8") as page:
        page.write("\n".join(out))

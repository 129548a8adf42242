# SPDX-License-Identifier: GPL-2.0-only
"""Bar charts by gnuplot, SVG: contenders side by side for each case, with the quartiles as whiskers."""

import os
import subprocess
from collections import namedtuple

import stats

# file: docs/bench/FILE.svg. cases, contenders: all if empty, in the order they were measured in.
Picture = namedtuple("Picture", "file title unit cases contenders", defaults=((), ()))

COLOURS = ("#4c78a8", "#72b7b2", "#9ecae9", "#54a24b", "#f58518", "#e45756", "#b279a2", "#9d755d",
           "#bab0ac", "#eeca3b")


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def script(picture, records, path):
    cases = picture.cases or list(dict.fromkeys(r["case"] for r in records))
    names = picture.contenders or list(dict.fromkeys(r["contender"] for r in records))
    by_key = {(r["case"], r["contender"]): r["samples"] for r in records}
    blocks, plots = [], []
    for i, name in enumerate(names):
        rows = []
        for case in cases:
            samples = by_key.get((case, name))
            values = (stats.median(samples), *stats.quartiles(samples)) if samples else (0, 0, 0)
            label = case.replace(", ", "\\n")
            rows.append(f'"{label}" ' + " ".join(f"{v:g}" for v in values))
        blocks.append(f"$c{i} << EOD\n" + "\n".join(rows) + "\nEOD")
        plots.append(f"$c{i} using 2:3:4:xtic(1) title {quote(name)} "
                     f"linecolor rgb '{COLOURS[i % len(COLOURS)]}'")
    return "\n".join(blocks) + f"""
set terminal svg size 1000,420 dynamic font 'sans-serif,12' background rgb 'white'
set output {quote(path)}
set title {quote(picture.title)} noenhanced
set ylabel {quote(picture.unit)} noenhanced
set style data histograms
set style histogram errorbars gap 1 linewidth 1
set style fill solid border lt -1
set bars 0.3
set boxwidth 0.9
set yrange [0:*]
set format y '%.1s %c'
set bmargin 3.5
set grid ytics
set key outside right top noenhanced
set xtics noenhanced
plot {', '.join(plots)}
"""


def draw(picture, records):
    """Returns whether there was anything to draw."""
    records = [r for r in records if r["unit"] == picture.unit
               and (not picture.cases or r["case"] in picture.cases)
               and (not picture.contenders or r["contender"] in picture.contenders)]
    if not records:
        return False
    path = f"docs/bench/{picture.file}.svg"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    subprocess.run(["gnuplot"], input=script(picture, records, path), text=True, check=True)
    return True

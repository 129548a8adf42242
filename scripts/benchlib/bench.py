# SPDX-License-Identifier: GPL-2.0-only
"""One run of the benchmark: what suites measure with, and what they have measured."""

import datetime
import json
import os
import platform
import subprocess
import sys

import stats
from stats import Unavailable  # noqa: F401, suites raise it as bench.Unavailable


def command(args, **options):
    """Runs a command and returns what it printed; what it complains of is the exception's text."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    done = subprocess.run([str(arg) for arg in args], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, args))}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def first_line(path, starts=""):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(starts):
                return line.strip().partition(": ")[2] if starts else line.strip()
    return ""


def machine():
    memory = int(first_line("/proc/meminfo", "MemTotal").split()[0])
    try:
        version = command(["git", "describe", "--always", "--dirty"]).strip()
    except (RuntimeError, OSError):
        version = command(["build/vethbpf", "-V"]).strip()
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "version": version,
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu": first_line("/proc/cpuinfo", "model name"),
        "cpus": os.cpu_count(),
        "memory": f"{memory / 2**20:.1f} GiB",
        "mitigations": {
            name: first_line(f"/sys/devices/system/cpu/vulnerabilities/{name}")
            for name in ("spectre_v2", "retbleed", "spec_rstack_overflow")
            if os.path.exists(f"/sys/devices/system/cpu/vulnerabilities/{name}")
        },
    }


class Bench:
    Unavailable = Unavailable
    vethbpf = os.path.abspath("build/vethbpf")

    def __init__(self, rounds, quick):
        self.quick = quick
        self.rounds = rounds or (2 if quick else 15)
        self.seconds = 0.1 if quick else 0.5
        self.suite = None
        self.machine = machine()
        self.records = []
        self.skipped = []

    run = staticmethod(lambda *args: command(args))

    @staticmethod
    def popen(*args, **options):
        return subprocess.Popen([str(arg) for arg in args], text=True, **options)

    @staticmethod
    def tool(name):
        return os.path.abspath(f"build/tests/bench/{name}")

    def compare(self, case, contenders, units, reference=None, rounds=None):
        self.tell(f"{case}: {', '.join(contenders)}")
        results = stats.interleave(contenders, rounds or self.rounds,
                                   lambda name, why: self.skip(case, name, why))
        for name, samples in results.items():
            for unit, better in units.items():
                values = [s[unit] if isinstance(s, dict) else s for s in samples]
                self.record(case, name, unit, better, values, reference)

    def record(self, case, contender, unit, better, samples, reference=None):
        assert better in ("higher", "lower") and samples
        self.records.append({"suite": self.suite, "case": case, "contender": contender,
                             "unit": unit, "better": better, "reference": reference,
                             "samples": [float(s) for s in samples]})

    def skip(self, case, contender, why):
        self.tell(f"{case}: {contender} is left out: {why}")
        self.skipped.append({"suite": self.suite, "case": case, "contender": contender, "why": why})

    def tell(self, text):
        print(f"[{self.suite}] {text}", file=sys.stderr, flush=True)

    def results(self):
        return {"machine": self.machine, "rounds": self.rounds, "quick": self.quick,
                "records": self.records, "skipped": self.skipped}

    def write(self, path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(self.results(), out, indent=1)
            out.write("\n")


def read(path):
    with open(path, encoding="utf-8") as lines:
        return json.load(lines)

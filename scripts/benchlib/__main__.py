# SPDX-License-Identifier: GPL-2.0-only
"""The command line; scripts/bench tells of it."""

import argparse
import importlib
import json
import signal
import sys
import time

import bench
import compare
import report

SUITES = ["wire", "cost", "local", "vm", "control"]


def stop(_number, _frame):
    """As ^C does: blocks that made something are left, and take it away. Once is enough."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def load(names):
    return [importlib.import_module(name) for name in names]


def main(argv):
    if argv[:1] == ["compare"] and len(argv) == 3:
        return compare.show(bench.read(argv[1]), bench.read(argv[2]))
    if argv[:1] == ["report"] and len(argv) == 2:
        return report.write(bench.read(argv[1]), load(SUITES))

    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("-j", dest="json", metavar="FILE")
    parser.add_argument("--rounds", type=int, metavar="N")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-report", action="store_true")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    options = parser.parse_args(argv)
    for name in options.suites:
        if name not in SUITES:
            parser.error(f"there is no suite \"{name}\", but {', '.join(SUITES)}")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    suites = load(options.suites or SUITES)
    run = bench.Bench(options.rounds, options.quick)
    try:
        for suite in suites:
            run.suite = suite.NAME
            suite.run(run)
    finally: # what was measured before an end that came early is kept
        for path in filter(None, (time.strftime("build/bench/%Y%m%d-%H%M%S.json"), options.json)):
            if path != "-":
                run.write(path)
                print(f"bench: {path}", file=sys.stderr)
    if options.json == "-":
        print(json.dumps(run.results()))
        return 0
    if not options.quick and not options.no_report:
        report.write(run.results(), suites)
        print(f"bench: {report.PAGE}", file=sys.stderr)
    else:
        print(report.wanted_table(run.records))
    return 0


try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
except (RuntimeError, OSError) as why:
    sys.exit(f"bench: {why}")

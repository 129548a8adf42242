# SPDX-License-Identifier: GPL-2.0-only
"""The suite local once more, in a virtual machine whose kernel has what this one may lack."""

import json
import subprocess

NAME = "vm"
TITLE = "Between two local stacks, Linux 6.12 in a virtual machine"
ABOUT = """
The same on a kernel of Debian's, that has dummy devices for `vethbpf add` to stand on, and netkit (as it
is made, in its layer 2 mode). It runs under software emulation on one CPU: what something takes there
tells nothing, how it compares tells something.
"""
KERNEL = "6.12"
MINUTES = 25


def run(bench):
    command = ["scripts/vm", "--timeout", str(60 * MINUTES), KERNEL, "python3", "-B",
               "scripts/benchlib", "--quick", "--rounds", "1" if bench.quick else "3", "-j", "-",
               "local"]
    bench.tell(f"Linux {KERNEL}, which takes some minutes")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode:
        bench.skip("all cases", f"Linux {KERNEL}", f"scripts/vm failed (exit {done.returncode})")
        return
    got = json.loads(done.stdout)
    for r in got["records"]:
        bench.record(r["case"], r["contender"], r["unit"], r["better"], r["samples"], r["reference"])
    for s in got["skipped"]:
        bench.skip(s["case"], s["contender"], s["why"])

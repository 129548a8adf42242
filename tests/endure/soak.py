#!/usr/bin/python3 -ISB
# SPDX-License-Identifier: GPL-2.0-only
"""All that there is at once, for a long time; then nothing has grown. In TAP; scripts/soak runs it.

usage: soak.py SECONDS

          near, the panel                            far                      away
  +---------------------------------+     +----------------------+     +------------------+
  |  keep-a === keep-b   (traffic)  |-----| far of each of them  |     | what add makes   |
  |  move-a === move-b, or move-c   |     |                      |     |                  |
  |  pull-a === pull-b   (unplugged)|     |                      |     |                  |
  |  gone-a === gone-b   (deleted)  |     |                      |     |                  |
  +---------------------------------+     +----------------------+     +------------------+

Everybody has devices of their own, so whatever fails is wrong. `vethbpf watch` runs all the time.
"""
import json
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from lab import LOADER, Away, Wrong, objects, run, wait_for, wire  # noqa: E402 pylint: disable=wrong-import-position

# Memory that is not ours alone: the kernel's, of the whole machine. A leak would be far more.
SLACK_KB = {"SUnreclaim": 65536, "Percpu": 16384, "VmRSS": 512}
BURST = 20


class Bench(Away):
    def __init__(self):
        prefix = f"vbs{os.getpid()}"
        self.near, self.far, self.away = f"{prefix}-near", f"{prefix}-far", f"{prefix}-away"
        super().__init__(self.near, self.far, self.away)
        self.watch = None

    def __enter__(self):
        self.make_spaces()
        for name in "keep-a keep-b move-a move-b move-c pull-a pull-b gone-a gone-b".split():
            self.make(name)
        self.places = {name: wire.Stack(f"{self.far}/far-{name}") for name in ("keep-a", "keep-b")}
        wire.netns_enter(self.near)
        for name in "keep", "move", "pull", "gone":
            run(LOADER, "pair", f"{name}-a", f"{name}-b")
        self.watch = subprocess.Popen(  # pylint: disable=consider-using-with
            [LOADER, "watch"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        if self.watch:
            self.watch.terminate()
            self.watch.wait()
        self.leave()

    def make(self, name):
        far = f"far-{name}"
        run("ip", "-n", self.near, "link", "add", name, "type", "veth", "peer", "name", far, "netns", self.far)
        run("ip", "-n", self.near, "link", "set", name, "up")
        run("ip", "-n", self.far, "link", "set", far, "up")

    # What each of the workers does again and again. It leaves things as it found them.

    def move(self):
        if REPLUG:
            run(LOADER, "pair", "move-a", "move-c", "replug")
            run(LOADER, "pair", "move-a", "move-b", "replug")
        else:
            run(LOADER, "unpair", "move-a")
            run(LOADER, "pair", "move-a", "move-b")

    @staticmethod
    def pull():
        for direction in (), ("direction", "in"):
            run(LOADER, "unplug", "pull-a", *direction)
            run(LOADER, "plug", "pull-a")

    def vanish(self):
        run("ip", "-n", self.near, "link", "del", "gone-b")
        self.make("gone-b")
        wait_for(lambda: states().get(("gone-a", "gone-b")) == "plugged", "watch does not heal gone-a")

    def add(self):
        run(LOADER, "add", "eth-a", "netns", self.away, "up", "peer", "eth-b", "up")
        run(LOADER, "del", "eth-b")

    @staticmethod
    def capture():
        run(LOADER, "capture", "keep-a", "count", "10", "write", "/dev/null", timeout=300)
        with subprocess.Popen([LOADER, "capture", "keep-b"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as capture:
            time.sleep(0.2)
            capture.kill()

    @staticmethod
    def look():
        for command in "-j list", "-j show", "save", "metrics", "stats keep-a count 1", "graph":
            run(LOADER, *command.split(), ok=(0, 1) if command == "save" else (0,))

    def carry(self):
        """Every frame, both ways, in order."""
        for sender, receiver in ("keep-a", "keep-b"), ("keep-b", "keep-a"):
            frames = [bytes.fromhex("02000000bb0102000000aa0188b5") + os.urandom(86) for _ in range(BURST)]
            for frame in frames:
                self.places[sender].send(frame)
            wire.barrier()
            if self.places[receiver].take_seen() != frames:
                raise Wrong(f"frames from {sender} to {receiver} are lost")
        time.sleep(0.01)


class Shift:
    """The workers, who can be stopped for a count when each has done what it began; traffic goes on."""

    def __init__(self, bench):
        self.wrong, self.rounds = [], {}
        self.over, self.running, self.quiet = threading.Event(), threading.Event(), threading.Event()
        self.idle = threading.Semaphore(0)
        jobs = bench.move, bench.pull, bench.vanish, bench.add, bench.capture, bench.look
        self.workers = [threading.Thread(target=self.work, args=(job,)) for job in jobs]
        self.traffic = threading.Thread(target=self.carry, args=(bench,))
        self.running.set()
        for thread in self.traffic, *self.workers:
            thread.start()

    def again(self, job, over):
        self.rounds[job.__name__] = 0
        try:
            while not over.is_set():
                if over is self.over and not self.running.is_set():
                    self.idle.release()
                    self.running.wait()
                job()
                self.rounds[job.__name__] += 1
        except Exception as error:  # pylint: disable=broad-exception-caught
            self.wrong.append(f"{job.__name__}: {error}")
            self.over.set()

    def carry(self, bench):
        # Frames stay in order on one CPU only, whose receive queue the barrier waits for.
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        self.again(bench.carry, self.quiet)

    def work(self, job):
        self.again(job, self.over)
        self.idle.release()  # whoever is gone is not waited for

    def last(self, seconds):
        self.over.wait(seconds)

    def pause(self):
        self.running.clear()
        for _ in self.workers:
            self.idle.acquire()
        if self.wrong:
            raise Wrong("\n".join(self.wrong))

    def end(self):
        self.over.set()
        self.running.set()
        for worker in self.workers:
            worker.join()
        self.quiet.set()
        self.traffic.join()
        if self.wrong:
            raise Wrong("\n".join(self.wrong))


def states():
    return {(p["a"]["dev"], p["b"]["dev"]): p["state"] for p in json.loads(run(LOADER, "-j", "list").stdout)}


def fields(path):
    with open(path, encoding="ascii") as file:
        return {name: int(value) for name, value in (line.split()[:2] for line in file if line.strip()[-1:] == "B"
                                                     for line in [line.replace(":", "")])}


def count(bench, panel):
    memory = {**fields("/proc/meminfo"), **fields(f"/proc/{bench.watch.pid}/status")}
    return {**objects(panel), "pairs": states(), "devices": len(os.listdir("/proc/sys/net/ipv4/conf")),
            "watch's descriptors": len(os.listdir(f"/proc/{bench.watch.pid}/fd"))}, {
                name: memory[name] for name in SLACK_KB}


def is_level(bench, panel, first):
    now, memory = count(bench, panel)
    return now == first[0] and all(memory[name] - first[1][name] <= SLACK_KB[name] for name in SLACK_KB)


REPLUG = "replug" in run(LOADER, "help", "pair").stdout


def main():
    seconds = float(sys.argv[1])
    print("1..1", flush=True)
    shift = None
    try:
        with Bench() as bench:
            panel = run(LOADER, "show", "keep-a").stdout.rpartition("state in ")[2].strip()
            shift = Shift(bench)
            try:
                # Until whatever is made once is made.
                shift.last(min(seconds / 3, 60))
                shift.pause()
                first = count(bench, panel)
                shift.running.set()
                shift.last(seconds - min(seconds / 3, 60))
                shift.pause()
                wait_for(lambda: is_level(bench, panel, first), "not level")
            except Wrong as error:
                if str(error) == "not level":
                    raise Wrong(f"first {first}\nlast  {count(bench, panel)}") from error
                raise
            finally:
                last = count(bench, panel)
                shift.end()
    except Wrong as error:
        print("not ok 1 - soak\n" + "\n".join(f"# {line}" for line in str(error).splitlines()))
        return 1
    print(f"ok 1 - soak, {seconds:g} s")
    print("# " + ", ".join(f"{job} {rounds}" for job, rounds in shift.rounds.items()))
    print("# kB, when warm and at the end: " + ", ".join(f"{name} {first[1][name]} {last[1][name]}" for name in SLACK_KB))
    print(f"# level: {first[0]['programs']} programs, {first[0]['maps']} maps, {first[0]['links']} links, "
          f"{len(first[0]['pins'])} pins")
    return 0


sys.exit(main())

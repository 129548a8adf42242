#!/usr/bin/python3 -ISB
# SPDX-License-Identifier: GPL-2.0-only
"""Fifty loaders at once pair, unpair, add, delete and look at the same devices, while these vanish and
come back, with the namespaces that they are in; in TAP.

usage: races.py [SECONDS]

      near, the panel                      far
  +-----------------------+     +---------------------+     away-0, away-1: come and go, with the
  |        dev-0 .. dev-9 |-----| far-0 .. far-9      |     endpoints that add made in them, and
  |        keep-0, keep-1 |-----| stay-0, stay-1      |     the devices that were moved there
  +-----------------------+     +---------------------+

keep-0 and keep-1 are paired all the time, and carry all the time.
"""
import collections
import json
import os
import random
import re
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from lab import LOADER, Away, Wrong, objects, run, wait_for, wire  # noqa: E402 pylint: disable=wrong-import-position

LOADERS, DEVICES, SPACES = 50, 10, 2
PATIENCE = 120  # seconds for one command, on a machine however busy: longer is a deadlock


class Ring(Away):
    """The namespaces and devices. vandalize() takes one thing away, or brings it back."""

    def __init__(self):
        prefix = f"vbr{os.getpid()}"
        self.near, self.far = f"{prefix}-near", f"{prefix}-far"
        self.away = [f"{prefix}-away-{i}" for i in range(SPACES)]
        super().__init__(self.near, self.far, *self.away)

    def __enter__(self):
        self.make_spaces()
        for i in range(DEVICES):
            self.make_device(f"dev-{i}", f"far-{i}")
        for i in range(2):
            self.make_device(f"keep-{i}", f"stay-{i}")
        wire.netns_enter(self.near)
        if run(LOADER, "pair", "keep-0", "keep-1").stderr:
            raise Wrong("pair says something")
        self.places = {i: wire.Stack(f"{self.far}/stay-{i}") for i in range(2)}
        wire.netns_enter(self.near)
        return self

    def __exit__(self, *_):
        self.leave()

    @staticmethod
    def make_space(ns):
        run("ip", "netns", "add", ns, check=False)
        run("ip", "-n", ns, "link", "set", "lo", "up", check=False)

    def make_device(self, name, far):
        run("ip", "-n", self.near, "link", "add", name, "type", "veth", "peer", "name", far, "netns", self.far,
            check=False)
        run("ip", "-n", self.near, "link", "set", name, "up", check=False)
        run("ip", "-n", self.far, "link", "set", far, "up", check=False)

    def vandalize(self):
        what = random.randrange(8)
        i = random.randrange(DEVICES)
        space = random.choice(self.away)
        if what < 3:
            run("ip", "-n", self.near, "link", "del", f"dev-{i}", check=False)
            self.make_device(f"dev-{i}", f"far-{i}")
        elif what < 5:
            run("ip", "-n", self.near, "link", "set", f"dev-{i}", "netns", space, check=False)
            run("ip", "-n", space, "link", "set", f"dev-{i}", "netns", self.near, check=False)
            run("ip", "-n", self.near, "link", "set", f"dev-{i}", "up", check=False)
        elif what == 5:
            run("ip", "netns", "del", space, check=False)
            self.make_space(space)
        elif what == 6:
            run("ip", "-n", space, "link", "del", f"eth-{i}", check=False)
        else:
            run("ip", "-n", self.near, "link", "set", f"dev-{i}", random.choice(("down", "up")), check=False)


class Crowd:
    """Loaders, each of which does one thing after the other until the time is over."""

    def __init__(self, ring, seconds):
        self.ring, self.until, self.wrong = ring, time.monotonic() + seconds, []
        self.said, self.done = collections.Counter(), collections.Counter()

    def command(self):
        a, b = random.sample(range(DEVICES), 2)
        i = random.randrange(4)
        space = random.choice(self.ring.away)
        return random.choice((
            f"pair dev-{a} dev-{b}", f"pair dev-{a} dev-{b}", f"pair dev-{a} dev-{b} datapath xdp",
            f"unpair dev-{a}", f"unpair dev-{b}", f"unplug dev-{a}", f"plug dev-{a}",
            f"add eth-{i} netns {space} up peer ethp-{i} up", f"del eth-{i}", f"del ethp-{i}",
            "-j list", "-j show", f"-j show dev-{a}", "save", "gc", "-j check", "metrics"))

    def work(self):
        while time.monotonic() < self.until and not self.wrong:
            words = self.command().split()
            try:
                done = run(LOADER, *words, check=False, timeout=PATIENCE)
            except Exception as error:  # pylint: disable=broad-exception-caught
                self.wrong.append(f"{' '.join(words)}: {error}")
                return
            name = words[1] if words[0] == "-j" else words[0]
            self.done[name] += 1
            self.judge(name, words, done)

    def judge(self, name, words, done):
        """What fails says why; who only looks does not fail, but for what is not there."""
        lines = done.stderr.splitlines()
        if name == "check" and not done.stderr:
            done.returncode = 0  # 1: it has found something wrong
        said = lines[0] if lines else ""
        if done.returncode not in (0, 1) or not said.startswith(("vethbpf: warning: ", "vethbpf: ")[done.returncode]) \
                and (said or done.returncode):
            self.wrong.append(f"{' '.join(words)}: exit {done.returncode}: {done.stderr}")
        elif done.returncode and name in ("list", "gc", "metrics") or \
                "-j" in words and not done.returncode and not is_json(done.stdout):
            self.wrong.append(f"{' '.join(words)}: {done.stderr or done.stdout}")
        elif lines:
            self.said[re.sub(r"\d+", "N", lines[0])] += 1

    def vandal(self):
        while time.monotonic() < self.until and not self.wrong:
            self.ring.vandalize()

    def run(self):
        threads = [threading.Thread(target=self.work) for _ in range(LOADERS)]
        threads += [threading.Thread(target=self.vandal) for _ in range(2)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.keep_carries()
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        if self.wrong:
            raise Wrong("\n".join(self.wrong[:5]))

    def keep_carries(self):
        stay = list(self.ring.places.values())
        for sender, receiver in stay, stay[::-1]:
            frame = bytes.fromhex("02000000bb0102000000aa0188b5") + os.urandom(46)
            sender.send(frame)
            wire.barrier()
            if frame not in receiver.take_seen():
                self.wrong.append("the pair that stays has lost a frame")


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def whole_or_gone(ring):
    """Every pair that is said to be plugged has both its devices and all its hooks; the others can go."""
    for pair in json.loads(run(LOADER, "-j", "show").stdout):
        ends = pair["a"], pair["b"]
        if pair["state"] in ("plugged", "unplugged"):
            if not all(hook["attached"] for end in ends for hook in end.get("hooks", [])):
                raise Wrong(f"{pair['state']} without its hooks: {pair}")
        elif pair["state"] == "incomplete":
            raise Wrong(f"left half done: {pair}")
    for pair in json.loads(run(LOADER, "-j", "list").stdout):
        if pair["a"]["dev"].startswith("keep"):
            continue
        run(LOADER, "gc")
        command = "del" if "anchor" in pair["a"] else "unpair"
        done = run(LOADER, command, pair["a"]["dev"], check=False)
        if done.returncode and "no device" not in done.stderr and "several devices" not in done.stderr:
            raise Wrong(f"{command} {pair['a']['dev']}: {done.stderr}")
    left = [link["ifname"] for link in json.loads(run("ip", "-n", ring.near, "-j", "link", "show").stdout)
            if link["ifname"].startswith("vb")]
    pairs = json.loads(run(LOADER, "-j", "list").stdout)
    if left or len(pairs) != 1:
        raise Wrong(f"left over: {left}, {pairs}")


def is_level(before, panel):
    """As at first, and what is loaded for all ends once one needs it: the programs of XDP and anchors."""
    now = objects(panel)
    more = [pin for pin in now["pins"] if pin not in before["pins"]]
    links = sum(pin.startswith("xdp_") for pin in more)
    programs = links + more.count("vb_wire_xdp")  # the anchors' reads no map
    return set(more) <= {"vb_wire_xdp", "vb_anchor_rx", "xdp_err", "xdp_xmit"} and (
        now["links"], now["programs"]) == (before["links"] + links, before["programs"] + programs)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    print("1..1")
    try:
        with Ring() as ring:
            panel = run(LOADER, "show").stdout.rpartition("state in ")[2].strip()
            before = objects(panel)
            crowd = Crowd(ring, seconds)
            crowd.run()
            whole_or_gone(ring)
            wait_for(lambda: is_level(before, panel), f"not level: {before}, {objects(panel)}")
            crowd.keep_carries()
            if crowd.wrong:
                raise Wrong(crowd.wrong[0])
    except Wrong as error:
        print(f"not ok 1 - {LOADERS} loaders at once")
        print("\n".join(f"# {line}" for line in str(error).splitlines()))
        return 1
    print(f"ok 1 - {LOADERS} loaders at once, {sum(crowd.done.values())} commands in {seconds:g} s")
    for said, times in crowd.said.most_common():
        print(f"# {times} {said}")
    return 0


sys.exit(main())

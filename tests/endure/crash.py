#!/usr/bin/python3 -ISB
# SPDX-License-Identifier: GPL-2.0-only
"""Kills the loader at every step of a command, and has every one of its calls fail; in TAP.

usage: crash.py [--all] [ROW...]
           --all: at every system call that is not its own affair, each to be finished and to be
           undone. Else at those that change something, of most rows only some, one or the other

After each, the cable carries frames both ways or not at all, list tells which, and nothing of others'
is touched; where there is a cable before and after, it carries all the time, the old one or the new one.
Then the same command once more reaches what was wanted, and the opposite one what was before, each with
nothing left over. A command that was told of an error undid what it had done, names
the cause and fails; or it did without, and all is as wanted.
"""
import argparse
import dataclasses
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from lab import LOADER, Lab, Wrong, differences, run  # noqa: E402 pylint: disable=wrong-import-position

CUT = os.path.join(os.path.dirname(LOADER), "tests/endure/cut")
KILLED = 137
AB, AD, CD, ETH = ("end-a", "end-b"), ("end-a", "end-d"), ("end-c", "end-d"), ("eth-a", "eth-b")
# What a command says that has nothing to do.
DONE = ("is already paired with", "is not paired", "is there already", "no device of this name",
        "no device end-")


@dataclasses.dataclass
class Row:
    """What is cut, and the opposite command. before, after: pairs and their states, as list has them."""
    name: str
    command: str
    opposite: str
    before: dict = dataclasses.field(default_factory=dict)
    after: dict = dataclasses.field(default_factory=dict)
    start: tuple = ()  # commands that lead to before
    clear: str = ""  # a command that takes the cable away, whichever it is; "": not tried
    undoes: bool = True  # after an error all is as before; else as far as nothing of it works
    env: dict = dataclasses.field(default_factory=dict)
    stride: int = 14  # without --all: how many steps further each time


CABLE, PULLED = {AB: "plugged"}, {AB: "unplugged"}
PAIR, UNPAIR = "pair end-a end-b", "unpair end-b"
ADD = "add eth-a netns {left} address 02:00:00:00:00:0a up peer eth-b netns {right} address 02:00:00:00:00:0b up"
CLSACT = {"VETHBPF_NO_TCX": "1"}
OTHER, REPLUG = "pair end-c end-d", "replug"

ROWS = [
    Row("pair, the first of a panel", PAIR, UNPAIR, after=CABLE),
    Row("unpair, the last of a panel", UNPAIR, PAIR, before=CABLE, start=(PAIR,), undoes=False),
    Row("pair, a later one", PAIR, UNPAIR, after=CABLE, start=(OTHER,), stride=7),
    Row("unpair, not the last", UNPAIR, PAIR, before=CABLE, start=(OTHER, PAIR), undoes=False, stride=7),
    Row("pair, by clsact", PAIR, UNPAIR, after=CABLE, start=(OTHER,), env=CLSACT),
    Row("unpair, by clsact", UNPAIR, PAIR, before=CABLE, start=(OTHER, PAIR), env=CLSACT, undoes=False),
    Row("pair, datapath xdp", f"{PAIR} datapath xdp", UNPAIR, after=CABLE),
    Row("unpair, datapath xdp", UNPAIR, f"{PAIR} datapath xdp", before=CABLE, undoes=False,
        start=(f"{PAIR} datapath xdp",)),
    Row("unplug", "unplug end-a", "plug end-a", before=CABLE, after=PULLED, start=(OTHER, PAIR), stride=1),
    Row("plug", "plug end-a", "unplug end-a", before=PULLED, after=CABLE,
        start=(OTHER, PAIR, "unplug end-a"), stride=1),
    Row("add", ADD, "del eth-a", after={ETH: "plugged"}),
    Row("del", "del eth-a", ADD, before={ETH: "plugged"}, start=(ADD,), undoes=False),
    Row("replug", f"pair end-a end-d {REPLUG}", f"{PAIR} {REPLUG}", before=CABLE, after={AD: "plugged"},
        start=(PAIR,), clear="unpair end-a", undoes=False, stride=8),
    Row("upgrade", "upgrade", "upgrade", before=CABLE, after=CABLE, start=(OTHER, f"{PAIR} datapath xdp"),
        undoes=False, stride=17),
]


def roughly(look):
    return {what: [re.sub('"xdp": .', "", one) for one in how if "of nobody" not in one] if isinstance(how, list)
            else how for what, how in look.items()}


class Trial:
    def __init__(self, lab, row, every):
        self.lab, self.row, self.every, self.points = lab, row, every, 0
        self.pairs = list({**row.before, **row.after})
        self.ends = {end for pair in self.pairs for end in pair}
        self.stays = OTHER in row.start
        lab.env = {**os.environ, **row.env}
        lab.others_move_in(not any("xdp" in command for command in (row.command, row.opposite, *row.start)))
        self.bare = lab.look()
        for command in row.start:
            self.must(command)
        self.before = lab.look()
        self.must(row.command)
        self.after = lab.look()
        self.must(row.opposite)

    def words(self, command):
        return command.format(left=self.lab.left, right=self.lab.right).split()

    def must(self, command):
        done = self.lab.vethbpf(*self.words(command))
        if done.returncode and not any(said in done.stderr for said in DONE):
            raise Wrong(f"{command}: {done.stderr}")

    def whole_or_nothing(self):
        """Whatever has become of the cable, list tells of it, and the other one is as it was."""
        listed = self.lab.pairs()
        if self.stays and (listed.pop(CD, None) != "plugged" or self.lab.crosses(CD) != (True, True)):
            raise Wrong("the other cable does not carry")
        # Of an end that is taken down already nothing may be known, not even its name.
        ours = {pair: listed.pop(pair) for pair in list(listed) if set(pair) & self.ends}
        if listed:
            raise Wrong(f"list tells of {listed}")
        if len(self.pairs) > 1:
            self.one_or_the_other(ours)
        else:
            self.all_or_none(next(iter(ours.values()), None))
        seen = self.lab.look()
        touched = {what: how for what, how in self.before.items() if not self.may_change(what)}
        for what, how in touched.items():
            if what.startswith("tcx"):
                seen[what] = [name for name in seen[what] if name == "other_tc"]
                touched[what] = [name for name in how if name == "other_tc"]
        wrong = differences(touched, {what: seen.get(what) for what in touched})
        if wrong:
            raise Wrong(f"touched: {wrong}")

    def all_or_none(self, state):
        pair = self.pairs[0]
        if pair == ETH:
            self.lab.find_endpoints(state == "plugged")
        crosses = self.lab.crosses(pair)
        if (crosses == (True, True)) != (state == "plugged") or any(crosses) > (state in ("plugged", "unplugged")):
            raise Wrong(f"list says {state}, frames cross: {crosses}")
        if self.row.before == self.row.after and not all(crosses):
            raise Wrong("the cable does not carry")

    def one_or_the_other(self, states):
        """A cable is moved. For a moment only what the end that stays takes crosses (docs/design.md)."""
        ways = {(end, to) for end in self.ends for to in self.lab.reached(end)}
        whole = next((pair for pair in self.pairs if ways == {pair, pair[::-1]}), None)
        if whole:
            right = states.pop(whole, None) == "plugged" and set(states.values()) <= {"incomplete"}
        else:
            right = len(ways) == 1 and ways < set(self.pairs) and sorted(states.values()) == ["broken", "incomplete"]
        if not right:
            raise Wrong(f"list says {states}, frames cross: {ways}")

    def may_change(self, what):
        return what.startswith(("pins ", "qdiscs", "filters ")) or what.split()[-1] in self.ends | {"anchor"}

    def is_as(self, states, look, done_without=False):
        """done_without: an error was passed over. XDP may be generic then, and the device that helps to
        make anchors goes the next time."""
        listed = self.lab.pairs()
        if self.stays:
            states = {CD: "plugged", **states}
        if listed != states:
            raise Wrong(f"list tells of {listed}, not of {states}")
        seen = self.lab.look()
        if done_without:
            look, seen = roughly(look), roughly(seen)
        wrong = differences(look, seen)
        if wrong:
            raise Wrong(wrong)
        if states:
            self.whole_or_nothing()

    def cut(self, number, *options):
        """Returns what happened, and at what; or None: there is no such step any more."""
        words = self.words(self.row.command)
        with tempfile.NamedTemporaryFile("r") as report:
            done = self.run_cut(number, report.name, words, options)
            step = report.read().strip()
        return (done, step) if step else None

    def run_cut(self, number, report, words, options):
        every = ["-a"] if self.every else []
        return run(CUT, *options, *every, "-o", report, str(number), LOADER, *words, check=False,
                   env=self.lab.env)

    def ways(self, number):
        """(command, what it leads to): to be finished, to be undone, to be cleared away."""
        row = self.row
        ways = [(row.command, row.after, self.after), (row.opposite, row.before, self.before)]
        if row.clear:
            ways.append((row.clear, {}, self.bare))
        return ways if self.every else [ways[number // row.stride % len(ways)]]

    def back_from(self, command):
        """To what was before, from where the command has led."""
        for again in self.row.start if command == self.row.clear else (self.row.opposite,):
            self.must(again)
        self.is_as(self.row.before, self.before)

    def killed_at(self, number):
        """Once each way. Returns whether there was such a step."""
        for command, states, look in self.ways(number):
            cut = self.cut(number)
            if not cut:
                return False
            try:
                if cut[0].returncode != KILLED:
                    raise Wrong(f"exit {cut[0].returncode}, not killed")
                self.whole_or_nothing()
                self.must(command)
                self.is_as(states, look)
                if command != self.row.opposite:
                    self.back_from(command)
            except Wrong as error:
                raise Wrong(f"killed before step {number}, {cut[1]}, then {command}: {error}") from error
        return True

    def failed_at(self, number):
        row, cut = self.row, self.cut(number, "-e")
        if not cut:
            return False
        done, step = cut
        try:
            if done.returncode == 0:
                self.is_as(row.after, self.after, done_without=True)
            elif done.returncode != 1 or not done.stderr.startswith("vethbpf: ") or \
                    step.partition(": ")[2] not in done.stderr:
                raise Wrong(f"exit {done.returncode}: {done.stderr}")
            elif row.undoes:
                self.is_as(row.before, self.before)
            else:
                self.whole_or_nothing()
            self.must(row.opposite)
            self.is_as(row.before, self.before)
        except Wrong as error:
            raise Wrong(f"step {number}, {step}: {done.stderr}{error}") from error
        return True


def endure(row, every, keep_going):
    """Yields for each way to be cut short its name, how often it was, and what was wrong."""
    with Lab() as lab:
        trial = Trial(lab, row, every)
        for what, at in ("killed", trial.killed_at), ("failed", trial.failed_at):
            number, points, wrong, more = 0, 0, [], True
            while more and (keep_going or not wrong):
                try:
                    more = at(number)
                except (Wrong, SystemExit) as error:
                    wrong.append(str(error))
                    trial.must(row.opposite)
                points += more
                number += 1 if every else row.stride
            trial.must(row.opposite)  # the last one was not cut short
            yield what, points, wrong


def tell(number, name, wrong):
    print(f"{'not ok' if wrong else 'ok'} {number} - {name}", flush=True)
    for text in wrong:
        print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--keep-going", action="store_true")  # to see all that is wrong at once
    parser.add_argument("rows", nargs="*")
    arg = parser.parse_args()
    rows = [row for row in ROWS if row.name in arg.rows or not arg.rows]
    print(f"1..{2 * len(rows)}")
    number, good = 0, True
    for row in rows:
        try:
            for what, points, wrong in endure(row, arg.all, arg.keep_going):
                number += 1
                tell(number, f"{row.name}: {what} at {points} steps", wrong)
                good &= not wrong
        except (Wrong, SystemExit) as error:
            number += 1
            tell(number, row.name, [str(error)])
            good = False
    return 0 if good else 1


sys.exit(main())

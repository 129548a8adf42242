# SPDX-License-Identifier: GPL-2.0-only
"""
Network namespaces and what lies in them. They go when the `with` block that made them is left, however
it is: cables first, since their pins would outlive the namespace.
"""

import contextlib
import json
import os
import subprocess

from bench import Bench, command


class Netns:
    def __init__(self, name):
        self.name = f"vbbench{os.getpid()}-{name}"
        self.path = f"/run/netns/{self.name}"

    def make(self):
        command(["ip", "netns", "add", self.name])
        # Nobody but those who are measured shall have anything to say.
        self.sysctl("net/ipv6/conf/default/accept_dad", 0)
        self.ip("link set lo up")

    def unplug_all(self):
        """Takes all cables away; best before any of the namespaces they lead to goes."""
        with contextlib.suppress(RuntimeError, ValueError):
            lines = [("del " if "anchor" in pair["a"] else "unpair ") + pair["a"]["dev"]
                     for pair in json.loads(self.vethbpf("-j list"))]
            if lines:
                self.batch(lines)

    def remove(self):
        with contextlib.suppress(RuntimeError):
            command(["ip", "netns", "del", self.name])

    def inside(self, *args):
        """A command as it is run in the namespace. `ip netns exec` would hide the pins."""
        return ["nsenter", f"--net={self.path}", *(str(arg) for arg in args)]

    def run(self, *args):
        return command(self.inside(*args))

    def popen(self, *args, **options):
        return subprocess.Popen(self.inside(*args), text=True, **options)

    def ip(self, *lines):
        command_line = ["ip", "-n", self.name, "-batch", "-"]
        done = subprocess.run(command_line, input="\n".join(lines) + "\n", text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise RuntimeError(f"ip: {'; '.join(lines)[:200]}: {done.stderr.strip()[:500]}")
        return done.stdout

    def vethbpf(self, words):
        return command([Bench.vethbpf, "-n", self.name, *words.split()])

    def batch(self, lines):
        """vethbpf -b: commands, one a line."""
        return command([Bench.vethbpf, "-n", self.name, "-b", "-"], input="\n".join(lines) + "\n")

    def sysctl(self, key, value):
        self.run("sh", "-c", 'echo "$1" >/proc/sys/$0', key, value)

    def silence(self):
        """Without IPv6, devices that are made from now on say nothing by themselves."""
        self.sysctl("net/ipv6/conf/all/disable_ipv6", 1)
        self.sysctl("net/ipv6/conf/default/disable_ipv6", 1)

    def mac(self, dev):
        return json.loads(self.run("ip", "-j", "link", "show", dev))[0]["address"]


@contextlib.contextmanager
def netns(*names):
    """Makes namespaces; several: they go all, also if making one of them fails."""
    with contextlib.ExitStack() as made:
        spaces = []
        for name in names:
            space = Netns(name)
            made.callback(space.remove)
            space.make()
            spaces.append(space)
        for space in spaces:
            made.callback(space.unplug_all)
        yield spaces[0] if len(spaces) == 1 else tuple(spaces)


def veth(ns_a, dev_a, ns_b, dev_b, options=""):
    """A veth pair between two namespaces, or within one; both ends up."""
    ns_a.ip(f"link add name {dev_a} {options} type veth peer name {dev_b} netns {ns_b.name} {options}")
    ns_a.ip(f"link set dev {dev_a} up")
    ns_b.ip(f"link set dev {dev_b} up")


@contextlib.contextmanager
def process(popen, ready=None):
    """
    A process that lives as long as the block. ready: waits for a line of its output that has this
    in it.
    """
    try:
        while ready is not None:
            line = popen.stdout.readline()
            if ready in line and line:
                break
            if not line:
                raise RuntimeError(f"{' '.join(popen.args)} ended before it was ready")
        yield popen
    finally:
        for pipe in (popen.stdin, popen.stdout):
            if pipe:
                pipe.close()
        popen.terminate()
        try:
            popen.wait(5)
        except subprocess.TimeoutExpired:
            popen.kill()
            popen.wait()

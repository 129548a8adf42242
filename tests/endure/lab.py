# SPDX-License-Identifier: GPL-2.0-only
"""Where loaders are cut short: devices, somebody else's things on them, and what is to be seen of all.

       left                        mid, the panel                       right
  +-------------+     +-----------------------------------+     +-------------+
  |       far-a |-----| end-a    the cable in question    |     |             |
  |             |     |                             end-b |-----| far-b       |
  |       far-c |-----| end-c     (one that stays)  end-d |-----| far-d       |
  +-------------+     +-----------------------------------+     +-------------+

eth-a in left and eth-b in right are what add makes. Somebody else has tcx programs on end-a, a filter
and an XDP program on end-b.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.join(HERE, "../netns"))
import tcx  # noqa: E402 pylint: disable=wrong-import-position
import wire  # noqa: E402 pylint: disable=wrong-import-position

LOADER = os.path.join(HERE, "../../build/vethbpf")
BPFFS = "/sys/fs/bpf"
# What is not the same every time: a carrier is noted when the kernel comes to it, and an anchor is as
# wide as it could be made. With XDP on one end of a veth, the other's largest MTU is another.
VARY = {"ifindex", "link_index", "gc_timer", "operstate", "gso_max_size", "gro_max_size", "tso_max_size", "max_mtu"}


class Wrong(Exception):
    """Something is not as it must be."""


class Away:
    """This process goes into network namespaces; at the end it is back, and they are no more."""

    def __init__(self, *spaces):
        self.home, self.spaces = os.open("/proc/self/ns/net", os.O_RDONLY), spaces
        self.places = {}

    def make_spaces(self):
        for ns in self.spaces:
            run("ip", "netns", "add", ns)
            wire.netns_enter(ns)
            run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
            run("ip", "link", "set", "lo", "up")

    def leave(self):
        """Whoever is in a namespace, or has a socket in it, keeps it."""
        for place in self.places.values():
            place.sock.close()
        wire.netns_enter(f"/proc/self/fd/{self.home}")
        for ns in self.spaces:
            run("ip", "netns", "del", ns, check=False)
        wait_for(self.all_gone, "the panels of namespaces that are gone stay")

    @staticmethod
    def all_gone():
        run(LOADER, "gc", check=False)
        return not os.path.isdir(f"{BPFFS}/vethbpf")


def wait_for(done, otherwise):
    """For what the kernel does in its own time."""
    deadline = time.monotonic() + 60
    while not done():
        if time.monotonic() > deadline:
            raise Wrong(otherwise)
        time.sleep(0.05)


def run(*command, check=True, ok=(0,), **options):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **options)
    if check and done.returncode not in ok:
        raise Wrong(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return done


class Lab(Away):
    def __init__(self):
        prefix = f"vbc{os.getpid()}"
        self.left, self.mid, self.right = (f"{prefix}-{where}" for where in ("left", "mid", "right"))
        super().__init__(self.left, self.mid, self.right)
        self.env = dict(os.environ)
        self.pins, self.number = f"{BPFFS}/{prefix}-other", 0

    def __enter__(self):
        self.make_spaces()
        for name, ns in (("a", self.left), ("b", self.right), ("c", self.left), ("d", self.right)):
            end, far = f"end-{name}", f"far-{name}"
            wire.netns_enter(self.mid)
            run("ip", "link", "add", end, "type", "veth", "peer", "name", far, "netns", ns)
            run("ip", "link", "set", end, "up")
            run("ip", "-n", ns, "link", "set", far, "up")
            self.places[end] = wire.Stack(f"{ns}/{far}")
            run("ethtool", "-K", far, "gro", "on")  # else a veth takes no frames from XDP
        wire.netns_enter(self.mid)
        return self

    def __exit__(self, *_):
        run("rm", "-rf", self.pins, f"{self.pins}-all")
        self.leave()

    def others_move_in(self, xdp):
        """Somebody else's programs, which stay for good; with XDP unless that is for the cable."""
        with tempfile.TemporaryDirectory() as temp:
            obj = f"{temp}/other.bpf.o"
            multiarch = run("gcc", "-print-multiarch").stdout.strip()
            run("clang", "-O2", "-g", "-target", "bpf", "-idirafter", f"/usr/include/{multiarch}",
                "-c", f"{HERE}/../netns/other.bpf.c", "-o", obj)
            run("tc", "qdisc", "add", "dev", "end-b", "clsact")
            run("tc", "filter", "add", "dev", "end-b", "ingress", "prio", "5", "handle", "7", "bpf",
                "direct-action", "object-file", obj, "section", "tc")
            if xdp:
                run("ip", "link", "set", "end-b", "xdpgeneric", "object", obj, "section", "xdp")
            if has_tcx():
                run("bpftool", "prog", "loadall", obj, f"{self.pins}-all")
                tcx.attach(f"{self.pins}-all/other_tc", "end-a", "ingress", self.pins)

    # The loader

    def vethbpf(self, *args):
        return run(LOADER, *args, check=False, env=self.env)

    def pairs(self):
        """The pairs that list tells of: {(a, b): state}."""
        done = self.vethbpf("-j", "list")
        if done.returncode or done.stderr:
            raise Wrong(f"list fails: {done.stderr}")
        return {(p["a"]["dev"], p["b"]["dev"]): p["state"] for p in json.loads(done.stdout)}

    # Frames

    def find_endpoints(self, come_up):
        """What add has made, as far as it is there, up or not."""
        for name, ns in (("eth-a", self.left), ("eth-b", self.right)):
            if name in self.places:
                self.places.pop(name).sock.close()
            wire.netns_enter(ns)
            if os.path.exists(f"/proc/sys/net/ipv4/conf/{name}"):
                run("ip", "link", "set", name, "up")
                self.places[name] = wire.Stack(f"{ns}/{name}", come_up)
        wire.netns_enter(self.mid)

    def reached(self, source):
        """The ends that a frame from this one gets to."""
        self.number += 1
        frame = bytes.fromhex("02000000bb0102000000aa0188b5") + self.number.to_bytes(46, "big")
        self.places[source].send(frame)
        wire.barrier()
        return [name for name, place in self.places.items() if frame in place.take_seen()]

    def passes(self, source, target):
        """Whether a frame gets from one end to the other. It gets nowhere else."""
        seen = self.reached(source)
        if seen not in ([], [target]):
            raise Wrong(f"a frame from {source} was seen at {seen}")
        return bool(seen)

    def crosses(self, pair):
        """(from a to b, from b to a)"""
        if any(end not in self.places for end in pair):
            return False, False
        return self.passes(*pair), self.passes(*reversed(pair))

    # What there is

    def links(self, ns):
        for link in json.loads(run("ip", "-n", ns, "-d", "-j", "link", "show").stdout):
            name = link["ifname"]
            if re.fullmatch("vb[0-9a-f]{12}|vbwide", name):
                name = "anchor"
                link = {"of": link.get("ifalias"), "ifindex": link["ifindex"]}
            if "xdp" in link:
                link["xdp"] = link["xdp"].get("mode")  # the program is loaded anew with the panel
            link["flags"] = [flag for flag in link.get("flags", []) if flag != "NO-CARRIER"]
            yield f"link {ns[-5:]} {name} {link.pop('ifindex', '')}", json.dumps(
                {key: link[key] for key in sorted(link) if key not in VARY})

    def look(self):
        """All that a cable might change, by name and not by number: {what: how it is}."""
        seen, names = {}, {}
        for ns in self.left, self.mid, self.right:
            for what, how in self.links(ns):
                what, _, index = what.rpartition(" ")
                names[index] = what.split()[-1] if ns == self.mid else names.get(index)
                seen.setdefault(what, []).append(how)
        seen["qdiscs"] = re.sub(r"\bvb[0-9a-f]{12}\b", "anchor", run("tc", "qdisc", "show").stdout)
        for dev in "end-a", "end-b", "end-d":
            for point in "ingress", "egress":
                filters = run("tc", "filter", "show", "dev", dev, point, check=False).stdout
                seen[f"filters {dev} {point}"] = re.sub(r" (id|tag) \w+", "", filters)
                if has_tcx():
                    seen[f"tcx {dev} {point}"] = list(map(tcx.prog_name, tcx.query(dev, point)))
        for where, dirs, files in os.walk(BPFFS):
            if where == BPFFS:
                dirs[:] = [d for d in dirs if d in ("vethbpf", "xdp")]
            pins = [re.sub(r"^\d+(?=_)", lambda m: names.get(m[0], m[0]), pin) for pin in files]
            if os.path.basename(where) == "prog" or where.endswith("/link"):
                # What is loaded for all ends, and for no device, may stay for the next one to use.
                pins = [pin for pin in pins if not re.fullmatch("xdp_[a-z]+|vb_[a-z_]+", pin)]
            if pins or "vethbpf" in where:
                seen[f"pins {where.replace(BPFFS, '')}"] = sorted(pins)
        return {what: sorted(how) if isinstance(how, list) else how for what, how in seen.items()}


def objects(panel):
    """Programs, their maps and links in the kernel that belong to the panel, by its map `ends`; its pins."""
    ends = json.loads(run("bpftool", "-j", "map", "show", "pinned", f"{panel}/ends").stdout)["id"]
    progs = {prog["id"]: prog["map_ids"] for prog in json.loads(run("bpftool", "-j", "prog", "show").stdout)
             if ends in prog.get("map_ids", [])}
    links = [link for link in json.loads(run("bpftool", "-j", "link", "show").stdout) if link.get("prog_id") in progs]
    # Of the counters there are as many as were needed at once.
    return {"programs": len(progs), "maps": len(set(sum(progs.values(), []))), "links": len(links),
            "pins": sorted(re.sub(r"^\d+(?=_)", "", pin) for _, _, pins in os.walk(panel) for pin in pins
                           if not pin.startswith("counters_"))}


def has_tcx():
    return tuple(map(int, re.match(r"(\d+)\.(\d+)", os.uname().release).groups())) >= (6, 6)


def differences(before, after):
    """A line for each thing that is not the same; the empty string: none."""
    return "\n".join(f"{what}:\n  was {before.get(what)}\n  is  {after.get(what)}"
                     for what in sorted(before.keys() | after.keys())
                     if before.get(what) != after.get(what))

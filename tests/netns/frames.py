#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the frames that every cable must carry unchanged, one a line: a name, then the bytes in hex.

Frames of all sorts that are on real wires, and some that are on bad ones. They are made once for all
tests, since scapy takes its time to start. None of the TCP segments may be merged by GRO, which
would be the receiving device's doing, not the cable's: hence the SYN flags.
"""
from scapy.layers.inet import GRE, ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import (ICMPv6EchoRequest, ICMPv6MLReport2, ICMPv6ND_NS, IPv6,
                                IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting, RouterAlert)
from scapy.layers.l2 import ARP, LLC, SNAP, STP, Dot1AD, Dot1Q, Dot3, Ether
from scapy.layers.ppp import PPP, PPPoE, PPPoED
from scapy.layers.sctp import SCTP, SCTPChunkData
from scapy.layers.vxlan import VXLAN
from scapy.contrib.lacp import LACP, SlowProtocol
from scapy.contrib.lldp import (LLDPDU, LLDPDUChassisID, LLDPDUEndOfLLDPDU, LLDPDUPortID,
                                LLDPDUTimeToLive)
from scapy.contrib.mpls import MPLS
from scapy.packet import Raw

EXPERIMENT = 0x88b5  # IEEE 802, local experimental EtherType 1
SRC, DST, FOREIGN = "02:00:00:00:aa:01", "02:00:00:00:bb:01", "00:11:22:33:44:55"
BROADCAST = "ff:ff:ff:ff:ff:ff"
V4 = dict(src="192.0.2.1", dst="192.0.2.2")
V6 = dict(src="2001:db8::1", dst="2001:db8::2")
DATA = Raw(bytes(range(100)))


def eth(dst=DST, **fields):
    return Ether(src=SRC, dst=dst, **fields)


def groups():
    """All of 01:80:C2:00:00:00..0F, which a bridge by its standard eats."""
    for i in range(16):
        yield f"group-{i:02x}", eth(f"01:80:c2:00:00:{i:02x}", type=EXPERIMENT) / DATA


def link_local():
    lldp = (LLDPDUChassisID(subtype=4, id=SRC) / LLDPDUPortID(subtype=5, id="port")
            / LLDPDUTimeToLive(ttl=120) / LLDPDUEndOfLLDPDU())
    yield "lldp", eth("01:80:c2:00:00:0e") / LLDPDU() / lldp
    yield "lacp", eth("01:80:c2:00:00:02") / SlowProtocol() / LACP()
    yield "stp", Dot3(src=SRC, dst="01:80:c2:00:00:00") / LLC() / STP()
    yield "pause", eth("01:80:c2:00:00:01", type=0x8808) / Raw(b"\0\1\xff\xff" + bytes(42))
    yield "eapol", eth("01:80:c2:00:00:03", type=0x888e) / Raw(b"\2\1\0\0")
    yield "ptp", eth("01:80:c2:00:00:0e", type=0x88f7) / Raw(b"\2\2" + bytes(52))
    yield "ptp-general", eth("01:1b:19:00:00:00", type=0x88f7) / Raw(b"\0\2" + bytes(42))
    yield "cdp", Dot3(src=SRC, dst="01:00:0c:cc:cc:cc") / LLC() / SNAP(OUI=0xc, code=0x2000) / DATA


def ipv4():
    yield "arp-request", eth(BROADCAST) / ARP(hwsrc=SRC, psrc=V4["src"], pdst=V4["dst"])
    yield "arp-reply", eth() / ARP(op=2, hwsrc=SRC, psrc=V4["src"], hwdst=DST, pdst=V4["dst"])
    yield "udp", eth() / IP(**V4) / UDP(sport=1, dport=9) / DATA
    yield "udp-no-sum", eth() / IP(**V4) / UDP(sport=1, dport=9, chksum=0) / DATA
    yield "udp-wrong-sum", eth() / IP(**V4) / UDP(sport=1, dport=9, chksum=0xbad) / DATA
    yield "ip-wrong-sum", eth() / IP(**V4, chksum=0xbad) / UDP(sport=1, dport=9) / DATA
    yield "tcp", eth() / IP(**V4) / TCP(flags="S", options=[("MSS", 1460), ("SAckOK", b"")]) / DATA
    yield "icmp", eth() / IP(**V4) / ICMP() / DATA
    yield "ip-options", eth() / IP(**V4, options=[b"\x94\x04\0\0"], ttl=1) / ICMP() / DATA
    yield "ip-broadcast", eth(BROADCAST) / IP(src=V4["src"], dst="255.255.255.255") / UDP() / DATA
    yield "ip-multicast", eth("01:00:5e:00:00:05") / IP(src=V4["src"], dst="224.0.0.5", proto=89) / DATA
    for i, part in enumerate(fragment(IP(**V4, id=7) / UDP() / Raw(bytes(2500)), fragsize=1000)):
        yield f"ip-fragment-{i}", eth() / part
    yield "sctp", eth() / IP(**V4) / SCTP(sport=1, dport=2) / SCTPChunkData(data=b"sctp", tsn=1)
    yield "gre", eth() / IP(**V4) / GRE(key_present=1, key=5) / IP(**V4) / ICMP() / DATA
    yield "vxlan", (eth() / IP(**V4) / UDP(sport=50000, dport=4789) / VXLAN(vni=42, flags=8)
                    / eth(BROADCAST) / IP(**V4) / ICMP() / DATA)


def ipv6():
    hop = IPv6ExtHdrHopByHop(options=[RouterAlert()])
    yield "udp6", eth() / IPv6(**V6) / UDP(sport=1, dport=9) / DATA
    yield "tcp6", eth() / IPv6(**V6) / TCP(flags="S") / DATA
    yield "icmp6", eth() / IPv6(**V6) / ICMPv6EchoRequest(data=bytes(64))
    yield "nd", eth("33:33:ff:00:00:02") / IPv6(src=V6["src"], dst="ff02::1:ff00:2") / ICMPv6ND_NS(tgt=V6["dst"])
    yield "mld", eth("33:33:00:00:00:16") / IPv6(src="fe80::1", dst="ff02::16", hlim=1) / hop / ICMPv6MLReport2()
    yield "ip6-headers", (eth() / IPv6(**V6) / hop / IPv6ExtHdrRouting(addresses=["2001:db8::9"])
                          / IPv6ExtHdrDestOpt() / UDP() / DATA)
    yield "ip6-fragment", eth() / IPv6(**V6) / IPv6ExtHdrFragment(m=1, id=7) / UDP() / Raw(bytes(64))
    yield "ip6-last-fragment", eth() / IPv6(**V6) / IPv6ExtHdrFragment(offset=9, id=7, nh=17) / DATA


def tags():
    inner = IP(**V4) / UDP(sport=1, dport=9) / DATA
    for vlan, prio in ((0, 5), (1, 0), (100, 7), (4094, 1)):
        yield f"vlan-{vlan}", eth() / Dot1Q(vlan=vlan, prio=prio, id=vlan & 1) / inner
    yield "vlan-4095", eth() / Dot1Q(vlan=4095) / inner
    yield "vlan-arp", eth(BROADCAST) / Dot1Q(vlan=2) / ARP(hwsrc=SRC, psrc=V4["src"], pdst=V4["dst"])
    yield "s-tag", eth(type=0x88a8) / Dot1AD(vlan=100, prio=3) / inner
    yield "qinq", eth(type=0x88a8) / Dot1AD(vlan=100) / Dot1Q(vlan=200, prio=3) / inner
    yield "qinq-8100", eth() / Dot1Q(vlan=100) / Dot1Q(vlan=200) / inner
    yield "three-tags", eth() / Dot1Q(vlan=1) / Dot1Q(vlan=2) / Dot1Q(vlan=3) / inner
    yield "vlan-lldp", eth("01:80:c2:00:00:0e") / Dot1Q(vlan=5, type=0x88cc) / DATA
    yield "mpls", eth(type=0x8847) / MPLS(label=16, s=0) / MPLS(label=17, s=1) / inner
    yield "mpls-multicast", eth("01:00:5e:80:00:10", type=0x8848) / MPLS(label=18, s=1) / inner
    yield "pppoe-discovery", eth(BROADCAST) / PPPoED() / Raw(b"\1\1\0\0")
    yield "pppoe", eth() / PPPoE(sessionid=1) / PPP() / inner


def odd():
    yield "foreign", eth(FOREIGN, type=EXPERIMENT) / DATA
    yield "broadcast", eth(BROADCAST, type=EXPERIMENT) / DATA
    yield "to-nobody", eth("00:00:00:00:00:00", type=EXPERIMENT) / DATA
    yield "from-nobody", Ether(src="00:00:00:00:00:00", dst=DST, type=EXPERIMENT) / DATA
    yield "loopback-test", eth(type=0x9000) / DATA
    yield "lowest-type", eth(type=0x0600) / DATA
    yield "highest-type", eth(type=0xffff) / DATA
    yield "length-field", Dot3(src=SRC, dst=DST) / LLC(dsap=0xe0, ssap=0xe0, ctrl=3) / DATA
    yield "raw-802.3", Dot3(src=SRC, dst=DST) / Raw(b"\xff\xff" + bytes(62))
    yield "short-ip", eth(type=0x0800) / Raw(b"\x45\0")
    yield "short-vlan", eth(type=0x8100) / Raw(b"\0\5\x08\0\x45\0")
    for size in (14, 15, 46, 59, 60, 61):
        yield f"size-{size}", eth(type=EXPERIMENT) / Raw(bytes(range(size - 14)))


for make in (groups, link_local, ipv4, ipv6, tags, odd):
    for name, packet in make():
        print(name, bytes(packet).hex())

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Programs that other things between two ports fail: link discovery, failure detection, routing.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load talk

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	# Daemons give up root: what they write to must be theirs, and short enough for a socket.
	run_dir=$(mktemp -d /tmp/vbt.XXXXXX)
	chmod 755 "$run_dir"
	make_ends veth wire veth wire
}

teardown() {
	topology_down
	rm -rf "$run_dir"
}

# start NETNS COMMAND...: in the background, until the test ends.
start() {
	nsenter --net="/run/netns/$1" "${@:2}" >>"$run_dir/log" 2>&1 3>&- &
	pids+=($!)
}

# lldp NETNS DEV: starts lldpd on a device. Its socket is named after the namespace.
lldp() {
	mkdir -p /run/lldpd
	start "$1" lldpd -d -u "$run_dir/$1" -I "$2"
	wait_for lldpcli -u "$run_dir/$1" configure lldp tx-interval 1
	# It starts paused, until its own lldpcli has read the configuration.
	wait_for lldpcli -u "$run_dir/$1" resume
}

# finds NETNS OTHER: lldpd in this namespace has a neighbour, now that the other one has spoken.
finds() {
	lldpcli -u "$run_dir/$2" update
	lldpcli -u "$run_dir/$1" -f json show neighbors | jq -e .lldp.interface
}

# neighbour NETNS: the device that the neighbour says it sends from.
neighbour() {
	lldpcli -u "$run_dir/$1" -f json show neighbors |
		jq -r '.lldp.interface | to_entries[0].value.port | .descr // .id.value'
}

@test "lldpd finds its neighbour through the cable" {
	vb pair end-a end-b
	lldp "$left" far-a
	lldp "$right" far-b
	wait_for finds "$left" "$right"
	wait_for finds "$right" "$left"
	[ "$(neighbour "$left")" = far-b ]
	[ "$(neighbour "$right")" = far-a ]
}

@test "lldpd does not find it through a bridge as it comes" {
	ip -n "$mid" link add hub type bridge
	ip -n "$mid" link set end-a master hub
	ip -n "$mid" link set end-b master hub
	ip -n "$mid" link set hub up
	lldp "$left" far-a
	lldp "$right" far-b
	sent() {
		lldpcli -u "$run_dir/$1" update
		lldpcli -u "$run_dir/$1" -f json show statistics summary | jq -e '.lldp.summary.tx.tx | tonumber >= 2'
	}
	wait_for sent "$left"
	wait_for sent "$right"
	run -0 lldpcli -u "$run_dir/$left" -f json show neighbors
	jq -e '.lldp | has("interface") | not' <<<"$output"
}

# router NETNS DAEMON: frr's zebra and one more daemon, with the configuration on stdin.
router() {
	local dir=$run_dir/$1
	mkdir "$dir"
	cat >"$dir/conf"
	echo "hostname $1" >"$dir/zebra"
	chown -R frr:frr "$dir"
	start "$1" /usr/lib/frr/zebra -i "$dir/zebra.pid" -z "$dir/zserv" --vty_socket "$dir" -f "$dir/zebra" -A 127.0.0.1 -P 0
	wait_for [ -S "$dir/zserv" ]
	start "$1" "/usr/lib/frr/$2" -i "$dir/$2.pid" -z "$dir/zserv" --vty_socket "$dir" -f "$dir/conf" "${@:3}"
}

routers_addresses() {
	ip -n "$left" address add 192.0.2.1/24 dev far-a
	ip -n "$right" address add 192.0.2.2/24 dev far-b
}

asks() {
	vtysh --vty_socket "$run_dir/$1" -c "$2"
}

@test "an OSPF adjacency comes up" {
	vb pair end-a end-b
	routers_addresses
	for ns in "$left" "$right"; do
		dev=far-a id=1
		[ "$ns" = "$left" ] || { dev=far-b id=2; }
		router "$ns" ospfd -P 0 <<-END
			interface $dev
			 ip ospf area 0
			 ip ospf network point-to-point
			 ip ospf hello-interval 1
			 ip ospf dead-interval 4
			router ospf
			 ospf router-id 192.0.2.$id
		END
	done
	wait_for eval "asks $left 'show ip ospf neighbor json' | jq -e '[.. | .nbrState? // empty] | any(test(\"^Full\"))'"
	wait_for eval "asks $right 'show ip ospf neighbor json' | jq -e '[.. | .nbrState? // empty] | any(test(\"^Full\"))'"
}

@test "a BFD session comes up, and goes down with the cable" {
	vb pair end-a end-b
	routers_addresses
	router "$left" bfdd --bfdctl "$run_dir/bfd-l" <<<$'bfd\n peer 192.0.2.2 interface far-a\n  no shutdown\n'
	router "$right" bfdd --bfdctl "$run_dir/bfd-r" <<<$'bfd\n peer 192.0.2.1 interface far-b\n  no shutdown\n'
	bfd_is() {
		asks "$left" 'show bfd peers json' | jq -e ".[0].status == \"$1\""
	}
	wait_for bfd_is up
	vb unpair end-a
	wait_for bfd_is down
}

@test "ping with data of every size that fits" {
	vb pair end-a end-b
	routers_addresses
	in_ns "$left" sysctl -qw "net.ipv4.ping_group_range=0 0"
in_ns "$left" /usr/bin/python3 -ISc '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
s.settimeout(10)
for size in range(1473):
    data = bytes([size % 256]) * size
    s.sendto(b"\x08\0\0\0\0\0" + size.to_bytes(2, "big") + data, ("192.0.2.2", 0))
    answer = s.recv(2000)
    assert answer[8:] == data and answer[6:8] == size.to_bytes(2, "big"), (size, answer)
'
	no_bad_sums "$left"
	no_bad_sums "$right"
}

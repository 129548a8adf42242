#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What add makes behaves as a veth pair: a test for each property. docs/veth.md is the table of them.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load add

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# anchor a|b: the name of eth-a's or eth-b's.
anchor() {
	vb -j show eth-a | jq -r ".[0].$1.anchor.dev"
}

# frames_taken: at both ends together.
frames_taken() {
	vb -j show eth-a | jq '.[0] | .a.taken.frames + .b.taken.frames'
}

# with_ipv6 NETNS DEV: lets IPv6 live on it, which the topology's namespaces do not.
with_ipv6() {
	in_ns "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=0"
}

# Size

@test "MTU: any from 68 to 65535 on either end, when made and later" {
	vb add eth-a netns "$left" mtu 68 peer eth-b netns "$right" mtu 65535
	link "$left" eth-a '.mtu == 68 and .min_mtu == 68 and (.max_mtu | . == 65535 or . == 0)'
	link "$right" eth-b '.mtu == 65535'
	ip -n "$left" link set eth-a mtu 65535
	ip -n "$right" link set eth-b mtu 68
	link "$left" eth-a '.mtu == 65535'
	link "$right" eth-b '.mtu == 68'
}

@test "MTU: frames as long as it is cross, 65535 too" {
	add_apart mtu 65535
	frames_cross "$left/eth-a" "$right/eth-b" --mtu 65535
}

@test "MTU: changed while up, forwarding goes on" {
	add_apart
	with_ipv4
	pings
	ip -n "$left" link set eth-a mtu 9000
	ip -n "$right" link set eth-b mtu 9000
	in_ns "$left" ping -q -c 1 -W 5 -M "do" -s 8972 192.0.2.2
}

# bats test_tags=kernel
@test "MTU: what is longer than the receiver's is dropped, and counted" {
	kernel_is 6 2 || skip "before Linux 6.2 the programs cannot see an endpoint's MTU"
	add_apart
	with_ipv4
	pings
	ip -n "$left" link set eth-a mtu 1600
	run ! in_ns "$left" ping -q -c 1 -W 1 -M "do" -s 1572 192.0.2.2
	vb -j show eth-a | jq -e '.[0].a.taken.dropped | .too_long > 0 and .down == 0'
	ip -n "$right" link set eth-b mtu 1600
	in_ns "$left" ping -q -c 1 -W 5 -M "do" -s 1572 192.0.2.2
}

# Addresses

@test "address: set when made, and later while up" {
	vb add eth-a netns "$left" address 02:00:00:00:00:0a up peer eth-b netns "$right" up
	with_ipv4
	link "$left" eth-a '.address == "02:00:00:00:00:0a"'
	pings
	ip -n "$left" link set eth-a address 02:00:00:00:00:0b
	link "$left" eth-a '.address == "02:00:00:00:00:0b"'
	ip -n "$right" neigh flush dev eth-b
	pings
}

@test "address: one and the same at both ends" {
	add_apart address 02:00:00:00:00:0a
	with_ipv4
	pings
}

@test "address: every pair has others, locally administered" {
	local i
	for i in 1 2 3 4; do
		vb add "a$i" peer "b$i"
	done
	ip -n "$mid" -j link show type macvlan |
		jq -e '[.[].address] | (unique | length) == 8 and all(test("^.[26ae]:"))'
}

# Names and namespaces

@test "renamed while up, forwarding goes on" {
	kernel_is 6 2 || skip "before Linux 6.2 no device that is up can be renamed"
	add_apart
	with_ipv4
	ip -n "$left" link set eth-a name other
	pings
}

@test "moved to another namespace at any time, forwarding goes on" {
	add_apart
	with_ipv4
	pings
	ip -n "$right" link set eth-b netns "$mid"
	ip -n "$mid" link set eth-b up
	ip -n "$mid" addr add 192.0.2.2/24 dev eth-b
	pings
	ip -n "$mid" link set eth-b netns "$right"
	ip -n "$right" link set eth-b up
	ip -n "$right" addr add 192.0.2.2/24 dev eth-b
	pings
}

# What a container runtime's bridge plugin (CNI) does with a veth pair.
@test "a container's: made here, one end moved and renamed to eth0, the other in a bridge, then the namespace deleted" {
	local n
	ip -n "$mid" link add cni0 type bridge
	ip -n "$mid" addr add 192.0.2.254/24 dev cni0
	ip -n "$mid" link set cni0 up
	for n in 1 2; do
		vb add "host$n" peer "tmp$n"
		ip netns add "$prefix-pod$n"
		ip -n "$mid" link set "tmp$n" netns "$prefix-pod$n"
		ip -n "$prefix-pod$n" link set "tmp$n" name eth0
		ip -n "$prefix-pod$n" link set eth0 address "02:00:00:00:00:0$n" up
		ip -n "$prefix-pod$n" addr add "192.0.2.$n/24" dev eth0
		ip -n "$prefix-pod$n" route add default via 192.0.2.254
		ip -n "$mid" link set "host$n" master cni0 up
	done
	wait_for in_ns "$prefix-pod1" ping -q -c 1 -W 1 192.0.2.2
	in_ns "$prefix-pod2" ping -q -c 1 -W 5 192.0.2.254
	for n in 1 2; do
		ip netns del "$prefix-pod$n"
		wait_for eval 'vb gc && ! ip -n "$mid" link show dev "host$n"'
	done
	[ "$(ip -n "$mid" -j link show | jq -c 'map(.ifname)')" = '["lo","cni0"]' ]
	[ ! -e "$panel" ]
}

@test "a mark does not get from one namespace into another" {
	add_apart
	with_ipv4
	in_ns "$right" ip rule add fwmark 7 blackhole
	in_ns "$right" sysctl -qw net.ipv4.fwmark_reflect=1
	in_ns "$left" ping -q -c 1 -W 5 -m 7 192.0.2.2
}

# States

@test "down and up again, forwarding goes on" {
	add_apart
	with_ipv4
	pings
	ip -n "$left" link set eth-a down
	run ! in_ns "$right" ping -q -c 1 -W 1 192.0.2.1
	if kernel_is 6 2; then
		vb -j show eth-a | jq -e '.[0].b.taken.dropped | .down > 0 and .too_long == 0'
	fi
	ip -n "$left" link set eth-a up
	wait_for is_running "$left" eth-a
	pings
}

@test "carrier: on as long as the device is up" {
	add_apart
	link "$left" eth-a '(.flags | index("LOWER_UP")) and .operstate == "UP"'
	ip -n "$right" link set eth-b down
	sleep 2	# the kernel tells of link states at most once a second
	link "$left" eth-a '(.flags | index("LOWER_UP")) and .operstate == "UP"'
}

# What stacks do with it

@test "IPv6: neighbours are found and addresses of its own checked" {
	vb add eth-a netns "$left" peer eth-b netns "$right"
	with_ipv6 "$left" eth-a
	with_ipv6 "$right" eth-b
	ip -n "$left" link set eth-a up
	ip -n "$right" link set eth-b up
	ip -n "$left" addr add 2001:db8::1/64 dev eth-a
	ip -n "$right" addr add 2001:db8::2/64 dev eth-b
	pings_v6() { in_ns "$left" ping -6 -q -c 1 -W 1 2001:db8::2; }
	wait_for pings_v6
	ip -n "$left" neigh show 2001:db8::2 dev eth-a | grep -q lladdr
}

@test "IPv6: an address that the other end has is found to be a duplicate" {
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	with_ipv6 "$left" eth-a
	with_ipv6 "$right" eth-b
	ip -n "$left" addr add 2001:db8::1/64 dev eth-a nodad
	ip -n "$right" addr add 2001:db8::1/64 dev eth-b
	wait_for eval 'ip -n "$right" addr show dev eth-b | grep dadfailed'
}

@test "multicast: groups that are joined, and those that nobody joined, are received" {
	add_apart
	with_ipv4
	ip -n "$left" route add 224.0.0.0/4 dev eth-a
	ip -n "$right" link show eth-b | grep -q MULTICAST
	in_ns "$right" timeout 20 tcpdump -p -n -l -c 1 -i eth-b 'dst 239.1.2.3' >"$BATS_TEST_TMPDIR/seen" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pids+=($!)
	wait_for grep -q listening "$BATS_TEST_TMPDIR/err"
	says "$left" 239.1.2.3 5353
	wait $!
	grep -q 239.1.2.3 "$BATS_TEST_TMPDIR/seen"
}

@test "multicast: a burst of 10000 frames arrives, every one" {
	add_apart
	[ "$("$here/burst.py" "$left/eth-a" "$right/eth-b" 10000)" = "10000 of 10000" ]
}

@test "multicast: a burst with unicast in between arrives in order" {
	kernel_is 6 4 || skip "before Linux 6.4 a macvlan has group frames wait in a queue"
	add_apart
	[ "$("$here/burst.py" --mixed "$left/eth-a" "$right/eth-b" 10000)" = "10000 of 10000, in order" ]
}

@test "promiscuous: frames for other addresses are seen" {
	add_apart
	with_ipv4
	ip -n "$right" link set eth-b promisc on
	link "$right" eth-b '.flags | index("PROMISC")'
	ip -n "$left" neigh add 192.0.2.9 lladdr 02:00:00:00:00:99 dev eth-a
	in_ns "$right" timeout 20 tcpdump -n -l -c 1 -i eth-b 'ether dst 02:00:00:00:00:99' >"$BATS_TEST_TMPDIR/seen" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pids+=($!)
	wait_for grep -q listening "$BATS_TEST_TMPDIR/err"
	says "$left" 192.0.2.9 9
	wait $!
}

@test "enslaved to a bridge, it forwards for whoever is behind" {
	add_apart
	ip -n "$right" link add br0 up type bridge
	ip -n "$right" link add behind type veth peer name host netns "$mid"
	ip -n "$right" link set behind up master br0
	ip -n "$right" link set eth-b master br0
	ip -n "$mid" link set host up
	ip -n "$mid" addr add 192.0.2.2/24 dev host
	ip -n "$left" addr add 192.0.2.1/24 dev eth-a
	wait_for is_running "$right" br0
	wait_for pings
}

# bats test_tags=kernel
@test "VLAN devices on top" {
	can_make_vlan || skip "this kernel has no vlan devices"
	add_apart
	ip -n "$left" link add link eth-a name eth-a.7 up type vlan id 7
	ip -n "$right" link add link eth-b name eth-b.7 up type vlan id 7
	ip -n "$left" addr add 192.0.2.1/24 dev eth-a.7
	ip -n "$right" addr add 192.0.2.2/24 dev eth-b.7
	pings
}

can_make_vlan() {
	ip -n "$mid" link add vbt-low type bridge
	ip -n "$mid" link add link vbt-low name vbt-try type vlan id 7 2>/dev/null
}

# Offloads and counters

@test "offloads: checksums, scatter-gather and TSO are on" {
	vb add eth-a netns "$left" peer eth-b netns "$right"
	in_ns "$left" ethtool -k eth-a | sed 's/^\t*//' >"$BATS_TEST_TMPDIR/features"
	for feature in tx-checksumming scatter-gather tcp-segmentation-offload \
		tx-tcp6-segmentation generic-segmentation-offload; do
		grep -qE "^$feature: on( |$)" "$BATS_TEST_TMPDIR/features" || { echo "$feature"; false; }
	done
	in_ns "$left" ethtool -i eth-a | grep -qx "driver: macvlan"
}

@test "offloads: a stream crosses in packets far above the MTU" {
	add_apart
	with_ipv4
	stream 192.0.2.2 64M
	[ "$(bytes_per_frame)" -gt 20000 ]
}

# stream ADDRESS BYTES: from left to right by TCP.
stream() {
	in_ns "$right" iperf3 -s -1 >/dev/null 3>&- &
	pids+=($!)
	wait_for eval 'in_ns "$right" ss -Hltn "sport = 5201" | grep -q LISTEN'
	wait_for in_ns "$left" ping -q -c 1 -W 1 "$1"
	taken=$(taken eth-a)
	in_ns "$left" iperf3 -c "$1" -n "$2" >/dev/null
}

# bytes_per_frame: of what eth-a sent in the last stream.
bytes_per_frame() {
	jq -n --argjson before "$taken" --argjson after "$(taken eth-a)" \
		'($after.a.bytes - $before.a.bytes) / ($after.a.frames - $before.a.frames) | floor'
}

@test "BIG TCP: gso and gro sizes are as large as the anchor takes, or as told" {
	local most
	vb add eth-a netns "$left" peer eth-b netns "$right" gso 2048
	most=$(ip -n "$mid" -d -j link show "$(anchor a)" | jq '.[0].tso_max_size')
	link "$left" eth-a ".gso_max_size == $most and .gro_max_size == $most"
	link "$right" eth-b '.gso_max_size == 2048 and .gro_max_size == 2048'
}

@test "BIG TCP: packets above 64 KiB cross, with IPv4 and IPv6" {
	local address
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	link "$left" eth-a '.gso_max_size > 65536' || skip "this kernel's anchors take no more than 64 KiB"
	with_ipv4
	with_ipv6 "$left" eth-a
	with_ipv6 "$right" eth-b
	ip -n "$left" addr add 2001:db8::1/64 dev eth-a nodad
	ip -n "$right" addr add 2001:db8::2/64 dev eth-b nodad
	for address in 192.0.2.2 2001:db8::2; do
		stream "$address" 256M
		[ "$(bytes_per_frame)" -gt 65536 ]
	done
}

@test "counters: both devices count what they send and receive" {
	local before
	add_apart
	with_ipv4
	pings
	before=$(ip -n "$right" -s -j link show eth-b | jq '.[0].stats64')
	in_ns "$left" ping -q -c 10 -i 0.01 -s 1000 192.0.2.2
	link "$right" eth-b ".stats64 | .rx.packets >= $(jq .rx.packets <<<"$before") + 10 and
		.rx.bytes >= $(jq .rx.bytes <<<"$before") + 10420 and
		.tx.packets >= $(jq .tx.packets <<<"$before") + 10 and .rx.errors == 0 and .tx.errors == 0"
}

# Anchors

@test "anchors: an idle pair carries no frame in 30 s" {
	local end
	add_apart
	for end in a b; do
		ip -n "$mid" -s -j link show "$(anchor "$end")" >"$BATS_TEST_TMPDIR/$end"
	done
	[ "$(frames_taken)" -eq 0 ]
	sleep 30
	[ "$(frames_taken)" -eq 0 ]
	for end in a b; do
		ip -n "$mid" -s -j link show "$(anchor "$end")" |
			jq -e '.[0].stats64 | .rx.packets == 0 and .tx.packets == 0'
	done
}

@test "anchors: none has an address or says a word, with IPv6 and forwarding in the panel's namespace" {
	local end
	in_ns "$mid" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	wait_for is_running "$left" eth-a
	sleep 3	# MLD and router solicitations would have come in it
	for end in a b; do
		ip -n "$mid" -j addr show dev "$(anchor "$end")" |
			jq -e '.[0] | .addr_info == [] and (.flags | index("NOARP"))'
	done
	[ "$(frames_taken)" -eq 0 ]
}

@test "anchors: the panel's namespace neither answers nor hears what crosses" {
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	with_ipv4
	ip -n "$mid" link add mine up type bridge
	ip -n "$mid" addr add 192.0.2.77/24 dev mine
	listen "$mid" 0.0.0.0 6767
	says "$left" 255.255.255.255 6767 "s.setsockopt(socket.SOL_SOCKET, 25, b'eth-a\\0')"
	pings
	run ! in_ns "$left" ping -q -c 1 -W 1 192.0.2.77
	[ "$(cat "$heard")" = ready ]
}

@test "anchors: hundreds of pairs in one batch, and all of them gone in another" {
	local i
	for i in {1..200}; do
		echo "add a$i up peer b$i up"
	done | vb -b -
	[ "$(vb -j list | jq '[.[] | select(.state == "plugged")] | length')" -eq 200 ]
	[ "$(ip -n "$mid" -j link show type macvlan | jq '[.[] | select(.flags | index("LOWER_UP"))] | length')" -eq 400 ]
	for i in {1..200}; do
		echo "del b$i"
	done | vb -b -
	[ "$(ip -n "$mid" -j link show | jq length)" -eq 1 ]
	[ ! -e "$panel" ]
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Real programs over the cable. For tests that have loaded lib.bash.

# no_bad_sums NETNS: the kernel of this namespace has received nothing with a wrong checksum.
no_bad_sums() {
	in_ns "$1" nstat -az --json | jq -e '.kernel | [to_entries[]
		| select(.key | test("CsumErrors|InHdrErrors"))] | length > 0 and all(.value == 0)'
}

# talk NETNS DEV NETNS DEV: gives both devices addresses; then IPv4, IPv6, TCP and UDP work, whole.
talk() {
	local client=$1 server=$3 result
	local i ns dev
	for i in 1 2; do
		ns=$1 dev=$2
		shift 2
		in_ns "$ns" sysctl -qw "net.ipv6.conf.$dev.disable_ipv6=0"
		ip -n "$ns" address add "192.0.2.$i/24" dev "$dev"
		ip -n "$ns" address add "2001:db8::$i/64" dev "$dev" nodad
	done
	in_ns "$client" ping -q -c 3 -i 0.01 -W 5 192.0.2.2
	in_ns "$client" ping -q -c 3 -i 0.01 -W 5 2001:db8::2
	in_ns "$client" ping -q -c 3 -i 0.01 -W 5 -s 1472 -M "do" 192.0.2.2

	# UDP may be lost in the sockets, TCP not.
	for i in 192.0.2.2 2001:db8::2 "192.0.2.2 -u -b 100M -n 1M"; do
		in_ns "$server" iperf3 -s -1 -B "${i%% *}" >/dev/null 2>&1 3>&- &
		pids+=($!)
		wait_for eval "in_ns $server ss -Hltn sport = 5201 | grep -q ."
		# shellcheck disable=SC2086 # address and options
		result=$(in_ns "$client" iperf3 -J -w 64K -n 8M -c $i)
		wait $!
		unset 'pids[-1]'
		if [[ $i == *" -u "* ]]; then
			jq -e '.end.sum | .packets > 0 and .lost_packets < .packets' <<<"$result"
			continue
		fi
		# What is still in the sockets' buffers when the client is done is not counted.
		jq -e '.end | .sum_sent.bytes >= 8 * 1024 * 1024
			and .sum_sent.bytes - .sum_received.bytes < 512 * 1024' <<<"$result"
	done
	no_bad_sums "$client"
	no_bad_sums "$server"
}

# hush NETNS DEV NETNS DEV: takes the addresses away again.
hush() {
	while [ $# -gt 0 ]; do
		ip -n "$1" address flush dev "$2"
		in_ns "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=1"
		shift 2
	done
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of add share, on top of lib.bash.
# shellcheck disable=SC2034,SC2153,SC2154 # lib.bash and bats set them
#
#     left                 mid, the panel                 right
#   +---------+     +---------------------------+     +---------+
#   |   eth-a |-----| anchor    ===    anchor   |-----| eth-b   |
#   +---------+     +---------------------------+     +---------+

# add_apart [OPTION...]: eth-a in left and eth-b in right, both up. Options are for each.
add_apart() {
	vb add eth-a netns "$left" "$@" up peer eth-b netns "$right" "$@" up
	wait_for is_running "$left" eth-a
	wait_for is_running "$right" eth-b
}

# with_ipv4: 192.0.2.1 at eth-a, 192.0.2.2 at eth-b.
with_ipv4() {
	ip -n "$left" addr add 192.0.2.1/24 dev eth-a
	ip -n "$right" addr add 192.0.2.2/24 dev eth-b
}

# pings [ADDRESS]: from left, once answered.
pings() {
	in_ns "$left" ping -q -c 1 -W 5 "${1-192.0.2.2}"
}

# link NETNS DEV FILTER: what ip tells of it is as jq's FILTER says.
link() {
	ip -n "$1" -d -s -j link show dev "$2" | jq -e ".[0] | $3" || { ip -n "$1" -d -s link show dev "$2"; false; }
}

# frames_cross A B [OPTION...]: frames of every sort cross unchanged both ways between two places
# (but pause frames, which a macvlan drops), and the counters tell of them.
frames_cross() {
	local sent frames=$BATS_TEST_TMPDIR/frames taken
	taken=$(taken eth-a)
	grep -v '^pause ' "$FRAMES" >"$frames"
	kernel_is 6 4 || set -- "$@" --by-cast	# group frames wait in a queue there
	sent=$(wire cross "${@:3}" "$frames" "$1" "$2")
	jq -en --argjson sent "$sent" --argjson before "$taken" --argjson after "$(taken eth-a)" \
		'$after == ($before | with_entries(.key as $side | .value |=
			with_entries(.value += $sent[$side][.key])))'
	[ "$(dropped eth-a)" -eq 0 ]
}

# listens NETNS ADDRESS PORT: counts what UDP brings there, into $heard when stop_listening is called.
listen() {
	heard=$BATS_TEST_TMPDIR/heard
	in_ns "$1" python3 -c "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('$2', $3))
print('ready', flush=True)
while True:
    s.recv(2048)
    print('heard', flush=True)" >"$heard" 2>/dev/null 3>&- &
	pids+=($!)
	wait_for grep -q ready "$heard"
}

# says NETNS ADDRESS PORT: a UDP datagram, broadcast allowed.
says() {
	in_ns "$1" python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
${4-}
s.sendto(b'hello', ('$2', $3))"
}

# kernel_is MAJOR MINOR: or later.
kernel_is() {
	local major minor
	IFS=. read -r major minor _ < <(uname -r)
	[ "$major" -gt "$1" ] || { [ "$major" -eq "$1" ] && [ "${minor%%[!0-9]*}" -ge "$2" ]; }
}

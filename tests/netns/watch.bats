#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The agent: link state follows, cables heal, what is wanted by configuration is made.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	out=$BATS_TEST_TMPDIR/out
	conf=$BATS_TEST_TMPDIR/conf
	mkdir "$conf"
}

teardown() {
	topology_down
}

# Whoever stands in for systemd writes here what it is told.
listen() {
	export NOTIFY_SOCKET=$BATS_TEST_TMPDIR/notify
	/usr/bin/python3 -IuSc '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: print(s.recv(4096).decode())' "$NOTIFY_SOCKET" >"$BATS_TEST_TMPDIR/notified" &
	pids+=($!)
	wait_for test -S "$NOTIFY_SOCKET"
}

notified() {
	grep -x "$1" "$BATS_TEST_TMPDIR/notified"
}

# start OPTION...: the agent, in the background, into $out; back when it is ready.
start() {
	listen
	"$vethbpf" -n "$mid" watch conf "$conf" "$@" >"$out" 2>&1 &
	pids+=($!)
	agent=$!
	wait_for notified READY=1
}

# stop SIGNAL
stop() {
	local status=0
	kill "-$1" "$agent"
	wait "$agent" || status=$?
	[ "$1" = KILL ] || [ "$status" -eq 0 ]
}

# is NETNS DEV FILTER: what ip tells of the device is as jq's FILTER says.
is() {
	ip -n "$1" -j link show dev "$2" | jq -e ".[0] | $3"
}

carrier='.flags | index("LOWER_UP")'
no_carrier='.flags | index("LOWER_UP") | not'

# all_running: the links of both ends, near and far, as they are when nothing is held.
all_running() {
	wait_for is_running "$left" far-a
	wait_for is_running "$right" far-b
	wait_for is_running "$mid" end-a
	wait_for is_running "$mid" end-b
}

# carries: as crosses, once frames do cross: the agent makes a cable while its links come up. From then
# on none is lost, and the counters rise by these and no others.
carries() {
	local sent before lost
	wait_for wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	before=$(taken end-a) lost=$(dropped end-a)
	sent=$(wire cross "$FRAMES" "$left/far-a" "$right/far-b")
	jq -ne --argjson before "$before" --argjson now "$(taken end-a)" --argjson sent "$sent" '
		["a", "b"] | all(. as $side | ["frames", "bytes"] |
			all(. as $what | $now[$side][$what] - $before[$side][$what] == $sent[$side][$what]))'
	[ "$(dropped end-a)" -eq "$lost" ]
}

# hold_tap DEV: opens it, as a virtual machine does: it has a carrier from then on.
hold_tap() {
	in_ns "$mid" /usr/bin/python3 -ISc '
import fcntl, os, struct, sys, time
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH22x", sys.argv[1].encode(), 0x1002))  # TUNSETIFF
time.sleep(600)' "$1" 3>&- &
	pids+=($!)
	wait_for is "$mid" "$1" "$carrier"
}

# Link state follows

@test "a tap has no carrier while the other end has none, or is down" {
	make_ends veth wire tap wire
	hold_tap end-b
	vb pair end-a end-b
	start
	ip -n "$mid" link set end-a down
	wait_for is "$mid" end-b "$no_carrier"
	ip -n "$mid" link set end-a up
	wait_for is "$mid" end-b "$carrier"
	ip -n "$left" link set far-a down
	wait_for is "$mid" end-b "$no_carrier"
	ip -n "$left" link set far-a up
	wait_for is "$mid" end-b "$carrier"
	grep -Fx "end-a <-> end-b: end-b link taken (carrier): end-a has none" "$out"
	grep -Fx "end-a <-> end-b: end-b link given back (carrier)" "$out"
}

@test "a veth that has lost its peer is dormant, for whoever looks, and carries when it is back" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	ip -n "$right" link set far-b down
	wait_for is "$mid" end-a '.operstate == "DORMANT"'
	ip -n "$right" link set far-b up
	wait_for is "$mid" end-a '.operstate == "UP" and .linkmode == "DEFAULT"'
	all_running
	crosses
}

@test "link admin sets a veth down, so that its other end sees it" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start link admin
	ip -n "$right" link set far-b down
	wait_for is "$left" far-a "$no_carrier"
	is "$mid" end-a '.flags | index("UP") | not'
	ip -n "$right" link set far-b up
	wait_for is "$left" far-a "$carrier"
}

@test "link leave touches nobody's link" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start link leave
	ip -n "$left" link set far-a down
	wait_for grep -Fx "end-a <-> end-b: end-a down: no carrier" "$out"
	stop TERM
	is "$mid" end-b "$carrier"
	! grep -F taken "$out" || false
}

@test "endpoints in two namespaces: as with veth" {
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	start
	ip -n "$left" link set eth-a down
	wait_for is "$right" eth-b "$no_carrier"
	ip -n "$left" link set eth-a up
	wait_for is "$right" eth-b "$carrier"
	ip -n "$right" link set eth-b down
	wait_for is "$left" eth-a "$no_carrier"
	# Both down, both up again: neither waits for the other.
	ip -n "$left" link set eth-a down
	ip -n "$left" link set eth-a up
	ip -n "$right" link set eth-b up
	wait_for is "$right" eth-b "$carrier"
	wait_for is "$left" eth-a "$carrier"
}

@test "a dummy's carrier follows" {
	make_ends dummy stack veth wire
	vb pair end-a end-b
	start
	ip -n "$right" link set far-b down
	wait_for is "$mid" end-a "$no_carrier"
	ip -n "$right" link set far-b up
	wait_for is "$mid" end-a "$carrier"
}

@test "the cable pulled out: no link at either end; one way: none where nothing arrives" {
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	start
	vb unplug eth-a
	wait_for is "$left" eth-a "$no_carrier"
	wait_for is "$right" eth-b "$no_carrier"
	vb plug eth-a direction in
	wait_for is "$left" eth-a "$carrier"
	is "$right" eth-b "$no_carrier"
	vb plug eth-a
	wait_for is "$right" eth-b "$carrier"
	grep -F "eth-a <-> eth-b: unplugged: nothing crosses either way" "$out"
}

@test "a cable that was pulled out is healed, and stays pulled out" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	vb unplug end-a direction out
	start
	ip -n "$mid" link del end-b
	wait_for grep -Fx "end-a <-> end-b: broken: end-b is gone or in another namespace" "$out"
	ip -n "$mid" link add end-b type bridge
	wait_for shows '.state == "unplugged" and .why == "nothing crosses from end-a to end-b"'
}

@test "what is taken is given back when the agent ends" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start
	ip -n "$left" link set far-a down
	wait_for is "$mid" end-b "$no_carrier"
	stop TERM
	is "$mid" end-b "$carrier"
	is "$mid" end-b '.proto_down != true'
	notified STOPPING=1
}

@test "what cannot be given back is told once, and given back as soon as it can be" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start
	ip -n "$left" link set far-a down
	wait_for is "$mid" end-b "$no_carrier"
	# Somebody else, such as a routing daemon, has a reason of his own.
	ip -n "$mid" link set end-b protodown_reason 3 on
	ip -n "$left" link set far-a up
	wait_for grep -Fx "end-a <-> end-b: end-b link cannot be given back (protodown): Device or resource busy" "$out"
	kill -HUP "$agent"	# and after another look
	wait_for eval '[ "$(grep -cx READY=1 "$BATS_TEST_TMPDIR/notified")" -eq 2 ]'
	[ "$(grep -c "cannot be given back" "$out")" -eq 1 ]
	ip -n "$mid" link set end-b protodown_reason 3 off
	wait_for is "$mid" end-b "$carrier"
}

@test "what a killed agent took, the next one gives back" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start
	ip -n "$left" link set far-a down
	wait_for is "$mid" end-b "$no_carrier"
	stop KILL
	ip -n "$left" link set far-a up
	rm "$NOTIFY_SOCKET"
	start
	wait_for is "$mid" end-b "$carrier"
}

@test "what a killed agent took, unpair gives back" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start
	ip -n "$left" link set far-a down
	wait_for is "$mid" end-b "$no_carrier"
	stop KILL
	vb unpair end-a
	wait_for is "$mid" end-b "$carrier"
	[ ! -e "$panel" ]
}

@test "200 changes, each one followed" {
	make_ends veth wire tap wire
	hold_tap end-b
	vb pair end-a end-b
	start
	in_ns "$mid" "$here/lag.py" end-a "/run/netns/$mid" end-b 200
}

# Cables heal

@test "a device that is deleted and comes back under its name is paired again" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	ip -n "$mid" link del end-a
	wait_for grep -Fx "end-a <-> end-b: broken: end-a is gone or in another namespace" "$out"
	make_end a veth
	wait_for shows '.state == "plugged"'
	all_running
	carries
	grep -F "healed: pair end-a " "$out"
}

@test "a device that was moved away and comes back" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	ip -n "$mid" link set end-a netns "$left"
	wait_for grep -F "end-a moved" "$out"
	ip -n "$left" link set end-a netns "$mid"
	ip -n "$mid" link set end-a up
	wait_for shows '.state == "plugged"'
	all_running
	carries
}

@test "what unpair took away stays away" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	vb unpair end-a
	ip -n "$mid" link del end-a
	make_end a veth
	wait_for grep -Fx "end-a <-> end-b: unpaired" "$out"
	stop TERM
	[ "$(vb -j list)" = "[]" ]
}

@test "a program that somebody detaches is put back" {
	export VETHBPF_NO_TCX=1
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	tc -n "$mid" filter del dev end-b ingress
	wait_for grep -F "broken: end-b lacks its hook vb_wire_rx (clsact)" "$out"
	wait_for shows '.state == "plugged"'
	crosses
}

@test "hooks leave: it stays detached" {
	export VETHBPF_NO_TCX=1
	make_ends veth wire veth wire
	vb pair end-a end-b
	start hooks leave
	tc -n "$mid" filter del dev end-b ingress
	wait_for grep -F "broken: end-b lacks its hook vb_wire_rx (clsact)" "$out"
	kill -HUP "$agent"	# and after another look
	wait_for notified "RELOADING=1"
	stop TERM
	shows '.state == "broken"'
}

@test "while a batch is at work, link state follows; what is to be healed waits for its end" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	start
	exec {lock}<"$bpffs"
	flock "$lock"	# as a batch does
	ip -n "$mid" link del end-a
	wait_for grep -Fx "end-a <-> end-b: broken: end-a is gone or in another namespace" "$out"
	make_end a veth
	ip -n "$left" link set eth-a down
	wait_for is "$right" eth-b "$no_carrier"
	shows '.state == "broken"'
	exec {lock}<&-
	wait_for shows '.state == "plugged"'
}

@test "what cannot be healed is said once" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	start
	ip -n "$mid" link del end-a
	ip -n "$mid" link add end-a type bridge
	ip -n "$mid" link add name end-br type bridge
	ip -n "$mid" link set end-a master end-br 2>/dev/null || true
	wait_for shows '.state == "plugged"' || true
	stop TERM
	[ "$(grep -c "^vethbpf: pair" "$out")" -le 1 ]
}

@test "one of two added devices is deleted: the other goes at once, as with veth" {
	vb add eth-a netns "$left" peer eth-b netns "$right"
	start
	ip -n "$left" link del eth-a
	wait_for eval '! ip -n "$right" link show dev eth-b'
	wait_for eval '[ "$(vb -j list)" = "[]" ]'
}

# What is wanted

@test "configuration: made at once, as soon as it can be, and again after SIGHUP" {
	echo "pair end-a end-b" >"$conf/10-cable.conf"
	echo "pair nonsense" >"$conf/ignored"
	make_end a veth
	start
	grep -F "$conf/10-cable.conf:1: pair end-a end-b: no device end-b" "$out"
	make_end b veth
	wait_for shows '.state == "plugged"'
	all_running
	carries
	printf '%s\n' "# more" "" "add eth-a netns $left peer eth-b netns $right" >"$conf/20-more.conf"
	kill -HUP "$agent"
	wait_for eval '[ "$(vb -j list | jq length)" -eq 2 ]'
	wait_for eval '[ "$(grep -cx READY=1 "$BATS_TEST_TMPDIR/notified")" -eq 2 ]'
	[ "$(grep -c "no device end-b" "$out")" -eq 1 ]
	# What is true already is nothing to be told.
	[ "$(grep -c "already" "$out")" -eq 0 ]
}

@test "configuration: read again right after the start, and said to be" {
	start
	kill -HUP "$agent"
	wait_for eval '[ "$(grep -cx READY=1 "$BATS_TEST_TMPDIR/notified")" -eq 2 ]'
}

@test "configuration: an added pair comes back when it was deleted" {
	echo "add eth-a netns $left peer eth-b netns $right" >"$conf/a.conf"
	start
	wait_for ip -n "$right" link show dev eth-b
	ip -n "$left" link del eth-a
	wait_for grep -F "broken" "$out"
	wait_for ip -n "$left" link show dev eth-a
	wait_for ip -n "$right" link show dev eth-b
}

@test "configuration that is wrong: said with file and line, the rest is made" {
	make_ends veth wire veth wire
	printf '%s\n' "pair end-a" "pair end-a end-b" >"$conf/a.conf"
	start
	grep -Fx "vethbpf: $conf/a.conf:1: two devices are needed" "$out"
	shows '.state == "plugged"'
}

@test "less than 3 MB resident" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start
	wait_for eval '[ "$(awk "/^VmRSS/ { print \$2 }" "/proc/$agent/status")" -lt 3072 ]'
}

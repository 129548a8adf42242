#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# replug: a cable is moved from one peer to another, and no frame is lost on the way.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load stream

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# How often a cable is moved in a test; 100 for the full measure.
TIMES=${VETHBPF_REPLUGS:-10}

# three_wires: veths end-a, end-b and end-c; the other ends of the last two are in one namespace.
three_wires() {
	local dev
	make_ends veth wire veth wire
	ip -n "$mid" link add end-c type veth peer name far-c netns "$right"
	ip -n "$mid" link set end-c up
	ip -n "$right" link set far-c up
	wait_for is_running "$right" far-c
	wait_for is_running "$mid" end-c
}

# moves OF_C OF_B: the cable of end-a between end-c and end-b, with these options.
moves() {
	local i
	for ((i = 0; i < TIMES / 2; i++)); do
		echo "pair end-a end-c $1 replug"
		echo "pair end-a end-b $2 replug"
	done | vb -b -
}

# loses_nothing OF_C OF_B: under a stream, which both get a part of.
loses_nothing() {
	stream_start "$right/far-b" "$right/far-c"
	moves "$@"
	stream_stop
	[ "$(streamed_to 1)" -gt 0 ]
	[ "$(streamed_to 2)" -gt 0 ]
	shows '.state == "plugged" and .b.dev == "end-b" and ([.a, .b | .hooks[].attached] | all)'
	[ "$(vb -j list | jq length)" -eq 1 ]
	vb unpair end-a
	[ ! -e "$panel" ]
}

@test "nothing is lost or doubled, datapath tc" {
	three_wires
	vb pair end-a end-b datapath tc
	loses_nothing "datapath tc" "datapath tc"
}

# bats test_tags=kernel
@test "nothing is lost or doubled, datapath auto: peer" {
	three_wires
	vb pair end-a end-b
	loses_nothing "" ""
}

@test "nothing is lost or doubled when gates come and go" {
	three_wires
	vb pair end-a end-b open datapath tc
	stream_start "$right/far-b" "$right/far-c"
	for ((i = 0; i < TIMES / 2; i++)); do
		echo "pair end-a open end-c replug"
		echo "pair end-a end-b open replug datapath tc"
	done | sed 's/ replug datapath tc/ datapath tc replug/' | vb -b -
	stream_stop
	hooked a vb_wire_tx
	run ! hooked b vb_wire_tx
}

# bats test_tags=kernel
@test "nothing is lost or doubled, by clsact" {
	export VETHBPF_NO_TCX=1
	three_wires
	vb pair end-a end-b
	loses_nothing "" "datapath tc"
}

# three_xdp_wires: veths that can have XDP in the driver, and keep their queues when they lose it.
three_xdp_wires() {
	kernel_is 6 3 || skip "this kernel does not tell which drivers can do XDP"
	three_wires
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
	in_ns "$right" ethtool -K far-c gro on
	in_ns "$mid" ethtool -K end-a gro on
}

# bats test_tags=kernel
@test "nothing is lost or doubled, in the driver" {
	three_xdp_wires
	vb pair end-a end-b datapath xdp
	loses_nothing "datapath xdp" "datapath xdp"
}

@test "nothing is lost or doubled between XDP and TC" {
	three_xdp_wires
	vb pair end-a end-b datapath xdp
	loses_nothing "datapath tc" "datapath xdp"
}

# crossing: which ways frames cross between end-a and the other two, as "a>b b>a": what is sent on
# far-a, far-b and far-c, and is received at another of them.
crossing() {
	"$here/crossing.py" "$left/far-a" "$right/far-b" "$right/far-c"
}

# killed N: the loader is killed at its N-th bpf() while it moves the cable to end-c; fails when it came
# to its end before.
killed() {
	local status=0
	strace -qq -o /dev/null -e trace=bpf -e inject=bpf:signal=SIGKILL:when="$1" \
		"$vethbpf" -n "$mid" pair end-a end-c datapath tc replug || status=$?
	[ $status -eq 137 ] || { [ $status -eq 0 ] && return 1; }
}

# How many bpf() are passed over between two at which the loader is killed; 1: none.
STEP=${VETHBPF_KILL_STEP:-13}

# only PAIR: list tells of this one alone, and that it is plugged.
only() {
	[ "$(vb -j list | jq -c 'map("\(.a.dev) \(.b.dev) \(.state)")')" = "[\"$1 plugged\"]" ]
}

@test "a loader killed at any point leaves one cable, list tells which, and one more command finishes" {
	three_wires
	vb pair end-a end-b datapath tc
	for ((n = 11; ; n += STEP)); do
		killed $n || break
		ways=$(crossing)
		listed=$(vb -j list | jq -c 'map("\(.a.dev) \(.b.dev) \(.state)") | sort')
		echo "$n: $ways $listed"
		case $ways in
		"a>b b>a") [[ $listed =~ ^'["end-a end-b plugged"'(',"end-a end-c incomplete"')?']'$ ]] ;;
		"a>c c>a") [[ $listed =~ ^'['('"end-a end-b incomplete",')?'"end-a end-c plugged"]'$ ]] ;;
		"a>b" | "a>c") [ "$listed" = '["end-a end-b broken","end-a end-c incomplete"]' ] ;;
		*) false ;;
		esac
		if [ $((n % 2)) -eq 0 ]; then
			vb -b - <<<"pair end-a end-c datapath tc replug"
		else
			vb unpair end-a
			vb -b - <<<"pair end-a end-c datapath tc"
		fi
		only "end-a end-c"
		[ "$(crossing)" = "a>c c>a" ]
		[ -z "$(find "$panel/link" -name "$(ifindex end-b)_*")" ]
		vb pair end-a end-b datapath tc replug
	done
	[ "$n" -gt 11 ]
	only "end-a end-c"
	vb unpair end-c
	[ ! -e "$panel" ]
}

# What it does besides

@test "the old peer is left as it was before it was paired" {
	three_wires
	ip -n "$mid" link add more-a type bridge
	before=$(ip -n "$mid" -d -j link show more-a | jq -c 'del(.. | .gc_timer?)')
	vb pair end-a more-a side wire
	[[ $(ip -n "$mid" link show more-a) == *PROMISC* ]]
	vb pair end-a end-c replug
	[ "$(ip -n "$mid" -d -j link show more-a | jq -c 'del(.. | .gc_timer?)')" = "$before" ]
	only "end-a end-c"
	[ "$(crossing)" = "a>c c>a" ]
	[[ $(vb save) == "pair end-a side wire end-c side wire" ]]
}

# wires_here: as three_wires, with the other ends in the panel's namespace, where gro may be turned on.
wires_here() {
	local end
	kernel_is 6 3 || skip "this kernel does not tell which drivers can do XDP"
	three_wires
	ip -n "$left" link set far-a netns "$mid"
	ip -n "$right" link set far-b netns "$mid"
	ip -n "$right" link set far-c netns "$mid"
	for end in a b c; do ip -n "$mid" link set far-$end up; done
}

# gro: of far-a, far-b and far-c.
gro() {
	local end
	for end in a b c; do
		in_ns "$mid" ethtool -k far-$end | sed -n 's/^generic-receive-offload: //p'
	done | xargs
}

@test "gro that the cable turned on is turned off with the end it was for" {
	wires_here
	vb pair end-a end-b datapath xdp
	[ "$(gro)" = "on on off" ]
	vb pair end-a end-c datapath xdp replug
	[ "$(gro)" = "on off on" ]
	vb pair end-a end-b datapath tc replug
	vb unpair end-a
	[ "$(gro)" = "off off off" ]
}

@test "gro that a move turned on which was cut short is off again when the cable is where it was" {
	wires_here
	vb pair end-a end-b datapath tc
	# Its first question to a driver after it has turned gro on at both; nothing is moved yet.
	run strace -qq -o /dev/null -e trace=ioctl -e inject=ioctl:signal=SIGKILL:when=6 \
		"$vethbpf" -n "$mid" pair end-a end-c datapath xdp replug
	[ "$status" -eq 137 ]
	[ "$(gro)" = "on off on" ]
	vb unpair end-c
	only "end-a end-b"
	[ "$(gro)" = "off off off" ]
}

@test "counters tell of the new cable alone" {
	three_wires
	vb pair end-a end-b
	crossing
	shows '.a.taken.frames == 1 and .b.taken.frames == 1'
	vb pair end-a end-c replug
	shows '.a.taken.frames == 0 and .b.taken.frames == 0'
	crossing
	shows '.a.taken.frames == 1 and .b.taken.frames == 1'
}

@test "an end that stays may have been named second" {
	three_wires
	vb pair end-b end-a
	vb pair end-a end-c replug
	only "end-a end-c"
}

@test "an end that is not paired is just paired; what is true already is no error in a batch" {
	three_wires
	vb pair end-a end-b replug
	only "end-a end-b"
	vb -b - <<<"pair end-a end-b replug"
	run -1 vb pair end-a end-b replug
	[[ $output == *"end-a is already paired with end-b"* ]]
}

@test "an end whose peer is gone is paired with the new one" {
	three_wires
	vb pair end-a end-b
	ip -n "$mid" link del end-b
	vb pair end-a end-c replug
	only "end-a end-c"
	[ "$(vb -j show | jq length)" -eq 1 ]
}

@test "a cable that was pulled out is plugged in at its new peer" {
	three_wires
	vb pair end-a end-b
	vb unplug end-a
	vb pair end-a end-c replug
	only "end-a end-c"
	[ "$(crossing)" = "a>c c>a" ]
}

@test "what is refused, and changes nothing" {
	three_wires
	more_ends
	vb pair end-a end-b
	vb pair end-c more-a
	refuses 1 "vethbpf: pair end-a end-c: end-c is already paired with more-a
         replug moves the cable of the device that is named first" vb pair end-a end-c replug
	refuses 1 "vethbpf: pair more-b end-a: end-a is already paired with end-b
         replug moves the cable of the device that is named first" vb pair more-b end-a replug
	refuses 1 "vethbpf: pair end-a more-b: end-a is plugged in at side wire, and replug does not change that
         say \`end-a side wire\`, or unpair it first" vb pair end-a side stack more-b replug
	refuses 1 "vethbpf: pair end-a more-b: end-a keeps its place among other programs when it is replugged
         leave out before or after for it, or unpair it first" vb pair end-a before more-b replug
	has_types || return 0	# without, datapath peer is refused for that
	refuses 1 "vethbpf: pair end-a more-b: datapath peer: more-b is not a veth or netkit with side wire, so there is no other end to hand frames to
         datapath auto takes peer for the directions where it can deliver, tc for others" \
		vb pair end-a more-b datapath peer replug
}

@test "a new peer whose hook cannot be attached: all is as it was, the cable too" {
	has_tcx || skip "this kernel has no tcx"
	three_wires
	vb pair end-a open end-b
	refuses 1 "vethbpf: pair end-a end-c: end-c: attach vb_wire_rx by tcx: No such file or directory" \
		vb pair end-a end-c before 4294967295 replug
	[ "$(crossing)" = "a>b b>a" ]
}

@test "what add made stays where it is" {
	three_wires
	vb add eth-x peer eth-y
	refuses 1 "vethbpf: pair eth-x end-c: eth-x was made by add, with the cable it has
         cables that add made stay where they are" vb pair eth-x end-c replug
	anchor=$(ip -n "$mid" -j link show eth-x | jq -r '.[0].link')
	refuses 1 "vethbpf: pair $anchor end-c: $anchor is the anchor of eth-x, which goes with its cable
         cables that add made stay where they are" vb pair "$anchor" end-c replug
	vb del eth-x
}

@test "monitor tells of the old pair and of the new" {
	three_wires
	out=$BATS_TEST_TMPDIR/out
	vb pair end-a end-b
	"$vethbpf" -n "$mid" monitor >"$out" 2>&1 3>&- &
	pids+=($!)
	# It tells of what comes after its first look.
	wait_for eval 'ip -n "$mid" link set end-c down; ip -n "$mid" link set end-b down; ip -n "$mid" link set end-b up; grep "end-b up" "$out"'
	ip -n "$mid" link set end-c up
	vb pair end-a end-c replug
	wait_for grep "end-a <-> end-c: paired" "$out"
	wait_for grep "end-a <-> end-b: unpaired" "$out"
	run ! grep broken "$out"
}

@test "the agent leaves a cable where it was moved to, and moves one that is wanted elsewhere" {
	three_wires
	out=$BATS_TEST_TMPDIR/out conf=$BATS_TEST_TMPDIR/conf
	mkdir "$conf"
	echo "pair end-a end-b" >"$conf/a.conf"
	"$vethbpf" -n "$mid" watch conf "$conf" >"$out" 2>&1 3>&- &
	pids+=($!)
	wait_for only "end-a end-b"
	vb pair end-a end-c replug
	wait_for grep "end-a <-> end-b: unpaired" "$out"
	only "end-a end-c"
	echo "pair end-a end-b replug" >"$conf/a.conf"
	kill -HUP "${pids[-1]}"
	wait_for only "end-a end-b"
	[ "$(crossing)" = "a>b b>a" ]
}

@test "such a stream tells of what is lost" {
	three_wires
	vb pair end-a end-b
	stream_start "$right/far-b"
	vb unplug end-a
	vb plug end-a
	if stream_stop; then false; fi
	grep -E "lost [1-9][0-9]* doubled 0 " "$streamed"
}

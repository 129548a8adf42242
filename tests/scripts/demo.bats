#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The demo runs to its end, and whatever becomes of it leaves nothing behind.

setup() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_DIRNAME/../.." || return
	export DEMO_NS="vbdemo-$$"
	out=$BATS_TEST_TMPDIR/out
	: >"$out"
}

teardown() {
	scripts/demo clean 3>&-
}

# left: what there still is of the demo: its namespaces, and the panel that its output names.
left() {
	ip netns list | grep -F "$DEMO_NS" || true
	grep -ohE '/sys/fs/bpf/vethbpf/[0-9]+' "$out" | sort -u | while read -r panel; do
		[ ! -e "$panel" ] || echo "$panel"
	done
}

# interrupt SIGNAL: starts the demo, and sends all of it SIGNAL once its first iperf3 runs, as a
# terminal does. Prints nothing; sets status.
interrupt() {
	mkfifo "$out.fifo"
	# What runs in the background has SIGINT ignored, unless told otherwise.
	setsid env --default-signal=INT scripts/demo >"$out.fifo" 2>&1 3>&- &
	local demo=$! line
	while read -r line; do
		echo "$line" >>"$out"
		[[ $line != *"iperf3 -c"* ]] || kill -"$1" -- -"$demo"
	done <"$out.fifo"
	status=0
	wait "$demo" || status=$?
}

@test "the demo runs to its end and leaves nothing behind" {
	scripts/demo >"$out" 2>&1 3>&- </dev/null || { cat "$out"; false; }
	cat "$out"
	[ "$(grep -c ' 0% packet loss' "$out")" -eq 2 ]
	[ "$(grep -c 'bits/sec.*receiver' "$out")" -eq 2 ]
	grep -qE '/sys/fs/bpf/vethbpf/[0-9]+/peers' "$out"
	[ -z "$(left)" ]
}

@test "interrupted from the keyboard, the demo leaves nothing behind" {
	interrupt INT
	cat "$out"
	[ "$status" -eq 130 ]
	[ -z "$(left)" ]
}

@test "ended by a signal, the demo leaves nothing behind" {
	interrupt TERM
	cat "$out"
	[ "$status" -eq 143 ]
	[ -z "$(left)" ]
}

@test "the demo does not touch a namespace that it did not make" {
	ip netns add "$DEMO_NS-b"
	run -1 scripts/demo 3>&-
	ip netns list | grep -qxE "$DEMO_NS-b( .*)?"
	[[ $output == *"network namespace $DEMO_NS-b is there already"* ]]
	ip netns del "$DEMO_NS-b"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# A kernel that lacks what every cable needs: each command says so, and changes nothing. Run by
# scripts/check-vm, on such a kernel.
# shellcheck disable=SC2154 # stderr is set by run

setup() {
	bats_require_minimum_version 1.5.0
	vethbpf=$BATS_TEST_DIRNAME/../../build/vethbpf
	ip link add vbt-a type dummy
	ip link add vbt-b type dummy
}

teardown() {
	ip link del vbt-a
	ip link del vbt-b
}

state() {
	ip -d link
	tc qdisc
	bpftool net
	find /sys/fs/bpf
}

# refuses COMMAND...: status 1, the cause, and the kernel that would do.
refuses() {
	local before after
	before=$(state)
	run --separate-stderr -1 "$vethbpf" "$@"
	echo "$stderr"
	[ -z "$output" ]
	[[ $stderr == *"ask for the network namespace's cookie: Protocol not available"* ]]
	[[ $stderr == *"this kernel lacks SO_NETNS_COOKIE: Linux 5.14 or later is needed"* ]]
	after=$(state)
	diff <(echo "$before") <(echo "$after")
}

@test "pair on a kernel before 5.14 is refused" {
	refuses pair vbt-a vbt-b
}

@test "unpair on a kernel before 5.14 is refused" {
	refuses unpair vbt-a
}

@test "list on a kernel before 5.14 is refused" {
	refuses list
}

@test "add on a kernel before 5.14 is refused" {
	refuses add vbt-c peer vbt-d
}

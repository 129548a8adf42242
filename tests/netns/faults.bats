#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What runs out, or goes away under the cable: the BPF file system, room in the panel, on the disk, in
# memory. Devices that leave are in gone.bats, programs that others attach in coexist.bats and state.bats.
# docs/faults.md has them all.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
	[ ! -d "$BATS_TEST_TMPDIR/cgroup" ] || rmdir "$(cat "$BATS_TEST_TMPDIR/cgroup/path")"
}

# The BPF file system

# with_own_bpffs: from now on vb has one of its own, in a mount namespace that ends with the test.
with_own_bpffs() {
	unshare --mount --propagation private sleep 1000 3>&- &
	mounts=$!
	pids+=("$mounts")
	wait_for eval '[ "$(readlink /proc/$mounts/ns/mnt)" != "$(readlink /proc/self/ns/mnt)" ]'
	in_mounts mount -t bpf bpf /sys/fs/bpf
	vb() { in_mounts "$vethbpf" -n "$mid" "$@"; }
}

in_mounts() {
	nsenter --mount="/proc/$mounts/ns/mnt" "$@"
}

lose_bpffs() {
	in_mounts umount /sys/fs/bpf
	in_mounts mount -t bpf bpf /sys/fs/bpf
	[ -z "$(vb list)" ]
}

@test "the BPF file system is lost, with tcx links: the ends are plain devices, pair makes the cable anew" {
	has_tcx || skip "this kernel has no tcx"
	with_own_bpffs
	make_ends veth wire veth wire
	vb pair end-a end-b
	lose_bpffs
	wire cross "$FRAMES" "$left/far-a" "$mid/end-a" "$right/far-b"
	vb pair end-a end-b
	crosses
	vb unpair end-a
}

@test "the BPF file system is lost, with clsact filters: the cable stays, pair says what to delete" {
	export VETHBPF_NO_TCX=1
	with_own_bpffs
	make_ends veth wire veth wire
	make_end c veth
	vb pair end-a end-b
	lose_bpffs
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	for peer in end-b end-c; do
		run --separate-stderr -1 vb pair end-a $peer
		[ "$stderr" = "vethbpf: pair end-a $peer: end-a: attach vb_wire_tx by clsact: a filter is there with priority 65534
         \`tc filter show\` shows it; of a cable whose BPF file system is gone it is all that is left, and can be deleted" ]
	done
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	for dev in end-a end-b; do
		tc -n "$mid" filter del dev $dev ingress pref 65534
		tc -n "$mid" filter del dev $dev egress pref 65534
	done
	wire lost "$FRAMES" "$left/far-a" "$right/far-b"
	vb pair end-a end-b
	crosses
}

@test "the BPF file system is lost, with XDP: pair says which program to take off, and to whom it sends no frame" {
	with_own_bpffs
	make_xdp_ends
	make_end c veth
	vb pair end-a end-b datapath xdp
	lose_bpffs
	if ip -n "$mid" link show end-a | grep -q "prog/xdp id"; then
		# Not so where libxdp's dispatcher is: its programs were held by pins.
		alone=$(in_ns "$mid" bpftool -j net show dev end-a | jq -r '.[0].xdp[0].mode')
	fi
	[ "${alone-}" ] || skip "this kernel has no XDP program alone on a device"
	for peer in end-b end-c; do
		run --separate-stderr -1 vb pair end-a $peer
		[ "$stderr" = "vethbpf: pair end-a $peer: end-a: the XDP program of a cable that is lost runs on it
         its pins went with their BPF file system; take it off: ip link set end-a xdpdrv off" ]
	done
	ip -n "$mid" link set end-a xdpdrv off
	ip -n "$mid" link set end-b xdpdrv off
	vb pair end-a end-c
	wire lost "$FRAMES" "$left/far-a" "$right/far-b"
}

@test "the BPF file system is lost: gc takes away what add made" {
	with_own_bpffs
	before=$(ip -n "$mid" -d -j link show)
	vb add eth-a netns "$left" up peer eth-b netns "$right" up
	lose_bpffs
	grep -v '^pause ' "$FRAMES" >"$BATS_TEST_TMPDIR/frames"	# which a macvlan drops
	if [ "$(tc_method)" = tcx ]; then	# the links went with their pins
		wire lost "$BATS_TEST_TMPDIR/frames" "$left/eth-a" "$right/eth-b"
	else
		wire cross --by-cast "$BATS_TEST_TMPDIR/frames" "$left/eth-a" "$right/eth-b"
	fi
	vb gc
	[ "$(ip -n "$mid" -d -j link show)" = "$before" ]
	run -1 ip -n "$left" link show eth-a
	run -1 ip -n "$right" link show eth-b
}

# Room in the panel

# fill MAP BYTES FIRST LAST: a value of so many bytes 0xff under each of these keys.
fill() {
	/usr/bin/python3 -ISB - "$here" "$panel/$1" "${@:2}" <<-'END'
		import ctypes, struct, sys
		sys.path.insert(0, sys.argv[1])
		import tcx
		MAP_UPDATE_ELEM = 2
		text, address = tcx.path(sys.argv[2])
		fd, _ = tcx.bpf(tcx.OBJ_GET, struct.pack("=QII", address, 0, 0))
		value = ctypes.create_string_buffer(b"\xff" * int(sys.argv[3]))
		for number in range(int(sys.argv[4]), int(sys.argv[5]) + 1):
		    key = ctypes.c_uint32(number)
		    tcx.bpf(MAP_UPDATE_ELEM, struct.pack("=IIQQQ", fd, 0, ctypes.addressof(key), ctypes.addressof(value), 0))
	END
}

@test "65,536 ends: one more is refused, and nothing changes" {
	make_ends veth wire veth wire
	more_ends
	vb pair more-a more-b
	fill ports 104 100001 165534 # beside more-a and more-b
	refuses 1 "vethbpf: pair end-a end-b: end-a: the panel is full: it has 65536 ends, and can have no more
         unpair ends that are no longer needed" vb pair end-a end-b
}

@test "16 ends whose ifindexes are alike: one more is refused, and nothing changes" {
	make_end a veth
	more_ends
	ip -n "$mid" link add end-b index 2000 type veth peer name far-b netns "$right"
	vb pair more-a more-b
	fill ends 16 2000 2015
	refuses 1 "vethbpf: pair end-a end-b: the panel has no room for ifindex 2000: 65536 ends at most, and 16 whose ifindexes are alike modulo that
         unpair ends that are no longer needed" vb pair end-a end-b
}

# The disk

@test "the disk is full: whoever prints says so, and fails" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	for command in list "-j list" show "-p show" "stats count 1" save metrics graph check help "help pair" -V; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -1 eval "vb $command >/dev/full"
		echo "$command: $stderr"
		[ "$stderr" = "vethbpf: write to standard output: No space left on device" ]
	done
}

# Memory

@test "however little memory a loader may map, it makes the cable or nothing" {
	make_ends veth wire veth wire
	before=$(whole_state)
	made=0 not=0
	for ((mb = 4; mb <= 32; mb += 2)); do
		run --separate-stderr prlimit --as=$((mb << 20)) "$vethbpf" -n "$mid" pair end-a end-b
		if [ "$status" -eq 0 ]; then
			made=$((made + 1))
			[ "$(vb -j list | jq -r '.[].state')" = plugged ]
			vb unpair end-a
		else
			not=$((not + 1))
			echo "$mb MB: $status $stderr"
			[ "$status" -eq 1 ] || [ "$status" -eq 127 ]	# not even its libraries
			[ "$stderr" ]
		fi
		unchanged_since "$before"
	done
	echo "$made $not"
	[ "$made" -gt 0 ] && [ "$not" -gt 0 ]
}

@test "a loader that is killed for want of memory leaves what the next one finishes" {
	cgroup=$(find /sys/fs/cgroup /sys/fs/cgroup/memory -maxdepth 1 -name cgroup.procs -printf '%h\n' 2>/dev/null | tail -n 1)/$prefix
	mkdir "$cgroup" 2>/dev/null || skip "no control groups can be made here"
	mkdir "$BATS_TEST_TMPDIR/cgroup"
	echo "$cgroup" >"$BATS_TEST_TMPDIR/cgroup/path"
	limit=$(find "$cgroup" -name memory.max -o -name memory.limit_in_bytes)
	[ "$limit" ] || skip "no memory is limited here"
	make_ends veth wire veth wire
	killed=0
	for kb in 512 1024 2048 4096; do
		echo $((kb << 10)) >"$limit"
		run bash -c 'echo $$ >"$1/cgroup.procs"; exec "${@:2}"' - "$cgroup" "$vethbpf" -n "$mid" pair end-a end-b
		echo "$kb kB: $status $output"
		[ "$status" -eq 0 ] || killed=$((killed + 1))
		[ "$status" -eq 0 ] || vb pair end-a end-b
		shows '.state == "plugged"'
		vb unpair end-a
		[ ! -e "$panel" ]
	done
	[ "$killed" -gt 0 ]
}

# How many calls are passed over between two that fail; 1: none.
STEP=${VETHBPF_FAIL_STEP:-9}

# fails_at CALL PAIR: unpair, with each STEP-th of these system calls failing for want of memory: it says
# so, or it has done without; and leaves no program behind that nobody knows of.
fails_at() {
	local n failed=0
	for ((n = STEP; ; n += STEP)); do
		# shellcheck disable=SC2086 # words
		vb pair $2
		run --separate-stderr strace -qq -o "$BATS_TEST_TMPDIR/trace" -e trace="$1" \
			-e inject="$1:error=ENOMEM:when=$n" "$vethbpf" -n "$mid" unpair end-a
		grep -q INJECTED "$BATS_TEST_TMPDIR/trace" || break
		echo "$1 $n: $status $stderr"
		if [ "$status" -ne 0 ]; then
			[ "$status" -eq 1 ]
			[[ $stderr == "vethbpf: "* ]]
			failed=$((failed + 1))
			vb unpair end-a || [ ! -e "$panel" ]
		fi
		[[ $(in_ns "$mid" bpftool net) != *end-?"("* ]]
	done
	[ "$failed" -gt 0 ]
}

@test "unpair never takes an XDP program that it cannot look at for none" {
	make_xdp_ends
	fails_at bpf "end-a end-b datapath xdp"
}

@test "unpair never takes a clsact filter that it cannot look at for none" {
	export VETHBPF_NO_TCX=1
	make_ends veth wire veth wire
	STEP=3
	fails_at bpf "end-a end-b"
	fails_at sendto "end-a end-b"
}

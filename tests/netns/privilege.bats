#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the command may do: each command with the capabilities that docs/security.md names for it and
# no other, and without each of them; what it gives up; whom and which directories it refuses.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup_file() {
	topology_up
	make_end a veth
	make_end b veth
	# Somebody else's: root gets into it by CAP_DAC_READ_SEARCH or CAP_DAC_OVERRIDE alone.
	private=$BATS_FILE_TMPDIR/private
	mkdir -m 700 "$private"
	chown 1000:1000 "$private"
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_SUITE_TMPDIR"
	export private
}

teardown_file() {
	topology_down
}

setup() {
	bats_require_minimum_version 1.5.0
}

teardown() {
	local pid
	for pid in ${pids[@]+"${pids[@]}"}; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	pids=()
	vb unpair end-a 2>/dev/null || true
	vb del add-a 2>/dev/null || true
}

# with CAPABILITY[,CAPABILITY...] COMMAND...: runs it as a root that has these and no other.
with() {
	in_ns "$mid" setpriv --inh-caps=-all --bounding-set="-all,+${1//,/,+}" "${@:2}"
}

# without CAPABILITY[,CAPABILITY...] COMMAND...: as a root that has all others.
without() {
	in_ns "$mid" setpriv --inh-caps=-all --bounding-set="-${1//,/,-}" "${@:2}"
}

# What commands need that load programs: before Linux 6.2 libbpf looks for what the kernel lacks.
load=bpf,net_admin,perfmon
has_types || load+=,sys_admin

# lacks CAPABILITY WHY CONTEXT COMMAND...: without it, it is refused, and nothing has changed.
lacks() {
	refuses 1 "vethbpf: $3missing privilege: CAP_${1^^} is needed $2
         run it as root; vethbpf(8) says what each capability is for" \
		without "$1" "$vethbpf" "${@:4}"
}

# capabilities PID SET: the names in CapEff, CapPrm, CapInh, CapBnd or CapAmb, in their order.
capabilities() {
	local bits names
	bits=$(sed -n "s/^$2:\t//p" "/proc/$1/status")
	names=$(setpriv --list-caps | sed '/^cap_[0-9]/d')
	awk -v bits="$((16#$bits))" '{ if (int(bits / 2 ^ (NR - 1)) % 2) printf "%s%s", n++ ? "," : "", $1 }' \
		<<<"$names"
}

# begin COMMAND...: leaves it running, its output in $said; $pid is the vethbpf's.
begin() {
	said=$BATS_TEST_TMPDIR/said
	nsenter --net="/run/netns/$mid" "$@" >"$said" 2>&1 3>&- &
	pid=$!
	pids+=("$pid")
}

# sleep_in_right: a process, $pid, by whose id that namespace can be named.
sleep_in_right() {
	nsenter --net="/run/netns/$right" sleep 60 3>&- &
	pid=$!
	pids+=("$pid")
	wait_for in_right
}

in_right() {
	[ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$(command -v sleep)")" ]
}

is_vethbpf() {
	[ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$vethbpf")" ]
}

has_limited() {
	is_vethbpf && grep -qx "NoNewPrivs:	1" "/proc/$pid/status"
}

@test "a cable from pair to unpair, with no more than the capabilities to load programs" {
	with "$load" "$vethbpf" pair end-a end-b datapath tc
	for command in list show "show end-a" "stats count 1 interval 0.1" metrics graph save \
		"unplug end-a direction in" "plug end-a"; do
		# shellcheck disable=SC2086 # words
		with bpf,net_admin "$vethbpf" $command
	done
	with "$load" "$vethbpf" check
	with bpf,net_admin "$vethbpf" unpair end-b
	[ ! -e "$panel" ]
}

@test "a cable by XDP, with CAP_SYS_ADMIN" {
	with "$load,sys_admin" "$vethbpf" pair end-a end-b datapath xdp
	[ "$(with bpf,net_admin,sys_admin "$vethbpf" -j list | jq -r '.[0].state')" = plugged ]
	with bpf,net_admin,sys_admin "$vethbpf" unpair end-a
	[[ $(in_ns "$mid" bpftool net) != *end-a* ]]
}

@test "endpoints in other namespaces, with CAP_SYS_ADMIN and CAP_SYS_PTRACE" {
	with "$load,sys_admin" "$vethbpf" add add-a peer add-b netns "$right"
	[ "$(with bpf,net_admin,sys_admin "$vethbpf" -j list | jq -r '.[0].b.netns')" = "$right" ]
	with bpf,net_admin,sys_admin "$vethbpf" del add-a
	sleep_in_right
	with "$load,sys_admin,sys_ptrace" "$vethbpf" add add-a peer add-b netns "$pid"
	with "$load,sys_admin,sys_ptrace" "$vethbpf" gc
	with bpf,net_admin,sys_admin "$vethbpf" del add-a
}

@test "a capture, with CAP_IPC_LOCK" {
	vb pair end-a end-b datapath tc
	begin setpriv --inh-caps=-all --bounding-set="-all,+${load//,/,+},+ipc_lock" \
		"$vethbpf" capture end-a write "$BATS_TEST_TMPDIR/frames.pcapng"
	wait_for grep -q capturing "$said"
	kill "$pid"
	wait "$pid"
}

@test "the agent, with no more than its unit leaves it" {
	local unit
	unit=$(sed -n 's/^CapabilityBoundingSet=//p' "$here/../../etc/vethbpf.service" | tr -d _ | tr ' ' '\n' |
		sed 's/^CAP//' | tr '[:upper:]' '[:lower:]')
	begin "$vethbpf" watch conf "$BATS_TEST_TMPDIR"
	wait_for has_limited
	diff <(sort <<<"$unit") <(capabilities "$pid" CapEff | tr -d _ | tr ',' '\n' | sed 's/^cap//' | sort)
}

@test "without CAP_NET_ADMIN" {
	vb pair end-a end-b
	for command in list save "unplug end-a" "unpair end-a" "del end-a" "pair end-a end-b"; do
		case $command in list | save) context='' ;; *) context="$command: " ;; esac
		# shellcheck disable=SC2086 # words
		lacks net_admin "to attach programs to devices" "$context" $command
	done
}

@test "without CAP_BPF, or CAP_SYS_ADMIN in its place" {
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_BPF is needed to load programs and maps
         run it as root; vethbpf(8) says what each capability is for" \
		without bpf,sys_admin "$vethbpf" pair end-a end-b
}

@test "without CAP_PERFMON, or CAP_SYS_ADMIN in its place" {
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_PERFMON is needed for programs that read kernel structures
         run it as root; vethbpf(8) says what each capability is for" \
		without perfmon,sys_admin "$vethbpf" pair end-a end-b
	has_types || skip "the rest is for Linux 6.2 or later"
	vb pair end-a end-b datapath tc
	refuses 1 "vethbpf: capture end-a: missing privilege: CAP_PERFMON is needed for programs that read kernel structures
         run it as root; vethbpf(8) says what each capability is for" \
		without perfmon,sys_admin "$vethbpf" capture end-a write /dev/null
	refuses 1 "vethbpf: upgrade: missing privilege: CAP_PERFMON is needed for programs that read kernel structures
         run it as root; vethbpf(8) says what each capability is for" \
		without perfmon,sys_admin "$vethbpf" upgrade
}

@test "before Linux 6.2, without CAP_SYS_ADMIN" {
	! has_types || skip "this kernel needs no more than the three"
	lacks sys_admin "to load programs into a kernel before Linux 6.2" "pair end-a end-b: " pair end-a end-b
}

@test "entering a namespace without CAP_SYS_ADMIN" {
	lacks sys_admin "to enter a network namespace" "netns \"$right\": " -n "$right" list
	has_types || skip "the rest is for Linux 6.2 or later"
	lacks sys_admin "to enter a network namespace" "add add-a peer add-b: " add add-a peer add-b netns "$right"
	lacks sys_admin "to look into other network namespaces" "" gc
	vb add add-a peer add-b netns "$right"
	for command in list save "show add-a"; do
		# shellcheck disable=SC2086 # words
		lacks sys_admin "to look into other network namespaces" "" $command
	done
}

@test "XDP without CAP_SYS_ADMIN" {
	has_types || skip "before Linux 6.2 it is needed for all"
	lacks sys_admin "to find XDP programs by their ids" "pair end-a end-b: end-a: " \
		pair end-a end-b datapath xdp
	vb pair end-a end-b datapath xdp
	for command in list "capture end-a write /dev/null" "unpair end-a"; do
		[ "$command" = list ] && context= || context="${command% write*}: "
		# shellcheck disable=SC2086 # words
		lacks sys_admin "to find XDP programs by their ids" "$context" $command
	done
	[ "$(vb -j list | jq -r '.[0].state')" = plugged ]
	# As an upgrade leaves it that is killed before it has the next one loaded.
	mv "$panel/prog/vb_wire_xdp" "$panel/prog/vb_wire_xdp-old"
	lacks sys_admin "to find XDP programs by their ids" "unpair end-a: " unpair end-a
	vb unpair end-a
	[[ $(in_ns "$mid" bpftool net) != *end-a* ]]
}

@test "mounting the BPF file system without CAP_SYS_ADMIN" {
	has_types || skip "before Linux 6.2 it is needed for all"
	run --separate-stderr -1 in_ns "$mid" unshare --pid --fork --mount-proc bash -c '
		while umount /sys/fs/bpf 2>/dev/null; do :; done
		setpriv --inh-caps=-all --bounding-set=-sys_admin "$1" pair end-a end-b' - "$vethbpf"
	[[ $stderr == *"missing privilege: CAP_SYS_ADMIN is needed to mount the BPF file system"* ]]
}

@test "another process's namespace without CAP_SYS_PTRACE" {
	sleep_in_right
	lacks sys_ptrace "to enter the namespace of another process" "netns \"$pid\": " -n "$pid" list
	lacks sys_ptrace "to enter the namespace of another process" "add add-a peer add-b: netns \"$pid\": " \
		add add-a peer add-b netns "$pid"
	lacks sys_ptrace "to find network namespaces that have no name" "" gc
	nsenter --net="/proc/$pid/ns/net" "$vethbpf" add add-a peer add-b
	umount "/run/netns/$right"
	run --separate-stderr -1 without sys_ptrace "$vethbpf" upgrade all
	mount --bind "/proc/$pid/ns/net" "/run/netns/$right"
	nsenter --net="/proc/$pid/ns/net" "$vethbpf" del add-a
	[[ $stderr == "vethbpf: missing privilege: CAP_SYS_PTRACE is needed to find network namespaces that have no name"* ]]
}

@test "a capture without CAP_IPC_LOCK" {
	vb pair end-a end-b datapath tc
	lacks ipc_lock "for the memory of a capture's rings" "capture end-a: " capture end-a write /dev/null
}

@test "what is not needed is given up, and cannot be gained again" {
	begin "$vethbpf" monitor
	wait_for has_limited
	[ "$(capabilities "$pid" CapEff)" = net_broadcast,net_admin,sys_ptrace,sys_admin,bpf ]
	for set in CapPrm CapBnd; do
		[ "$(capabilities "$pid" $set)" = "$(capabilities "$pid" CapEff)" ]
	done
	[ -z "$(capabilities "$pid" CapInh)$(capabilities "$pid" CapAmb)" ]
}

@test "a capture reads frames with CAP_BPF alone, and has its file where only its owner may write" {
	vb pair end-a end-b datapath tc
	begin "$vethbpf" capture end-a count 1 write "$private/frames.pcapng"
	wait_for grep -q capturing "$said"
	[ "$(capabilities "$pid" CapEff)" = bpf ]
	in_ns "$left" /usr/bin/python3 -c '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("far-a", 0))
s.send(bytes.fromhex("ffffffffffff02000000000188b5") + bytes(46))'
	wait "$pid"
	[ "$(tshark -r "$private/frames.pcapng" 2>/dev/null | wc -l)" -eq 1 ]
}

@test "files and namespaces that only their owner may open, named by root" {
	echo "pair end-a end-b datapath tc" >"$private/batch"
	chmod 600 "$private/batch"
	chown 1000:1000 "$private/batch"
	: >"$private/netns"
	mount --bind "/run/netns/$mid" "$private/netns"
	"$vethbpf" -n "$private/netns" -b "$private/batch" || failed=1
	"$vethbpf" -n "$private/netns" unpair end-a || failed=1
	vb add add-a peer add-b netns "$private/netns" || failed=1
	umount "$private/netns"
	[ ! "${failed-}" ]
}

@test "a setuid bit is refused" {
	cp "$vethbpf" "$BATS_FILE_TMPDIR/setuid"
	chmod 4755 "$BATS_FILE_TMPDIR/setuid"
	run --separate-stderr -1 setpriv --reuid 1000 --regid 1000 --clear-groups "$BATS_FILE_TMPDIR/setuid" -V
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "vethbpf: started by user 1000, group 1000, to run as user 0, group 1000: refused" ]
}

@test "a user who is not root is refused, whatever capabilities there are" {
	refuses 1 "vethbpf: pair end-a end-b: user 1000 is not root, whose alone the state of cables is
         run it as root, who need not have all capabilities" \
		in_ns "$mid" setpriv --reuid 1000 --regid 1000 --clear-groups \
		--inh-caps=+bpf,+net_admin,+perfmon --ambient-caps=+bpf,+net_admin,+perfmon \
		"$vethbpf" pair end-a end-b
	refuses 1 "vethbpf: missing privilege: CAP_NET_ADMIN is needed to attach programs to devices
         run it as root; vethbpf(8) says what each capability is for" \
		in_ns "$mid" setpriv --reuid 1000 --regid 1000 --clear-groups "$vethbpf" list
}

@test "a directory of cables that is not root's alone" {
	vb pair end-a end-b
	for dir in "$panel" "$bpffs"; do
		unsafe="$dir is not safe to use: not a directory of root's that only root may write to
         see who made it: ls -ld $dir"
		for change in "chmod 770" "chmod 702" "chown 1000"; do
			$change "$dir"
			refuses 1 "vethbpf: unpair end-a: $unsafe" vb unpair end-a
			refuses 1 "vethbpf: $unsafe" vb list
			chmod 700 "$dir"
			chown 0 "$dir"
		done
	done
	[ "$(vb -j list | jq -r '.[0].state')" = plugged ]
}

@test "a BPF file system in which others may rename root's directory" {
	mode=$(stat -c %a /sys/fs/bpf)
	chmod 777 /sys/fs/bpf
	run --separate-stderr -1 vb pair end-a end-b
	chmod "$mode" /sys/fs/bpf
	[ "${stderr_lines[0]}" = "vethbpf: pair end-a end-b: /sys/fs/bpf is not safe to use: others than root may rename what is in it" ]
	chmod 1777 /sys/fs/bpf
	vb pair end-a end-b
	chmod "$mode" /sys/fs/bpf
}

@test "pins are root's alone, in directories that are" {
	vb pair end-a end-b
	[ -z "$(find "$bpffs" -type d ! -perm 700)" ]
	[ -z "$(find "$bpffs" ! -type d ! -perm 600)" ]
	[ -z "$(find "$bpffs" ! -user 0)" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What is refused, with which words, and that nothing has changed then.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup_file() {
	topology_up
	make_end a veth
	make_end b veth
	ip -n "$left" link add elsewhere type bridge
}

teardown_file() {
	topology_down
}

setup() {
	bats_require_minimum_version 1.5.0
}

teardown() {
	local dev
	for dev in end-a more-a; do
		vb unpair "$dev" 2>/dev/null || true
	done
	for dev in tun-a more-a more-b; do
		ip -n "$mid" link del "$dev" 2>/dev/null || true
	done
}

pair_usage="Usage: vethbpf pair "
try_help='`vethbpf help` shows the commands and options'

# misused MESSAGE USAGE COMMAND...: a usage error; the second line begins with USAGE.
misused() {
	local before
	before=$(whole_state)
	run --separate-stderr -2 "${@:3}"
	echo "$stderr"
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "vethbpf: $1" ]
	[[ ${stderr_lines[1]} == "$2"* ]]
	unchanged_since "$before"
}

# Devices

@test "a device that does not exist" {
	refuses 1 "vethbpf: pair nowhere end-b: no device nowhere in this network namespace
         \`ip link\` shows the devices there are" vb pair nowhere end-b
	refuses 1 "vethbpf: pair end-a nowhere: no device nowhere in this network namespace
         \`ip link\` shows the devices there are" vb pair end-a nowhere
}

@test "a device in another namespace" {
	refuses 1 "vethbpf: pair end-a elsewhere: no device elsewhere in this network namespace
         there is one in netns $left: both ends of a pair must be in one namespace; \`vethbpf add\` joins two" \
		vb pair end-a elsewhere
}

@test "the same device twice" {
	refuses 1 "vethbpf: pair end-a end-a: both ends are the same device" vb pair end-a end-a
}

@test "a device that is paired already" {
	more_ends
	vb pair end-a end-b
	refuses 1 "vethbpf: pair more-a end-a: end-a is already paired with end-b
         to take that cable away: vethbpf unpair end-a" vb pair more-a end-a
	refuses 1 "vethbpf: pair end-b more-a: end-b is already paired with end-a
         to take that cable away: vethbpf unpair end-b" vb pair end-b more-a
	refuses 1 "vethbpf: pair end-a end-b: end-a is already paired with end-b
         to take that cable away: vethbpf unpair end-a" vb pair end-a end-b
	[ "$(vb -j show end-a | jq -r '.[0].state')" = plugged ]
}

@test "a loopback device" {
	refuses 1 "vethbpf: pair lo end-b: lo is a loopback device, which has no other end to give frames to
         take an Ethernet device, such as a dummy: ip link add … type dummy" vb pair lo end-b
}

@test "a device that is not Ethernet" {
	[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tun devices"
	ip -n "$mid" tuntap add dev tun-a mode tun
	refuses 1 "vethbpf: pair tun-a end-b: tun-a is not an Ethernet device (link type 65534)
         a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre" \
		vb pair tun-a end-b
}

@test "tunnels that carry no Ethernet frames" {
	local kind type made=
	for kind in wireguard gre sit; do
		case $kind in wireguard) type=65534 ;; gre) type=778 ;; sit) type=776 ;; esac
		# Their modules make a fallback device in every namespace: gre0, sit0.
		ip -n "$mid" link add more-a type "$kind" 2>/dev/null || continue
		made=1
		refuses 1 "vethbpf: pair end-a more-a: more-a is not an Ethernet device (link type $type)
         a cable carries Ethernet frames: take a tap in the place of a tun, gretap of gre" \
			vb pair end-a more-a
		ip -n "$mid" link del more-a
	done
	[ "$made" ] || skip "this kernel has neither wireguard nor gre nor sit devices"
}

@test "XDP on a stack end" {
	refuses 1 "vethbpf: pair end-a end-b: datapath xdp: end-b has side stack, and XDP sees only what comes from a wire
         both ends must have side wire; datapath tc works with any" \
		vb pair end-a end-b side stack datapath xdp
}

@test "unpair of a device that is not paired, or not there" {
	refuses 1 "vethbpf: unpair end-a: end-a is not paired
         \`vethbpf list\` shows the pairs there are" vb unpair end-a
	refuses 1 "vethbpf: unpair nowhere: no device nowhere in this network namespace
         \`ip link\` shows the devices there are" vb unpair nowhere
}

@test "show of a device that is not paired, or not there" {
	refuses 1 "vethbpf: end-a is not paired
         \`vethbpf list\` shows the pairs there are" vb show end-a
	refuses 1 "vethbpf: nowhere: no such device in this network namespace
         \`vethbpf list\` shows the pairs there are" vb show nowhere
}

# Words

@test "names that cannot be a device's" {
	misused 'device name "abcdefghijklmnop" is too long: a device name has at most 15 characters' \
		"$pair_usage" vb pair abcdefghijklmnop end-b
	misused 'device name "" is empty' "$pair_usage" vb pair end-a ""
	misused 'device name ".." cannot be a device name' "$pair_usage" vb pair .. end-b
	for name in a/b a:b "a b" $'a\tb'; do
		misused "device name \"$name\" has a character that a device name cannot have" \
			"$pair_usage" vb pair end-a "$name"
	done
	misused 'device name "a/b" has a character that a device name cannot have' \
		"Usage: vethbpf unpair DEV" vb unpair a/b
	misused 'device name "a/b" has a character that a device name cannot have' \
		"Usage: vethbpf show [DEV]" vb show a/b
}

@test "a name of 15 characters is not too long" {
	refuses 1 "vethbpf: pair abcdefghijklmno end-b: no device abcdefghijklmno in this network namespace
         \`ip link\` shows the devices there are" vb pair abcdefghijklmno end-b
}

@test "sides and datapaths that there are not" {
	misused 'side is stack or wire, not "up"' "$pair_usage" vb pair end-a side up end-b
	misused 'side is stack or wire, not ""' "$pair_usage" vb pair end-a end-b side
	run --separate-stderr -2 vb pair end-a end-b datapath fast
	[[ ${stderr_lines[0]} == "vethbpf: datapath is "*", not \"fast\"" ]]
	[[ ${stderr_lines[1]} == "$pair_usage"* ]]
}

@test "too few words, or too many" {
	misused "two devices are needed" "$pair_usage" vb pair
	misused "two devices are needed" "$pair_usage" vb pair end-a
	misused '"more" is not understood here' "$pair_usage" vb pair end-a end-b more
	misused "one device is needed, either end" "Usage: vethbpf unpair DEV" vb unpair
	misused "one device is needed, either end" "Usage: vethbpf unpair DEV" vb unpair end-a end-b
	misused '"end-a" is not understood here' "Usage: vethbpf list" vb list end-a
	[ "${stderr_lines[1]}" = "Usage: vethbpf list" ]
	misused '"end-b" is not understood here' "Usage: vethbpf show [DEV]" vb show end-a end-b
}

@test "a keyword must be whole" {
	misused '"data" is not understood here' "$pair_usage" vb pair end-a end-b data tc
	misused 'no command "pai"' "$try_help" vb pai end-a end-b
}

@test "commands and options that there are not" {
	misused 'no command "plumb"' "$try_help" vb plumb
	misused 'no command "plumb"' "$try_help" vb help plumb
	misused "no option -x" "$try_help" "$vethbpf" -x list
	misused "no option --jason" "$try_help" "$vethbpf" --jason list
	misused "option -n needs a namespace" "$try_help" "$vethbpf" -n
}

@test "a network namespace that does not exist" {
	refuses 1 "vethbpf: netns \"$prefix-nowhere\": No such file or directory
         \`ip netns\` lists the named ones; a path or a process id will do as well" \
		"$vethbpf" -n "$prefix-nowhere" pair end-a end-b
}

@test "no command at all shows how to use it, as an error" {
	run --separate-stderr -2 "$vethbpf"
	[ -z "$output" ]
	[[ $stderr == "Usage: vethbpf [OPTIONS] COMMAND"* ]]
}

@test "help and the version, as asked for" {
	for option in help -h --help; do
		run --separate-stderr -0 "$vethbpf" "$option"
		[[ $output == "Usage: vethbpf [OPTIONS] COMMAND"* ]]
		[ -z "$stderr" ]
	done
	for command in pair unpair list show; do
		run --separate-stderr -0 "$vethbpf" help "$command"
		[[ $output == "Usage: vethbpf $command"* ]]
	done
	for option in -h --help; do
		run --separate-stderr -0 "$vethbpf" pair "$option"
		[[ $output == "Usage: vethbpf pair"* ]]
		[ -z "$stderr" ]
	done
	for option in -V --version; do
		run --separate-stderr -0 "$vethbpf" "$option"
		[[ $output =~ ^vethbpf\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
}

@test "what cannot be written to standard output is an error" {
	vb pair end-a end-b
	run -1 bash -c "'$vethbpf' -n '$mid' list >/dev/full"
	[[ $output == "vethbpf: write to standard output: No space left on device" ]]
}

# Privileges

# without CAPABILITY[,-CAPABILITY...] COMMAND...: runs it as a root that lacks these.
without() {
	in_ns "$mid" setpriv --inh-caps=-all --bounding-set="-$1" "${@:2}"
}

needs="         run it as root, or give it CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON"

@test "without CAP_NET_ADMIN" {
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_NET_ADMIN is needed to attach programs to devices
$needs" without net_admin "$vethbpf" pair end-a end-b
}

@test "without CAP_BPF" {
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_BPF is needed to load programs and maps
$needs" without bpf,-sys_admin "$vethbpf" pair end-a end-b
}

@test "without CAP_PERFMON" {
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_PERFMON is needed for programs that read kernel structures
$needs" without perfmon,-sys_admin "$vethbpf" pair end-a end-b
}

@test "entering a namespace without CAP_SYS_ADMIN" {
	refuses 1 "vethbpf: enter netns \"$mid\": Operation not permitted
         entering a network namespace needs CAP_SYS_ADMIN" \
		without sys_admin "$vethbpf" -n "$mid" list
}

# has_types: Linux 6.2 or later, whose programs can be loaded without looking for what it lacks.
has_types() {
	bpftool btf dump file /sys/kernel/btf/vmlinux | grep -q "FUNC 'bpf_rdonly_cast'"
}

@test "before Linux 6.2, without CAP_SYS_ADMIN" {
	! has_types || skip "this kernel needs no more than the three"
	refuses 1 "vethbpf: pair end-a end-b: missing privilege: CAP_SYS_ADMIN is needed to load programs into a kernel before Linux 6.2
         run it as root" without sys_admin "$vethbpf" pair end-a end-b
}

@test "CAP_SYS_ADMIN is not needed otherwise" {
	has_types || skip "this kernel is older than Linux 6.2"
	without sys_admin "$vethbpf" pair end-a end-b
	[ "$(without sys_admin "$vethbpf" -j list | jq -r '.[0].state')" = plugged ]
	without sys_admin "$vethbpf" unpair end-b
}

# The BPF file system

# as_init COMMAND...: as the first process of a system of its own, and in its mount namespace.
as_init() {
	in_ns "$mid" unshare --pid --fork --mount-proc "$@"
}

# Not the name of the namespace, of which there is none in it: `-n` is not needed there.
hide_bpffs='while umount /sys/fs/bpf 2>/dev/null; do :; done; exec "$@"'

@test "no BPF file system in a mount namespace of its own" {
	refuses 1 "vethbpf: pair end-a end-b: no BPF file system on /sys/fs/bpf in this mount namespace, and one mounted here would vanish with it
         \`ip netns exec\` hides it: use \`vethbpf -n NETNS …\` instead" \
		as_init bash -c '"$@"; exit' - unshare --mount bash -c "$hide_bpffs" - \
		"$vethbpf" pair end-a end-b
}

@test "by ip netns exec, which hides the BPF file system" {
	refuses 1 "vethbpf: pair end-a end-b: no BPF file system on /sys/fs/bpf in this mount namespace, and one mounted here would vanish with it
         \`ip netns exec\` hides it: use \`vethbpf -n NETNS …\` instead" \
		ip netns exec "$mid" "$vethbpf" pair end-a end-b
}

@test "where there is no BPF file system, pair mounts one" {
	run -0 as_init bash -c 'while umount /sys/fs/bpf 2>/dev/null; do :; done
		"$1" pair end-a end-b && stat -f -c %T /sys/fs/bpf && stat -c %a /sys/fs/bpf &&
		"$1" -j list && "$1" unpair end-a' - "$vethbpf"
	[ "${lines[0]}" = bpf_fs ]
	[ "${lines[1]}" = 1700 ]
	[ "$(jq -r '.[0].state' <<<"${lines[2]}")" = plugged ]
}

@test "list and show mount nothing, and find no pairs" {
	run -0 as_init bash -c 'while umount /sys/fs/bpf 2>/dev/null; do :; done
		"$1" -j list && ! mountpoint -q /sys/fs/bpf' - "$vethbpf"
	[ "$output" = "[]" ]
}

@test "a panel's directory that is not safe" {
	vb pair end-a end-b
	chmod 770 "$panel"
	refuses 1 "vethbpf: unpair end-a: $panel is not safe to use: not a directory of user 0 that only its owner may write to
         see who made it: ls -ld $panel" vb unpair end-a
	chmod 700 "$panel"
}

# A failure half-way

# ends: how many ends the programs know.
ends() {
	"$BATS_TEST_DIRNAME/ends.py" "$panel" list | wc -l
}

@test "somebody's XDP program on the second end: the first is left as it was" {
	ip -n "$mid" link set dev end-b xdp obj "$OTHER" sec xdp
	refuses 1 "vethbpf: pair end-a end-b: end-b: attach vb_wire_xdp: another XDP program is on the device
         \`bpftool net\` shows it; datapath tc leaves it in peace" \
		vb pair end-a end-b datapath xdp
	[ ! -e "$panel" ]
	# Also beside a pair, whose panel stays.
	more_ends
	vb pair more-a more-b
	refuses 1 "vethbpf: pair end-a end-b: end-b: attach vb_wire_xdp: another XDP program is on the device
         \`bpftool net\` shows it; datapath tc leaves it in peace" \
		vb pair end-a end-b datapath xdp
	[ "$(ends)" -eq 2 ]
	# And it is true that datapath tc does not mind.
	vb pair end-a end-b datapath tc
	vb unpair end-a
	ip -n "$mid" link set dev end-b xdp off
}

@test "a filter where ours goes: the first end is left as it was" {
	export VETHBPF_NO_TCX=1
	tc -n "$mid" qdisc add dev end-b clsact
	tc -n "$mid" filter add dev end-b ingress prio 65534 handle 1 bpf da obj "$OTHER" sec tc
	refuses 1 "vethbpf: pair end-a end-b: end-b: attach vb_wire_rx by clsact: a filter is there with priority 65534
         \`tc filter show\` shows it; of a cable whose BPF file system is gone it is all that is left, and can be deleted" \
		vb pair end-a end-b
	tc -n "$mid" qdisc del dev end-b clsact
}

@test "somebody's ingress qdisc where clsact is needed: the first end is left as it was" {
	export VETHBPF_NO_TCX=1
	tc -n "$mid" qdisc add dev end-b ingress
	refuses 1 "vethbpf: pair end-a end-b: end-b: an ingress qdisc is where clsact is needed
         clsact can do all that ingress can: let that one take its place" \
		vb pair end-a end-b side stack
	tc -n "$mid" qdisc del dev end-b ingress
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What all tests in network namespaces stand on.
#
#        left                        mid, the panel                       right
#   +-------------+     +-----------------------------------+     +-------------+
#   |       far-a |-----| low-a - end-a  ===  end-b - low-b |-----| far-b       |
#   +-------------+     +-----------------------------------+     +-------------+
#
# end-a and end-b are the ends of the cable, of any kind. A veth's other end is far-a or far-b, in a
# namespace of its own. A macvlan stands on low-a or low-b, one of a veth pair with far-a or far-b.
# The other kinds need neither. No device has an address or speaks by itself.

# shellcheck disable=SC2034,SC2154 # the tests use them; bats sets them
here=$BATS_TEST_DIRNAME
vethbpf=$here/../../build/vethbpf
bpffs=/sys/fs/bpf/vethbpf

# topology_up: the namespaces; for all tests of a file if setup_file calls it.
topology_up() {
	local ns
	prefix=vbt$$
	left=$prefix-left mid=$prefix-mid right=$prefix-right
	export prefix left mid right
	for ns in "$left" "$mid" "$right"; do
		ip netns add "$ns"
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	panel=$bpffs/$(netns_cookie "$mid")
	export panel
	declare -gA place=() silent=()
	pids=()	# of what a test left running
}

# topology_down: takes everything away, whatever state a test left it in.
topology_down() {
	local ns pid
	for pid in ${pids[@]+"${pids[@]}"}; do
		# A function in the background is a shell of its own, and what it runs is that one's child.
		pkill -P "$pid" 2>/dev/null || true
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	for ns in "$left" "$mid" "$right"; do
		[ ! -e "/run/netns/$ns" ] || ip netns del "$ns"
	done
	rm -rf "$panel" "$panel-new" "$panel-old"
	rmdir "$bpffs" 2>/dev/null || true
}

# in_ns NETNS COMMAND...: unlike `ip netns exec`, it leaves /sys/fs/bpf in sight.
in_ns() {
	local ns=$1
	shift
	nsenter --net="/run/netns/$ns" "$@"
}

# netns_cookie NETNS
netns_cookie() {
	in_ns "$1" /usr/bin/python3 -ISc '
import socket, struct
cookie = socket.socket(socket.AF_UNIX).getsockopt(socket.SOL_SOCKET, 71, 8)  # SO_NETNS_COOKIE
print(*struct.unpack("=Q", cookie))'
}

# vb ARGUMENT...: the loader, in the panel's namespace.
vb() {
	"$vethbpf" -n "$mid" "$@"
}

# wait_for COMMAND...: until it succeeds; for what the kernel does in its own time.
wait_for() {
	local deadline=$((SECONDS + 20))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || { echo "never happened: $*" >&2; return 1; }
		sleep 0.02
	done
}

# refuses STATUS MESSAGE COMMAND...: it fails with just this message, and nothing has changed.
refuses() {
	local before
	before=$(whole_state)
	run --separate-stderr "-$1" "${@:3}"
	echo "$stderr"
	[ -z "$output" ]
	diff <(echo "$2") <(echo "$stderr")
	unchanged_since "$before"
}

# is_running NETNS DEV: up and with a carrier, and the kernel has taken note of it.
is_running() {
	[[ $(ip -n "$1" -br link show dev "$2") =~ \ (UP|UNKNOWN)\  ]]
}

# can_make KIND: whether this kernel has such devices. Made in a namespace, and gone with it.
can_make() {
	ip -n "$right" link add vbt-try type "$1" 2>/dev/null && ip -n "$right" link del vbt-try
}

# make_end a|b KIND [SIDE]: the device end-a or end-b, up. SIDE is where it will be plugged in (by
# default its kind's own), and decides where frames go in and come out: place[a] for wire.py.
# silent[a] is where nothing may be seen at all.
make_end() {
	local end=end-$1 low=low-$1 far=far-$1 kind=$2 side=${3-} ns=$left outside=
	[ "$1" = a ] || ns=$right
	[ "$side" ] || case $kind in veth | tap) side=wire ;; *) side=stack ;; esac

	case $kind in
	veth)
		ip -n "$mid" link add "$end" type veth peer name "$far" netns "$ns"
		;;
	macvlan)
		ip -n "$mid" link add "$low" type veth peer name "$far" netns "$ns"
		ip -n "$mid" link set "$low" up
		ip -n "$mid" link add "$end" link "$low" type macvlan mode passthru
		;;
	tap)
		# Without udev the device file comes with the module.
		[ -e /dev/net/tun ] || modprobe -q tun || skip "this kernel has no tap devices"
		ip -n "$mid" tuntap add dev "$end" mode tap
		outside=$mid/$end:tap
		;;
	bridge)	# one that snoops reports that it does
		ip -n "$mid" link add "$end" type bridge mcast_snooping 0
		;;
	*)
		can_make "$kind" || skip "this kernel has no $kind devices"
		ip -n "$mid" link add "$end" type "$kind"
		;;
	esac
	ip -n "$mid" link set "$end" up
	if [ "$kind" = veth ] || [ "$kind" = macvlan ]; then
		ip -n "$ns" link set "$far" up
		wait_for is_running "$ns" "$far"
		wait_for is_running "$mid" "$end"
		outside=$ns/$far
	fi

	place[$1]=$mid/$end silent[$1]=$outside
	[ "$side" = stack ] || { place[$1]=$outside; silent[$1]=; }
}

# make_ends KIND SIDE KIND SIDE
make_ends() {
	make_end a "$1" "$2"
	make_end b "$3" "$4"
}

# more_ends: two more devices to pair, of a kind without another end.
more_ends() {
	ip -n "$mid" link add more-a type bridge
	ip -n "$mid" link add more-b type bridge
}

wire() {
	"$here/wire.py" "$@"
}

# taken DEV: what both ends of its pair took, as wire.py prints what it sent.
taken() {
	vb -j show "$1" | jq -c '.[0] | {a, b} | map_values(.taken | {frames, bytes})'
}

# dropped DEV: how many frames either end of its pair took and did not hand over.
dropped() {
	vb -j show "$1" | jq '[.[0] | .a, .b | .taken.dropped[]] | add'
}

# crosses [OPTION...]: frames of every sort cross unchanged both ways; the counters tell of these
# and no others. For a pair that has not carried anything before.
crosses() {
	local sent
	# shellcheck disable=SC2086 # an empty place is none
	sent=$(wire cross "$@" "$FRAMES" "${place[a]}" "${place[b]}" ${silent[a]} ${silent[b]})
	echo "sent $sent"
	local told
	told=$(vb -j show end-a | jq -c '.[0] | {a, b} |
		map_values(.taken | {frames, bytes}), ([.[].taken.dropped[]] | add)')
	echo "took and dropped: $told"
	[ "$told" = "$sent"$'\n'0 ]
}

# crosses_generic [OPTION...]: the same by generic XDP, which does not see a tag that lies beside a
# frame: so bytes are not counted in full.
crosses_generic() {
	local sent
	sent=$(wire cross "$@" "$FRAMES" "${place[a]}" "${place[b]}")
	[ "$(taken end-a | jq -c 'map_values(.frames)')" = "$(jq -c 'map_values(.frames)' <<<"$sent")" ]
	[ "$(dropped end-a)" -eq 0 ]
}

# shows FILTER: show's JSON of the one pair, by end-a, is as jq's FILTER says.
shows() {
	vb -p show end-a | jq -e ".[0] | $1" >/dev/null || { vb show end-a; false; }
}

# ifindex DEV
ifindex() {
	ip -n "$mid" -j link show dev "$1" | jq '.[0].ifindex'
}

# nothing_passes: what goes in at A comes out nowhere, and every frame is counted as dropped because
# the peer is gone.
nothing_passes() {
	local sent
	sent=$(wire lost "$FRAMES" "${place[a]}" "$@")
	shows "(.a.taken | {frames, bytes}) == $sent and .a.taken.dropped.no_peer == .a.taken.frames"
}

# hooked a|b PROGRAM: show tells that this program is attached to the end, and how, as a jq object.
hooked() {
	vb -j show end-a | jq -e --arg prog "$2" ".[0].$1.hooks[] | select(.prog == \$prog and .attached)"
}

# methods: how programs are attached to both ends, each once: "tcx", "clsact", "tcx xdp" …
methods() {
	vb -j show end-a | jq -r '[.[0] | .a, .b | .hooks[].method] | unique | join(" ")'
}

# tc_method: what this kernel attaches TC programs by.
tc_method() {
	if [ "${VETHBPF_NO_TCX-}" != 1 ] && has_tcx; then echo tcx; else echo clsact; fi
}

# kernel_is MAJOR MINOR: or later.
kernel_is() {
	local major minor
	IFS=. read -r major minor _ < <(uname -r)
	[ "$major" -gt "$1" ] || { [ "$major" -eq "$1" ] && [ "${minor%%[!0-9]*}" -ge "$2" ]; }
}

has_tcx() {
	kernel_is 6 6
}

# has_types: programs can read the kernel's structures, Linux 6.2 or later.
has_types() {
	grep -q ' bpf_rdonly_cast$' /proc/kallsyms
}

# make_xdp_ends: two veths that can have XDP in the driver both ways. A veth takes frames from XDP only
# if its other end polls (NAPI), and that is known only where the kernel tells what a driver can do.
make_xdp_ends() {
	kernel_is 6 3 || skip "this kernel does not tell which drivers can do XDP"
	make_ends veth wire veth wire
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
}

# whole_state: all that a cable might change: the devices of the panel's namespace, their qdiscs,
# filters and programs, the panel's pins, what its maps hold.
whole_state() {
	local dev map
	ip -n "$mid" -d -j link show | jq -c '.[] | del(.. | .gc_timer?)'	# a bridge's, which runs
	tc -n "$mid" qdisc show
	for dev in $(tc -n "$mid" -j qdisc show | jq -r '.[] | select(.handle == "ffff:").dev'); do
		tc -n "$mid" filter show dev "$dev" ingress
		tc -n "$mid" filter show dev "$dev" egress
	done
	in_ns "$mid" bpftool net show
	[ -d "$panel" ] || return 0
	# What is loaded for all ends, and for no device, may stay for the next one to use.
	find "$panel"* -not -path '*/prog/*' -not -path '*/link/xdp_*' | sort
	for map in peers ports; do
		bpftool -j map dump pinned "$panel/$map"
	done
}

# unchanged_since STATE: whole_state is what it was.
unchanged_since() {
	local now
	now=$(whole_state)
	diff <(echo "$1") <(echo "$now")
}

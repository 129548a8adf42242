#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# capture: what it sees of a cable, what it writes, and that it leaves nothing behind.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # what lib.bash and bats set

load lib
load add

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	file=$BATS_TEST_TMPDIR/capture.pcapng
	told=$BATS_TEST_TMPDIR/told
}
teardown() { topology_down; }

# capturing DEV [WORD...]: a capture into the file that has begun; ends_capture is due.
capturing() {
	"$vethbpf" -n "$mid" capture "$1" write "$file" "${@:2}" 2>"$told" 3>&- &
	pids=($!)
	wait_for grep -q "^capturing " "$told"
}

# ends_capture: as ^C does; it says what it did.
ends_capture() {
	kill -INT "${pids[0]}"
	wait "${pids[0]}"
	pids=()
	cat "$told"
}

# captured END DIRECTION: the bytes of the frames that the file has of it.
captured() {
	"$here/pcapng.py" "$file" | awk -v end="$1" -v way="$2" '$1 == end && $2 == way { print $5 }'
}

# has_tracing: whether this kernel allows programs that look at others (no lockdown).
has_tracing() {
	(vb -j check || true) | jq -e .kernel.tracing >/dev/null
}

# captures_all VERDICT: every frame that crosses is in the file, byte for byte, in order and once.
captures_all() {
	local frames=$BATS_TEST_TMPDIR/frames end
	awk '{ print $2 }' "$FRAMES" >"$frames"
	capturing end-a
	wire cross --mtu 0 "$FRAMES" "${place[a]}" "${place[b]}"
	ends_capture
	for end in end-a end-b; do
		diff "$frames" <(captured "$end" in)
		grep -x "$end: $(wc -l <"$frames") frames taken, 0 lost by the capture" "$told"
	done
	grep -x "$((2 * $(wc -l <"$frames"))) frames written to $file" "$told"
	has_tracing || set -- -
	[ "$("$here/pcapng.py" "$file" | awk '{ print $3 }' | sort -u)" = "$1" ]
}

@test "datapath tc: all frames, byte for byte, of both ends, with the verdict" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	captures_all 1:7 # TC_ACT_REDIRECT
}

@test "datapath peer: all frames, byte for byte" {
	kernel_is 6 2 || skip "this kernel's programs cannot see other ends"
	make_ends veth wire veth wire
	vb pair end-a end-b datapath peer
	captures_all 1:7
}

# bats test_tags=kernel
@test "datapath xdp: all frames, byte for byte" {
	has_tracing || skip "this kernel allows no tracing programs"
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	capturing end-a
	# Frames whose tag lies beside them, or that another program must see first, go by TC.
	wire cross --mtu 0 "$FRAMES" "${place[a]}" "${place[b]}"
	ends_capture
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-a in)
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-b in)
	"$here/pcapng.py" "$file" | awk '{ print $3 }' | grep -x 2:4 # XDP_REDIRECT
}

@test "datapath xdp where the driver has none: all frames, byte for byte" {
	has_tracing || skip "this kernel allows no tracing programs"
	make_ends tap wire tap wire
	ip -n "$mid" link set end-a mtu 9000
	vb pair end-a end-b datapath xdp
	capturing end-a
	wire cross --mtu 0 "$FRAMES" "${place[a]}" "${place[b]}"
	ends_capture
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-a in)
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-b in)
}

@test "what XDP takes cannot be seen without tracing programs: that is said" {
	! has_tracing || skip "this kernel allows tracing programs"
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	refuses 1 "vethbpf: capture end-a: this kernel allows no tracing programs (lockdown), and \
without them what XDP takes cannot be seen
         a pair with datapath tc can be captured here" vb capture end-a write "$file"
	[ ! -e "$file" ]
}

# bats test_tags=kernel
@test "clsact" {
	has_tracing || skip "this kernel allows no tracing programs"
	make_ends veth wire veth wire
	VETHBPF_NO_TCX=1 vb pair end-a end-b datapath tc
	captures_all 1:7
}

@test "what a stack end takes, its stack has sent" {
	make_ends macvlan stack veth wire
	vb pair end-a end-b
	capturing end-b
	wire cross --mtu 0 --by-cast "$FRAMES" "${place[a]}" "${place[b]}"
	ends_capture
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-a out)
	diff <(awk '{ print $2 }' "$FRAMES") <(captured end-b in)
}

@test "what add made: all frames that cross, as the stacks send them" {
	add_apart
	capturing eth-b
	frames_cross "$left/eth-a" "$right/eth-b"
	ends_capture
	grep -v "^pause " "$FRAMES" | awk '{ print $2 }' >"$BATS_TEST_TMPDIR/frames"
	diff "$BATS_TEST_TMPDIR/frames" <(captured eth-a out | head -n "$(wc -l <"$BATS_TEST_TMPDIR/frames")")
	diff "$BATS_TEST_TMPDIR/frames" <(captured eth-b out | head -n "$(wc -l <"$BATS_TEST_TMPDIR/frames")")
}

@test "what is dropped was taken, and has that verdict" {
	has_tracing || skip "this kernel allows no tracing programs"
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	vb unplug end-a
	capturing end-a
	wire lost "$FRAMES" "${place[a]}"
	ends_capture
	[ "$("$here/pcapng.py" "$file" | awk '{ print $1, $3 }' | sort | uniq -c)" = \
		"$(printf '%7d end-a 1:2' "$(wc -l <"$FRAMES")")" ] # TC_ACT_SHOT
}

@test "other pairs' frames are not captured" {
	make_ends veth wire veth wire
	ip -n "$mid" link add more-a type veth peer name far-c netns "$left"
	ip -n "$mid" link add more-b type veth peer name far-d netns "$right"
	for dev in "$mid/more-a" "$mid/more-b" "$left/far-c" "$right/far-d"; do
		ip -n "${dev%/*}" link set "${dev#*/}" up
	done
	vb pair end-a end-b
	vb pair more-a more-b
	capturing more-a
	crosses
	ends_capture
	[ -z "$("$here/pcapng.py" "$file")" ]
}

@test "tools read the file: capinfos, tshark, tcpdump" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	capturing end-b
	wire cross --mtu 0 "$FRAMES" "${place[a]}" "${place[b]}"
	ends_capture
	frames=$(wc -l <"$FRAMES")
	run -0 capinfos "$file"
	[[ $output == *"File encapsulation:  Ethernet"* ]]
	[[ $output == *"File timestamp precision:  nanoseconds (9)"* ]]
	[[ $output == *"Strict time order:   True"* ]]
	[[ $output == *"Name = end-a"*"Description = wire end, cabled to end-b"*"Number of packets = $frames"* ]]
	[[ $output == *"Name = end-b"*"Description = wire end, cabled to end-a"*"Number of packets = $frames"* ]]
	[ "$(tshark -r "$file" -T fields -e frame.interface_name -e frame.packet_flags_direction 2>/dev/null |
		sort | uniq -c | awk '{ print $1, $2, $3 }')" = "$frames end-a 0x00000001
$frames end-b 0x00000001" ]
	[ "$(tcpdump --count -r "$file" 2>/dev/null)" = "$((2 * frames)) packets" ]
	# Within the time of this test, by the machine's clock.
	[ "$(tshark -r "$file" -T fields -e frame.time_epoch 2>/dev/null |
		awk -v now="$(date +%s)" '$1 > now + 1 || $1 < now - 60' | wc -l)" -eq 0 ]
}

# with_addresses: far-a and far-b can ping each other, and have nothing to ask.
with_addresses() {
	make_ends veth wire veth wire
	ip -n "$left" address add 192.0.2.1/24 dev far-a
	ip -n "$right" address add 192.0.2.2/24 dev far-b
	vb pair end-a end-b datapath tc
	in_ns "$left" ping -q -c 1 -W 5 192.0.2.2
}

@test "a filter, a count and a snaplen" {
	with_addresses
	capturing end-a snaplen 64 count 4 filter icmp and src host 192.0.2.2
	in_ns "$left" ping -q -c 4 -i 0.01 -s 500 192.0.2.2
	wait "${pids[0]}"
	[ "$("$here/pcapng.py" "$file" | awk '{ print $1, $4, length($5) / 2 }' | uniq -c | xargs)" = \
		"4 end-b 542 64" ]
	grep -x "4 frames written to $file" "$told"
}

@test "into a pipe, as it happens" {
	with_addresses
	seen=$BATS_TEST_TMPDIR/seen
	{ "$vethbpf" -n "$mid" capture end-a filter icmp 2>"$told" | tshark -l -r - >"$seen" 2>/dev/null; } 3>&- &
	wait_for grep -q "^capturing " "$told"
	in_ns "$left" ping -q -c 1 192.0.2.2
	wait_for grep -q "192.0.2.2 → 192.0.2.1 .*reply" "$seen"
	ip -n "$mid" link del end-a # ends it, within a second
	vb unpair end-b
	wait $!
}

# ours: how many programs and maps of captures there are; a link that is left would keep a program.
ours() {
	bpftool -j prog show | jq '[.[] | select((.name // "") | startswith("vb_cap_"))] | length'
	bpftool -j map show | jq '[.[] | select((.name // "") | startswith("cap_"))] | length'
}

@test "killed, it leaves nothing behind" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	before=$(ours)
	state=$(whole_state)
	capturing end-a
	[ "$(ours)" != "$before" ]
	kill -KILL "${pids[0]}"
	wait "${pids[0]}" || true
	same_again() { [ "$(ours)" = "$before" ]; }
	wait_for same_again
	[ "$(whole_state)" = "$state" ]
	crosses
}

@test "unpaired meanwhile: it says so, and what was captured is whole" {
	with_addresses
	capturing end-a filter icmp
	in_ns "$left" ping -q -c 2 -i 0.01 192.0.2.2
	vb unpair end-a
	status=0
	wait "${pids[0]}" || status=$?
	[ $status -eq 1 ]
	pids=()
	grep -x "vethbpf: capture end-a: the cable end-a <-> end-b is no longer there" "$told"
	[ "$(captured end-a in | wc -l)" -eq 2 ]
	capinfos "$file" >/dev/null
}

@test "what finds no room is counted" {
	make_ends veth wire veth wire
	ip -n "$left" link set far-a mtu 65000
	ip -n "$mid" link set end-a mtu 65000
	ip -n "$mid" link set end-b mtu 65000
	ip -n "$right" link set far-b mtu 65000
	vb pair end-a end-b datapath tc
	capturing end-a
	kill -STOP "${pids[0]}"
	in_ns "$left" python3 -ISc '
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("far-a", 0))
for _ in range(1200):
    s.send(bytes.fromhex("02000000bb01020000000001" + "88b5") + bytes(60000))'
	[ "$(taken end-a | jq .a.frames)" -eq 1200 ]
	kill -CONT "${pids[0]}"
	ends_capture
	read -r taken lost < <(sed -n 's/^end-a: \([0-9]*\) frames taken, \([0-9]*\) lost.*/\1 \2/p' "$told")
	[ "$taken" -eq 1200 ]
	[ "$lost" -gt 0 ]
	[ "$("$here/pcapng.py" "$file" | wc -l)" -eq $((taken - lost)) ]
	capinfos "$file" >/dev/null
}

@test "what cannot be written is said" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	refuses 1 "vethbpf: capture end-a: open /nowhere/file: No such file or directory" \
		vb capture end-a write /nowhere/file
	run --separate-stderr -1 vb capture end-a write /dev/full
	[[ $stderr == "vethbpf: capture end-a: write to /dev/full: No space left on device" ]]
	refuses 1 "vethbpf: nothing: no such device in this network namespace
         \`vethbpf list\` shows the pairs there are" vb capture nothing write "$file"
}

@test "a filter that is none is refused" {
	refuses 2 "vethbpf: capture end-a: filter \"tcp ports\": can't parse filter expression: syntax error" \
		vb capture end-a write "$file" filter tcp ports
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# upgrade: other programs, and maps, in the place of those that carry the frames, while they do.
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

# How often programs are replaced in a test; 100 for the full measure.
TIMES=${VETHBPF_UPGRADES:-10}

# programs: the ids of all programs that are attached to the ends, a line each.
programs() {
	vb -j show | jq '.[] | .a, .b | .hooks[] | if .attached then .prog_id else error("detached") end' |
		sort -u
}

# upgrades: nothing of a stream is lost meanwhile; all else stays.
upgrades() {
	local i before links
	before=$(programs)
	links=$(vb -j show | jq -c '[.. | .link_id?]')
	vb unplug end-b
	vb plug end-b
	stream_start "$right/far-b"
	for ((i = 0; i < TIMES; i++)); do
		vb upgrade
	done
	stream_stop
	[ -z "$(comm -12 <(echo "$before") <(programs))" ]
	[ "$(vb -j show | jq -c '[.. | .link_id?]')" = "$links" ]
	shows ".state == \"plugged\" and .a.taken.frames == $(streamed_to 1) and (.a.taken.dropped | add) == 0"
	[ -z "$(find "$panel" -name '*-old' -o -name '*-new')" ]
	vb unpair end-a
	[ ! -e "$panel" ]
}

# bats test_tags=kernel
@test "nothing is lost or doubled, by tcx" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	vb pair end-a end-b
	upgrades
}

# bats test_tags=kernel
@test "nothing is lost or doubled, by clsact" {
	export VETHBPF_NO_TCX=1
	make_ends veth wire veth wire
	vb pair end-a end-b
	upgrades
}

# bats test_tags=kernel
@test "nothing is lost or doubled, in the driver" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	upgrades
	[ "$(in_ns "$mid" bpftool -j net | jq '.[0].xdp | length')" -eq 0 ]
}

@test "nothing is lost or doubled between what add made" {
	vb add far-a netns "$left" up peer far-b netns "$right" up
	before=$(bpftool -j prog show pinned "$panel/prog/vb_anchor_rx" | jq .id)
	wait_for is_running "$left" far-a
	stream_start "$right/far-b"
	for ((i = 0; i < TIMES; i++)); do vb upgrade; done
	stream_stop
	[ "$(bpftool -j prog show pinned "$panel/prog/vb_anchor_rx" | jq .id)" -ne "$before" ]
	vb -j list | jq -e '.[0].state == "plugged"'
	vb del far-a
	[ ! -e "$panel" ]
}

@test "the programs keep their places among other people's" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	pin=/sys/fs/bpf/$prefix-other
	bpftool prog loadall "$OTHER" "$pin"
	in_ns "$mid" "$here/tcx.py" attach "$pin/other_tc" end-a ingress "$pin-1"
	vb pair end-a before end-b
	in_ns "$mid" "$here/tcx.py" attach "$pin/other_tc" end-b ingress "$pin-2"
	vb upgrade
	[ "$(in_ns "$mid" "$here/tcx.py" show end-a ingress)" = "vb_wire_rx other_tc" ]
	[ "$(in_ns "$mid" "$here/tcx.py" show end-b ingress)" = "vb_wire_rx other_tc" ]
	rm -r "$pin" "$pin-1" "$pin-2"
}

@test "no pairs: nothing to do; all: every network namespace" {
	vb upgrade
	vb upgrade all
	make_ends veth wire veth wire
	vb pair end-a end-b
	"$vethbpf" -n "$left" add far-x peer far-y
	before=$(programs)
	there=$("$vethbpf" -n "$left" -j show | jq -c '[.[] | .. | .prog_id?]')
	"$vethbpf" upgrade all
	[ -z "$(comm -12 <(echo "$before") <(programs))" ]
	[ "$("$vethbpf" -n "$left" -j show | jq -c '[.[] | .. | .prog_id?]')" != "$there" ]
	crosses
	"$vethbpf" -n "$left" del far-x
	run -2 vb upgrade everything
	[[ ${lines[0]} == 'vethbpf: "everything" is not understood here' ]]
}

# killed N COMMAND...: it is killed at its N-th bpf(), rename() or unlink(); fails when it came to its
# end before.
killed() {
	local status=0
	strace -qq -o /dev/null -e trace=bpf,rename,unlink -e inject=bpf,rename,unlink:signal=SIGKILL:when="$1" \
		"${@:2}" || status=$?
	[ $status -eq 137 ] || { [ $status -eq 0 ] && return 1; }
}

# How many of these calls are passed over between two at which it is killed; 1: none.
STEP=${VETHBPF_KILL_STEP:-29}

@test "killed at any point, the cable carries on, and one more upgrade finishes" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	for ((n = 20; ; n += STEP)); do
		killed $n "$vethbpf" -n "$mid" upgrade || break
		echo "$n: $(find "$panel" -name '*-old' -o -name '*-new' | wc -l) pins"
		shows '.state == "plugged" and ([.a, .b | .hooks[].attached] | all)'
		wire cross "$FRAMES" "${place[a]}" "${place[b]}" >/dev/null
		vb upgrade
		shows '.state == "plugged" and ([.a, .b | .hooks[].attached] | all)'
		[ -z "$(find "$panel" -name '*-old' -o -name '*-new')" ]
		[ "$(programs | wc -l)" -eq 3 ]
	done
	[ "$n" -gt 50 ]
	vb unpair end-a
	[ ! -e "$panel" ]
	[ "$(in_ns "$mid" bpftool -j net | jq '.[0].xdp | length')" -eq 0 ]
}

# Layouts

# newer: a loader of a version to come, whose ports and ends are longer; built once.
newer() {
	local tree=$BATS_FILE_TMPDIR/newer
	newer=$tree/build/vethbpf
	[ ! -e "$newer" ] || return 0
	mkdir "$tree"
	cp -a "$here"/../../{Makefile,bpf,include,user} "$tree"
	sed -i 's/^VERSION := .*/VERSION := 9.8.7/' "$tree/Makefile"
	sed -i -e 's/^#define VB_STATE_VERSION .*/#define VB_STATE_VERSION 9/' \
		-e '/^struct vb_end {/,/^};/ s/^};/	__u64 later;\n};/' \
		-e 's/sizeof(struct vb_end) == 16/sizeof(struct vb_end) == 24/' \
		-e '/^struct vb_port {/,/^};/ s/^};/	__u64 later[4];\n};/' \
		-e 's/sizeof(struct vb_port) == 104/sizeof(struct vb_port) == 136/' \
		-e '/^struct vb_hold {/,/^};/ s/^};/	__u64 later;\n};/' \
		-e 's/sizeof(struct vb_hold) == 16/sizeof(struct vb_hold) == 24/' "$tree/include/vethbpf.h"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$tree" -j"$(nproc)" CFLAGS=-O0 3>&-
}

later() {
	"$newer" -n "$mid" "$@"
}

# told: what list and save tell, with the counters.
told() {
	"$1" -n "$mid" -j list
	"$1" -n "$mid" save
}

@test "a newer version upgrades a running pair; then the older one refuses" {
	newer
	make_ends veth wire veth wire
	more_ends
	vb pair end-a open before end-b datapath tc
	vb pair more-a side wire more-b
	vb unplug more-a direction in
	crosses
	before=$(told "$vethbpf")

	# As it is, it can be looked at, but not changed.
	diff <(echo "$before") <(told "$newer")
	refuses 1 "vethbpf: unpair end-a: $panel was made by an older vethbpf (state version 1; this one's is 9)
         \`vethbpf upgrade\` brings it up to date; the cables carry on meanwhile" later unpair end-a

	stream_start "$right/far-b"
	later upgrade
	stream_stop
	without_counts='del(.. | objects | .frames, .bytes)'
	diff <(head -1 <<<"$before" | jq "$without_counts") <(later -j list | jq "$without_counts")
	diff <(tail -n +2 <<<"$before") <(later save)
	later -j list | jq -e --argjson before "$(head -1 <<<"$before")" --argjson more "$(streamed_to 1)" '
		.[0].a.taken.frames == $before[0].a.taken.frames + $more and
		.[0].b.taken == $before[0].b.taken and (.[0].a.taken.dropped | add) == 0'

	for command in list "pair end-a end-b" "unpair end-a" upgrade; do
		# shellcheck disable=SC2086 # a command of several words
		run --separate-stderr -1 vb $command
		[[ $stderr == *"$panel was made by a newer vethbpf, 9.8.7 (state version 9; this one, "*", knows 1)
         use that one, or take its pairs away with it first" ]]
	done

	# What it now has is what its programs look at.
	later plug more-a
	later unplug end-b
	place[a]=$left/far-a
	[ "$(later -j list | jq -c 'map(.state)')" = '["unplugged","plugged"]' ]
	wire lost "$FRAMES" "${place[a]}" "${place[b]}" >/dev/null
	later plug end-b
	later unpair end-a
	later unpair more-b
	[ ! -e "$panel" ]
}

@test "an upgrade to another layout that is killed at any point: cables carry on, one more finishes" {
	newer
	make_ends veth wire veth wire
	for ((n = 20; ; n += STEP)); do
		vb pair end-a end-b
		killed $n "$newer" -n "$mid" upgrade || break
		later -j list | jq -e '.[0].state == "plugged"' >/dev/null
		wire cross "$FRAMES" "${place[a]}" "${place[b]}" >/dev/null
		run --separate-stderr later unpair end-a
		echo "$n: ${stderr%%$'\n'*}"
		if [ "$status" -ne 0 ]; then
			[[ $stderr == *"an upgrade of it was cut short"* || $stderr == *"by an older vethbpf"* ]]
			later upgrade
			later -j list | jq -e '.[0].state == "plugged"' >/dev/null
			wire cross "$FRAMES" "${place[a]}" "${place[b]}" >/dev/null
			later unpair end-a
		fi
		[ ! -e "$panel" ]
	done
	[ "$n" -gt 50 ]
	later unpair end-a
}

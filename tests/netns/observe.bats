#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What list, show, stats, metrics, graph and monitor tell, and that other programs can read it.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	out=$BATS_TEST_TMPDIR/out
}

teardown() {
	topology_down
}

valid() {
	"$here/schema.py" "$1"
}

# start COMMAND...: of vb, in the background, into $out.
start() {
	"$vethbpf" -n "$mid" "$@" >"$out" 2>&1 &
	pids+=($!)
}

# stop SIGNAL: what was started ends by this signal, with status 0.
stop() {
	kill "-$1" "${pids[-1]}"
	wait "${pids[-1]}"
	unset 'pids[-1]'
}

# told FILTER: an event that is as jq's FILTER says is in $out.
told() {
	jq -es "any(.[]; $1)" "$out"
}

# JSON is what the schema says

@test "the schema is documented, field by field" {
	valid documented
}

@test "list and show of pairs in every state" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	vb -j list | valid list
	vb -j show | valid show
	vb add eth-a netns "$left" peer eth-b
	vb -j list | valid list
	vb -p show | valid show
	ip -n "$mid" link del end-b
	ip -n "$left" link del eth-a
	vb -j list | jq -e 'all(.state == "broken")'
	vb -j list | valid list
	vb -j show | valid show
}

@test "check, with findings and about a device" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link set end-b down
	(vb -j check || [ $? -eq 1 ]) | valid check
	(vb -p check end-a || [ $? -eq 1 ]) | valid check
	(vb -j check lo || [ $? -eq 1 ]) | valid check
}

# Counts

@test "list counts what crosses each way; units for humans" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	crosses
	sent=$(taken end-a | jq '"-> \(.a.frames) frames \(.a.bytes) bytes <- \(.b.frames) frames \(.b.bytes) bytes"' -r)
	[[ $(vb list) == *" $sent" ]]
	vb -j list | jq -e '.[0] | .a.taken.frames == .b.handed_over.frames and
		.b.taken.bytes == .a.handed_over.bytes and .a.taken.frames > 0'
	[[ $(vb -H list) =~ "-> "[0-9]+" frames "[0-9.]+"k bytes <- " ]]
	[[ $(vb --human show) =~ "taken "[0-9]+" frames "[0-9.]+"k bytes" ]]
}

# stats

@test "stats: the rates add up to what crossed" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start -j stats end-b
	wait_for test -s "$out"		# it looked once, and at nothing yet
	crosses
	sum='[.[] | .seconds * .a_to_b.frames_per_second] | add | round'
	sent=$(taken end-a | jq .a.frames)
	wait_for eval 'jq -es "$sum == $sent" "$out"'
	jq -es '[.[] | .seconds * .a_to_b.dropped_per_second] | add == 0' "$out"
	valid stats <"$out"
}

@test "stats: a line for each pair each time, as often as asked" {
	make_ends veth wire macvlan stack
	more_ends
	vb pair end-a end-b
	vb pair more-a more-b
	run -0 vb stats interval 0.1 count 2
	[ ${#lines[@]} -eq 4 ]
	[[ ${lines[2]} == "end-a <-> end-b -> "*" frames/s "*" bit/s <- "* ]]
	[ "$(vb stats more-b interval 0.1 count 1 | wc -l)" -eq 1 ]
	[ "$(vb -j stats interval 0.1 count 2 | jq -s length)" -eq 4 ]
}

@test "stats: in place on a terminal" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	script -qec "$vethbpf -n $mid stats interval 0.1 count 3" /dev/null >"$out"
	[ "$(grep -c $'\033\\[1F\033\\[J' "$out")" -eq 2 ]	# back by the one line, before the next
}

@test "stats of a device that is not paired, or no longer" {
	make_ends veth wire macvlan stack
	refuses 1 "vethbpf: end-a is not paired
         \`vethbpf list\` shows the pairs there are" vb stats end-a
	vb pair end-a end-b
	start stats end-a interval 0.1
	wait_for test -s "$out"
	vb unpair end-a
	status=0
	wait "${pids[-1]}" || status=$?
	[ "$status" -eq 1 ]
	[[ $(<"$out") == *"end-a is not paired"* ]]
}

# metrics and graph

# awkward_pair: of devices whose names must be escaped, and a broken one.
awkward_pair() {
	ip -n "$mid" link add 'q"b\s' type bridge
	ip -n "$mid" link add more-b type bridge
	vb pair 'q"b\s' more-b
}

@test "metrics: promtool takes them without a word" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	crosses
	awkward_pair
	vb metrics >"$out"
	run -0 promtool check metrics <"$out"
	[ -z "$output" ]
	sent=$(taken end-a | jq .a.frames)
	grep -F "vethbpf_end_taken_frames_total{dev=\"end-a\",ifindex=\"$(ifindex end-a)\",peer=\"end-b\",side=\"wire\"} $sent" "$out"
	grep -E '^vethbpf_pair_state\{a="end-a",b="end-b",ifindex="[0-9]+",state="plugged"\} 1$' "$out"
	grep -Fx "vethbpf_pairs 2" "$out"
}

@test "metrics of no pairs" {
	run -0 promtool check metrics < <(vb metrics)
	[ -z "$output" ]
	[ "$(vb metrics | grep -vc '^#')" -eq 1 ]
}

@test "metrics as OpenMetrics, for its strictest reader" {
	awkward_pair
	vb metrics openmetrics | /usr/bin/python3 -Ic '
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
samples = [s for m in parse(sys.stdin.read()) for s in m.samples]
assert any(s.name == "vethbpf_end_taken_frames_total" and s.labels["dev"] == "q\"b\\s" for s in samples)'
}

@test "graph: dot draws it, with a cluster for each namespace" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	vb add eth-a netns "$left" peer eth-b netns "$left"
	awkward_pair
	ip -n "$mid" link del more-b
	vb graph >"$out"
	run -0 --separate-stderr dot -Tplain "$out"
	[ -z "$stderr" ]
	[ "$(grep -c '^node' <<<"$output")" -eq 9 ]
	[ "$(grep -c '^edge' <<<"$output")" -eq 6 ]
	[ "$(grep -c 'subgraph cluster_' "$out")" -eq 2 ]
	grep -F "label=\"netns $mid\"" "$out"
	grep -F "label=\"netns $left\"" "$out"
	grep -F 'label="far-a\nother end veth' "$out"
	[ "$(grep -c 'style=dashed, color=red' "$out")" -eq 1 ]
}

# monitor

@test "monitor: a pair comes and goes" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start -j monitor
	# It tells of what comes after its first look.
	wait_for eval 'ip -n "$mid" link set end-a down; ip -n "$mid" link set end-a up; told ".event == \"up\""'
	vb unpair end-a
	wait_for told '.event == "unpaired" and .a == "end-a" and .b == "end-b"'
	vb pair end-b end-a
	wait_for told '.event == "paired" and .a == "end-b" and .b == "end-a"'
	valid monitor <"$out"
	stop TERM
}

@test "monitor: devices go down and up, are renamed, moved, deleted" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start -j monitor
	# What comes before its first look it does not tell: not both of the first two, perhaps.
	wait_for eval 'ip -n "$mid" link set end-a down; ip -n "$mid" link set end-a up
		told ".event == \"up\"" &&
		told ".event == \"down\" and .dev == \"end-a\" and .end == \"a\" and .why == \"set down\""'
	ip -n "$left" link set far-a down
	wait_for told '.event == "down" and .why == "no carrier"'
	ip -n "$mid" link set end-b name fresh-b
	wait_for told '.event == "renamed" and .dev == "fresh-b" and .was == "end-b"'
	ip -n "$mid" link set end-a netns "$right"
	wait_for told '.event == "moved" and .dev == "end-a"'
	wait_for told '.event == "broken" and (.why | startswith("end-a is gone"))'
	ip -n "$mid" link del fresh-b
	wait_for told '.event == "gone" and .dev == "fresh-b" and .end == "b"'
	valid monitor <"$out"
	stop INT
}

@test "monitor: frames are dropped" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start -j monitor
	wait_for eval 'ip -n "$mid" link set end-b down; ip -n "$mid" link set end-b up; told ".event == \"up\""'
	ip -n "$mid" link set end-b down
	lost=$(wire lost "$FRAMES" "${place[a]}" | jq .frames)
	wait_for eval 'jq -es "[.[] | select(.event == \"drops\" and .dev == \"end-a\").frames] | add == $lost" "$out"'
	stop TERM
}

@test "monitor: as text, in a panel that goes and comes while it runs" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	start monitor
	wait_for eval 'ip -n "$mid" link set end-a down; ip -n "$mid" link set end-a up; grep "end-a up$" "$out"'
	vb unpair end-a
	wait_for grep " end-a <-> end-b: unpaired$" "$out"
	[ ! -e "$panel" ]
	vb pair end-a end-b
	wait_for grep " end-a <-> end-b: paired$" "$out"
	stop TERM
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The benchmark's own arithmetic and what it leaves behind; what it measures is for those who run it.

setup() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_DIRNAME/../.." || return
	export PYTHONPATH=scripts/benchlib PYTHONDONTWRITEBYTECODE=1
}

# results FILE FACTOR: a run in which vethbpf took so many times as long as the bare program.
results() {
	jq -n --argjson factor "$2" '
		def record(name; samples): {suite: "cost", case: "TC", contender: name, unit: "ns",
			better: "lower", reference: "bare TC redirect", samples: samples};
		{machine: {date: "2026-01-02T03:04:05+00:00", version: "v", kernel: "Linux 9", cpu: "c", cpus: 2,
			memory: "1 GiB", mitigations: {}}, rounds: 3, quick: false, skipped: [],
		records: [record("vethbpf tc"; [10, 40, 20 | . * $factor]),
			record("bare TC redirect"; [10, 40, 20])]}' >"$1"
}

@test "contenders are measured in turn; one that is not to be had is told of once, and left out" {
	python3 - <<-'PYTHON'
	import stats
	order, lost = [], []
	def contender(name, fails=False):
	    def sample():
	        order.append(name)
	        if fails:
	            raise stats.Unavailable("no such thing")
	        return len(order)
	    return sample
	got = stats.interleave({"a": contender("a"), "b": contender("b", True), "c": contender("c")}, 3,
	                       lambda name, why: lost.append((name, why)))
	assert order == list("abcacac"), order
	assert lost == [("b", "no such thing")], lost
	assert got == {"a": [1, 4, 6], "c": [3, 5, 7]}, got
	PYTHON
}

@test "a ratio is that of each turn, so that a slow spell of the machine does not count" {
	python3 - <<-'PYTHON'
	import stats
	assert stats.ratio([20, 2000, 22], [10, 1000, 11]) == 2
	assert stats.ratio([30], [10, 20, 30]) == 1.5	# not made in turn: of the medians
	assert stats.ratio([1, 2], [0, 0]) is None
	assert stats.median([3, 1, 2]) == 2 and stats.spread([2, 2, 2]) == 0
	assert abs(stats.spread([90, 100, 110]) - 0.05) < 1e-9
	PYTHON
}

@test "two runs are compared: what changed by more than the spread" {
	results "$BATS_TEST_TMPDIR/old" 1
	results "$BATS_TEST_TMPDIR/new" 9
	run scripts/bench compare "$BATS_TEST_TMPDIR/old" "$BATS_TEST_TMPDIR/new"
	[ "$status" -eq 0 ]
	grep -qE '^cost +TC +ns +vethbpf tc +20 +180 +9\.000 +worse$' <<<"$output"
	grep -qE '^cost +TC +ns +bare TC redirect +20 +20 +1\.000$' <<<"$output"
}

@test "the report says what was wanted and whether it was reached" {
	cp -r scripts "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR"
	mkdir -p docs/bench
	echo "## What was tried" >docs/bench/tried.md
	results run 1.1
	scripts/bench report run
	grep -qxF '| cost of the TC program | bare TC redirect | at most 1.25 | 1.1 | yes |' docs/benchmarks.md
	grep -qxF '| vethbpf tc | 22 | 37.5 % | 1.10 |' docs/benchmarks.md
	grep -qxF '| **bare TC redirect** | 20 | 37.5 % | 1.00 |' docs/benchmarks.md
	grep -q '^2026-01-02, vethbpf v, Linux 9, 2 CPUs (c), 1 GiB.$' docs/benchmarks.md
	[ "$(tail -n 1 docs/benchmarks.md)" = "## What was tried" ]
	results run 1.3
	scripts/bench report run
	grep -qxF '| cost of the TC program | bare TC redirect | at most 1.25 | 1.3 | **no** |' docs/benchmarks.md
}

@test "what was made is taken away when it is interrupted" {
	make -s build/vethbpf
	mkfifo "$BATS_TEST_TMPDIR/names"
	python3 - >"$BATS_TEST_TMPDIR/names" 3>&- <<-'PYTHON' &
	import signal, sys, time
	import topo
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
	with topo.netns("one", "two") as (one, two):
	    topo.veth(one, "left", two, "far")
	    topo.veth(one, "right", two, "away")
	    one.vethbpf("pair left right")
	    print(one.name, two.name, flush=True)
	    time.sleep(60)
	PYTHON
	read -r one two <"$BATS_TEST_TMPDIR/names"
	[ -e "/run/netns/$one" ]
	[ -e "/run/netns/$two" ]
	panels=$(find /sys/fs/bpf/vethbpf -mindepth 1 -maxdepth 1 | wc -l)
	kill %1
	wait %1 || true
	[ ! -e "/run/netns/$one" ]
	[ ! -e "/run/netns/$two" ]
	[ "$(find /sys/fs/bpf/vethbpf -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)" -eq $((panels - 1)) ]
}

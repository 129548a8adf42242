#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The sum of all tests must be true above all when something went wrong: each test feeds the summing
# script what a suite printed, and compares the closing line, the exit status and what is complained of.
#
# shellcheck disable=SC2154 # stderr is set by run

setup() {
	bats_require_minimum_version 1.5.0
	tap_sum=$BATS_TEST_DIRNAME/../../scripts/tap-sum
	out=$BATS_TEST_TMPDIR/out
}

# sum STATUS: sums up a suite named "s" that printed our stdin and exited with STATUS.
sum() {
	cat >"$out"
	run --separate-stderr "$tap_sum" s "$1" "$out"
}

# summed STATUS LINE [COMPLAINT]: compares all that the summing script did.
summed() {
	echo "got: $status, \"$output\", \"$stderr\""
	[ "$status" -eq "$1" ] && [ "$output" = "$2" ] && [ "$stderr" = "${3-}" ]
}

@test "all tests passed" {
	sum 0 <<-END
		1..2
		ok 1 one
		ok 2 two
	END
	summed 0 "2 passed, 0 failed"
}

@test "a failed test, with what it printed" {
	sum 1 <<-END
		1..2
		not ok 1 one
		# (in test file one.bats, line 3)
		# ok 7 this is what the test printed
		ok 2 two
	END
	summed 1 "1 passed, 1 failed"
}

@test "skipped tests, as bats and as cmocka write them" {
	sum 0 <<-END
		1..4
		ok 1 one # skip this kernel has no dummy
		ok 2 two # skip
		not ok 3 # SKIP three
		ok 4 four
	END
	summed 0 "1 passed, 0 failed, 3 skipped"
}

@test "a name that speaks of skipping is not skipped" {
	sum 0 <<-END
		1..1
		ok 1 - skip #skipped
	END
	summed 0 "1 passed, 0 failed"
}

@test "a suite that skips itself as a whole" {
	sum 0 <<-END
		1..0 # skip no qemu here
	END
	summed 0 "0 passed, 0 failed, 1 skipped"
}

@test "several streams in one suite, with other output between them" {
	sum 0 <<-END
		  CC      build/tests/unit/plan.o
		1..1
		ok 1 - one
		# ok - group
		1..2
		ok 1 - one
		ok 2 - two
	END
	summed 0 "3 passed, 0 failed"
}

@test "a stream that breaks off" {
	sum 139 <<-END
		1..3
		ok 1 one
	END
	summed 1 "1 passed, 1 failed" "s: 3 tests planned, 1 ran"
}

@test "a stream that breaks off before another one" {
	sum 1 <<-END
		1..2
		ok 1 one
		1..1
		ok 1 one
	END
	summed 1 "2 passed, 1 failed" "s: 2 tests planned, 1 ran"
}

@test "tests without a plan" {
	sum 0 <<-END
		ok 1 one
	END
	summed 1 "1 passed, 1 failed" "s: tests without a plan"
}

@test "no output at all" {
	sum 0 </dev/null
	summed 1 "0 passed, 1 failed" "s: no tests ran"
}

@test "a crash before the plan" {
	sum 134 <<-END
		==1==ERROR: AddressSanitizer: heap-use-after-free
	END
	summed 1 "0 passed, 1 failed" "s: no tests ran"
}

@test "a bad end though every test passed" {
	sum 1 <<-END
		1..1
		ok 1 one
	END
	summed 1 "1 passed, 1 failed" "s: ended with status 1 though no test failed"
}

@test "carriage returns of a serial console" {
	printf '1..2\r\nok 1 one\r\nok 2 two # skip\r\n' | { sum 0; summed 0 "1 passed, 0 failed, 1 skipped"; }
}

@test "several suites are one sum" {
	printf '1..1\nok 1 one\n' >"$out"
	printf '1..1\nnot ok 1 one\n' >"$out.b"
	run --separate-stderr "$tap_sum" a 0 "$out" b 1 "$out.b"
	summed 1 "1 passed, 1 failed"
}

@test "wrong use is no sum" {
	run --separate-stderr "$tap_sum" a 0
	[ "$status" -eq 2 ] && [ -z "$output" ] && [[ $stderr == usage:* ]]
}

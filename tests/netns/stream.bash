# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A stream of numbered frames into end-a, while something is done to its cable. For tests that have
# loaded lib.bash.

# shellcheck disable=SC2153,SC2154 # bats and setup_suite set them

# stream_start NETNS/DEVICE...: frames go in at far-a, 100,000 in a second, and may come out at these.
stream_start() {
	streamed=$BATS_TEST_TMPDIR/streamed
	"$STREAM" "$STREAM.bpf.o" "$left/far-a" "$@" >"$streamed" 2>&1 3>&- &
	stream=$!
	pids+=("$stream")
	wait_for grep -q sending "$streamed"
}

# stream_stop: each frame that was sent has come out once, somewhere.
stream_stop() {
	local status=0
	kill "$stream"
	wait "$stream" || status=$?
	cat "$streamed"
	[ $status -eq 0 ]
}

# streamed_to N: how many frames the N-th of the places has got.
streamed_to() {
	sed -n 's/^sent //p' "$streamed" | grep -o 'got [0-9]*' | sed -n "$1s/got //p"
}

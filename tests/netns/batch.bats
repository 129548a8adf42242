#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# -b: commands from a file, in one session.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	file=$BATS_TEST_TMPDIR/cables
}

teardown() {
	topology_down
}

# pairs: the ends of all pairs, first ones first.
pairs() {
	vb -j list | jq -r '[.[] | .a.dev + "-" + .b.dev] | join(" ")'
}

@test "commands of every kind, comments, blank lines, quotes, lines that go on" {
	ip -n "$mid" link add end-a type bridge
	ip -n "$mid" link add end-b type bridge
	cat >"$file" <<-'EOF'
		# the cables

		pair end-a 'end-b'	# this one is taken away again
		add "eth-a" peer \
			eth-b
		list
		unpair end-a
		add eth-c peer eth-d
		del eth-d
	EOF
	run -0 vb -b "$file"
	[ "$(tr -s ' ' <<<"$output" | awk -F ' -> ' '{ print $1 }')" = "end-a stack <-> end-b stack state plugged datapath tc
eth-a endpoint <-> eth-b endpoint state plugged datapath tc" ]
	[ "$(pairs)" = eth-a-eth-b ]
}

@test "from standard input" {
	echo "add eth-a peer eth-b" | vb --batch -
	[ "$(pairs)" = eth-a-eth-b ]
}

@test "the first failure ends it, told with file and line" {
	printf '%s\n' 'add eth-a peer eth-b' '' 'unpair nobody' 'add eth-c peer eth-d' >"$file"
	run -1 --separate-stderr vb -b "$file"
	[ "$stderr" = "vethbpf: $file:3: unpair nobody: no device nobody in this network namespace
         \`ip link\` shows the devices there are" ]
	[ "$(pairs)" = eth-a-eth-b ]
}

@test "with -force it goes on, and fails in the end" {
	printf '%s\n' 'add eth-a peer eth-b' 'pear a b' 'add x' '"' 'add eth-c peer eth-d' >"$file"
	run -1 --separate-stderr vb -force -b "$file"
	[ "$(grep -oE '^vethbpf: [^ ]+' <<<"$stderr")" = "vethbpf: $file:2:
vethbpf: $file:3:
vethbpf: $file:4:" ]
	[ "$(pairs)" = "eth-a-eth-b eth-c-eth-d" ]
}

@test "a line number is that of the command's first line" {
	printf '# one\nadd eth-a \\\n  peer eth-b \\\n  colour red\n' >"$file"
	run -1 --separate-stderr vb -b "$file"
	[[ "$stderr" == "vethbpf: $file:2: \"colour\" is not understood here"* ]]
}

@test "what del took away is gone for the next command" {
	printf '%s\n' 'add a peer b' 'del a' 'add a peer b' 'del b' 'gc' 'add b peer a' >"$file"
	vb -b "$file"
	[ "$(pairs)" = b-a ]
}

@test "del twice: the second one fails, the first is done" {
	printf '%s\n' 'add a peer b' 'del a' 'del b' >"$file"
	run -1 --separate-stderr vb -b "$file"
	[[ "$stderr" == "vethbpf: $file:3: del b: "* ]]
	[ -z "$(pairs)" ]
	[ ! -e "$panel" ]
}

@test "an endpoint elsewhere is deleted there, and the next command runs here" {
	vb add eth-a peer eth-b netns "$right"
	printf '%s\n' 'del eth-b' 'add x peer y' >"$file"
	"$vethbpf" -n "$right" -b "$file"
	[ -z "$(pairs)" ]
	"$vethbpf" -n "$right" -j list | jq -e '.[0].a.dev == "x"'
	"$vethbpf" -n "$right" del x
}

@test "one lock is held from the first command that changes something to the end" {
	mkfifo "$BATS_TEST_TMPDIR/lines"
	vb -b - <"$BATS_TEST_TMPDIR/lines" 3>&- &
	pids+=($!)
	exec {writer}>"$BATS_TEST_TMPDIR/lines"
	echo "add a peer b" >&"$writer"
	wait_for test -d "$panel"
	run ! flock -n /sys/fs/bpf/vethbpf true
	exec {writer}>&-
	wait $!
	flock -n /sys/fs/bpf/vethbpf true
}

# switched WHAT: whether the file that stands for /sys/kernel/rcu_expedited says so.
switched() {
	[ "$(cat "$knob")" = "$1" ]
}

# A file of ours in the place of the machine's switch: others may be at that one.
hurried_vb() {
	unshare --mount --propagation slave bash -euc '
		mount --bind "$0" /sys/kernel/rcu_expedited
		exec "$@"' "$knob" "$vethbpf" -n "$mid" "$@"
}

@test "many cables make the kernel hurry, until the batch ends or is killed; a few do not" {
	has_tcx && [ "${VETHBPF_NO_TCX-}" != 1 ] || skip "only tcx waits for the kernel"
	knob=$BATS_TEST_TMPDIR/knob
	mkfifo "$BATS_TEST_TMPDIR/lines"
	for how in ends is-killed; do
		printf 0 >"$knob"
		hurried_vb -b - <"$BATS_TEST_TMPDIR/lines" 3>&- &
		pids+=($!)
		exec {writer}>"$BATS_TEST_TMPDIR/lines"
		echo "add a-$how peer b-$how" >&"$writer"
		wait_for vb show "a-$how"
		switched 0
		printf 'add c%s-%s peer d%s-%s\n' 1 $how 1 $how 2 $how 2 $how >&"$writer"
		wait_for switched 1
		[ $how = ends ] || kill -KILL $!
		exec {writer}>&-
		wait $! || [ $how = is-killed ]
		wait_for switched 0
	done
}

@test "a switch that is on already stays on" {
	knob=$BATS_TEST_TMPDIR/knob
	printf 1 >"$knob"
	printf 'add a%s peer b%s\n' 1 1 2 2 3 3 >"$file"
	hurried_vb -b "$file"
	switched 1
}

@test "a file that is not there" {
	refuses 1 "vethbpf: open $file: No such file or directory" vb -b "$file"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Faults that are put into a small tree, one a test, and the tool of scripts/lint that finds each.

setup() {
	local from=$BATS_TEST_DIRNAME/../..
	bats_require_minimum_version 1.5.0
	command -v clang-tidy cppcheck shellcheck clang-format >/dev/null ||
		skip "clang-format, clang-tidy, cppcheck or shellcheck is missing (scripts/setup lint)"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir .ci bpf etc include scripts tests user
	cp "$from"/.clang-{format,tidy} "$from/.shellcheckrc" .
	cp "$from/scripts/lint" scripts
	printf '%s:\n\t@echo -Wall\n' user-flags >Makefile
	printf '%s:\n\t@printf "%%s\\n" -target bpf -Wall\n' bpf-flags >>Makefile
	sed -i '1i all:' Makefile
	printf '#!/bin/bash\nexit 0\n' | tee .ci/run >scripts/none
	echo 'int none;' | tee bpf/none.bpf.c bpf/none.h include/none.h tests/none.c >user/none.c
}

# finds TOOL FAULT: it shows FAULT, below TOOL's name, and no other tool says a word.
finds() {
	run env -u MAKEFLAGS -u MAKELEVEL scripts/lint
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(grep '^== ' <<<"$output")" = "== $1" ]
	[[ $output == *"$2"* ]]
}

@test "nothing is said of a tree without a fault" {
	run env -u MAKEFLAGS -u MAKELEVEL scripts/lint
	diff /dev/null <(echo -n "$output")
	[ "$status" -eq 0 ]
}

@test "lines that are not as clang-format has them" {
	echo 'int  spaces;' >tests/none.c
	finds clang-format "tests/none.c:1:4"
}

@test "a word that the shell splits" {
	# shellcheck disable=SC2016 # for the script that it goes into
	echo 'rm $1' >>scripts/none
	finds shellcheck SC2086
}

@test "a test that cannot fail" {
	printf '#!/usr/bin/env bats\n\n@test "none" {\n\t! false\n\ttrue\n}\n' >tests/none.bats
	finds shellcheck SC2314
}

@test "a BPF program that clang warns of" {
	printf 'int none(void)\n{\n\tint unused;\n\n\treturn 0;\n}\n' >bpf/none.bpf.c
	finds clang "unused variable"
}

@test "memory that is lost on one path" {
	clang-format >user/none.c <<-'END'
		#include <stdlib.h>

		int none(int early);

		int none(int early)
		{
			char *p = malloc(3);

			if (early)
				return 1;
			free(p);
			return 0;
		}
	END
	finds gcc malloc-leak
}

@test "what clang-tidy finds bug-prone" {
	clang-format >user/none.c <<-'END'
		#include <string.h>

		int none(const char *s);

		int none(const char *s)
		{
			return strcmp(s, "none") == -1;
		}
	END
	finds clang-tidy bugprone-suspicious-string-compare
}

@test "what clang warns of and gcc does not, as an error" {
	printf 'int none(int n);\n\nint none(int n)\n{\n\tif ((n == 1))\n\t\treturn 2;\n\treturn n;\n}\n' >user/none.c
	finds clang-tidy clang-diagnostic-parentheses-equality
}

@test "what cppcheck finds not portable" {
	clang-format >user/none.c <<-'END'
		void *none(void *p);

		void *none(void *p)
		{
			return p + 1;
		}
	END
	finds cppcheck arithOperationsOnVoidPointer
}

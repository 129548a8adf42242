/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka with what it wants included before it, and what all unit tests use. */
#ifndef VB_UNIT_H
#define VB_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* A failed check in a row of a table names the row. */
#define check_int(row, got, want)                                                                  \
	do {                                                                                       \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
		if (got_ != want_)                                                                 \
			fail_msg("%s: " #got " is %lld, not %lld", row, got_, want_);              \
	} while (0)

#define check_string(row, got, want)                                                               \
	do {                                                                                       \
		const char *got_ = (got), *want_ = (want);                                         \
		if (strcmp(got_, want_) != 0)                                                      \
			fail_msg("%s: " #got " is\n%s\nnot\n%s", row, got_, want_);                \
	} while (0)

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Any bytes into UTF-8. */
#include "unit.h"
#include "utf8.h"

#define X "\xef\xbf\xbd" /* U+FFFD, for what is none */

static void bytes_become_utf8(void **state)
{
	static const struct {
		const char *from, *want;
	} rows[] = {
		{"", ""},
		{"eth0", "eth0"},
		{"\x01\x1b\x7f", "\x01\x1b\x7f"},
		{"sch\xc3\xb6n", "sch\xc3\xb6n"},
		{"\xe2\x82\xac", "\xe2\x82\xac"},
		{"\xf0\x9f\x94\x8c", "\xf0\x9f\x94\x8c"},
		{"\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80"}, /* around surrogates */
		{"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},		  /* U+10FFFF */
		{"\xff", X},
		{"\x80", X},
		{"a\xbf"
		 "b",
		 "a" X "b"},
		{"\xc3", X}, /* ends before it is whole */
		{"\xe2\x82", X X},
		{"\xf0\x9f\x94", X X X},
		{"\xc3"
		 "a",
		 X "a"},
		{"\xc0\xaf", X X}, /* longer than need be */
		{"\xc1\xbf", X X},
		{"\xe0\x9f\xbf", X X X},
		{"\xf0\x8f\xbf\xbf", X X X X},
		{"\xed\xa0\x80", X X X}, /* a surrogate */
		{"\xed\xbf\xbf", X X X},
		{"\xf4\x90\x80\x80", X X X X}, /* beyond U+10FFFF */
		{"\xf8\x88\x80\x80\x80", X X X X X},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *buf = malloc(3 * strlen(rows[i].from) + 1), row[16];

		snprintf(row, sizeof(row), "row %zu", i);
		check_int(row, utf8_clean(rows[i].from, buf, 3 * strlen(rows[i].from) + 1),
			  strlen(rows[i].want));
		check_string(row, buf, rows[i].want);
		free(buf);
	}
}

static void what_has_no_room_is_left_out_as_a_whole(void **state)
{
	static const struct {
		const char *from;
		size_t size;
		const char *want;
	} rows[] = {
		{"abc", 1, ""},	 {"abc", 3, "ab"},	{"\xe2\x82\xac", 3, ""},
		{"\xff", 3, ""}, {"a\xc3\xb6", 3, "a"}, {"a\xc3\xb6", 4, "a\xc3\xb6"},
		{"\xff", 4, X},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *buf = malloc(rows[i].size);

		utf8_clean(rows[i].from, buf, rows[i].size);
		check_string(rows[i].from, buf, rows[i].want);
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_utf8),
		cmocka_unit_test(what_has_no_room_is_left_out_as_a_whole),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}

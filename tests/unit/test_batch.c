// SPDX-License-Identifier: GPL-2.0-only
/* How a line of a batch file is split into words. */
#include "batch.h"
#include "unit.h"

static void words_of_a_line(void **state)
{
	/* want: the words, each in brackets; "unclosed" for a quote that is not. */
	static const struct {
		const char *line, *want;
	} rows[] = {
		{"", ""},
		{"\n", ""},
		{" \t \r\n", ""},
		{"# pair a b\n", ""},
		{"  # pair a b", ""},
		{"pair a b\n", "[pair][a][b]"},
		{"\tpair  a\tb \r\n", "[pair][a][b]"},
		{"pair a b # why\n", "[pair][a][b]"},
		{"pair a#b c", "[pair][a#b][c]"},
		{"pair 'a b' \"c d\"\n", "[pair][a b][c d]"},
		{"pair '#' \"'\" '\"'", "[pair][#]['][\"]"},
		{"pair '' \"\"", "[pair][][]"},
		{"pair 'a'b", "[pair][a][b]"},
		{"pair 'a", "unclosed"},
		{"pair \"a' b", "unclosed"},
		{"a", "[a]"},
		{"a b c d e f g h", "[a][b][c][d][e][f][g][h]"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = strdup(rows[i].line), **words, got[256] = "";
		int count = batch_split(line, &words);

		if (count < 0)
			strcpy(got, "unclosed");
		for (int k = 0; k < count; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "[%s]", words[k]);
		check_string(rows[i].line, got, rows[i].want);
		if (count >= 0)
			assert_null(words[count]);
		free(words);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_a_line),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}

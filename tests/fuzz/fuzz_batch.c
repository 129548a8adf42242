// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line of a batch file into words, and the words into a line again, which has the same words.
 */
#include "batch.h"
#include "fuzz.h"

#define WHITE " \t\r\n"

/* Quotes a word where it must be. No word has both quotes and needs one. */
static void append(char *line, const char *word)
{
	const char *quote = "";

	if (!*word || strchr("'\"#", *word) || word[strcspn(word, WHITE)])
		quote = strchr(word, '\'') ? "\"" : "'";
	sprintf(line + strlen(line), " %s%s%s", quote, word, quote);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size), *again = calloc(4, size + 1);
	char **words, **same;
	int count = batch_split(line, &words);

	must(words != NULL);
	if (count >= 0) {
		must(words[count] == NULL);
		for (int i = 0; i < count; i++)
			append(again, words[i]);
		must(batch_split(again, &same) == count);
		for (int i = 0; i < count; i++)
			must(!strcmp(words[i], same[i]));
		free(same);
	}
	free(words);
	free(again);
	free(line);
	return 0;
}

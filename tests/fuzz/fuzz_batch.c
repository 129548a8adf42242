// SPDX-License-Identifier: GPL-2.0-only
/*
 * A batch file into lines, of which nothing is lost but the ends of those that go on in the next. A
 * line into words, and the words into a line again, which has the same words.
 */
#include <sys/mman.h>
#include <unistd.h>
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

struct reading {
	size_t bytes, lines;
	unsigned int last; /* line's number */
};

static int count_line(char *line, unsigned int number, void *data)
{
	struct reading *r = data;

	must(number > r->last);
	r->last = number;
	r->bytes += strlen(line);
	r->lines++;
	return 0;
}

static void read_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("batch", 0);
	struct reading r = {0};
	struct fault f = {0};
	size_t lines = size && data[size - 1] != '\n', lost;
	char path[32];

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(!batch_each(path, count_line, &r, &f) && !f.err);
	close(fd);
	must(r.last <= lines && r.lines <= lines);
	/* A backslash and a newline for each line that was joined to the one before, and of the
	 * last. */
	lost = 2 * (lines - r.lines);
	must(r.bytes + lost == size || r.bytes + lost + 2 == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size), *again = calloc(4, size + 1);
	char **words, **same;
	int count = batch_split(line, &words);

	if (!memchr(data ?: (const uint8_t *)"", '\0', size))
		read_file(data, size);
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

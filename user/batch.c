// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "batch.h"
#include "cleanup.h"
#include "fault.h"

#define WHITE " \t\r\n"

/* The end of the word that starts here: its closing quote or the white space behind it. */
static char *word_end(char **word)
{
	char quote = **word;

	if (quote != '\'' && quote != '"')
		return *word + strcspn(*word, WHITE);
	++*word;
	return strchr(*word, quote);
}

int batch_split(char *line, char ***ret_words)
{
	/* No line has more words than every second of its characters. */
	char **words = calloc(strlen(line) / 2 + 2, sizeof(*words));
	int count = 0;

	*ret_words = words;
	while (words) {
		char *word = line + strspn(line, WHITE), *end;

		if (!*word || *word == '#')
			break;
		end = word_end(&word);
		if (!end)
			return -1;
		words[count++] = word;
		line = *end ? end + 1 : end;
		*end = '\0';
	}
	return count;
}

/* A line that ends in a backslash goes on in the next. Counts the lines that it reads. */
static ssize_t read_line(FILE *from, char **line, size_t *size, unsigned int *number)
{
	ssize_t length = getline(line, size, from), more;
	_cleanup_free_ char *next = NULL;
	size_t next_size = 0;

	if (length < 0)
		return length;
	++*number;
	while (length >= 2 && !strcmp(*line + length - 2, "\\\n")) {
		char *longer;

		(*line)[length -= 2] = '\0';
		more = getline(&next, &next_size, from);
		if (more < 0)
			break;
		++*number;
		longer = realloc(*line, (size_t)(length + more + 1));
		if (!longer)
			return -1;
		*line = longer;
		*size = (size_t)(length + more + 1);
		memcpy(*line + length, next, (size_t)more + 1);
		length += more;
	}
	return length;
}

int batch_run_line(const struct options *opt, char *line)
{
	struct options batch = *opt;
	_cleanup_free_ char **words = NULL;
	int count = batch_split(line, &words);
	struct fault f = {0};

	batch.batch = true;
	if (words && count >= 0)
		return count ? command_run(&batch, count, words) : EXIT_SUCCESS;
	if (!words)
		fault_errno(&f, ENOMEM, "read the line");
	else
		fault_set(&f, EINVAL, "a quote is not closed");
	fault_print(&f);
	return EXIT_FAILURE;
}

int batch_each(const char *file, batch_fn *fn, void *data, struct fault *f)
{
	bool is_stdin = !strcmp(file, "-");
	FILE *from = is_stdin ? stdin : fopen(file, "re");
	_cleanup_free_ char *line = NULL;
	unsigned int number = 0, first = 1;
	size_t size = 0;
	int err = 0;

	if (!from)
		return fault_errno(f, errno, "open %s", file);
	while (!err && read_line(from, &line, &size, &number) >= 0) {
		err = fn(line, first, data);
		first = number + 1;
	}
	if (ferror(from))
		err = fault_errno(f, EIO, "read %s", file);
	if (!is_stdin)
		fclose(from);
	return err;
}

struct run {
	const struct options *opt;
	const char *file;
	bool force;
	int status;
};

static int run_each(char *line, unsigned int number, void *data)
{
	struct run *run = data;

	fault_place(run->file, number);
	if (batch_run_line(run->opt, line) != EXIT_SUCCESS)
		run->status = EXIT_FAILURE;
	fault_place(NULL, 0);
	return run->status != EXIT_SUCCESS && !run->force;
}

int batch_run(const struct options *opt, const char *file, bool force)
{
	struct run run = {opt, strcmp(file, "-") ? file : "stdin", force, EXIT_SUCCESS};
	struct fault f = {0};

	batch_each(file, run_each, &run, &f);
	if (f.err) {
		fault_print(&f);
		run.status = EXIT_FAILURE;
	}
	return run.status;
}

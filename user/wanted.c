// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "batch.h"
#include "cleanup.h"
#include "wanted.h"

#if __GNUC__ == 12 && !defined(__clang__)
/* It loses sight of what hangs on the list when add() is split up; valgrind sees no leak. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

void wanted_free(struct wanted *w)
{
	struct wanted_line *line, *next;

	for (line = w->first; line; line = next) {
		next = line->next;
		free(line->file);
		free(line->text);
		free(line->said);
		free(line);
	}
	*w = (struct wanted){0};
}

static int add(struct wanted *w, const char *file, unsigned int number, const char *text)
{
	struct wanted_line *line = calloc(1, sizeof(*line));

	if (!line)
		return -ENOMEM;
	if (w->last)
		w->last->next = line;
	else
		w->first = line;
	w->last = line;
	line->number = number;
	line->text = strdup(text);
	if (file)
		line->file = strdup(file);
	return line->text && (line->file || !file) ? 0 : -ENOMEM;
}

static struct wanted_line *find(const struct wanted *w, const char *text)
{
	struct wanted_line *line = w->first;

	while (line && strcmp(line->text, text) != 0)
		line = line->next;
	return line;
}

void wanted_inherit(struct wanted *w, struct wanted *from)
{
	for (struct wanted_line *line = w->first; line; line = line->next) {
		struct wanted_line *old = find(from, line->text);

		if (old && !line->said)
			line->said = TAKE_PTR(old->said);
	}
}

int wanted_add(struct wanted *w, const char *text)
{
	return find(w, text) ? 0 : add(w, NULL, 0, text);
}

struct reading {
	struct wanted *w;
	const char *file;
};

static int keep_line(char *line, unsigned int number, void *data)
{
	const struct reading *r = data;
	char first;

	line[strcspn(line, "\n")] = '\0';
	first = line[strspn(line, " \t")];
	return first && first != '#' ? add(r->w, r->file, number, line) : 0;
}

static int is_conf(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 && !strcmp(entry->d_name + len - 5, ".conf");
}

int wanted_read(struct wanted *w, const char *dir, struct fault *f)
{
	struct wanted fresh = {0};
	struct dirent **entries = NULL;
	int err = 0, count = scandir(dir, &entries, is_conf, alphasort);

	if (count < 0 && errno != ENOENT)
		return fault_errno(f, errno, "read %s", dir);
	for (int i = 0; i < count; i++) {
		char file[4096];
		struct reading r = {&fresh, file};

		snprintf(file, sizeof(file), "%s/%s", dir, entries[i]->d_name);
		free(entries[i]);
		err = err ?: batch_each(file, keep_line, &r, f);
	}
	free(entries);
	if (err) {
		wanted_free(&fresh);
		return f->err ? err : fault_errno(f, -err, "read %s", dir);
	}
	wanted_free(w);
	*w = fresh;
	return 0;
}

static void try(struct wanted_line *line, const struct options *opt)
{
	_cleanup_free_ char *text = strdup(line->text);
	char *said = NULL;
	size_t size;
	FILE *to = open_memstream(&said, &size);

	if (text && to) {
		fault_redirect(to);
		fault_place(line->file, line->number);
		line->done = batch_run_line(opt, text) == EXIT_SUCCESS;
		fault_place(NULL, 0);
		fault_redirect(NULL);
	}
	if (to)
		fclose(to);
	if (!line->done && said && (!line->said || strcmp(line->said, said) != 0))
		fputs(said, stderr);
	free(line->said);
	line->said = line->done ? NULL : TAKE_PTR(said);
	free(said);
}

bool wanted_apply(struct wanted *w, const struct options *opt, bool all)
{
	bool changed = false;

	for (struct wanted_line *line = w->first; line; line = line->next) {
		bool before = line->done;

		if (all || !before)
			try(line, opt);
		changed |= !before && line->done;
	}
	return changed;
}

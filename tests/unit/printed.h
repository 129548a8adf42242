/* SPDX-License-Identifier: GPL-2.0-only */
/* What a function prints, as a string: glibc's stdout and stderr may be set. */
#ifndef VB_PRINTED_H
#define VB_PRINTED_H

#include <stdio.h>
#include <stdlib.h>

struct printed {
	FILE **stream, *was;
	char *text;
	size_t size;
};

static inline void printed_begin(struct printed *c, FILE **stream)
{
	c->stream = stream;
	c->was = *stream;
	c->text = NULL;
	*stream = open_memstream(&c->text, &c->size);
	if (!*stream)
		abort();
}

/* Returns what was printed, for the caller to free. */
static inline char *printed_end(struct printed *c)
{
	fclose(*c->stream);
	*c->stream = c->was;
	return c->text;
}

#endif

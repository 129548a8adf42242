/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wanted by configuration: the batch lines of a directory's *.conf files, kept so that they
 * can be tried again.
 */
#ifndef VB_WANTED_H
#define VB_WANTED_H

#include <stdbool.h>
#include "command.h"
#include "fault.h"

struct wanted_line {
	struct wanted_line *next;
	char *file; /* NULL: none */
	char *text;
	unsigned int number; /* of the line in it */
	bool done;	     /* it succeeded when it was last tried */
	char *said; /* what was said then if it failed, so that it is not said again and again */
};

struct wanted {
	struct wanted_line *first, *last;
};

/*
 * Reads the files anew, in the order of their names. A directory that is not there wants nothing.
 * 0 or -errno with a fault; then *w is as it was.
 */
int wanted_read(struct wanted *w, const char *dir, struct fault *f);
void wanted_free(struct wanted *w);

/* Takes over what was said about lines that stand in both. */
void wanted_inherit(struct wanted *w, struct wanted *from);

/* Adds a line that stands in no file, unless it is there. 0 or -ENOMEM. */
int wanted_add(struct wanted *w, const char *text);

/*
 * Runs the lines, all of them or those that failed, and says what failed otherwise than before.
 * True if one that had failed, or was new, succeeded.
 */
bool wanted_apply(struct wanted *w, const struct options *opt, bool all);

#endif

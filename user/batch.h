/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands from a file, a line each, as iproute2's -batch takes them. */
#ifndef VB_BATCH_H
#define VB_BATCH_H

#include <stdbool.h>
#include "command.h"

/*
 * Splits a line into words, in place: words are parted by white space, ' and " keep it, # starts a
 * comment outside of quotes. Returns how many words there are, or a negative number if a quote is
 * not closed. *ret_words is set to an array that the caller frees, its strings lying in line and
 * NULL behind the last; it is NULL if there is no memory.
 */
int batch_split(char *line, char ***ret_words);

/* A line, without what it ends in, and the number of its first in the file. Other than 0 ends it.
 */
typedef int batch_fn(char *line, unsigned int number, void *data);

/*
 * Hands fn the lines of a file, "-" for standard input, those that end in a backslash with the next
 * one. 0, what fn returned, or -errno with a fault.
 */
int batch_each(const char *file, batch_fn *fn, void *data, struct fault *f);

/* Runs the command in a line, if there is one, and writes to it. Returns the exit status. */
int batch_run_line(const struct options *opt, char *line);

/*
 * Runs the commands of a file, "-" for standard input, in one session, until one fails; all of them
 * if force is set. Messages name the file and the line. Returns EXIT_FAILURE if any failed.
 */
int batch_run(const struct options *opt, const char *file, bool force);

#endif

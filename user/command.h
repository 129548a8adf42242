/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands: one row each, from which dispatch, help and usage are made. */
#ifndef VB_COMMAND_H
#define VB_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "session.h"

/* The options that stand before the command. */
struct options {
	bool json, pretty, human;
	bool batch; /* the command is a line of a batch: what it makes may be there already */
	struct session *session; /* what all commands of this process work with */
};

#define EXIT_USAGE 2

struct command {
	const char *name;
	const char *usage;   /* what follows the name */
	const char *summary; /* half a line */
	const char *help;    /* a few lines more */

	/* argv[0] is the command's name. Returns the exit status and has said what went wrong. */
	int (*run)(const struct options *opt, int argc, char **argv);

	uint64_t privileges; /* what it keeps of them, see privilege.h */
};

extern const struct command commands[]; /* ends with a row without a name */

/* NULL if there is no command of that name. */
const struct command *command_find(const char *name);

/* What a command keeps of this process's privileges; NULL: a batch, for its commands. */
uint64_t command_privileges(const struct command *command);

/* The commands and options, a line each. */
void command_print_usage(FILE *to);

/*
 * Has what earlier commands only asked for be done: devices are deleted many at once. The exit
 * status; has said what went wrong.
 */
int command_flush(struct session *s);

/* Runs the command that argv[0] names. Returns the exit status and has said what went wrong. */
int command_run(const struct options *opt, int argc, char **argv);

int cmd_pair(const struct options *opt, int argc, char **argv);
int cmd_unpair(const struct options *opt, int argc, char **argv);
int cmd_list(const struct options *opt, int argc, char **argv);
int cmd_show(const struct options *opt, int argc, char **argv);
int cmd_add(const struct options *opt, int argc, char **argv);
int cmd_del(const struct options *opt, int argc, char **argv);
int cmd_gc(const struct options *opt, int argc, char **argv);
int cmd_check(const struct options *opt, int argc, char **argv);
int cmd_stats(const struct options *opt, int argc, char **argv);
int cmd_metrics(const struct options *opt, int argc, char **argv);
int cmd_graph(const struct options *opt, int argc, char **argv);
int cmd_monitor(const struct options *opt, int argc, char **argv);
int cmd_capture(const struct options *opt, int argc, char **argv);
int cmd_save(const struct options *opt, int argc, char **argv);
int cmd_plug(const struct options *opt, int argc, char **argv);
int cmd_unplug(const struct options *opt, int argc, char **argv);
int cmd_watch(const struct options *opt, int argc, char **argv);
int cmd_upgrade(const struct options *opt, int argc, char **argv);
int cmd_help(const struct options *opt, int argc, char **argv);

/* Says what is wrong with the arguments, and the command's usage. Returns EXIT_USAGE. */
int usage_error(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

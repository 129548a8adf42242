// SPDX-License-Identifier: GPL-2.0-only
/* The options before the command; then the command, or a file of commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>
#include "batch.h"
#include "command.h"
#include "netns.h"
#include "output.h"
#include "privilege.h"

#ifndef VETHBPF_VERSION
#error "the build gives the version"
#endif

static int say_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static int xdp_say_nothing(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

struct start {
	struct session session;
	struct options opt;
	const char *netns, *batch;
	bool force;
};

static bool is_option(const char *arg, const char *brief, const char *full)
{
	return !strcmp(arg, brief) || !strcmp(arg, full);
}

/* Returns the index of the first word that is no option; or less, and the status in *ret_exit. */
static int parse_options(int argc, char **argv, struct start *start, int *ret_exit)
{
	int i;

	*ret_exit = EXIT_SUCCESS;
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char **value = NULL;

		if (is_option(argv[i], "-j", "--json")) {
			start->opt.json = true;
		} else if (is_option(argv[i], "-p", "--pretty")) {
			start->opt.json = start->opt.pretty = true;
		} else if (is_option(argv[i], "-H", "--human")) {
			start->opt.human = true;
		} else if (is_option(argv[i], "-force", "--force")) {
			start->force = true;
		} else if (is_option(argv[i], "-V", "--version")) {
			puts("vethbpf " VETHBPF_VERSION);
			*ret_exit = output_finish();
			return -1;
		} else if (is_option(argv[i], "-h", "--help")) {
			command_print_usage(stdout);
			*ret_exit = output_finish();
			return -1;
		} else if (is_option(argv[i], "-n", "--netns")) {
			value = &start->netns;
		} else if (is_option(argv[i], "-b", "--batch")) {
			value = &start->batch;
		} else {
			*ret_exit = usage_error(NULL, "no option %s", argv[i]);
			return -1;
		}
		if (value && i + 1 == argc) {
			*ret_exit = usage_error(NULL, "option %s needs a %s", argv[i],
						value == &start->netns ? "namespace" : "file");
			return -1;
		}
		if (value)
			*value = argv[++i];
	}
	return i;
}

int main(int argc, char **argv)
{
	struct start start = {.session = SESSION_CLOSED, .opt.session = &start.session};
	struct fault f = {0};
	int i, status;

	if (privilege_refuse_setuid(&f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	i = parse_options(argc, argv, &start, &status);
	if (i < 0)
		return status;
	if (start.batch && i < argc)
		return usage_error(NULL, "with a batch file there is no command");
	if (!start.batch && i == argc) {
		command_print_usage(stderr);
		return EXIT_USAGE;
	}
	if (!start.batch && !command_find(argv[i]))
		return usage_error(NULL, "no command \"%s\"", argv[i]);

	/* What the libraries say is for developers; what it means is said by a fault. */
	if (!getenv("VETHBPF_DEBUG")) {
		libbpf_set_print(say_nothing);
		libxdp_set_print(xdp_say_nothing);
	}
	/* First, so that the path may be in a directory that is not root's. */
	if ((start.netns && netns_enter(start.netns, &f)) ||
	    privilege_limit(command_privileges(start.batch ? NULL : command_find(argv[i])), &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	status = start.batch ? batch_run(&start.opt, start.batch, start.force)
			     : command_run(&start.opt, argc - i, argv + i);
	if (command_flush(&start.session) != EXIT_SUCCESS)
		status = EXIT_FAILURE;
	session_close(&start.session);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* save: collect, print. */
#include <errno.h>
#include <stdio.h>
#include "cleanup.h"
#include "command.h"
#include "output.h"
#include "save.h"

/* 0, or the exit status for what cannot be saved, which has been said. */
static int print_pair(const struct view_pair *pair)
{
	_cleanup_free_ char *line = NULL, *unplug = NULL;
	struct fault f = {0};
	const char *why;

	if (!save_can(pair, &why)) {
		fault_set(&f, ENODEV, "save: %s <-> %s cannot be made again: %s",
			  view_end_name(&pair->end[0]), view_end_name(&pair->end[1]), why);
		fault_print(&f);
		return EXIT_FAILURE;
	}
	line = save_pair(pair);
	if (!line) {
		fault_errno(&f, ENOMEM, "save");
		fault_print(&f);
		return EXIT_FAILURE;
	}
	puts(line);
	unplug = save_unplug(pair);
	if (unplug)
		puts(unplug);
	return EXIT_SUCCESS;
}

int cmd_save(const struct options *opt, int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	struct fault f = {0};
	struct view view;

	if (argc > 1)
		return usage_error("save", "\"%s\" is not understood here", argv[1]);
	if (view_open(opt->session, NULL, &view, &f)) {
		fault_print(&f);
		view_free(&view);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < view.count; i++)
		if (print_pair(&view.pairs[i]) != EXIT_SUCCESS)
			status = EXIT_FAILURE;
	view_free(&view);
	return output_finish() != EXIT_SUCCESS ? EXIT_FAILURE : status;
}

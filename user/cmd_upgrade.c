// SPDX-License-Identifier: GPL-2.0-only
/* upgrade: parse, call, say. */
#include "command.h"
#include "parse.h"
#include "upgrade.h"

int cmd_upgrade(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	bool all = args_take_keyword(&args, "all");
	const char *word = args_take(&args);
	struct fault f = {0};
	int err;

	if (word)
		return usage_error("upgrade", "\"%s\" is not understood here", word);
	err = all ? upgrade_all(opt->session, &f) : upgrade_here(opt->session, &f);
	if (f.err)
		fault_print(&f);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

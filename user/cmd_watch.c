// SPDX-License-Identifier: GPL-2.0-only
/* watch: parse, run the agent. */
#include <errno.h>
#include <string.h>
#include "command.h"
#include "parse.h"
#include "watch.h"

static int parse_link(const char *word, enum watch_link *ret)
{
	static const char *const names[] = {
		[WATCH_LINK_FOLLOW] = "follow",
		[WATCH_LINK_ADMIN] = "admin",
		[WATCH_LINK_LEAVE] = "leave",
	};

	for (size_t i = 0; word && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(word, names[i])) {
			*ret = (enum watch_link)i;
			return 0;
		}
	return -EINVAL;
}

int cmd_watch(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	struct watch_options watch = {0};
	struct fault f = {0};
	const char *word;

	if (args_take_keyword(&args, "link")) {
		word = args_take(&args);
		if (parse_link(word, &watch.link))
			return usage_error("watch", "link is follow, admin or leave, not \"%s\"",
					   word ?: "");
	}
	word = args_take(&args);
	if (word)
		return usage_error("watch", "\"%s\" is not understood here", word);
	if (watch_run(opt, &watch, &f)) {
		if (f.err)
			fault_print(&f);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

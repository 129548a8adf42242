// SPDX-License-Identifier: GPL-2.0-only
/* watch: parse, run the agent. */
#include <string.h>
#include "command.h"
#include "parse.h"
#include "watch.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* One of the words, by its place; choices tells of them. 0 or the exit status of a usage error. */
static int parse_choice(struct args *args, const char *choices, const char *const *words,
			size_t count, unsigned int *ret)
{
	const char *word = args_take(args);

	for (unsigned int i = 0; word && i < count; i++)
		if (!strcmp(word, words[i])) {
			*ret = i;
			return 0;
		}
	return usage_error("watch", "%s, not \"%s\"", choices, word ?: "");
}

int cmd_watch(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	static const char *const link[] = {
		[WATCH_LINK_FOLLOW] = "follow",
		[WATCH_LINK_ADMIN] = "admin",
		[WATCH_LINK_LEAVE] = "leave",
	};
	static const char *const hooks[] = {"restore", "leave"};
	struct watch_options watch = {.conf = WATCH_CONF};
	struct fault f = {0};
	unsigned int choice = 0;
	const char *word;
	int wrong = 0;

	while (!wrong) {
		if (args_take_keyword(&args, "link")) {
			wrong = parse_choice(&args, "link is follow, admin or leave", link,
					     COUNT(link), &choice);
			watch.link = (enum watch_link)choice;
		} else if (args_take_keyword(&args, "hooks")) {
			wrong = parse_choice(&args, "hooks is restore or leave", hooks,
					     COUNT(hooks), &choice);
			watch.leave_hooks = choice;
		} else if (args_take_keyword(&args, "conf")) {
			watch.conf = args_take(&args);
			if (!watch.conf)
				wrong = usage_error("watch", "conf needs a directory");
		} else {
			break;
		}
	}
	if (wrong)
		return wrong;
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

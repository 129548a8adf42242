// SPDX-License-Identifier: GPL-2.0-only
/* plug and unplug: parse, call, say. */
#include <string.h>
#include "command.h"
#include "parse.h"
#include "plug.h"

static int parse_directions(const char *word, unsigned int *ret)
{
	static const char *const words[] = {
		[PLUG_IN] = "in",
		[PLUG_OUT] = "out",
		[PLUG_BOTH] = "both",
	};

	for (unsigned int i = PLUG_IN; word && i <= PLUG_BOTH; i++)
		if (!strcmp(word, words[i])) {
			*ret = i;
			return 0;
		}
	return -1;
}

static int plug(const struct options *opt, int argc, char **argv, bool plugged)
{
	struct args args = {argc - 1, argv + 1};
	const char *command = argv[0], *dev = args_take(&args), *wrong, *word;
	unsigned int directions = PLUG_BOTH;
	struct fault f = {0};

	if (!dev)
		return usage_error(command, "one device is needed, either end");
	wrong = parse_device_name(dev);
	if (wrong)
		return usage_error(command, "device name \"%s\" %s", dev, wrong);
	if (args_take_keyword(&args, "direction")) {
		word = args_take(&args);
		if (parse_directions(word, &directions))
			return usage_error(command, "direction is in, out or both, not \"%s\"",
					   word ?: "");
	}
	word = args_take(&args);
	if (word)
		return usage_error(command, "\"%s\" is not understood here", word);
	if (plug_set(opt->session, dev, directions, plugged, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int cmd_plug(const struct options *opt, int argc, char **argv)
{
	return plug(opt, argc, argv, true);
}

int cmd_unplug(const struct options *opt, int argc, char **argv)
{
	return plug(opt, argc, argv, false);
}

// SPDX-License-Identifier: GPL-2.0-only
/* pair and unpair: parse, call, say. */
#include "command.h"
#include "pair.h"
#include "parse.h"

/* DEV [side stack|wire]. 0 or the exit status of a usage error. */
static int parse_end(struct args *args, const char **dev, enum vb_side *side)
{
	const char *wrong, *word;

	*dev = args_take(args);
	if (!*dev)
		return usage_error("pair", "two devices are needed");
	wrong = parse_device_name(*dev);
	if (wrong)
		return usage_error("pair", "device name \"%s\" %s", *dev, wrong);
	if (!args_take_keyword(args, "side"))
		return 0;
	word = args_take(args);
	if (!word || parse_side(word, side))
		return usage_error("pair", "side is stack or wire, not \"%s\"", word ?: "");
	return 0;
}

int cmd_pair(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	struct pair_request req = {0};
	struct fault f = {0};
	const char *word;
	int wrong = 0;

	for (int i = 0; !wrong && i < 2; i++)
		wrong = parse_end(&args, &req.dev[i], &req.plan.side[i]);
	if (wrong)
		return wrong;
	if (args_take_keyword(&args, "datapath")) {
		word = args_take(&args);
		if (!word || parse_datapath(word, &req.plan.datapath))
			return usage_error("pair", "datapath is auto, tc or xdp, not \"%s\"",
					   word ?: "");
	}
	word = args_take(&args);
	if (word)
		return usage_error("pair", "\"%s\" is not understood here", word);

	if (pair_make(opt->session, &req, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

int cmd_unpair(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	const char *dev = args_take(&args), *wrong;
	struct fault f = {0};

	if (!dev || args.left)
		return usage_error("unpair", "one device is needed, either end");
	wrong = parse_device_name(dev);
	if (wrong)
		return usage_error("unpair", "device name \"%s\" %s", dev, wrong);
	if (pair_remove(opt->session, dev, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

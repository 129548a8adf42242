// SPDX-License-Identifier: GPL-2.0-only
/* pair and unpair: parse, call, say. */
#include "command.h"
#include "pair.h"
#include "parse.h"

/* before|after [PROG_ID], the keyword being taken already. 0 or the exit status of a usage error.
 */
static int parse_order(struct args *args, enum plan_order order, int i, struct plan_request *plan)
{
	if (plan->order[i] != PLAN_LAST)
		return usage_error("pair", "before or after is said once for an end");
	plan->order[i] = order;
	if (args_take_number(args, &plan->relative[i]) < 0)
		return usage_error("pair", "\"%s\" is no program id", *args->next);
	return 0;
}

/* DEV [side stack|wire] [open] [before|after [PROG_ID]]. 0 or the exit status of a usage error. */
static int parse_end(struct args *args, int i, struct pair_request *req)
{
	const char *wrong, *word, *dev = args_take(args);
	int err = 0;

	if (!dev)
		return usage_error("pair", "two devices are needed");
	wrong = parse_device_name(dev);
	if (wrong)
		return usage_error("pair", "device name \"%s\" %s", dev, wrong);
	req->dev[i] = dev;
	while (!err) {
		if (!req->plan.side[i] && args_take_keyword(args, "side")) {
			word = args_take(args);
			if (!word || parse_side(word, &req->plan.side[i]))
				return usage_error("pair", "side is stack or wire, not \"%s\"",
						   word ?: "");
		} else if (!req->plan.open[i] && args_take_keyword(args, "open")) {
			req->plan.open[i] = true;
		} else if (args_take_keyword(args, "before")) {
			err = parse_order(args, PLAN_BEFORE, i, &req->plan);
		} else if (args_take_keyword(args, "after")) {
			err = parse_order(args, PLAN_AFTER, i, &req->plan);
		} else {
			break;
		}
	}
	return err;
}

int cmd_pair(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	struct pair_request req = {.may_be = opt->batch};
	struct fault f = {0}, warnings[2] = {0};
	const char *word;
	int wrong = 0;

	for (int i = 0; !wrong && i < 2; i++)
		wrong = parse_end(&args, i, &req);
	if (wrong)
		return wrong;
	if (args_take_keyword(&args, "datapath")) {
		word = args_take(&args);
		if (!word || parse_datapath(word, &req.plan.datapath))
			return usage_error("pair", "datapath is auto, tc, peer or xdp, not \"%s\"",
					   word ?: "");
	}
	req.replug = args_take_keyword(&args, "replug");
	word = args_take(&args);
	if (word)
		return usage_error("pair", "\"%s\" is not understood here", word);

	if (pair_make(opt->session, &req, warnings, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < 2; i++)
		if (warnings[i].err)
			fault_print_warning(&warnings[i]);
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

// SPDX-License-Identifier: GPL-2.0-only
/* list and show: parse, collect, print. */
#include "command.h"
#include "output.h"
#include "parse.h"

static int view_and_print(const struct options *opt, const char *dev,
			  int (*print)(const struct options *opt, const struct view *view))
{
	struct fault f = {0};
	struct view view;
	int status;

	if (view_open(opt->session, dev, &view, &f)) {
		fault_print(&f);
		status = EXIT_FAILURE;
	} else {
		status = print(opt, &view);
	}
	view_free(&view);
	return status;
}

int cmd_list(const struct options *opt, int argc, char **argv)
{
	if (argc > 1)
		return usage_error("list", "\"%s\" is not understood here", argv[1]);
	return view_and_print(opt, NULL, output_list);
}

int cmd_show(const struct options *opt, int argc, char **argv)
{
	const char *wrong = argc > 1 ? parse_device_name(argv[1]) : NULL;

	if (wrong)
		return usage_error("show", "device name \"%s\" %s", argv[1], wrong);
	if (argc > 2)
		return usage_error("show", "\"%s\" is not understood here", argv[2]);
	return view_and_print(opt, argc > 1 ? argv[1] : NULL, output_show);
}

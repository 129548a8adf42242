// SPDX-License-Identifier: GPL-2.0-only
/* metrics: parse, collect, print. */
#include <string.h>
#include "command.h"
#include "output_metrics.h"

int cmd_metrics(const struct options *opt, int argc, char **argv)
{
	bool openmetrics = argc > 1 && !strcmp(argv[1], "openmetrics");
	struct fault f = {0};
	struct view view;
	int status;

	if (argc > 1 + openmetrics)
		return usage_error("metrics", "\"%s\" is not understood here",
				   argv[1 + openmetrics]);
	if (view_open(opt->session, NULL, &view, &f)) {
		fault_print(&f);
		status = EXIT_FAILURE;
	} else {
		status = output_metrics(&view, openmetrics);
	}
	view_free(&view);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* check: parse, collect, judge, print. */
#include <errno.h>
#include "check.h"
#include "command.h"
#include "output_check.h"
#include "parse.h"

int cmd_check(const struct options *opt, int argc, char **argv)
{
	const char *wrong = argc > 1 ? parse_device_name(argv[1]) : NULL;
	struct check_report report = {0};
	struct check_facts facts;
	struct fault f = {0};
	int status = EXIT_FAILURE;

	if (wrong)
		return usage_error("check", "device name \"%s\" %s", argv[1], wrong);
	if (argc > 2)
		return usage_error("check", "\"%s\" is not understood here", argv[2]);
	if (!check_collect(opt->session, argc > 1 ? argv[1] : NULL, &facts, &f) &&
	    check_judge(&facts, &report))
		fault_errno(&f, ENOMEM, "check");
	if (f.err)
		fault_print(&f);
	else
		status = output_check(opt, &facts, &report);
	if (report.wrong)
		status = EXIT_FAILURE;
	check_report_free(&report);
	check_facts_free(&facts);
	return status;
}

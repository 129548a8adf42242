// SPDX-License-Identifier: GPL-2.0-only
/* capture: parse, compile the filter, record. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "capture.h"
#include "cleanup.h"
#include "command.h"
#include "parse.h"
#include "record.h"

#define SNAPLEN_MIN 64 /* what the headers that filters look at need */

static void free_filter(struct filter **filter)
{
	filter_free(*filter);
}

/* The words up to the last, as one: the shell may have split the expression. */
static char *join(struct args *args)
{
	char *all = NULL;
	size_t size;
	FILE *to = open_memstream(&all, &size);

	for (const char *before = ""; to && args->left; before = " ")
		fprintf(to, "%s%s", before, args_take(args));
	if (to)
		fclose(to);
	return all;
}

static int parse_number(struct args *args, const char *what, uint32_t min, uint32_t max,
			uint32_t *ret)
{
	const char *word = args_take(args);

	if (!word || parse_u32(word, ret) || *ret < min || *ret > max)
		return usage_error("capture", "%s is a number from %u to %u, not \"%s\"", what, min,
				   max, word ?: "");
	return 0;
}

/* 0 or the exit status of a usage error. */
static int parse(struct args *args, struct record_request *req, char **ret_filter)
{
	const char *wrong;
	int status = 0;

	*req = (struct record_request){.dev = args_take(args), .snaplen = CAPTURE_SNAPLEN_MAX};
	if (!req->dev)
		return usage_error("capture", "one device is needed, either end");
	wrong = parse_device_name(req->dev);
	if (wrong)
		return usage_error("capture", "device name \"%s\" %s", req->dev, wrong);
	while (!status && args->left) {
		if (args_take_keyword(args, "write")) {
			req->file = args_take(args);
			if (!req->file)
				status = usage_error("capture", "write needs a file, or -");
		} else if (args_take_keyword(args, "snaplen")) {
			status = parse_number(args, "snaplen", SNAPLEN_MIN, CAPTURE_SNAPLEN_MAX,
					      &req->snaplen);
		} else if (args_take_keyword(args, "count")) {
			status = parse_number(args, "count", 1, UINT32_MAX, &req->count);
		} else if (args_take_keyword(args, "filter")) {
			if (!args->left)
				status = usage_error("capture", "filter needs an expression");
			*ret_filter = join(args);
		} else {
			status = usage_error("capture", "\"%s\" is not understood here",
					     *args->next);
		}
	}
	if (req->file && !strcmp(req->file, "-"))
		req->file = NULL;
	if (!status && !req->file && isatty(STDOUT_FILENO))
		status = usage_error("capture", "standard output is a terminal: write FILE, or "
						"pipe it into `tshark -r -`");
	return status;
}

int cmd_capture(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	_cleanup_(free_filter) struct filter *filter = NULL;
	_cleanup_free_ char *expression = NULL;
	struct record_request req;
	struct fault f = {0};
	int status = parse(&args, &req, &expression);

	if (status)
		return status;
	if (expression && filter_compile(expression, req.snaplen, &filter, &f)) {
		fault_context(&f, "capture %s", req.dev);
		fault_print(&f);
		return EXIT_USAGE;
	}
	req.filter = filter;
	req.last = !opt->batch;
	if (record_run(opt->session, &req, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

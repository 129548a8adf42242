// SPDX-License-Identifier: GPL-2.0-only
/* stats: parse; then look, wait, look again and print the difference. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include "command.h"
#include "output_stats.h"
#include "parse.h"

struct stats_request {
	const char *dev; /* NULL: all */
	double interval; /* seconds */
	uint32_t count;	 /* 0: without end */
};

static int parse(struct args *args, struct stats_request *req)
{
	const char *wrong, *word;

	*req = (struct stats_request){.interval = 1};
	while ((word = args_take(args))) {
		if (!strcmp(word, "interval")) {
			word = args_take(args);
			if (!word || parse_seconds(word, &req->interval))
				return usage_error("stats",
						   "interval is seconds from 0.1 to 86400, not "
						   "\"%s\"",
						   word ?: "");
		} else if (!strcmp(word, "count")) {
			word = args_take(args);
			if (!word || parse_u32(word, &req->count) || !req->count)
				return usage_error("stats",
						   "count is a number from 1 on, not "
						   "\"%s\"",
						   word ?: "");
		} else if (req->dev) {
			return usage_error("stats", "\"%s\" is not understood here", word);
		} else {
			wrong = parse_device_name(word);
			if (wrong)
				return usage_error("stats", "device name \"%s\" %s", word, wrong);
			req->dev = word;
		}
	}
	return 0;
}

static double seconds_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The panel is opened anew: by now it may be another one, or none. */
static int look(struct session *s, const char *dev, struct view *ret, double *ret_at,
		struct fault *f)
{
	session_close(s);
	*ret_at = seconds_of(CLOCK_MONOTONIC);
	return view_open(s, dev, ret, f);
}

static void sleep_until(double at)
{
	struct timespec until = {.tv_sec = (time_t)at};

	until.tv_nsec = (long)((at - (double)until.tv_sec) * 1e9);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static int run(const struct options *opt, const struct stats_request *req, struct fault *f)
{
	struct output_stats out = {.opt = opt, .terminal = !opt->json && isatty(STDOUT_FILENO)};
	struct view before, after = {0};
	double at, last, next;
	int status = EXIT_SUCCESS, err;

	err = look(opt->session, req->dev, &before, &last, f);
	next = last;
	for (uint32_t n = 0; !err && status == EXIT_SUCCESS && (!req->count || n < req->count);
	     n++) {
		struct winsize size = {0};

		next += req->interval;
		sleep_until(next);
		err = look(opt->session, req->dev, &after, &at, f);
		if (!err && out.terminal && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
			out.height = size.ws_row;
		if (!err)
			status = output_stats(&out, &before, &after, at - last,
					      seconds_of(CLOCK_REALTIME));
		last = at;
		view_free(&before);
		before = after;
		after = (struct view){0};
	}
	view_free(&before);
	return err ? EXIT_FAILURE : status;
}

int cmd_stats(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	struct stats_request req;
	struct fault f = {0};
	int status = parse(&args, &req);

	if (status)
		return status;
	status = run(opt, &req, &f);
	if (f.err)
		fault_print(&f);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/* monitor: parse, listen, print each event. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "command.h"
#include "json_build.h"
#include "monitor.h"
#include "output.h"

static void print_text(const struct options *opt, const struct monitor_event *e,
		       const struct timespec *now)
{
	char stamp[32], frames[NUMBER_MAX];
	struct tm utc;

	gmtime_r(&now->tv_sec, &utc);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
	printf("%s.%03ldZ %s <-> %s: ", stamp, now->tv_nsec / 1000000,
	       view_end_name(&e->pair->end[0]), view_end_name(&e->pair->end[1]));
	if (e->dev)
		printf("%s ", e->dev);
	printf("%s", monitor_name(e->what));
	if (e->what == MONITOR_DROPS)
		printf(" %s frames", output_number(e->frames, opt->human, frames, sizeof(frames)));
	if (e->text)
		printf(e->what == MONITOR_RENAMED ? ", was %s" : ": %s", e->text);
	putchar('\n');
}

static void print_json(const struct options *opt, const struct monitor_event *e,
		       const struct timespec *now)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "time", (double)now->tv_sec + (double)now->tv_nsec / 1e9);
	json_add_string(json, "event", monitor_name(e->what));
	json_add_string(json, "a", view_end_name(&e->pair->end[0]));
	json_add_string(json, "b", view_end_name(&e->pair->end[1]));
	if (e->dev) {
		json_add_string(json, "end", e->end ? "b" : "a");
		json_add_string(json, "dev", e->dev);
	}
	if (e->what == MONITOR_DROPS)
		json_add_int(json, "frames", e->frames);
	if (e->text)
		json_add_string(json, e->what == MONITOR_RENAMED ? "was" : "why", e->text);
	json_print(json, opt->pretty);
}

static int print(const struct monitor_event *event, void *data)
{
	const struct options *opt = data;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (opt->json)
		print_json(opt, event, &now);
	else
		print_text(opt, event, &now);
	return output_finish() == EXIT_SUCCESS ? 0 : 1;
}

int cmd_monitor(const struct options *opt, int argc, char **argv)
{
	struct options given = *opt;
	struct monitor_listener listener = {.tell = print, .data = &given};
	struct fault f = {0};
	int err;

	if (argc > 1)
		return usage_error("monitor", "\"%s\" is not understood here", argv[1]);
	err = monitor_run(opt->session, &listener, &f);
	if (f.err)
		fault_print(&f);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

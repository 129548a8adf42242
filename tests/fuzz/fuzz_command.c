// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: words parted by newlines, from main() to the point where something would be
 * done. Whatever is asked for has names that a device can have, or it is a usage error.
 *
 * wraps: record_run pair_make pair_remove view_open view_free netns_enter batch_run
 * wraps: endpoint_add endpoint_del endpoint_gc panel_gc privilege_limit
 * wraps: plug_set check_collect monitor_run watch_run clock_nanosleep
 */
#include <errno.h>
#include <time.h>
#include "batch.h"
#include "check.h"
#include "printed.h"
#include "command.h"
#include "endpoint.h"
#include "fuzz.h"
#include "monitor.h"
#include "netns.h"
#include "pair.h"
#include "parse.h"
#include "plug.h"
#include "privilege.h"
#include "record.h"
#include "view.h"
#include "watch.h"

#define LOOKS_MAX 3

int vethbpf_main(int argc, char **argv);
int __wrap_pair_make(struct session *s, const struct pair_request *req,
		     struct fault ret_warnings[2], struct fault *f);
int __wrap_pair_remove(struct session *s, const char *dev, struct fault *f);
int __wrap_view_open(struct session *s, const char *dev, struct view *ret, struct fault *f);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until,
			   struct timespec *left);
void __wrap_view_free(struct view *view);
int __wrap_netns_enter(const char *spec, struct fault *f);
int __wrap_batch_run(const struct options *opt, const char *file, bool force);
int __wrap_endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f);
int __wrap_endpoint_del(struct session *s, const char *name, struct fault *f);
int __wrap_record_run(struct session *s, const struct record_request *req, struct fault *f);
int __wrap_endpoint_gc(struct session *s, struct fault *f);
int __wrap_panel_gc(bool locked, struct fault *f);
int __wrap_privilege_limit(uint64_t keep, struct fault *f);
int __wrap_plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
		    struct fault *f);
int __wrap_check_collect(struct session *s, const char *dev, struct check_facts *ret,
			 struct fault *f);
int __wrap_monitor_run(struct session *s, const struct monitor_listener *listener, struct fault *f);
int __wrap_watch_run(const struct options *opt, const struct watch_options *watch, struct fault *f);

static unsigned int done; /* commands */
static unsigned int looks;

int __wrap_pair_make(struct session *s, const struct pair_request *req,
		     struct fault ret_warnings[2], struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	fault_set(&ret_warnings[done % 2], EOPNOTSUPP, "a warning");
	for (int i = 0; i < 2; i++) {
		must(!parse_device_name(req->dev[i]));
		must(req->plan.side[i] <= VB_SIDE_WIRE);
		must(req->plan.order[i] <= PLAN_AFTER);
		must(!req->plan.relative[i] || req->plan.order[i] != PLAN_LAST);
	}
	must(!strcmp(plan_side_name((uint8_t)req->plan.side[0]), "?") ==
	     (req->plan.side[0] == VB_SIDE_NONE));
	return 0;
}

int __wrap_pair_remove(struct session *s, const char *dev, struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	must(!parse_device_name(dev));
	return 0;
}

int __wrap_view_open(struct session *s, const char *dev, struct view *ret, struct fault *f)
{
	(void)s;
	done = 1;
	must(!dev || !parse_device_name(dev));
	*ret = (struct view){0};
	/* stats looks again and again. */
	return ++looks <= LOOKS_MAX ? 0 : fault_set(f, EINTR, "enough");
}

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until,
			   struct timespec *left)
{
	(void)clock;
	(void)flags;
	(void)left;
	must(until->tv_sec >= 0 && until->tv_nsec >= 0 && until->tv_nsec < 1000000000);
	return 0;
}

void __wrap_view_free(struct view *view)
{
	(void)view;
}

int __wrap_netns_enter(const char *spec, struct fault *f)
{
	must(spec != NULL);
	(void)f;
	return 0;
}

int __wrap_batch_run(const struct options *opt, const char *file, bool force)
{
	(void)opt;
	(void)force;
	must(file != NULL);
	done++;
	return EXIT_SUCCESS;
}

int __wrap_endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	for (int i = 0; i < 2; i++) {
		must(!parse_device_name(req[i].name));
		must(req[i].mtu >= 68 && req[i].mtu <= 65535);
		must(!req[i].address || !(req[i].address[0] & 1));
		must(!req[i].gso || (req[i].gso >= 2048 && req[i].gso <= 524280));
	}
	return 0;
}

int __wrap_endpoint_del(struct session *s, const char *name, struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	must(!parse_device_name(name));
	return 0;
}

int __wrap_record_run(struct session *s, const struct record_request *req, struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	must(!parse_device_name(req->dev));
	must(req->snaplen >= 64 && req->snaplen <= 65000);
	return 0;
}

int __wrap_endpoint_gc(struct session *s, struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	return 0;
}

int __wrap_panel_gc(bool locked, struct fault *f)
{
	(void)locked;
	(void)f;
	return 0;
}

/* The fuzzer's own it keeps. */
int __wrap_privilege_limit(uint64_t keep, struct fault *f)
{
	(void)f;
	must(!(keep & ~command_privileges(NULL)));
	return 0;
}

int __wrap_plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
		    struct fault *f)
{
	(void)s;
	(void)plugged;
	(void)f;
	done++;
	must(!parse_device_name(dev));
	must(directions && directions <= (PLUG_IN | PLUG_OUT));
	return 0;
}

int __wrap_check_collect(struct session *s, const char *dev, struct check_facts *ret,
			 struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	must(!dev || !parse_device_name(dev));
	*ret = (struct check_facts){0};
	return 0;
}

int __wrap_monitor_run(struct session *s, const struct monitor_listener *listener, struct fault *f)
{
	(void)s;
	(void)f;
	done++;
	must(listener->tell != NULL);
	return 0;
}

int __wrap_watch_run(const struct options *opt, const struct watch_options *watch, struct fault *f)
{
	(void)opt;
	(void)f;
	done++;
	must(watch->conf != NULL);
	return 0;
}

static bool is_warning(const char *text)
{
	static const char begin[] = "vethbpf: warning: ";

	return !strncmp(text, begin, sizeof(begin) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[66] = {"vethbpf"}, *words = strndup((const char *)data, size), *rest = words;
	struct printed out, err;
	int argc = 1, status;

	while (argc < 65 && rest)
		argv[argc++] = strsep(&rest, "\n");
	done = looks = 0;
	printed_begin(&out, &stdout);
	printed_begin(&err, &stderr);
	status = vethbpf_main(argc, argv);
	printed_end(&err);
	printed_end(&out);

	must(status == EXIT_SUCCESS || status == EXIT_USAGE || looks > LOOKS_MAX);
	must(status == EXIT_SUCCESS ? !err.size || is_warning(err.text) : err.size > 0);
	must(done <= (status != EXIT_USAGE));
	free(out.text);
	free(err.text);
	free(words);
	return 0;
}

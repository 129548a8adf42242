// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line, from main() to the point where something would be done: what is asked for is
 * written down here in the place of being done.
 *
 * wraps: pair_make pair_remove view_open view_free netns_enter
 * wraps: plug_set endpoint_add endpoint_del endpoint_gc panel_gc privilege_limit
 */
#include <errno.h>
#include <json-c/json_c_version.h>
#include "printed.h"
#include "command.h"
#include "endpoint.h"
#include "netns.h"
#include "pair.h"
#include "plug.h"
#include "privilege.h"
#include "unit.h"
#include "view.h"

int vethbpf_main(int argc, char **argv);
int __wrap_pair_make(struct session *s, const struct pair_request *req,
		     struct fault ret_warnings[2], struct fault *f);
int __wrap_pair_remove(struct session *s, const char *dev, struct fault *f);
int __wrap_view_open(struct session *s, const char *dev, struct view *ret, struct fault *f);
void __wrap_view_free(struct view *view);
int __wrap_plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
		    struct fault *f);
int __wrap_privilege_limit(uint64_t keep, struct fault *f);
int __wrap_netns_enter(const char *spec, struct fault *f);
int __wrap_endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f);
int __wrap_endpoint_del(struct session *s, const char *name, struct fault *f);
int __wrap_endpoint_gc(struct session *s, struct fault *f);
int __wrap_panel_gc(bool locked, struct fault *f);

static char asked[256];
static bool fails; /* whatever is asked for */
static bool warns; /* pair, of its second direction */

static int done(struct fault *f)
{
	if (!fails)
		return 0;
	fault_set(f, EPERM, "it failed");
	fault_hint(f, "try again");
	return -EPERM;
}

static void say(const char *fmt, ...)
{
	size_t len = strlen(asked);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(asked + len, sizeof(asked) - len, fmt, ap);
	va_end(ap);
}

int __wrap_pair_make(struct session *s, const struct pair_request *req,
		     struct fault ret_warnings[2], struct fault *f)
{
	static const char *const sides[] = {"default", "stack", "wire"};
	static const char *const datapaths[] = {"auto", "tc", "peer", "xdp"};

	static const char *const orders[] = {"", " before", " after"};

	(void)s;
	say("pair ");
	for (int i = 0; i < 2; i++) {
		say("%s %s%s%s", req->dev[i], sides[req->plan.side[i]],
		    req->plan.open[i] ? " open" : "", orders[req->plan.order[i]]);
		if (req->plan.relative[i])
			say(" %u", req->plan.relative[i]);
		say(", ");
	}
	say("%s%s", datapaths[req->plan.datapath], req->replug ? ", replug" : "");
	if (warns) {
		fault_set(&ret_warnings[1], EOPNOTSUPP, "it is slow");
		fault_hint(&ret_warnings[1], "make it fast");
	}
	return done(f);
}

int __wrap_pair_remove(struct session *s, const char *dev, struct fault *f)
{
	(void)s;
	say("unpair %s", dev);
	return done(f);
}

int __wrap_view_open(struct session *s, const char *dev, struct view *ret, struct fault *f)
{
	(void)s;
	say("view %s", dev ?: "all");
	*ret = (struct view){0};
	return done(f);
}

void __wrap_view_free(struct view *view)
{
	(void)view;
}

int __wrap_plug_set(struct session *s, const char *dev, unsigned int directions, bool plugged,
		    struct fault *f)
{
	(void)s;
	say("%s %s%s%s", plugged ? "plug" : "unplug", dev, directions & PLUG_IN ? " in" : "",
	    directions & PLUG_OUT ? " out" : "");
	return done(f);
}

int __wrap_endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f)
{
	(void)s;
	for (int i = 0; i < 2; i++) {
		const uint8_t *a = req[i].address;

		say("%s%s%s%s mtu %u", i ? ", " : "add ", req[i].name,
		    req[i].netns ? " netns " : "", req[i].netns ?: "", req[i].mtu);
		if (req[i].gso)
			say(" gso %u", req[i].gso);
		if (a)
			say(" %02x%02x%02x%02x%02x%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
		if (req[i].up)
			say(" up");
	}
	return done(f);
}

int __wrap_endpoint_del(struct session *s, const char *name, struct fault *f)
{
	(void)s;
	say("del %s", name);
	return done(f);
}

int __wrap_endpoint_gc(struct session *s, struct fault *f)
{
	(void)s;
	say("gc of devices");
	return done(f);
}

int __wrap_panel_gc(bool locked, struct fault *f)
{
	say("gc of panels%s, ", locked ? " locked" : "");
	return done(f);
}

/* What else is run here needs what the test has. */
int __wrap_privilege_limit(uint64_t keep, struct fault *f)
{
	(void)f;
	assert_int_equal(keep & ~command_privileges(NULL), 0);
	return 0;
}

int __wrap_netns_enter(const char *spec, struct fault *f)
{
	say("netns %s, ", spec);
	return done(f);
}

struct said {
	int status;
	char *out, *err;
};

/* Runs a line of words parted by single blanks; two blanks are an empty word between them. */
static struct said run(const char *line)
{
	char *argv[64] = {"vethbpf"}, *words = strdup(line), *rest = words;
	struct printed out, err;
	struct said said;
	int argc = 1;

	while (*line && (argv[argc] = strsep(&rest, " ")))
		argc++;
	asked[0] = '\0';
	printed_begin(&out, &stdout);
	printed_begin(&err, &stderr);
	said.status = vethbpf_main(argc, argv);
	said.out = printed_end(&out);
	said.err = printed_end(&err);
	free(words);
	return said;
}

static void said_free(struct said *said)
{
	free(said->out);
	free(said->err);
}

static void understood(void **state)
{
	static const struct {
		const char *line, *asked, *out;
	} rows[] = {
		{"pair a b", "pair a default, b default, auto", ""},
		{"pair a side stack b", "pair a stack, b default, auto", ""},
		{"pair a b side wire", "pair a default, b wire, auto", ""},
		{"pair a side wire b side stack", "pair a wire, b stack, auto", ""},
		{"pair a b datapath tc", "pair a default, b default, tc", ""},
		{"pair a b datapath auto", "pair a default, b default, auto", ""},
		{"pair a b replug", "pair a default, b default, auto, replug", ""},
		{"pair a b datapath tc replug", "pair a default, b default, tc, replug", ""},
		{"pair a replug", "pair a default, replug default, auto", ""},
		{"pair a b side wire datapath xdp", "pair a default, b wire, xdp", ""},
		{"pair side side wire side", "pair side wire, side default, auto", ""},
		{"pair side datapath", "pair side default, datapath default, auto", ""},
		{"pair a open b", "pair a default open, b default, auto", ""},
		{"pair a b open side wire", "pair a default, b wire open, auto", ""},
		{"pair open open open", "pair open default open, open default, auto", ""},
		{"pair a before b after", "pair a default before, b default after, auto", ""},
		{"pair a after 7 side stack b before 4294967295",
		 "pair a stack after 7, b default before 4294967295, auto", ""},
		{"pair a before b9 datapath peer", "pair a default before, b9 default, peer", ""},
		{"pair -j -p", "pair -j default, -p default, auto", ""},
		{"unpair a", "unpair a", ""},
		{"unpair unpair", "unpair unpair", ""},
		{"plug a", "plug a in out", ""},
		{"unplug a", "unplug a in out", ""},
		{"unplug a direction both", "unplug a in out", ""},
		{"unplug direction direction in", "unplug direction in", ""},
		{"plug a direction out", "plug a out", ""},
		{"add a peer b", "add a mtu 1500, b mtu 1500", ""},
		{"add a netns red mtu 68 up peer b mtu 65535 netns 7",
		 "add a netns red mtu 68 up, b netns 7 mtu 65535", ""},
		{"add a gso 2048 peer b address 02:0:0:0:0:Fe gso 524280",
		 "add a mtu 1500 gso 2048, b mtu 1500 gso 524280 0200000000fe", ""},
		{"add up up peer peer", "add up mtu 1500 up, peer mtu 1500", ""},
		{"add a netns peer peer b", "add a netns peer mtu 1500, b mtu 1500", ""},
		{"del a", "del a", ""},
		{"del del", "del del", ""},
		{"gc", "gc of panels, gc of devices", ""},
		{"save", "view all", ""},
		{"-b /dev/null", "", ""},
		{"-force --batch /dev/null", "", ""},
		{"list", "view all", ""},
		{"-j list", "view all", "[]\n"},
		{"--json list", "view all", "[]\n"},
		{"show", "view all", ""},
		{"show a", "view a", ""},
		/* An empty array on many lines is for json-c to say: on one, from version 0.17 on.
		 */
		{"-p show a", "view a", JSON_C_MINOR_VERSION < 17 ? "[\n]\n" : "[]\n"},
		{"--pretty -j list", "view all", JSON_C_MINOR_VERSION < 17 ? "[\n]\n" : "[]\n"},
		{"-n red list", "netns red, view all", ""},
		{"--netns /proc/1/ns/net unpair a", "netns /proc/1/ns/net, unpair a", ""},
		{"-n red -n blue list", "netns blue, view all", ""},
		{"-n -j list", "netns -j, view all", ""},
		{"-V", "", "vethbpf " VETHBPF_VERSION "\n"},
		{"--version", "", "vethbpf " VETHBPF_VERSION "\n"},
		{"-j -V pair", "", "vethbpf " VETHBPF_VERSION "\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said said = run(rows[i].line);

		check_string(rows[i].line, said.err, "");
		check_int(rows[i].line, said.status, EXIT_SUCCESS);
		check_string(rows[i].line, asked, rows[i].asked);
		check_string(rows[i].line, said.out, rows[i].out);
		said_free(&said);
	}
}

#define TOO_LONG "is too long: a device name has at most 15 characters"
#define BAD_CHAR "has a character that a device name cannot have"

/* Usage errors: exit 2, nothing done, one line that says what, and how it is done right. */
#define ADDRESS "02:00:00:00:00:01"

static void not_understood(void **state)
{
	static const struct {
		const char *line, *what,
			*command; /* whose usage is shown; NULL: help is pointed to */
	} rows[] = {
		{"pair", "two devices are needed", "pair"},
		{"pair a", "two devices are needed", "pair"},
		{"pair a side wire", "two devices are needed", "pair"},
		{"pair a side", "side is stack or wire, not \"\"", "pair"},
		{"pair a side b", "side is stack or wire, not \"b\"", "pair"},
		{"pair a side wired b", "side is stack or wire, not \"wired\"", "pair"},
		{"pair datapath side", "side is stack or wire, not \"\"", "pair"},
		{"pair a b side", "side is stack or wire, not \"\"", "pair"},
		{"pair a b datapath", "datapath is auto, tc, peer or xdp, not \"\"", "pair"},
		{"pair a b datapath fast", "datapath is auto, tc, peer or xdp, not \"fast\"",
		 "pair"},
		{"pair a before after b", "before or after is said once for an end", "pair"},
		{"pair a b after 1 after 2", "before or after is said once for an end", "pair"},
		{"pair a before 0 b", "\"0\" is no program id", "pair"},
		{"pair a before 9b c", "\"9b\" is no program id", "pair"},
		{"pair a after 4294967296 b", "\"4294967296\" is no program id", "pair"},
		{"pair a b open open", "\"open\" is not understood here", "pair"},
		{"pair a b c", "\"c\" is not understood here", "pair"},
		{"pair a b replug datapath tc", "\"datapath\" is not understood here", "pair"},
		{"upgrade some", "\"some\" is not understood here", "upgrade"},
		{"upgrade all all", "\"all\" is not understood here", "upgrade"},
		{"pair a b datapath tc side wire", "\"side\" is not understood here", "pair"},
		{"pair a b side wire side wire", "\"side\" is not understood here", "pair"},
		{"pair 1234567890123456 b", "device name \"1234567890123456\" " TOO_LONG, "pair"},
		{"pair a 1234567890123456", "device name \"1234567890123456\" " TOO_LONG, "pair"},
		{"pair a/b c", "device name \"a/b\" " BAD_CHAR, "pair"},
		{"pair  b", "device name \"\" is empty", "pair"},
		{"pair a ..", "device name \"..\" cannot be a device name", "pair"},
		{"unpair", "one device is needed, either end", "unpair"},
		{"unpair a b", "one device is needed, either end", "unpair"},
		{"unpair a:b", "device name \"a:b\" " BAD_CHAR, "unpair"},
		{"plug", "one device is needed, either end", "plug"},
		{"unplug a b", "\"b\" is not understood here", "unplug"},
		{"unplug a/b", "device name \"a/b\" " BAD_CHAR, "unplug"},
		{"unplug a direction", "direction is in, out or both, not \"\"", "unplug"},
		{"plug a direction up", "direction is in, out or both, not \"up\"", "plug"},
		{"add", "two device names are needed", "add"},
		{"add a", "the other device is missing: peer DEV", "add"},
		{"add a b", "\"b\" is not understood here", "add"},
		{"add a peer", "two device names are needed", "add"},
		{"add a peer b peer", "\"peer\" is not understood here", "add"},
		{"add a peer 1234567890123456", "device name \"1234567890123456\" " TOO_LONG,
		 "add"},
		{"add a netns", "netns needs a namespace", "add"},
		{"add a mtu peer b", "mtu is a number from 68 to 65535, not \"peer\"", "add"},
		{"add a mtu 67 peer b", "mtu is a number from 68 to 65535, not \"67\"", "add"},
		{"add a peer b mtu 65536", "mtu is a number from 68 to 65535, not \"65536\"",
		 "add"},
		{"add a mtu 1500x peer b", "mtu is a number from 68 to 65535, not \"1500x\"",
		 "add"},
		{"add a mtu -1 peer b", "mtu is a number from 68 to 65535, not \"-1\"", "add"},
		{"add a gso 2047 peer b", "gso is a number from 2048 to 524280, not \"2047\"",
		 "add"},
		{"add a address peer b", "address \"peer\" is not six bytes like " ADDRESS, "add"},
		{"add a address 2:0:0:0:0 peer b",
		 "address \"2:0:0:0:0\" is not six bytes like " ADDRESS, "add"},
		{"add a address 2:0:0:0:0:0:0 peer b",
		 "address \"2:0:0:0:0:0:0\" is not six bytes "
		 "like " ADDRESS,
		 "add"},
		{"add a address 2:0:0:0:0:100 peer b",
		 "address \"2:0:0:0:0:100\" is not six bytes "
		 "like " ADDRESS,
		 "add"},
		{"add a address 1:0:0:0:0:1 peer b",
		 "address \"1:0:0:0:0:1\" is a group's, and a device cannot have it", "add"},
		{"add a address 0:0:0:0:0:0 peer b", "address \"0:0:0:0:0:0\" is no device's",
		 "add"},
		{"del", "one device is needed, either end", "del"},
		{"del a b", "one device is needed, either end", "del"},
		{"del a/b", "device name \"a/b\" " BAD_CHAR, "del"},
		{"gc a", "\"a\" is not understood here", "gc"},
		{"-b", "option -b needs a file", NULL},
		{"-b f list", "with a batch file there is no command", NULL},
		{"list a", "\"a\" is not understood here", "list"},
		{"show a b", "\"b\" is not understood here", "show"},
		{"show 1234567890123456", "device name \"1234567890123456\" " TOO_LONG, "show"},
		{"save a", "\"a\" is not understood here", "save"},
		{"watch a", "\"a\" is not understood here", "watch"},
		{"watch link", "link is follow, admin or leave, not \"\"", "watch"},
		{"watch link up", "link is follow, admin or leave, not \"up\"", "watch"},
		{"watch hooks put", "hooks is restore or leave, not \"put\"", "watch"},
		{"watch conf", "conf needs a directory", "watch"},
		{"graph a", "\"a\" is not understood here", "graph"},
		{"metrics a", "\"a\" is not understood here", "metrics"},
		{"monitor a", "\"a\" is not understood here", "monitor"},
		{"check a/b", "device name \"a/b\" " BAD_CHAR, "check"},
		{"check a b", "\"b\" is not understood here", "check"},
		{"stats a b", "\"b\" is not understood here", "stats"},
		{"stats a/b", "device name \"a/b\" " BAD_CHAR, "stats"},
		{"stats interval", "interval is seconds from 0.1 to 86400, not \"\"", "stats"},
		{"stats interval 0", "interval is seconds from 0.1 to 86400, not \"0\"", "stats"},
		{"stats count x", "count is a number from 1 on, not \"x\"", "stats"},
		{"pai a b", "no command \"pai\"", NULL},
		{"pairs", "no command \"pairs\"", NULL},
		{"help pai", "no command \"pai\"", NULL},
		{"-x list", "no option -x", NULL},
		{"-jp list", "no option -jp", NULL},
		{"-", "no option -", NULL},
		{"--", "no option --", NULL},
		{"-n", "option -n needs a namespace", NULL},
		{"--netns", "option --netns needs a namespace", NULL},
		{"-n red -x", "no option -x", NULL},
		{"%s%n", "no command \"%s%n\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said said = run(rows[i].line);
		char what[256];
		const char *usage;

		snprintf(what, sizeof(what), "vethbpf: %s\n", rows[i].what);
		usage = strchr(said.err, '\n');
		if (strncmp(said.err, what, strlen(what)) != 0)
			fail_msg("%s: said %s", rows[i].line, said.err);
		check_int(rows[i].line, said.status, EXIT_USAGE);
		check_string(rows[i].line, asked, "");
		check_string(rows[i].line, said.out, "");
		if (rows[i].command)
			snprintf(what, sizeof(what), "Usage: vethbpf %s", rows[i].command);
		else
			strcpy(what, "`vethbpf help` shows the commands and options\n");
		if (!usage || strncmp(usage + 1, what, strlen(what)) != 0)
			fail_msg("%s: said %s", rows[i].line, said.err);
		said_free(&said);
	}
}

static void failure_is_told_once_and_exits_with_1(void **state)
{
	static const char *const lines[] = {"pair a b", "unpair a",  "list",
					    "show",	"-j show a", "-n red list"};

	(void)state;
	fails = true;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct said said = run(lines[i]);

		check_int(lines[i], said.status, EXIT_FAILURE);
		check_string(lines[i], said.err, "vethbpf: it failed\n         try again\n");
		check_string(lines[i], said.out, "");
		said_free(&said);
	}
	assert_string_equal(asked, "netns red, "); /* and nothing was done elsewhere */
	fails = false;
}

static void a_warning_is_no_failure(void **state)
{
	struct said said;

	(void)state;
	warns = true;
	said = run("pair a b");
	warns = false;
	assert_int_equal(said.status, EXIT_SUCCESS);
	assert_string_equal(said.out, "");
	assert_string_equal(said.err, "vethbpf: warning: it is slow\n         make it fast\n");
	said_free(&said);
}

static void no_command_is_a_usage_error_with_the_help(void **state)
{
	struct said said = run(""), help = run("help");

	(void)state;
	assert_int_equal(said.status, EXIT_USAGE);
	assert_string_equal(said.out, "");
	assert_int_equal(help.status, EXIT_SUCCESS);
	assert_string_equal(said.err, help.out);
	assert_string_equal(help.err, "");
	said_free(&said);
	said_free(&help);
}

static void help_shows_every_command(void **state)
{
	struct said all = run("help"), dash = run("-h");

	(void)state;
	assert_string_equal(all.out, dash.out);
	for (const struct command *c = commands; c->name; c++) {
		char line[64], want[512];
		struct said one;

		snprintf(want, sizeof(want), "  %-8s %s\n", c->name, c->summary);
		if (!strstr(all.out, want))
			fail_msg("help has no %s", want);
		snprintf(line, sizeof(line), "help %s", c->name);
		one = run(line);
		check_int(line, one.status, EXIT_SUCCESS);
		snprintf(want, sizeof(want), "Usage: vethbpf %s%s%s\n\n", c->name,
			 *c->usage ? " " : "", c->usage);
		if (strncmp(one.out, want, strlen(want)) != 0)
			fail_msg("%s: said %s", line, one.out);
		said_free(&one);
	}
	said_free(&all);
	said_free(&dash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understood),
		cmocka_unit_test(not_understood),
		cmocka_unit_test(failure_is_told_once_and_exits_with_1),
		cmocka_unit_test(a_warning_is_no_failure),
		cmocka_unit_test(no_command_is_a_usage_error_with_the_help),
		cmocka_unit_test(help_shows_every_command),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A view as text, compared line by line, and as JSON, parsed again. Time is given here.
 *
 * wraps: clock_gettime
 */
#include <locale.h>
#include <json-c/json.h>
#include <time.h>
#include "printed.h"
#include "output.h"
#include "sample.h"
#include "unit.h"

#define FROM_STACK "frames come from this machine's stack, and only tc takes them there"
#define TO_STACK   "the peer has side stack, and only tc hands over as received"

/* What the sample's line in list ends with. */
#define CROSSED " -> 100 frames 6400 bytes <- 7 frames 700 bytes dropped 3\n"

/* Of either end, in list and show. */
#define A_COUNTS                                                                                   \
	"\"taken\": {\"frames\": 100, \"bytes\": 6400, \"dropped_bytes\": 0,"                      \
	"            \"dropped\": {\"no_peer\": 0, \"down\": 0, \"too_long\": 0, \"redirect\": "   \
	"0}},"                                                                                     \
	"\"handed_over\": {\"frames\": 7, \"bytes\": 700}, \"foreign\": 0"
#define B_COUNTS                                                                                   \
	"\"taken\": {\"frames\": 10, \"bytes\": 1000, \"dropped_bytes\": 300,"                     \
	"            \"dropped\": {\"no_peer\": 1, \"down\": 0, \"too_long\": 2, \"redirect\": "   \
	"0}},"                                                                                     \
	"\"handed_over\": {\"frames\": 100, \"bytes\": 6400}, \"foreign\": 0"

static struct view_pair pairs[2];
static struct view view;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	assert_int_equal(clock, CLOCK_BOOTTIME); /* time in suspend counts */
	*now = (struct timespec){.tv_sec = 61, .tv_nsec = 500000000};
	return 0;
}

static int setup(void **state)
{
	(void)state;
	sample_pair(&pairs[0]);
	view = (struct view){.cookie = 5, .path = "/panel/5", .pairs = pairs, .count = 1};
	return 0;
}

typedef int print_fn(const struct options *opt, const struct view *view);

static char *printed(print_fn *print, bool json, bool pretty)
{
	struct options opt = {.json = json, .pretty = pretty};
	struct printed c;
	int status;

	printed_begin(&c, &stdout);
	status = print(&opt, &view);
	printed_end(&c);
	assert_int_equal(status, EXIT_SUCCESS);
	return c.text;
}

static void text_is(print_fn *print, const char *want)
{
	char *text = printed(print, false, false);

	assert_string_equal(text, want);
	free(text);
}

/* Strict, it takes every byte beyond ASCII for a control character. */
#define JSON_C_0_18 (18 << 8)

/*
 * What is printed, as the strictest reader takes it; the caller puts it. Whether it is UTF-8, the C
 * library tells.
 */
static struct json_object *parsed(print_fn *print, bool pretty)
{
	char *text = printed(print, true, pretty);
	struct json_tokener *tok = json_tokener_new();
	struct json_object *json;

	if (json_c_version_num() != JSON_C_0_18)
		json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	assert_int_not_equal(mbstowcs(NULL, text, 0), (size_t)-1);
	json = json_tokener_parse_ex(tok, text, (int)strlen(text));
	assert_int_equal(json_tokener_get_error(tok), json_tokener_success);
	assert_int_equal(text[strlen(text) - 1], '\n');
	if (!pretty)
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	json_tokener_free(tok);
	free(text);
	return json;
}

static void json_is(print_fn *print, const char *want)
{
	struct json_object *got = parsed(print, false), *pretty = parsed(print, true);
	struct json_object *wanted = json_tokener_parse(want);

	assert_non_null(wanted);
	if (!json_object_equal(got, wanted))
		fail_msg("\n%s\nis not\n%s", json_object_to_json_string(got),
			 json_object_to_json_string(wanted));
	assert_true(json_object_equal(got, pretty));
	json_object_put(got);
	json_object_put(pretty);
	json_object_put(wanted);
}

static void no_pairs_is_nothing_and_an_empty_array(void **state)
{
	(void)state;
	view.count = 0;
	text_is(output_list, "");
	text_is(output_show, "");
	json_is(output_list, "[]");
	json_is(output_show, "[]");
}

static void list_is_a_line_for_each_pair(void **state)
{
	(void)state;
	sample_pair(&pairs[1]);
	pairs[1].state = VIEW_INCOMPLETE;
	view.count = 2;
	strcpy(pairs[1].end[0].dev.name, "ethernet-c");
	pairs[1].end[1].count.frames = 4; /* and 3 of them dropped */
	text_is(output_list,		  /* in columns */
		"eth-a stack      <-> tap-b wire state plugged    datapath tc -> 100 frames 6400 "
		"bytes <- 7 frames 700 bytes dropped 3\n"
		"ethernet-c stack <-> tap-b wire state incomplete datapath tc -> 100 frames 6400 "
		"bytes <- 1 frames 700 bytes dropped 3\n");
}

static void an_end_that_nothing_can_be_handed_to(void **state)
{
	char *text;

	(void)state;
	pairs[0].end[0].dev.carrier = false; /* which a stack end does not need */
	text_is(output_list, "eth-a stack <-> tap-b wire state plugged datapath tc" CROSSED);
	pairs[0].end[0].dev.flags = 0;
	pairs[0].end[1].dev.carrier = false;
	memset(&pairs[0].end[1].count, 0, sizeof(pairs[0].end[1].count));
	text_is(output_list, "eth-a stack <-> tap-b wire state plugged datapath tc -> 100 frames "
			     "6400 bytes <- 0 frames 0 bytes (eth-a is down) (tap-b has no "
			     "carrier)\n");
	text = printed(output_show, false, false);
	assert_non_null(strstr(text, "\n    nothing crosses to eth-a: it is down\n"
				     "    nothing crosses to tap-b: it has no carrier\n"));
	free(text);
}

static void numbers_for_humans(void **state)
{
	static const struct {
		uint64_t number;
		const char *text;
	} rows[] = {
		{0, "0"},
		{999, "999"},
		{1000, "1.00k"},
		{1234, "1.23k"},
		{9994, "9.99k"},
		{9995, "10.0k"},
		{99949, "99.9k"},
		{99950, "100k"},
		{999499, "999k"},
		{999500, "1.00M"},
		{1230000, "1.23M"},
		{4560000000, "4.56G"},
		{7000000000000, "7.00T"},
		{UINT64_MAX, "18.4E"},
	};
	char buf[NUMBER_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_string(rows[i].text, output_number(rows[i].number, true, buf, sizeof(buf)),
			     rows[i].text);
	assert_string_equal(output_number(UINT64_MAX, false, buf, sizeof(buf)),
			    "18446744073709551615");
}

static void list_for_humans(void **state)
{
	struct options opt = {.human = true};
	struct printed c;

	(void)state;
	printed_begin(&c, &stdout);
	output_list(&opt, &view);
	printed_end(&c);
	assert_string_equal(c.text, "eth-a stack <-> tap-b wire state plugged datapath tc -> 100 "
				    "frames 6.40k bytes <- 7 frames 700 bytes dropped 3\n");
	free(c.text);
}

static void list_as_json(void **state)
{
	(void)state;
	json_is(output_list,
		"[{\"a\": {\"dev\": \"eth-a\", \"ifindex\": 7, \"side\": \"stack\"," A_COUNTS "},"
		"  \"b\": {\"dev\": \"tap-b\", \"ifindex\": 8, \"side\": \"wire\"," B_COUNTS "},"
		"  \"state\": \"plugged\","
		"  \"datapath\": {\"a\": \"tc\", \"b\": \"tc\"}}]");
}

static void datapaths_that_differ_are_both_told(void **state)
{
	struct json_object *json, *datapath;

	(void)state;
	pairs[0].end[1].port.path = VB_PATH_XDP;
	text_is(output_list, "eth-a stack <-> tap-b wire state plugged datapath tc/xdp" CROSSED);
	json = parsed(output_list, false);
	datapath = json_object_object_get(json_object_array_get_idx(json, 0), "datapath");
	assert_string_equal(json_object_get_string(json_object_object_get(datapath, "a")), "tc");
	assert_string_equal(json_object_get_string(json_object_object_get(datapath, "b")), "xdp");
	json_object_put(json);
	pairs[0].end[0].port.path = VB_PATH_XDP;
	text_is(output_list, "eth-a stack <-> tap-b wire state plugged datapath xdp" CROSSED);
}

static void show_tells_each_end(void **state)
{
	(void)state;
	text_is(output_show,
		"eth-a stack <-> tap-b wire state plugged datapath tc age 60 s\n"
		"    eth-a: ifindex 7 side stack kind dummy mtu 1500 up carrier on address "
		"02:00:00:00:00:07 flags UP\n"
		"        hook vb_stack_tx by tcx prog 21 link 31\n"
		"        datapath tc: " FROM_STACK "\n"
		"        taken 100 frames 6400 bytes, handed over 7 frames 700 bytes\n"
		"    tap-b: ifindex 8 side wire kind tun mtu 1500 up carrier on address "
		"02:00:00:00:00:08 flags UP\n"
		"        hook vb_wire_rx by clsact prog 22\n"
		"        datapath tc: " TO_STACK "\n"
		"        taken 10 frames 1000 bytes, handed over 100 frames 6400 bytes\n"
		"        not handed over to the peer: no_peer 1 down 0 too_long 2 redirect 0\n"
		"    state in /panel/5\n");
}

static void show_as_json(void **state)
{
	(void)state;
	json_is(output_show,
		"[{\"a\": {\"dev\": \"eth-a\", \"ifindex\": 7, \"side\": \"stack\","
		"          \"present\": true, \"kind\": \"dummy\", \"mtu\": 1500, \"up\": true,"
		"          \"flags\": [\"UP\"],"
		"          \"carrier\": true, \"operstate\": \"up\","
		"          \"address\": \"02:00:00:00:00:07\","
		"          \"hooks\": [{\"prog\": \"vb_stack_tx\", \"method\": \"tcx\","
		"                       \"attached\": true, \"prog_id\": 21, \"link_id\": 31}],"
		"          " A_COUNTS ","
		"          \"datapath\": \"tc\", \"reason\": \"" FROM_STACK "\","
		"          \"open\": false},"
		"  \"b\": {\"dev\": \"tap-b\", \"ifindex\": 8, \"side\": \"wire\","
		"          \"present\": true, \"kind\": \"tun\", \"mtu\": 1500, \"up\": true,"
		"          \"flags\": [\"UP\"],"
		"          \"carrier\": true, \"operstate\": \"up\","
		"          \"address\": \"02:00:00:00:00:08\","
		"          \"hooks\": [{\"prog\": \"vb_wire_rx\", \"method\": \"clsact\","
		"                       \"attached\": true, \"prog_id\": 22}],"
		"          " B_COUNTS ","
		"          \"datapath\": \"tc\", \"reason\": \"" TO_STACK "\","
		"          \"open\": false},"
		"  \"state\": \"plugged\", \"datapath\": {\"a\": \"tc\", \"b\": \"tc\"},"
		"  \"age\": 60, \"panel\": \"/panel/5\"}]");
}

static void show_tells_what_is_broken(void **state)
{
	struct json_object *json, *pair, *a;

	(void)state;
	pairs[0].end[0].device_there = false;
	pairs[0].end[1].hooks[0].attached = false;
	view_judge(&pairs[0]);
	text_is(output_show,
		"eth-a stack <-> tap-b wire state broken datapath tc age 60 s\n"
		"    broken: eth-a is gone or in another namespace\n"
		"    eth-a: ifindex 7 side stack\n"
		"        hook vb_stack_tx by tcx prog 21 link 31\n"
		"        datapath tc: " FROM_STACK "\n"
		"        taken 100 frames 6400 bytes, handed over 7 frames 700 bytes\n"
		"    tap-b: ifindex 8 side wire kind tun mtu 1500 up carrier on address "
		"02:00:00:00:00:08 flags UP\n"
		"        hook vb_wire_rx by clsact MISSING\n"
		"        datapath tc: " TO_STACK "\n"
		"        taken 10 frames 1000 bytes, handed over 100 frames 6400 bytes\n"
		"        not handed over to the peer: no_peer 1 down 0 too_long 2 redirect 0\n"
		"    state in /panel/5\n");
	json = parsed(output_show, false);
	pair = json_object_array_get_idx(json, 0);
	a = json_object_object_get(pair, "a");
	assert_string_equal(json_object_get_string(json_object_object_get(pair, "why")),
			    "eth-a is gone or in another namespace");
	assert_false(json_object_get_boolean(json_object_object_get(a, "present")));
	assert_null(json_object_object_get(a, "mtu"));
	json_object_put(json);
}

static void physical_device_without_a_kind(void **state)
{
	char *text;

	(void)state;
	pairs[0].end[0].dev.kind[0] = '\0';
	pairs[0].end[0].dev.flags = 0;
	pairs[0].end[0].dev.carrier = false;
	text = printed(output_show, false, false);
	assert_non_null(strstr(text, " kind physical mtu 1500 down carrier off "));
	free(text);
}

static void names_of_any_bytes_give_valid_json(void **state)
{
	(void)state;
	strcpy(pairs[0].end[0].dev.name, "\"\\\x01\xff/\xc3\xb6");
	json_is(output_list,
		"[{\"a\": {\"dev\": \"\\\"\\\\\\u0001\xef\xbf\xbd/\xc3\xb6\","
		"          \"ifindex\": 7, \"side\": \"stack\"," A_COUNTS "},"
		"  \"b\": {\"dev\": \"tap-b\", \"ifindex\": 8, \"side\": \"wire\"," B_COUNTS "},"
		"  \"state\": \"plugged\","
		"  \"datapath\": {\"a\": \"tc\", \"b\": \"tc\"}}]");
}

static void hooks_of_unknown_kinds_are_printed(void **state)
{
	struct json_object *json;
	char *text;

	(void)state;
	pairs[0].end[0].port.hooks[1] = (struct vb_hook){.role = 255, .method = 255};
	pairs[0].end[0].port.hooks[2] = (struct vb_hook){.role = VB_ROLE_WIRE_RX};
	pairs[0].end[0].port.side = 255;
	text = printed(output_show, false, false);
	assert_non_null(strstr(text, "        hook ? by ? MISSING\n"));
	assert_non_null(strstr(text, "        hook vb_wire_rx by ? MISSING\n"));
	assert_non_null(strstr(text, "eth-a: ifindex 7 side ? "));
	free(text);
	json = parsed(output_show, false);
	json_object_put(json);
}

static void greatest_counts_are_whole(void **state)
{
	struct json_object *json, *a, *taken;
	char *text;

	(void)state;
	pairs[0].end[0].count = (struct vb_count){.frames = UINT64_MAX, .bytes = UINT64_MAX - 1};
	text = printed(output_show, false, false);
	assert_non_null(
		strstr(text, "taken 18446744073709551615 frames 18446744073709551614 bytes"));
	free(text);
	json = parsed(output_show, false);
	a = json_object_object_get(json_object_array_get_idx(json, 0), "a");
	taken = json_object_object_get(a, "taken");
	assert_true(json_object_get_uint64(json_object_object_get(taken, "frames")) == UINT64_MAX);
	json_object_put(json);
}

/* Counters are read while they grow: more may seem dropped than was taken a moment before. */
static void handed_over_is_never_less_than_nothing(void **state)
{
	char *text;

	(void)state;
	pairs[0].end[1].count.frames = 2;
	pairs[0].end[1].count.bytes = 299;
	text = printed(output_show, false, false);
	assert_non_null(
		strstr(text, "taken 100 frames 6400 bytes, handed over 0 frames 0 bytes\n"));
	free(text);
}

static void pair_from_the_future_is_new(void **state)
{
	char *text;

	(void)state;
	pairs[0].end[0].port.since = 999000000000;
	text = printed(output_show, false, false);
	assert_non_null(strstr(text, "datapath tc age 0 s\n"));
	free(text);
}

static void age_is_the_other_ends_where_the_first_has_no_port(void **state)
{
	char *text;

	(void)state;
	pairs[0].end[0].port_there = false;
	pairs[0].end[1].port.since = 51000000000;
	text = printed(output_show, false, false);
	assert_non_null(strstr(text, "datapath tc age 10 s\n"));
	free(text);
}

static void full_standard_output_is_a_failure(void **state)
{
	struct options opt = {0};
	FILE *was = stdout;
	struct printed c;
	int status;

	(void)state;
	printed_begin(&c, &stderr);
	stdout = fopen("/dev/full", "w");
	status = output_show(&opt, &view);
	fclose(stdout);
	stdout = was;
	printed_end(&c);
	assert_int_equal(status, EXIT_FAILURE);
	assert_string_equal(c.text, "vethbpf: write to standard output: No space left on device\n");
	free(c.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(no_pairs_is_nothing_and_an_empty_array, setup),
		cmocka_unit_test_setup(list_is_a_line_for_each_pair, setup),
		cmocka_unit_test_setup(numbers_for_humans, setup),
		cmocka_unit_test_setup(an_end_that_nothing_can_be_handed_to, setup),
		cmocka_unit_test_setup(list_for_humans, setup),
		cmocka_unit_test_setup(list_as_json, setup),
		cmocka_unit_test_setup(datapaths_that_differ_are_both_told, setup),
		cmocka_unit_test_setup(show_tells_each_end, setup),
		cmocka_unit_test_setup(show_as_json, setup),
		cmocka_unit_test_setup(show_tells_what_is_broken, setup),
		cmocka_unit_test_setup(physical_device_without_a_kind, setup),
		cmocka_unit_test_setup(names_of_any_bytes_give_valid_json, setup),
		cmocka_unit_test_setup(hooks_of_unknown_kinds_are_printed, setup),
		cmocka_unit_test_setup(greatest_counts_are_whole, setup),
		cmocka_unit_test_setup(handed_over_is_never_less_than_nothing, setup),
		cmocka_unit_test_setup(pair_from_the_future_is_new, setup),
		cmocka_unit_test_setup(age_is_the_other_ends_where_the_first_has_no_port, setup),
		cmocka_unit_test_setup(full_standard_output_is_a_failure, setup),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}

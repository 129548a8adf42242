// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <json-c/json.h>
#include "output.h"
#include "panel.h"
#include "plan.h"
#include "utf8.h"

static int finish(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("vethbpf: write to standard output");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static int print_json(const struct options *opt, struct json_object *json)
{
	int how = opt->pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;

	puts(json_object_to_json_string_ext(json, how | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
	return finish();
}

static void add_string(struct json_object *to, const char *key, const char *value)
{
	char text[512];

	utf8_clean(value, text, sizeof(text));
	json_object_object_add(to, key, json_object_new_string(text));
}

static void add_int(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

static void add_bool(struct json_object *to, const char *key, bool value)
{
	json_object_object_add(to, key, json_object_new_boolean(value));
}

/* Seconds since the pair was made. */
static uint64_t age_of(const struct view_pair *pair)
{
	const struct view_end *end = &pair->end[pair->end[0].port_there ? 0 : 1];
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
	return ns > end->port.since ? (ns - end->port.since) / 1000000000U : 0;
}

/* list */

static bool is_anchor(const struct view_end *end)
{
	return end->port.flags & VB_PORT_ANCHOR;
}

static struct json_object *json_anchor(const struct view_end *end)
{
	struct json_object *json = json_object_new_object();

	add_string(json, "dev", end->device_there ? end->dev.name : end->port.name);
	add_int(json, "ifindex", end->ifindex);
	if (end->device_there)
		add_string(json, "kind", end->dev.kind);
	return json;
}

static struct json_object *json_list_end(const struct view_end *end)
{
	struct json_object *json = json_object_new_object();

	add_string(json, "dev", view_end_name(end));
	if (!is_anchor(end))
		add_int(json, "ifindex", end->ifindex);
	else if (end->endpoint_there)
		add_int(json, "ifindex", end->endpoint.ifindex);
	if (*end->netns)
		add_string(json, "netns", end->netns);
	add_string(json, "side", plan_side_name(end->port.side));
	if (is_anchor(end))
		json_object_object_add(json, "anchor", json_anchor(end));
	return json;
}

static struct json_object *json_datapath(const struct view_pair *pair)
{
	struct json_object *json = json_object_new_object();
	uint8_t why;

	add_string(json, "a", plan_path_name(view_path(pair, 0, &why)));
	add_string(json, "b", plan_path_name(view_path(pair, 1, &why)));
	return json;
}

static struct json_object *json_list(const struct view *view)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];
		struct json_object *json = json_object_new_object();

		json_object_object_add(json, "a", json_list_end(&pair->end[0]));
		json_object_object_add(json, "b", json_list_end(&pair->end[1]));
		add_string(json, "state", view_state_name(pair->state));
		json_object_object_add(json, "datapath", json_datapath(pair));
		json_object_array_add(list, json);
	}
	return list;
}

/* "tc", or "xdp/tc" where the directions differ: of what the first end takes, then the second. */
static void print_datapath(const struct view_pair *pair)
{
	uint8_t why;
	enum vb_path a = view_path(pair, 0, &why), b = view_path(pair, 1, &why);

	printf("datapath %s", plan_path_name(a));
	if (a != b)
		printf("/%s", plan_path_name(b));
}

/* "eth0 wire", "eth-a endpoint netns blue". */
static void print_name(const struct view_end *end)
{
	printf("%s %s", view_end_name(end),
	       is_anchor(end) ? "endpoint" : plan_side_name(end->port.side));
	if (*end->netns)
		printf(" netns %s", end->netns);
}

static void print_heading(const struct view_pair *pair)
{
	print_name(&pair->end[0]);
	printf(" <-> ");
	print_name(&pair->end[1]);
	printf(" state %s ", view_state_name(pair->state));
	print_datapath(pair);
}

int output_list(const struct options *opt, const struct view *view)
{
	if (opt->json)
		return print_json(opt, json_list(view));
	for (size_t i = 0; i < view->count; i++) {
		print_heading(&view->pairs[i]);
		putchar('\n');
	}
	return finish();
}

/* show */

static const char *const drop_names[VB_DROP_MAX] = {
	[VB_DROP_NO_PEER] = "no_peer",
	[VB_DROP_DOWN] = "down",
	[VB_DROP_TOO_LONG] = "too_long",
	[VB_DROP_REDIRECT] = "redirect",
};

static uint64_t dropped(const struct vb_count *count)
{
	uint64_t sum = 0;

	for (int i = 0; i < VB_DROP_MAX; i++)
		sum += count->drops[i];
	return sum;
}

/* Counters are read while they grow: never less than nothing. */
static uint64_t less(uint64_t taken, uint64_t not_handed_over)
{
	return taken > not_handed_over ? taken - not_handed_over : 0;
}

static struct json_object *json_hooks(const struct view_end *end)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct vb_hook *hook = &end->port.hooks[i];
		struct json_object *json;

		if (hook->role == VB_ROLE_NONE)
			continue;
		json = json_object_new_object();
		add_string(json, "prog", panel_prog_name(hook->role));
		add_string(json, "method", attach_method_name(hook->method));
		add_bool(json, "attached", end->hooks[i].attached);
		add_int(json, "prog_id", end->hooks[i].prog_id);
		if (end->hooks[i].link_id)
			add_int(json, "link_id", end->hooks[i].link_id);
		json_object_array_add(list, json);
	}
	return list;
}

/* Frames and bytes that this end took; what was not handed over of them, by reason. */
static struct json_object *json_count(const struct vb_count *count)
{
	struct json_object *json = json_object_new_object(), *drops = json_object_new_object();

	add_int(json, "frames", count->frames);
	add_int(json, "bytes", count->bytes);
	for (int i = 0; i < VB_DROP_MAX; i++)
		add_int(drops, drop_names[i], count->drops[i]);
	json_object_object_add(json, "dropped", drops);
	return json;
}

static struct json_object *json_show_end(const struct view_pair *pair, int i)
{
	const struct view_end *end = &pair->end[i];
	struct json_object *json = json_list_end(end);
	const struct device *dev = view_end_device(end);
	char address[3 * sizeof(dev->address)];
	uint8_t why;

	add_bool(json, "present", dev != NULL);
	if (dev) {
		add_string(json, "kind", dev->kind);
		add_int(json, "mtu", dev->mtu);
		add_bool(json, "up", dev->flags & IFF_UP);
		add_bool(json, "carrier", dev->carrier);
		add_string(json, "operstate", device_operstate(dev));
		add_string(json, "address", device_address(dev, address, sizeof(address)));
	}
	json_object_object_add(json, "hooks", json_hooks(end));
	add_string(json, "datapath", plan_path_name(view_path(pair, i, &why)));
	add_string(json, "reason", plan_reason_text(why));
	json_object_object_add(json, "taken", json_count(&end->count));
	add_bool(json, "open", end->port.flags & VB_PORT_OPEN);
	add_int(json, "foreign", end->count.foreign);
	return json;
}

static struct json_object *json_show(const struct view *view)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];
		struct json_object *json = json_object_new_object();

		json_object_object_add(json, "a", json_show_end(pair, 0));
		json_object_object_add(json, "b", json_show_end(pair, 1));
		add_string(json, "state", view_state_name(pair->state));
		if (*pair->why)
			add_string(json, "why", pair->why);
		json_object_object_add(json, "datapath", json_datapath(pair));
		add_int(json, "age", age_of(pair));
		add_string(json, "panel", view->path);
		json_object_array_add(list, json);
	}
	return list;
}

static void print_end(const struct view_pair *pair, int nr)
{
	const struct view_end *end = &pair->end[nr];
	const struct device *dev = view_end_device(end);
	const struct vb_count *out = &pair->end[!nr].count;
	char address[3 * sizeof(dev->address)];
	enum vb_path path;
	uint8_t why;

	printf("    %s:", view_end_name(end));
	if (dev || !is_anchor(end))
		printf(" ifindex %u", dev ? dev->ifindex : end->ifindex);
	printf(" side %s%s", plan_side_name(end->port.side),
	       end->port.flags & VB_PORT_OPEN ? " open" : "");
	if (dev)
		printf(" kind %s mtu %u %s carrier %s address %s",
		       *dev->kind ? dev->kind : "physical", dev->mtu,
		       dev->flags & IFF_UP ? "up" : "down", dev->carrier ? "on" : "off",
		       device_address(dev, address, sizeof(address)));
	putchar('\n');
	if (is_anchor(end))
		printf("        anchor %s: ifindex %u kind %s\n",
		       end->device_there ? end->dev.name : end->port.name, end->ifindex,
		       end->device_there ? end->dev.kind : "?");
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct vb_hook *hook = &end->port.hooks[i];

		if (hook->role == VB_ROLE_NONE)
			continue;
		printf("        hook %s by %s", panel_prog_name(hook->role),
		       attach_method_name(hook->method));
		if (!end->hooks[i].attached)
			printf(" MISSING");
		else
			printf(" prog %u", end->hooks[i].prog_id);
		if (end->hooks[i].attached && end->hooks[i].link_id)
			printf(" link %u", end->hooks[i].link_id);
		putchar('\n');
	}
	path = view_path(pair, nr, &why);
	printf("        datapath %s: %s\n", plan_path_name(path), plan_reason_text(why));
	printf("        taken %" PRIu64 " frames %" PRIu64 " bytes, handed over %" PRIu64
	       " frames %" PRIu64 " bytes\n",
	       (uint64_t)end->count.frames, (uint64_t)end->count.bytes,
	       less(out->frames, dropped(out)), less(out->bytes, out->drop_bytes));
	if (dropped(&end->count)) {
		printf("        not handed over to the peer:");
		for (int i = 0; i < VB_DROP_MAX; i++)
			printf(" %s %" PRIu64, drop_names[i], (uint64_t)end->count.drops[i]);
		putchar('\n');
	}
	if (end->count.foreign)
		printf("        kept out %" PRIu64 " frames that did not come through the cable\n",
		       (uint64_t)end->count.foreign);
}

int output_show(const struct options *opt, const struct view *view)
{
	if (opt->json)
		return print_json(opt, json_show(view));
	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];

		print_heading(pair);
		printf(" age %" PRIu64 " s\n", age_of(pair));
		if (*pair->why)
			printf("    broken: %s\n", pair->why);
		print_end(pair, 0);
		print_end(pair, 1);
		printf("    state in %s\n", view->path);
	}
	return finish();
}

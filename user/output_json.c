// SPDX-License-Identifier: GPL-2.0-only
/* A view as JSON. */
#include <json-c/json.h>
#include <stdio.h>
#include "output_view.h"
#include "panel.h"
#include "plan.h"
#include "utf8.h"

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
	if (!view_is_anchor(end))
		add_int(json, "ifindex", end->ifindex);
	else if (end->endpoint_there)
		add_int(json, "ifindex", end->endpoint.ifindex);
	if (*end->netns)
		add_string(json, "netns", end->netns);
	add_string(json, "side", plan_side_name(end->port.side));
	if (view_is_anchor(end))
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

static struct json_object *make_list(const struct view *view)
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
		add_int(drops, output_drop_name(i), count->drops[i]);
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

static struct json_object *make_show(const struct view *view)
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
		add_int(json, "age", output_age(pair));
		add_string(json, "panel", view->path);
		json_object_array_add(list, json);
	}
	return list;
}

static void print_json(struct json_object *json, bool pretty)
{
	int how = pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;

	puts(json_object_to_json_string_ext(json, how | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

void output_json_list(const struct view *view, bool pretty)
{
	print_json(make_list(view), pretty);
}

void output_json_show(const struct view *view, bool pretty)
{
	print_json(make_show(view), pretty);
}

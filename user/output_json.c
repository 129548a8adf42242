// SPDX-License-Identifier: GPL-2.0-only
/* A view as JSON. */
#include "json_build.h"
#include "output_view.h"
#include "panel.h"
#include "plan.h"

static struct json_object *json_anchor(const struct view_end *end)
{
	struct json_object *json = json_object_new_object();

	json_add_string(json, "dev", end->device_there ? end->dev.name : end->port.name);
	json_add_int(json, "ifindex", end->ifindex);
	if (end->device_there)
		json_add_string(json, "kind", end->dev.kind);
	return json;
}

struct json_object *output_json_end(const struct view_end *end)
{
	struct json_object *json = json_object_new_object();

	json_add_string(json, "dev", view_end_name(end));
	if (!view_is_anchor(end))
		json_add_int(json, "ifindex", end->ifindex);
	else if (end->endpoint_there)
		json_add_int(json, "ifindex", end->endpoint.ifindex);
	if (*end->netns)
		json_add_string(json, "netns", end->netns);
	json_add_string(json, "side", plan_side_name(end->port.side));
	if (view_is_anchor(end))
		json_add(json, "anchor", json_anchor(end));
	return json;
}

static struct json_object *json_datapath(const struct view_pair *pair)
{
	struct json_object *json = json_object_new_object();
	uint8_t why;

	json_add_string(json, "a", plan_path_name(view_path(pair, 0, &why)));
	json_add_string(json, "b", plan_path_name(view_path(pair, 1, &why)));
	return json;
}

/* Frames and bytes that this end took; what was not handed over of them, by reason. */
static struct json_object *json_count(const struct vb_count *count)
{
	struct json_object *json = json_object_new_object(), *drops = json_object_new_object();

	json_add_int(json, "frames", count->frames);
	json_add_int(json, "bytes", count->bytes);
	for (int i = 0; i < VB_DROP_MAX; i++)
		json_add_int(drops, view_drop_name(i), count->drops[i]);
	json_add_int(json, "dropped_bytes", count->drop_bytes);
	json_add(json, "dropped", drops);
	return json;
}

static void add_counts(struct json_object *json, const struct view_pair *pair, int i)
{
	struct view_crossed crossed = view_crossed(&pair->end[!i].count);
	struct json_object *out = json_object_new_object();

	json_add(json, "taken", json_count(&pair->end[i].count));
	json_add_int(out, "frames", crossed.frames);
	json_add_int(out, "bytes", crossed.bytes);
	json_add(json, "handed_over", out);
	json_add_int(json, "foreign", pair->end[i].count.foreign);
}

static struct json_object *json_list_end(const struct view_pair *pair, int i)
{
	struct json_object *json = output_json_end(&pair->end[i]);

	add_counts(json, pair, i);
	return json;
}

static struct json_object *make_list(const struct view *view)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];
		struct json_object *json = json_object_new_object();

		json_add(json, "a", json_list_end(pair, 0));
		json_add(json, "b", json_list_end(pair, 1));
		json_add_string(json, "state", view_state_name(pair->state));
		json_add(json, "datapath", json_datapath(pair));
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
		json_add_string(json, "prog", panel_prog_name(hook->role));
		json_add_string(json, "method", attach_method_name(hook->method));
		json_add_bool(json, "attached", end->hooks[i].attached);
		json_add_int(json, "prog_id", end->hooks[i].prog_id);
		if (end->hooks[i].link_id)
			json_add_int(json, "link_id", end->hooks[i].link_id);
		if (hook->method == VB_METHOD_XDP || hook->method == VB_METHOD_XDPGEN)
			json_add_bool(json, "alone", end->hooks[i].alone);
		json_object_array_add(list, json);
	}
	return list;
}

static struct json_object *json_flags(const struct device *dev)
{
	struct json_object *list = json_object_new_array();
	const char *name;

	for (int bit = 0; bit < 32; bit++)
		if ((name = device_flag_name(dev, bit)))
			json_object_array_add(list, json_string(name));
	return list;
}

static struct json_object *json_show_end(const struct view_pair *pair, int i)
{
	const struct view_end *end = &pair->end[i];
	struct json_object *json = output_json_end(end);
	const struct device *dev = view_end_device(end);
	char address[3 * sizeof(dev->address)];
	uint8_t why;

	json_add_bool(json, "present", dev != NULL);
	if (dev) {
		json_add_string(json, "kind", dev->kind);
		json_add_int(json, "mtu", dev->mtu);
		json_add(json, "flags", json_flags(dev));
		json_add_bool(json, "up", dev->flags & IFF_UP);
		json_add_bool(json, "carrier", dev->carrier);
		json_add_string(json, "operstate", device_operstate(dev));
		json_add_string(json, "address", device_address(dev, address, sizeof(address)));
	}
	json_add(json, "hooks", json_hooks(end));
	json_add_string(json, "datapath", plan_path_name(view_path(pair, i, &why)));
	json_add_string(json, "reason", plan_reason_text(why));
	add_counts(json, pair, i);
	json_add_bool(json, "open", end->port.flags & VB_PORT_OPEN);
	return json;
}

static struct json_object *make_show(const struct view *view)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];
		struct json_object *json = json_object_new_object();

		json_add(json, "a", json_show_end(pair, 0));
		json_add(json, "b", json_show_end(pair, 1));
		json_add_string(json, "state", view_state_name(pair->state));
		if (*pair->why)
			json_add_string(json, "why", pair->why);
		json_add(json, "datapath", json_datapath(pair));
		json_add_int(json, "age", output_age(pair));
		json_add_string(json, "panel", view->path);
		json_object_array_add(list, json);
	}
	return list;
}

void output_json_list(const struct view *view, bool pretty)
{
	json_print(make_list(view), pretty);
}

void output_json_show(const struct view *view, bool pretty)
{
	json_print(make_show(view), pretty);
}

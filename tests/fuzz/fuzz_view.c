// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pinned maps, with anything in them, read into a view and printed: no crash, and JSON that the
 * strictest reader takes. The kernel's part is played here: the input says which ports there are,
 * what they, ends, peers and counters hold, and what devices there are.
 *
 * wraps: session_open netns_each netns_call device_each
 * wraps: device_get device_get_index bpf_map_lookup_elem bpf_map_get_next_key bpf_obj_get
 * wraps: bpf_tc_query xdp_program__from_pin libbpf_num_possible_cpus
 */
#include <errno.h>
#include <json-c/json.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>
#include "printed.h"
#include "fuzz.h"
#include "netns.h"
#include "output.h"
#include "panel.h"
#include "view.h"

int __wrap_session_open(struct session *s, enum panel_mode mode, struct fault *f);
int __wrap_netns_each(int (*visit)(int fd, const char *name, void *data), void *data);
int __wrap_netns_call(int fd, int (*call)(struct netlink *nl, void *data), void *data);
int __wrap_device_each(struct netlink *nl, const char *kind,
		       int (*visit)(const struct device *dev, void *data), void *data);
int __wrap_device_get(struct netlink *nl, const char *name, struct device *dev);
int __wrap_device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev);
int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value);
int __wrap_bpf_map_get_next_key(int fd, const void *key, void *next);
int __wrap_bpf_obj_get(const char *path);
int __wrap_bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
struct xdp_program *__wrap_xdp_program__from_pin(const char *path);
int __wrap_libbpf_num_possible_cpus(void);

#define PORTS	 1000
#define PEERS	 1001
#define COUNTERS 1002 /* closed by who opens it, to no effect */
#define IDS	 4    /* ifindexes 1 to 4 may be ports, and devices */

static struct vb_end ends[VB_ENDS_MAX];
static struct vb_port ports[IDS + 1];
static struct vb_count counts[2];
static struct device devices[IDS + 1];
static uint32_t peers[IDS + 1];
static uint8_t there, devices_there, hooks_there; /* a bit each */

int __wrap_session_open(struct session *s, enum panel_mode mode, struct fault *f)
{
	struct panel *p = &s->panel;

	(void)mode;
	(void)f;
	p->ports = PORTS;
	p->peers = PEERS;
	p->ends = ends;
	strcpy(p->path, "/panel");
	return 0;
}

/* There is no namespace but the panel's own, and whatever device is in it may be an endpoint. */
int __wrap_netns_each(int (*visit)(int fd, const char *name, void *data), void *data)
{
	return visit(-1, "", data);
}

int __wrap_netns_call(int fd, int (*call)(struct netlink *nl, void *data), void *data)
{
	(void)fd;
	return call(NULL, data);
}

int __wrap_device_each(struct netlink *nl, const char *kind,
		       int (*visit)(const struct device *dev, void *data), void *data)
{
	int ret = 0;

	(void)nl;
	(void)kind;
	for (uint32_t id = 1; !ret && id <= IDS; id++)
		if (devices_there >> id & 1)
			ret = visit(&devices[id], data);
	return ret;
}

int __wrap_device_get_index(struct netlink *nl, uint32_t ifindex, struct device *dev)
{
	(void)nl;
	if (!ifindex || ifindex > IDS || !(devices_there >> ifindex & 1))
		return -ENODEV;
	*dev = devices[ifindex];
	return 0;
}

int __wrap_device_get(struct netlink *nl, const char *name, struct device *dev)
{
	return strcmp(name, "one") != 0 ? -ENODEV : __wrap_device_get_index(nl, 1, dev);
}

int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	uint32_t id = *(const uint32_t *)key;

	if (fd != PORTS && fd != PEERS) {
		memcpy(value, counts, sizeof(counts));
		return 0;
	}
	errno = ENOENT;
	if (!id || id > IDS || !(there >> id & 1))
		return -1;
	if (fd == PORTS)
		memcpy(value, &ports[id], sizeof(*ports));
	else
		memcpy(value, &peers[id], sizeof(*peers));
	return 0;
}

int __wrap_bpf_map_get_next_key(int fd, const void *key, void *next)
{
	must(fd == PORTS);
	for (uint32_t id = key ? *(const uint32_t *)key + 1 : 1; id <= IDS; id++) {
		if (!(there >> id & 1))
			continue;
		*(uint32_t *)next = id;
		return 0;
	}
	errno = ENOENT;
	return -1;
}

int __wrap_bpf_obj_get(const char *path)
{
	if (strstr(path, "/counters_"))
		return COUNTERS;
	errno = ENOENT;
	return -1;
}

int __wrap_bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts)
{
	(void)hook;
	opts->prog_id = hooks_there;
	return hooks_there & 1 ? -ENOENT : 0;
}

struct xdp_program *__wrap_xdp_program__from_pin(const char *path)
{
	(void)path;
	return (struct xdp_program *)(intptr_t)-ENOENT;
}

int __wrap_libbpf_num_possible_cpus(void)
{
	return 2;
}

static void take_device(struct input *in, uint32_t id)
{
	struct device *dev = &devices[id];

	input_take(in, dev, sizeof(*dev));
	/* What device_note() warrants, which has a target of its own. */
	dev->ifindex = id;
	*(uint8_t *)&dev->carrier &= 1;
	dev->address_len %= sizeof(dev->address) + 1;
	dev->name[sizeof(dev->name) - 1] = '\0';
	dev->kind[sizeof(dev->kind) - 1] = '\0';
	dev->alias[sizeof(dev->alias) - 1] = '\0';
}

static void take_state(struct input *in)
{
	there = input_byte(in);
	devices_there = input_byte(in);
	hooks_there = input_byte(in);
	for (uint32_t id = 1; id <= IDS; id++) {
		input_take(in, &ends[id], sizeof(*ends));
		input_take(in, &ports[id], sizeof(*ports));
		input_take(in, &peers[id], sizeof(*peers));
		/* Most often something that may be a peer. */
		if (ports[id].peer > 255)
			ports[id].peer %= IDS + 2;
	}
	input_take(in, counts, sizeof(counts));
	for (uint32_t id = 1; id <= IDS; id++)
		take_device(in, id);
}

typedef int print_fn(const struct options *opt, const struct view *view);

static void print(print_fn *printer, const struct view *view, bool json)
{
	struct options opt = {.json = json};
	struct json_tokener *tok;
	struct json_object *read;
	struct printed c;

	printed_begin(&c, &stdout);
	must(printer(&opt, view) == EXIT_SUCCESS);
	printed_end(&c);
	must(json || !view->count == !c.size);
	if (json) {
		tok = json_tokener_new();
		json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
		read = json_tokener_parse_ex(tok, c.text, (int)strlen(c.text));
		must(json_tokener_get_error(tok) == json_tokener_success);
		must(json_object_array_length(read) == view->count);
		json_object_put(read);
		json_tokener_free(tok);
	}
	free(c.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {NULL, "one", "gone"};
	struct session session = SESSION_CLOSED;
	struct input in = {data, size};
	struct fault f = {0};
	struct view view;
	const char *name;

	name = names[input_byte(&in) % 3];
	take_state(&in);
	if (view_open(&session, name, &view, &f))
		must(name && f.err == ENOENT && *f.what);
	must(view.count <= (name ? 1 : IDS));
	for (size_t i = 0; i < view.count; i++)
		for (int k = 0; k < 2; k++) {
			const struct vb_port *port = &view.pairs[i].end[k].port;

			must(strnlen(port->name, VB_NAME_MAX) < VB_NAME_MAX);
			must(strnlen(port->endpoint, VB_NAME_MAX) < VB_NAME_MAX);
		}
	for (int json = 0; json < 2; json++) {
		print(output_list, &view, json);
		print(output_show, &view, json);
	}
	view_free(&view);
	return 0;
}

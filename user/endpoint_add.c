// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order of making: the anchors, the endpoints on them, the cable, and at last the endpoints are set
 * up: what they then say of themselves reaches the other end. Deleting the anchors undoes it all.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "anchor.h"
#include "anchor.skel.h"
#include "cleanup.h"
#include "endpoint.h"
#include "netns.h"
#include "pair.h"
#include "privilege.h"

struct add {
	const struct endpoint_request *req;
	int netns[2]; /* -1: here */
	uint8_t address[2][DEVICE_ADDRESS_BYTES];
	struct anchor anchor[2];
	uint32_t gso[2];
	uint32_t made[2]; /* ifindexes of the anchors there are */
	size_t count;
};

/* Loads the anchors' program into the panel if it is not there yet. */
static int load_program(const struct panel *p, struct fault *f)
{
	_cleanup_close_ int there = panel_prog_open(p, VB_ROLE_ANCHOR_RX);
	struct anchor_bpf *skel;
	char path[160];
	int err = 0;

	if (there >= 0)
		return 0;
	skel = anchor_bpf__open_and_load();
	if (!skel)
		return fault_errno(f, errno, "load the anchors' program into the kernel");
	panel_prog_path(p, VB_ROLE_ANCHOR_RX, "", path, sizeof(path));
	if (bpf_obj_pin(bpf_program__fd(skel->progs.vb_anchor_rx), path) < 0)
		err = fault_errno(f, errno, "pin %s", path);
	anchor_bpf__destroy(skel);
	return err;
}

static int open_namespaces(struct add *add, struct fault *f)
{
	for (int i = 0; i < 2; i++) {
		int err;

		if (!add->req[i].netns)
			continue;
		err = privilege_need(CAP_SYS_ADMIN, "to enter a network namespace", f);
		if (err)
			return err;
		add->netns[i] = netns_open(add->req[i].netns, f);
		if (add->netns[i] < 0)
			return add->netns[i];
	}
	return 0;
}

static int check_address(struct add *add, int i, struct fault *f)
{
	if (!add->req[i].address) {
		int err = anchor_random_address(add->address[i]);

		return err ? fault_errno(f, -err, "make up an address") : 0;
	}
	memcpy(add->address[i], add->req[i].address, DEVICE_ADDRESS_BYTES);
	return 0;
}

static int make_endpoint(struct session *s, struct add *add, int i, struct fault *f)
{
	const struct endpoint_request *req = &add->req[i];
	const struct device *anchor = &add->anchor[i].dev;
	struct device_make make = {
		.name = req->name,
		.kind = "macvlan",
		.mtu = req->mtu,
		.lower = anchor->ifindex,
		.netns = add->netns[i],
	};
	int err;

	/* The larger the packets, the faster a stream: an endpoint is told to take what it can. */
	add->gso[i] = req->gso ?: anchor->tso_max;
	if (req->gso > anchor->tso_max && anchor->tso_max)
		return fault_set(f, EINVAL,
				 "gso %u is more than the %u that this kernel's %s takes", req->gso,
				 anchor->tso_max, anchor->kind);
	err = device_make(&s->nl, &make);
	if (err == -EEXIST)
		return fault_set(f, EEXIST, "a device of that name is there already");
	if (err == -EOPNOTSUPP) {
		fault_set(f, EOPNOTSUPP, "this kernel has no macvlan devices");
		fault_hint(f, "they are in its module macvlan (CONFIG_MACVLAN)");
		return err;
	}
	if (err)
		return fault_errno(f, -err, "make the device%s%s", *s->nl.extack ? ": " : "",
				   s->nl.extack);
	return 0;
}

struct call {
	const struct device_adjust *adjust;
	char extack[200];
};

static int adjust_there(struct netlink *nl, void *data)
{
	struct call *call = data;
	int err = device_adjust(nl, call->adjust);

	if (err && *nl->extack)
		snprintf(call->extack, sizeof(call->extack), ": %s", nl->extack);
	return err;
}

/* Changes an endpoint where it is. */
static int adjust_endpoint(struct session *s, const struct add *add, int i, const char *what,
			   const struct device_adjust *adjust, struct fault *f)
{
	struct call call = {.adjust = adjust};
	int err = add->netns[i] < 0 ? adjust_there(&s->nl, &call)
				    : netns_call(add->netns[i], adjust_there, &call);

	return err ? fault_errno(f, -err, "%s%s", what, call.extack) : 0;
}

static int prepare_endpoint(struct session *s, const struct add *add, int i, struct fault *f)
{
	struct device_adjust adjust = {
		.name = add->req[i].name,
		.address = add->address[i],
		.gso = add->gso[i],
		.carrier = !add->anchor[i].has_carrier,
		/* A macvlan keeps groups from the stack that nobody has joined; veth does not. */
		.flags = IFF_ALLMULTI,
	};

	return adjust_endpoint(s, add, i, "set its address and gso", &adjust, f);
}

static int make_devices(struct session *s, struct add *add, struct fault *f)
{
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		err = check_address(add, i, f);
		err = err ?: anchor_make(s, add->req[i].name, &add->anchor[i], f);
		if (err)
			break;
		add->made[add->count++] = add->anchor[i].dev.ifindex;
		err = make_endpoint(s, add, i, f);
		err = err ?: prepare_endpoint(s, add, i, f);
		if (err && add->req[i].netns)
			fault_context(f, "%s in netns %s", add->req[i].name, add->req[i].netns);
		else if (err)
			fault_context(f, "%s", add->req[i].name);
	}
	return err;
}

static int connect_anchors(struct session *s, const struct add *add, struct fault *f)
{
	struct device dev[2] = {add->anchor[0].dev, add->anchor[1].dev};
	struct cable_anchor anchors[2];

	for (int i = 0; i < 2; i++) {
		anchors[i] = (struct cable_anchor){0};
		snprintf(anchors[i].endpoint, sizeof(anchors[i].endpoint), "%s", add->req[i].name);
		memcpy(anchors[i].own_address, add->anchor[i].own_address,
		       sizeof(anchors[i].own_address));
	}
	return pair_anchors(s, dev, anchors, f);
}

static int start_endpoints(struct session *s, const struct add *add, struct fault *f)
{
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		struct device_adjust adjust = {.name = add->req[i].name, .flags = IFF_UP};

		if (!add->req[i].up)
			continue;
		err = adjust_endpoint(s, add, i, "set it up", &adjust, f);
		if (err)
			fault_context(f, "%s", add->req[i].name);
	}
	return err;
}

/* 1: the device of this name is down; 0: it is up; or -errno. */
static int is_down(struct netlink *nl, void *name)
{
	struct device dev;
	int err = device_get(nl, name, &dev);

	return err ?: !(dev.flags & IFF_UP);
}

/* Whether all is there but an endpoint that is to be up is not: a loader was killed right before.
 */
static bool lacks_start(struct session *s, const struct add *add)
{
	bool down = false;

	for (int i = 0; i < 2; i++) {
		void *name = (void *)add->req[i].name;

		if (!add->req[i].up)
			continue;
		if (add->netns[i] < 0)
			down |= is_down(&s->nl, name) == 1;
		else
			down |= netns_call(add->netns[i], is_down, name) == 1;
	}
	return down && endpoint_is_added(s, add->req);
}

static int make_pair(struct session *s, struct add *add, struct fault *f)
{
	int err = make_devices(s, add, f);

	err = err ?: connect_anchors(s, add, f);
	if (!err) {
		err = start_endpoints(s, add, f);
		if (err)
			pair_disconnect(s, add->made[0], add->made[1], f);
	}
	if (err && add->count)
		device_delete(&s->nl, add->made, add->count);
	return err;
}

int endpoint_add(struct session *s, const struct endpoint_request req[2], struct fault *f)
{
	struct add add = {.req = req, .netns = {-1, -1}};
	int err;

	err = endpoint_flush(s, f);
	err = err ?: session_open(s, PANEL_CREATE, f);
	err = err ?: load_program(&s->panel, f);
	err = err ?: open_namespaces(&add, f);
	if (!err && !s->swept)
		err = endpoint_gc(s, f);
	if (!err)
		err = lacks_start(s, &add) ? start_endpoints(s, &add, f) : make_pair(s, &add, f);
	if (err)
		fault_context(f, "add %s peer %s", req[0].name, req[1].name);
	for (int i = 0; i < 2; i++)
		cleanup_close(&add.netns[i]);
	return err;
}

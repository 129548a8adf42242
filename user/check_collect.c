// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bpffs.h"
#include "check.h"
#include "check_kernel.h"
#include "cleanup.h"
#include "far_end.h"
#include "netns.h"
#include "privilege.h"

static uint32_t read_sysctl(const char *dev, const char *name)
{
	char path[128];
	uint32_t value = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/%s", dev, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	if (fscanf(file, "%u", &value) != 1) // NOLINT(cert-err34-c): a number the kernel printed
		value = 0;
	fclose(file);
	return value;
}

/* Who is where an XDP hook of ours was; what clsact has there is in the view. */
static uint32_t other_program(const struct view_end *end, int i)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	if (end->port.hooks[i].method != VB_METHOD_XDP &&
	    end->port.hooks[i].method != VB_METHOD_XDPGEN)
		return end->hooks[i].prog_id;
	if (bpf_xdp_query((int)end->ifindex, 0, &opts))
		return 0;
	return opts.prog_id ?: opts.drv_prog_id ?: opts.skb_prog_id;
}

static void fill_end(struct netlink *nl, const struct view_end *end, struct check_end *ret)
{
	const char *name = view_end_name(end);
	uint32_t all = read_sysctl("all", "rp_filter");

	*ret = (struct check_end){0};
	if (!end->device_there) {
		netns_find_device(name, ret->elsewhere, sizeof(ret->elsewhere));
		return;
	}
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		if (end->port.hooks[i].role != VB_ROLE_NONE && !end->hooks[i].attached)
			ret->other_prog[i] = other_program(end, i);
	driver_get(&end->dev, &ret->driver);
	if (plan_has_other_end(&end->dev) && ret->driver.known &&
	    !(ret->driver.xdp_features & DRIVER_XDP_NDO_XMIT))
		far_end_gro_command(nl, &end->dev, ret->gro_command, sizeof(ret->gro_command));
	ret->rp_filter = read_sysctl(name, "rp_filter");
	if (all > ret->rp_filter)
		ret->rp_filter = all;
	ret->forwarding = read_sysctl(name, "forwarding");
}

static int collect_pairs(struct session *s, const char *dev, struct check_facts *ret,
			 struct fault *f)
{
	struct view view;
	int err = view_open(s, dev, &view, f);

	if (!err && view.count)
		ret->pairs = calloc(view.count, sizeof(*ret->pairs));
	if (!err && view.count && !ret->pairs)
		err = fault_errno(f, ENOMEM, "collect the pairs");
	for (size_t i = 0; !err && i < view.count; i++) {
		struct check_pair *pair = &ret->pairs[ret->count++];

		pair->view = view.pairs[i];
		fill_end(&s->nl, &pair->view.end[0], &pair->end[0]);
		fill_end(&s->nl, &pair->view.end[1], &pair->end[1]);
	}
	view_free(&view);
	return err;
}

static int collect_device(struct session *s, const char *name, struct check_facts *ret,
			  struct fault *f)
{
	struct plan_request req = {0};
	struct plan_facts facts = {
		.tcx = ret->kernel.can[CHECK_TCX],
		.kern_types = ret->kernel.can[CHECK_TYPES],
	};
	struct check_device *device = calloc(1, sizeof(*device));
	int err = device ? device_get(&s->nl, name, &device->dev) : -ENOMEM;

	ret->device = device;
	if (err)
		return err;
	driver_get(&device->dev, &device->driver);
	for (int i = 0; i < 2; i++) {
		facts.dev[i] = device->dev;
		facts.driver[i] = device->driver;
	}
	plan_make(&req, &facts, &device->plan, &device->refused);
	(void)f;
	return 0;
}

static void drop_device(struct check_facts *facts)
{
	free(facts->device);
	facts->device = NULL;
}

int check_collect(struct session *s, const char *dev, struct check_facts *ret, struct fault *f)
{
	int err;

	*ret = (struct check_facts){0};
	err = session_open_netlink(s, &ret->kernel.trouble);
	err = err ?: privilege_check_load(&ret->kernel.trouble);
	ret->kernel.can[CHECK_PRIVILEGES] = !err;
	check_kernel(&ret->kernel);
	if (err)
		return 0;
	/* A device that is gone may still be an end, by its name. */
	if (dev && collect_device(s, dev, ret, f))
		drop_device(ret);
	err = collect_pairs(s, dev, ret, &ret->kernel.trouble);
	if (err == -ENOENT && dev) {
		if (!ret->device)
			return fault_set(f, ENODEV, "check %s: no such device, and no such end",
					 dev);
		ret->kernel.trouble = (struct fault){0}; /* not paired, which is no trouble */
	}
	return 0;
}

void check_facts_free(struct check_facts *facts)
{
	drop_device(facts);
	free(facts->pairs);
	*facts = (struct check_facts){0};
}

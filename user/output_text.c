// SPDX-License-Identifier: GPL-2.0-only
/* A view as text. */
#include <inttypes.h>
#include <stdio.h>
#include "output_view.h"
#include "panel.h"
#include "plan.h"

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
	       view_is_anchor(end) ? "endpoint" : plan_side_name(end->port.side));
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

void output_text_list(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		print_heading(&view->pairs[i]);
		putchar('\n');
	}
}

/* Counters are read while they grow: never less than nothing. */
static uint64_t less(uint64_t taken, uint64_t not_handed_over)
{
	return taken > not_handed_over ? taken - not_handed_over : 0;
}

static void print_hooks(const struct view_end *end)
{
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
}

/* Of an end: what it took, what came out at it, what was lost between, what was kept out. */
static void print_counts(const struct view_end *end, const struct vb_count *out)
{
	printf("        taken %" PRIu64 " frames %" PRIu64 " bytes, handed over %" PRIu64
	       " frames %" PRIu64 " bytes\n",
	       (uint64_t)end->count.frames, (uint64_t)end->count.bytes,
	       less(out->frames, output_dropped(out)), less(out->bytes, out->drop_bytes));
	if (output_dropped(&end->count)) {
		printf("        not handed over to the peer:");
		for (int i = 0; i < VB_DROP_MAX; i++)
			printf(" %s %" PRIu64, output_drop_name(i), (uint64_t)end->count.drops[i]);
		putchar('\n');
	}
	if (end->count.foreign)
		printf("        kept out %" PRIu64 " frames that did not come through the cable\n",
		       (uint64_t)end->count.foreign);
}

static void print_end(const struct view_pair *pair, int nr)
{
	const struct view_end *end = &pair->end[nr];
	const struct device *dev = view_end_device(end);
	char address[3 * sizeof(dev->address)];
	enum vb_path path;
	uint8_t why;

	printf("    %s:", view_end_name(end));
	if (dev || !view_is_anchor(end))
		printf(" ifindex %u", dev ? dev->ifindex : end->ifindex);
	printf(" side %s%s", plan_side_name(end->port.side),
	       end->port.flags & VB_PORT_OPEN ? " open" : "");
	if (dev)
		printf(" kind %s mtu %u %s carrier %s address %s",
		       *dev->kind ? dev->kind : "physical", dev->mtu,
		       dev->flags & IFF_UP ? "up" : "down", dev->carrier ? "on" : "off",
		       device_address(dev, address, sizeof(address)));
	putchar('\n');
	if (view_is_anchor(end))
		printf("        anchor %s: ifindex %u kind %s\n",
		       end->device_there ? end->dev.name : end->port.name, end->ifindex,
		       end->device_there ? end->dev.kind : "?");
	print_hooks(end);
	path = view_path(pair, nr, &why);
	printf("        datapath %s: %s\n", plan_path_name(path), plan_reason_text(why));
	print_counts(end, &pair->end[!nr].count);
}

void output_text_show(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];

		print_heading(pair);
		printf(" age %" PRIu64 " s\n", output_age(pair));
		if (*pair->why)
			printf("    broken: %s\n", pair->why);
		print_end(pair, 0);
		print_end(pair, 1);
		printf("    state in %s\n", view->path);
	}
}

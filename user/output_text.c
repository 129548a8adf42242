// SPDX-License-Identifier: GPL-2.0-only
/* A view as text. */
#include <inttypes.h>
#include <stdio.h>
#include "output.h"
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

static void print_volume(const char *before, struct view_crossed what, bool human)
{
	char frames[NUMBER_MAX], bytes[NUMBER_MAX];

	printf("%s %s frames %s bytes", before,
	       output_number(what.frames, human, frames, sizeof(frames)),
	       output_number(what.bytes, human, bytes, sizeof(bytes)));
}

/* What crossed from the first end to the second, and back. */
void output_text_list(const struct view *view, bool human)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct vb_count *a = &view->pairs[i].end[0].count;
		const struct vb_count *b = &view->pairs[i].end[1].count;
		uint64_t dropped = view_dropped(a) + view_dropped(b);
		char number[NUMBER_MAX];

		print_heading(&view->pairs[i]);
		print_volume(" ->", view_crossed(a), human);
		print_volume(" <-", view_crossed(b), human);
		if (dropped)
			printf(" dropped %s",
			       output_number(dropped, human, number, sizeof(number)));
		putchar('\n');
	}
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
static void print_counts(const struct view_end *end, const struct vb_count *out, bool human)
{
	struct view_crossed taken = {end->count.frames, end->count.bytes};
	char number[NUMBER_MAX];

	print_volume("        taken", taken, human);
	print_volume(", handed over", view_crossed(out), human);
	putchar('\n');
	if (view_dropped(&end->count)) {
		printf("        not handed over to the peer:");
		for (int i = 0; i < VB_DROP_MAX; i++)
			printf(" %s %s", view_drop_name(i),
			       output_number(end->count.drops[i], human, number, sizeof(number)));
		putchar('\n');
	}
	if (end->count.foreign)
		printf("        kept out %s frames that did not come through the cable\n",
		       output_number(end->count.foreign, human, number, sizeof(number)));
}

static void print_flags(const struct device *dev)
{
	const char *name;

	for (int bit = 0, n = 0; bit < 32; bit++)
		if ((name = device_flag_name(dev, bit)))
			printf("%s%s", n++ ? "," : " flags ", name);
}

static void print_end(const struct view_pair *pair, int nr, bool human)
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
	if (dev) {
		printf(" kind %s mtu %u %s carrier %s address %s",
		       *dev->kind ? dev->kind : "physical", dev->mtu,
		       dev->flags & IFF_UP ? "up" : "down", dev->carrier ? "on" : "off",
		       device_address(dev, address, sizeof(address)));
		print_flags(dev);
	}
	putchar('\n');
	if (view_is_anchor(end))
		printf("        anchor %s: ifindex %u kind %s\n",
		       end->device_there ? end->dev.name : end->port.name, end->ifindex,
		       end->device_there ? end->dev.kind : "?");
	print_hooks(end);
	path = view_path(pair, nr, &why);
	printf("        datapath %s: %s\n", plan_path_name(path), plan_reason_text(why));
	print_counts(end, &pair->end[!nr].count, human);
}

void output_text_show(const struct view *view, bool human)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];

		print_heading(pair);
		printf(" age %" PRIu64 " s\n", output_age(pair));
		if (*pair->why)
			printf("    %s: %s\n", view_state_name(pair->state), pair->why);
		print_end(pair, 0, human);
		print_end(pair, 1, human);
		printf("    state in %s\n", view->path);
	}
}

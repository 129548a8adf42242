// SPDX-License-Identifier: GPL-2.0-only
/* A view as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "output.h"
#include "output_view.h"
#include "panel.h"
#include "plan.h"

enum column {
	COLUMN_A,
	COLUMN_B,
	COLUMN_STATE,
	COLUMN_DATAPATH,
	COLUMN_THERE,
	COLUMN_BACK,
	COLUMNS
};

/* A cell of list, and its widest. */
#define CELL_MAX 128

/* "eth0 wire", "eth-a endpoint netns blue". */
static void write_name(const struct view_end *end, char *cell)
{
	snprintf(cell, CELL_MAX, "%s %s%s%s", view_end_name(end),
		 view_is_anchor(end) ? "endpoint" : plan_side_name(end->port.side),
		 *end->netns ? " netns " : "", end->netns);
}

/* "tc", or "xdp/tc" where the directions differ: of what the first end takes, then the second. */
static void write_datapath(const struct view_pair *pair, char *cell)
{
	uint8_t why;
	enum vb_path a = view_path(pair, 0, &why), b = view_path(pair, 1, &why);

	snprintf(cell, CELL_MAX, "%s%s%s", plan_path_name(a), a != b ? "/" : "",
		 a != b ? plan_path_name(b) : "");
}

static void write_volume(struct view_crossed what, bool human, char *cell)
{
	char frames[NUMBER_MAX], bytes[NUMBER_MAX];

	snprintf(cell, CELL_MAX, "%s frames %s bytes",
		 output_number(what.frames, human, frames, sizeof(frames)),
		 output_number(what.bytes, human, bytes, sizeof(bytes)));
}

static void write_cells(const struct view_pair *pair, bool human, char cells[COLUMNS][CELL_MAX])
{
	write_name(&pair->end[0], cells[COLUMN_A]);
	write_name(&pair->end[1], cells[COLUMN_B]);
	snprintf(cells[COLUMN_STATE], CELL_MAX, "%s", view_state_name(pair->state));
	write_datapath(pair, cells[COLUMN_DATAPATH]);
	write_volume(view_crossed(&pair->end[0].count), human, cells[COLUMN_THERE]);
	write_volume(view_crossed(&pair->end[1].count), human, cells[COLUMN_BACK]);
}

static void print_list_line(const struct view_pair *pair, const int width[COLUMNS], bool human)
{
	uint64_t dropped = view_dropped(&pair->end[0].count) + view_dropped(&pair->end[1].count);
	char cells[COLUMNS][CELL_MAX], number[NUMBER_MAX];
	const char *trouble[2] = {view_end_mute(&pair->end[0]), view_end_mute(&pair->end[1])};
	bool more = dropped || trouble[0] || trouble[1];

	write_cells(pair, human, cells);
	printf("%-*s <-> %-*s state %-*s datapath %-*s -> %-*s <- %-*s", width[COLUMN_A],
	       cells[COLUMN_A], width[COLUMN_B], cells[COLUMN_B], width[COLUMN_STATE],
	       cells[COLUMN_STATE], width[COLUMN_DATAPATH], cells[COLUMN_DATAPATH],
	       width[COLUMN_THERE], cells[COLUMN_THERE], more ? width[COLUMN_BACK] : 0,
	       cells[COLUMN_BACK]);
	if (dropped)
		printf(" dropped %s", output_number(dropped, human, number, sizeof(number)));
	for (int i = 0; i < 2; i++)
		if (trouble[i])
			printf(" (%s %s)", view_end_name(&pair->end[i]), trouble[i]);
	putchar('\n');
}

/* What crossed from the first end to the second, and back; in columns. */
void output_text_list(const struct view *view, bool human)
{
	char cells[COLUMNS][CELL_MAX];
	int width[COLUMNS] = {0};

	for (size_t i = 0; i < view->count; i++) {
		write_cells(&view->pairs[i], human, cells);
		for (int k = 0; k < COLUMNS; k++)
			if ((int)strlen(cells[k]) > width[k])
				width[k] = (int)strlen(cells[k]);
	}
	for (size_t i = 0; i < view->count; i++)
		print_list_line(&view->pairs[i], width, human);
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
		if (end->hooks[i].alone)
			printf(" alone: this kernel has no dispatcher for several");
		putchar('\n');
	}
}

/* Of an end: what it took, what came out at it, what was lost between, what was kept out. */
static void print_counts(const struct view_end *end, const struct vb_count *out, bool human)
{
	struct view_crossed taken = {end->count.frames, end->count.bytes};
	char number[NUMBER_MAX], in[CELL_MAX], over[CELL_MAX];

	write_volume(taken, human, in);
	write_volume(view_crossed(out), human, over);
	printf("        taken %s, handed over %s\n", in, over);
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

static void print_heading(const struct view_pair *pair)
{
	char cells[COLUMNS][CELL_MAX];
	const char *trouble;

	write_cells(pair, false, cells);
	printf("%s <-> %s state %s datapath %s age %" PRIu64 " s\n", cells[COLUMN_A],
	       cells[COLUMN_B], cells[COLUMN_STATE], cells[COLUMN_DATAPATH], output_age(pair));
	if (*pair->why)
		printf("    %s: %s\n", view_state_name(pair->state), pair->why);
	for (int i = 0; i < 2; i++)
		if ((trouble = view_end_mute(&pair->end[i])))
			printf("    nothing crosses to %s: it %s\n", view_end_name(&pair->end[i]),
			       trouble);
}

void output_text_show(const struct view *view, bool human)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct view_pair *pair = &view->pairs[i];

		print_heading(pair);
		print_end(pair, 0, human);
		print_end(pair, 1, human);
		printf("    state in %s\n", view->path);
	}
}

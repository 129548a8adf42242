// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include "output.h"
#include "output_metrics.h"
#include "plan.h"
#include "utf8.h"

/* One number of one end. nr is a reason for metrics that have one for each. */
typedef uint64_t value_fn(const struct view_end *end, int nr);

static uint64_t taken_frames(const struct view_end *end, int nr)
{
	(void)nr;
	return end->count.frames;
}

static uint64_t taken_bytes(const struct view_end *end, int nr)
{
	(void)nr;
	return end->count.bytes;
}

static uint64_t dropped_frames(const struct view_end *end, int nr)
{
	return end->count.drops[nr];
}

static uint64_t dropped_bytes(const struct view_end *end, int nr)
{
	(void)nr;
	return end->count.drop_bytes;
}

static uint64_t foreign_frames(const struct view_end *end, int nr)
{
	(void)nr;
	return end->count.foreign;
}

static uint64_t present(const struct view_end *end, int nr)
{
	(void)nr;
	return view_end_device(end) != NULL;
}

static uint64_t up(const struct view_end *end, int nr)
{
	const struct device *dev = view_end_device(end);

	(void)nr;
	return dev && dev->flags & IFF_UP;
}

static uint64_t carrier(const struct view_end *end, int nr)
{
	const struct device *dev = view_end_device(end);

	(void)nr;
	return dev && dev->carrier;
}

static const struct metric {
	const char *name; /* without "_total", which a counter's samples have */
	const char *help;
	bool counter;
	bool by_reason;
	value_fn *value;
} metrics[] = {
	{"vethbpf_end_taken_frames", "Frames that the end took, to be handed to its peer.", true,
	 false, taken_frames},
	{"vethbpf_end_taken_bytes", "Bytes of these frames, with their Ethernet headers.", true,
	 false, taken_bytes},
	{"vethbpf_end_dropped_frames", "Frames that the end took and that were not handed over.",
	 true, true, dropped_frames},
	{"vethbpf_end_dropped_bytes", "Bytes of these frames, where the kernel tells them.", true,
	 false, dropped_bytes},
	{"vethbpf_end_foreign_frames", "Frames kept out: they did not come through the cable.",
	 true, false, foreign_frames},
	{"vethbpf_end_present", "Whether the device is there.", false, false, present},
	{"vethbpf_end_up", "Whether the device is set up.", false, false, up},
	{"vethbpf_end_carrier", "Whether the device has a carrier.", false, false, carrier},
};

/* In a label's value a backslash, a quote and a line's end are escaped. */
static void print_label(const char *name, const char *value)
{
	char text[256];

	utf8_clean(value, text, sizeof(text));
	printf("%s=\"", name);
	for (const char *at = text; *at; at++)
		if (*at == '\n')
			printf("\\n");
		else
			printf("%s%c", *at == '\\' || *at == '"' ? "\\" : "", *at);
	putchar('"');
}

static void print_sample(const struct metric *m, const struct view_pair *pair, int i, int nr)
{
	const struct view_end *end = &pair->end[i];

	printf("%s%s{", m->name, m->counter ? "_total" : "");
	print_label("dev", view_end_name(end));
	printf(",ifindex=\"%u\",", end->ifindex);
	print_label("peer", view_end_name(&pair->end[!i]));
	printf(",side=\"%s\"", plan_side_name(end->port.side));
	if (m->by_reason)
		printf(",reason=\"%s\"", view_drop_name(nr));
	printf("} %" PRIu64 "\n", m->value(end, nr));
}

static void print_heading(const char *name, const char *type, const char *total, const char *help)
{
	printf("# HELP %s%s %s\n# TYPE %s%s %s\n", name, total, help, name, total, type);
}

static void print_metric(const struct metric *m, const struct view *view, bool openmetrics)
{
	print_heading(m->name, m->counter ? "counter" : "gauge",
		      m->counter && !openmetrics ? "_total" : "", m->help);
	for (size_t i = 0; i < 2 * view->count; i++)
		for (int nr = 0; nr < (m->by_reason ? VB_DROP_MAX : 1); nr++)
			print_sample(m, &view->pairs[i / 2], (int)(i % 2), nr);
}

/* Of each pair the state that it is in is 1, the others 0. */
static void print_states(const struct view *view)
{
	print_heading("vethbpf_pair_state", "gauge", "", "1 for the state that the pair is in.");
	for (size_t i = 0; i < view->count; i++)
		for (int state = VIEW_PLUGGED; state <= VIEW_BROKEN; state++) {
			const struct view_pair *pair = &view->pairs[i];

			printf("vethbpf_pair_state{");
			print_label("a", view_end_name(&pair->end[0]));
			putchar(',');
			print_label("b", view_end_name(&pair->end[1]));
			printf(",ifindex=\"%u\",state=\"%s\"} %d\n", pair->end[0].ifindex,
			       view_state_name(state), (int)pair->state == state);
		}
}

int output_metrics(const struct view *view, bool openmetrics)
{
	for (size_t i = 0; i < sizeof(metrics) / sizeof(*metrics); i++)
		print_metric(&metrics[i], view, openmetrics);
	print_states(view);
	print_heading("vethbpf_pairs", "gauge", "", "Pairs in this network namespace.");
	printf("vethbpf_pairs %zu\n", view->count);
	if (openmetrics)
		puts("# EOF");
	return output_finish();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices are nodes, pairs bold edges; what a pair made by add consists of is drawn as it lies: its
 * endpoints in their namespaces, on their anchors in the panel's.
 */
#include <stdio.h>
#include <string.h>
#include "output.h"
#include "output_graph.h"
#include "plan.h"
#include "utf8.h"

/* A string between quotes, in which a quote and a backslash are escaped. */
static void print_text(const char *text)
{
	char clean[512];

	utf8_clean(text, clean, sizeof(clean));
	for (const char *at = clean; *at; at++)
		if ((unsigned char)*at >= ' ')
			printf("%s%c", *at == '"' || *at == '\\' ? "\\" : "", *at);
}

static const struct view_end *end_at(const struct view *view, size_t i)
{
	return &view->pairs[i / 2].end[i % 2];
}

static void print_node(const char *prefix, size_t nr, const char *name, const struct device *dev,
		       const char *what)
{
	printf("\t\t%s%zu [label=\"", prefix, nr);
	print_text(name);
	printf("\\n%s", what);
	if (dev) {
		printf(" ");
		print_text(*dev->kind ? dev->kind : "physical");
		printf("\\nmtu %u %s", dev->mtu, dev->flags & IFF_UP ? "up" : "down");
	} else {
		printf("\\ngone");
	}
	printf("\"%s];\n", dev ? "" : ", style=dashed");
}

/* The device of end i that lies in the panel's namespace. */
static void print_end(const struct view *view, size_t i)
{
	const struct view_end *end = end_at(view, i);
	const struct device *dev = end->device_there ? &end->dev : NULL;

	print_node("end", i, dev ? dev->name : end->port.name, dev,
		   view_is_anchor(end) ? "anchor" : plan_side_name(end->port.side));
}

static void print_endpoint(const struct view *view, size_t i)
{
	const struct view_end *end = end_at(view, i);

	print_node("point", i, view_end_name(end), view_end_device(end), "endpoint");
}

/* A cluster for each namespace that an endpoint was moved to. */
static void print_netns(const struct view *view, size_t first)
{
	const char *netns = end_at(view, first)->netns;

	for (size_t i = 0; i < first; i++)
		if (!strcmp(end_at(view, i)->netns, netns))
			return; /* drawn already */
	printf("\tsubgraph cluster_%zu {\n\t\tlabel=\"netns ", first + 1);
	print_text(netns);
	printf("\";\n");
	for (size_t i = first; i < 2 * view->count; i++)
		if (view_is_anchor(end_at(view, i)) && !strcmp(end_at(view, i)->netns, netns))
			print_endpoint(view, i);
	printf("\t}\n");
}

static void print_here(const struct view *view, const char *here)
{
	printf("\tsubgraph cluster_0 {\n\t\tlabel=\"");
	print_text(here);
	printf("\";\n");
	for (size_t i = 0; i < 2 * view->count; i++) {
		print_end(view, i);
		if (view_is_anchor(end_at(view, i)) && !*end_at(view, i)->netns)
			print_endpoint(view, i);
	}
	printf("\t}\n");
}

static void print_cable(const struct view *view, size_t i)
{
	const struct view_pair *pair = &view->pairs[i];
	bool plugged = pair->state == VIEW_PLUGGED;
	uint8_t why;
	enum vb_path a = view_path(pair, 0, &why), b = view_path(pair, 1, &why);

	printf("\tend%zu -- end%zu [label=\"%s", 2 * i, 2 * i + 1, plan_path_name(a));
	if (a != b)
		printf("/%s", plan_path_name(b));
	if (!plugged)
		printf("\\n%s", view_state_name(pair->state));
	printf("\", penwidth=3%s];\n", plugged ? "" : ", style=dashed, color=red");
	for (size_t k = 2 * i; k < 2 * i + 2; k++)
		if (view_is_anchor(end_at(view, k)))
			/* Outside, the first end's on the left. */
			printf(k % 2 ? "\tend%zu -- point%zu;\n" : "\tpoint%zu -- end%zu;\n", k, k);
}

int output_graph(const struct view *view, const char *here)
{
	printf("graph vethbpf {\n\trankdir=LR;\n\tnode [shape=box];\n");
	print_here(view, here);
	for (size_t i = 0; i < 2 * view->count; i++)
		if (*end_at(view, i)->netns)
			print_netns(view, i);
	for (size_t i = 0; i < view->count; i++)
		print_cable(view, i);
	printf("}\n");
	return output_finish();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices are nodes, pairs bold edges; what is behind a device is drawn where it lies: the other
 * end of a veth, and of what add made the endpoint on its anchor.
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
	printf("\"%s];\n", dev ? "" : ", style=\"rounded,dashed\"");
}

/* The device of end i that lies in the panel's namespace. */
static void print_end(const struct view *view, size_t i)
{
	const struct view_end *end = end_at(view, i);
	const struct device *dev = end->device_there ? &end->dev : NULL;

	print_node("end", i, dev ? dev->name : end->port.name, dev,
		   view_is_anchor(end) ? "anchor" : plan_side_name(end->port.side));
}

/* What is drawn: the view, and what lies behind its devices. */
struct picture {
	const struct view *view;
	const struct far_end *far;
};

/* The namespace of what is behind end i in the panel's, a far end or an endpoint; NULL: nothing. */
static const char *netns_behind(const struct picture *p, size_t i)
{
	if (view_is_anchor(end_at(p->view, i)))
		return end_at(p->view, i)->netns;
	return *p->far[i].dev.name ? p->far[i].netns : NULL;
}

static void print_behind(const struct picture *p, size_t i)
{
	if (view_is_anchor(end_at(p->view, i)))
		print_node("point", i, view_end_name(end_at(p->view, i)),
			   view_end_device(end_at(p->view, i)), "endpoint");
	else
		print_node("far", i, p->far[i].dev.name, &p->far[i].dev, "other end");
}

/* What is behind the ends, from the one on, and lies in this namespace. */
static void print_all_behind(const struct picture *p, size_t first, const char *netns)
{
	for (size_t i = first; i < 2 * p->view->count; i++) {
		const char *there = netns_behind(p, i);

		if (there && !strcmp(there, netns))
			print_behind(p, i);
	}
}

static void print_cluster(size_t nr, const char *before, const char *name)
{
	printf("\tsubgraph cluster_%zu {\n\t\tlabel=\"%s", nr, before);
	print_text(name);
	printf("\";\n\t\tstyle=\"rounded,filled\"; color=\"#c3ccd6\"; fillcolor=\"#f2f5f8\";\n");
}

/* A cluster for each namespace that something is in. */
static void print_netns(const struct picture *p, size_t first)
{
	const char *netns = netns_behind(p, first);

	for (size_t i = 0; i < first; i++)
		if (netns_behind(p, i) && !strcmp(netns_behind(p, i), netns))
			return; /* drawn already */
	print_cluster(first + 1, "netns ", netns);
	print_all_behind(p, first, netns);
	printf("\t}\n");
}

static void print_here(const struct picture *p, const char *here)
{
	print_cluster(0, "", here);
	for (size_t i = 0; i < 2 * p->view->count; i++)
		print_end(p->view, i);
	print_all_behind(p, 0, "");
	printf("\t}\n");
}

/* Outside, the first end's on the left. */
static void print_line_behind(const char *what, size_t i)
{
	if (i % 2)
		printf("\tend%zu -- %s%zu;\n", i, what, i);
	else
		printf("\t%s%zu -- end%zu;\n", what, i, i);
}

static void print_cable(const struct picture *p, size_t i)
{
	const struct view_pair *pair = &p->view->pairs[i];
	bool plugged = pair->state == VIEW_PLUGGED;
	uint8_t why;
	enum vb_path a = view_path(pair, 0, &why), b = view_path(pair, 1, &why);

	printf("\tend%zu -- end%zu [label=\"%s", 2 * i, 2 * i + 1, plan_path_name(a));
	if (a != b)
		printf("/%s", plan_path_name(b));
	if (!plugged)
		printf("\\n%s", view_state_name(pair->state));
	printf("\", penwidth=3, %s];\n", plugged ? "color=\"#1f6fb2\"" : "style=dashed, color=red");
	for (size_t k = 2 * i; k < 2 * i + 2; k++)
		if (netns_behind(p, k))
			print_line_behind(view_is_anchor(end_at(p->view, k)) ? "point" : "far", k);
}

int output_graph(const struct view *view, const struct far_end *far, const char *here)
{
	struct picture p = {view, far};

	printf("graph vethbpf {\n\trankdir=LR;\n"
	       "\tgraph [fontname=\"sans-serif\"];\n"
	       "\tnode [shape=box, style=\"rounded,filled\", fillcolor=white, color=\"#5b6b7b\", "
	       "fontname=\"sans-serif\", fontsize=11];\n"
	       "\tedge [fontname=\"sans-serif\", fontsize=11, color=\"#5b6b7b\"];\n");
	print_here(&p, here);
	for (size_t i = 0; i < 2 * view->count; i++)
		if (netns_behind(&p, i) && *netns_behind(&p, i))
			print_netns(&p, i);
	for (size_t i = 0; view->pairs && i < view->count; i++)
		print_cable(&p, i);
	printf("}\n");
	return output_finish();
}

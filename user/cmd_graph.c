// SPDX-License-Identifier: GPL-2.0-only
/* graph: parse, collect, print. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "cleanup.h"
#include "command.h"
#include "netns.h"
#include "output_graph.h"
#include "plan.h"

struct search {
	ino_t wanted;
	char *name;
	size_t size;
};

static int match(int fd, const char *name, void *data)
{
	struct search *search = data;
	struct stat st;

	if (fstat(fd, &st) || st.st_ino != search->wanted)
		return 0;
	snprintf(search->name, search->size, "netns %s", name);
	return 1;
}

/* The name that this process's namespace has under /run/netns, if it has one. */
static void name_here(char *name, size_t size)
{
	struct search search = {.name = name, .size = size};
	struct stat st;

	snprintf(name, size, "this network namespace");
	if (stat("/proc/self/ns/net", &st))
		return;
	search.wanted = st.st_ino;
	netns_each_named(match, &search);
}

/* The other ends of the devices that have some; NULL: no memory. */
static struct far_end *find_far_ends(struct netlink *nl, const struct view *view)
{
	struct far_end *far = calloc(2 * view->count + 1, sizeof(*far));

	for (size_t i = 0; far && i < 2 * view->count; i++) {
		const struct view_end *end = &view->pairs[i / 2].end[i % 2];

		if (end->device_there && plan_has_other_end(&end->dev))
			far_end_find(nl, &end->dev, &far[i]);
	}
	return far;
}

int cmd_graph(const struct options *opt, int argc, char **argv)
{
	_cleanup_free_ struct far_end *far = NULL;
	struct fault f = {0};
	struct view view;
	char here[80];
	int status;

	if (argc > 1)
		return usage_error("graph", "\"%s\" is not understood here", argv[1]);
	if (view_open(opt->session, NULL, &view, &f)) {
		fault_print(&f);
		status = EXIT_FAILURE;
	} else {
		far = find_far_ends(&opt->session->nl, &view);
		name_here(here, sizeof(here));
		status = far ? output_graph(&view, far, here) : EXIT_FAILURE;
	}
	view_free(&view);
	return status;
}

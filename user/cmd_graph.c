// SPDX-License-Identifier: GPL-2.0-only
/* graph: parse, collect, print. */
#include <stdio.h>
#include <sys/stat.h>
#include "command.h"
#include "netns.h"
#include "output_graph.h"

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

int cmd_graph(const struct options *opt, int argc, char **argv)
{
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
		name_here(here, sizeof(here));
		status = output_graph(&view, here);
	}
	view_free(&view);
	return status;
}

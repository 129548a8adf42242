// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if.h>
#include "plan.h"
#include "plug.h"
#include "save.h"

/* Quoted where a batch would take it for something else than a word. */
static void put_word(FILE *to, const char *word)
{
	const char *quote = strpbrk(word, " \t") || *word == '#' || *word == '"' ? "'"
			    : *word == '\''					 ? "\""
										 : "";

	fprintf(to, " %s%s%s", quote, word, quote);
}

static void put_order(FILE *to, const struct vb_port *port)
{
	const struct vb_hook *hook = port->hooks;

	/* Program ids are not the same after a reboot: before or after all there are, then. */
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		if (hook[i].method == VB_METHOD_TCX && hook[i].prio != PLAN_LAST) {
			fputs(hook[i].prio == PLAN_BEFORE ? " before" : " after", to);
			return;
		}
}

static void put_end(FILE *to, const struct view_end *end)
{
	put_word(to, end->device_there ? end->dev.name : end->port.name);
	fprintf(to, " side %s", plan_side_name(end->port.side));
	if (end->port.flags & VB_PORT_OPEN)
		fputs(" open", to);
	put_order(to, &end->port);
}

static void put_endpoint(FILE *to, const struct view_end *end)
{
	const struct device *dev = &end->endpoint;
	char address[3 * sizeof(dev->address)];

	put_word(to, dev->name);
	if (*end->netns) {
		fputs(" netns", to);
		put_word(to, end->netns);
	}
	fprintf(to, " address %s mtu %u", device_address(dev, address, sizeof(address)), dev->mtu);
	/* Else it is what this kernel gives, and another kernel's is as good. */
	if (dev->gso_max != end->dev.tso_max)
		fprintf(to, " gso %u", dev->gso_max);
	if (dev->flags & IFF_UP)
		fputs(" up", to);
}

bool save_can(const struct view_pair *pair, const char **ret_why)
{
	*ret_why = NULL;
	for (int i = 0; i < 2; i++) {
		const struct view_end *end = &pair->end[i];

		if (view_is_anchor(end) ? !end->endpoint_there : !end->port_there)
			*ret_why = "an end of it is gone";
		else if (strchr(end->netns, '/'))
			*ret_why = "the network namespace of an end has no name under /run/netns";
	}
	return !*ret_why;
}

char *save_pair(const struct view_pair *pair)
{
	const struct view_end *a = &pair->end[0], *b = &pair->end[1];
	char *line = NULL;
	const char *why;
	size_t size;
	FILE *to;

	if (!save_can(pair, &why))
		return NULL;
	to = open_memstream(&line, &size);
	if (!to)
		return NULL;
	if (view_is_anchor(a)) {
		fputs("add", to);
		put_endpoint(to, a);
		fputs(" peer", to);
		put_endpoint(to, b);
	} else {
		fputs("pair", to);
		put_end(to, a);
		put_end(to, b);
		if (a->port.datapath != PLAN_AUTO)
			fprintf(to, " datapath %s", plan_datapath_name(a->port.datapath));
	}
	if (fclose(to)) {
		free(line);
		return NULL;
	}
	return line;
}

char *save_unplug(const struct view_pair *pair)
{
	unsigned int missing = plug_missing(pair, 0);
	char *line = NULL;
	size_t size;
	FILE *to;

	if (!missing)
		return NULL;
	to = open_memstream(&line, &size);
	if (!to)
		return NULL;
	fputs("unplug", to);
	put_word(to, view_end_name(&pair->end[0]));
	if (missing != PLUG_BOTH)
		fprintf(to, " direction %s", missing == PLUG_IN ? "in" : "out");
	if (fclose(to)) {
		free(line);
		return NULL;
	}
	return line;
}

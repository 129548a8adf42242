// SPDX-License-Identifier: GPL-2.0-only
/* The options before the command, the table of commands, help. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>
#include <xdp/libxdp.h>
#include "command.h"
#include "netns.h"

#ifndef VETHBPF_VERSION
#error "the build gives the version"
#endif

const struct command commands[] = {
	{"pair",
	 "END END [datapath auto|tc|peer|xdp]\n"
	 "END := DEV [side stack|wire] [open] [before|after [PROG_ID]]",
	 "make two devices the ends of one cable",
	 "What goes in at one device comes out at the other, unchanged, both ways, until unpair.\n"
	 "  side stack   the cable stands in place of the wire: it takes what this machine sends\n"
	 "               on the device (default for dummy, ifb, macvlan, bridge)\n"
	 "  side wire    the cable stands in place of the stack: it takes what the device\n"
	 "               receives (default for all others: NIC, veth, tap, vxlan …)\n"
	 "  open         let pass also what does not come through the cable: what a macvlan's\n"
	 "               lower device receives, what this machine itself sends on a wire\n"
	 "  before       put the programs first among the TC programs of the device, or before "
	 "the\n"
	 "               one with this id; after: last, as without it, or after that one\n"
	 "  datapath     auto takes the fastest that loses nothing, for each direction:\n"
	 "               tc    works with every device\n"
	 "               peer  straight into the other end of a veth or netkit, if that is in\n"
	 "                     another namespace\n"
	 "               xdp   in the driver, before the kernel makes packets of frames; both "
	 "ends\n"
	 "                     must have side wire. Generic XDP where native would lose something\n"
	 "               `vethbpf show` says which it is and why\n",
	 cmd_pair},
	{"unpair", "DEV", "take a cable away, either end named",
	 "Both devices are left as they were before pair.\n", cmd_unpair},
	{"list", "", "show the pairs, a line each",
	 "States: plugged (frames flow), incomplete (pair was cut short; run it again, or "
	 "unpair),\n"
	 "broken (an end is gone, or a hook was taken away; show says what).\n",
	 cmd_list},
	{"show", "[DEV]", "show pairs in detail",
	 "Each end with its device, hooks and counters. DEV: only the pair it is an end of.\n",
	 cmd_show},
	{"help", "[COMMAND]", "show this, or more about a command", "", cmd_help},
	{0},
};

static void print_usage(FILE *to)
{
	fprintf(to, "Usage: vethbpf [OPTIONS] COMMAND …\n"
		    "A virtual patch cable: two network devices become the ends of one cable.\n\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-8s %s\n", c->name, c->summary);
	fprintf(to,
		"\nOptions:\n"
		"  -n, --netns NETNS  work in this network namespace (name, path or process id)\n"
		"  -j, --json         print JSON\n"
		"  -p, --pretty       print JSON on many lines\n"
		"  -V, --version      print the version\n"
		"  -h, --help         print this; `vethbpf help COMMAND` tells more\n");
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int usage_error(const char *command, const char *fmt, ...)
{
	const struct command *c = command ? find_command(command) : NULL;
	va_list ap;

	fputs("vethbpf: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (c)
		fprintf(stderr, "\nUsage: vethbpf %s %s\n", c->name, c->usage);
	else
		fputs("\n`vethbpf help` shows the commands and options\n", stderr);
	return EXIT_USAGE;
}

int cmd_help(const struct options *opt, int argc, char **argv)
{
	const struct command *c;

	(void)opt;
	if (argc < 2) {
		print_usage(stdout);
		return EXIT_SUCCESS;
	}
	c = find_command(argv[1]);
	if (!c)
		return usage_error(NULL, "no command \"%s\"", argv[1]);
	printf("Usage: vethbpf %s%s%s\n\n%c%s.\n%s", c->name, *c->usage ? " " : "", c->usage,
	       c->summary[0] & ~0x20, c->summary + 1, c->help);
	return EXIT_SUCCESS;
}

static int say_nothing(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static int xdp_say_nothing(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static bool is_option(const char *arg, const char *brief, const char *full)
{
	return !strcmp(arg, brief) || !strcmp(arg, full);
}

int main(int argc, char **argv)
{
	struct options opt = {0};
	const char *netns = NULL;
	const struct command *c;
	struct fault f = {0};
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (is_option(argv[i], "-j", "--json")) {
			opt.json = true;
		} else if (is_option(argv[i], "-p", "--pretty")) {
			opt.json = opt.pretty = true;
		} else if (is_option(argv[i], "-V", "--version")) {
			puts("vethbpf " VETHBPF_VERSION);
			return EXIT_SUCCESS;
		} else if (is_option(argv[i], "-h", "--help")) {
			print_usage(stdout);
			return EXIT_SUCCESS;
		} else if (is_option(argv[i], "-n", "--netns") && i + 1 < argc) {
			netns = argv[++i];
		} else if (is_option(argv[i], "-n", "--netns")) {
			return usage_error(NULL, "option %s needs a namespace", argv[i]);
		} else {
			return usage_error(NULL, "no option %s", argv[i]);
		}
	}
	if (i == argc) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	c = find_command(argv[i]);
	if (!c)
		return usage_error(NULL, "no command \"%s\"", argv[i]);

	/* What the libraries say is for developers; what it means is said by a fault. */
	if (!getenv("VETHBPF_DEBUG")) {
		libbpf_set_print(say_nothing);
		libxdp_set_print(xdp_say_nothing);
	}
	if (netns && netns_enter(netns, &f)) {
		fault_print(&f);
		return EXIT_FAILURE;
	}
	return c->run(&opt, argc - i, argv + i);
}

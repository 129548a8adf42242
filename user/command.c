// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands, and what is made from it: help, usage, dispatch. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "output.h"
#include "endpoint.h"
#include "privilege.h"

/*
 * What commands work with, where they have it. Only the first two are always needed; of the others,
 * docs/security.md says which call of the kernel asks for them, and when.
 */
#define CAPS_LOOK                                                                                  \
	(PRIVILEGE(NET_ADMIN) | PRIVILEGE(BPF) | PRIVILEGE(SYS_ADMIN) | PRIVILEGE(SYS_PTRACE))
#define CAPS_LOAD (CAPS_LOOK | PRIVILEGE(PERFMON))

const struct command commands[] = {
	{"pair",
	 "END END [datapath auto|tc|peer|xdp] [replug]\n"
	 "END := DEV [side stack|wire] [open] [before|after [PROG_ID]]",
	 "make two devices the ends of one cable",
	 "What goes in at one device comes out at the other, unchanged, both ways, until unpair.\n"
	 "  side stack   the cable stands in place of the wire: it takes what this machine sends\n"
	 "               on the device (default for dummy, ifb, macvlan, ipvlan, bridge)\n"
	 "  side wire    the cable stands in place of the stack: it takes what the device\n"
	 "               receives (default for all others: NIC, veth, tap, vxlan …)\n"
	 "  open         let pass also what does not come through the cable: what a macvlan's\n"
	 "               lower device receives, what this machine itself sends on a wire\n"
	 "  before       put the programs first among the TC programs of the device, or right\n"
	 "               before the one with this id\n"
	 "  after        put them last, as by default, or right after the one with this id\n"
	 "  datapath     auto takes the fastest that loses nothing, for each direction:\n"
	 "               tc    works with every device\n"
	 "               peer  straight into the other end of a veth or netkit, if that is in\n"
	 "                     another namespace\n"
	 "               xdp   in the driver, before the kernel makes packets of frames; both\n"
	 "                     ends must have side wire. Generic XDP where native would lose\n"
	 "                     something, with a warning that tells why and what would help\n"
	 "               `vethbpf show` says which it is and why\n"
	 "  replug       if the first device is an end already, move its cable: the second\n"
	 "               device becomes the other end. No frame that the first one takes is lost\n",
	 cmd_pair, CAPS_LOAD},
	{"unpair", "DEV", "take a cable away; name either end",
	 "Both devices are left as they were before pair.\n", cmd_unpair, CAPS_LOOK},
	{"unplug", "DEV [direction in|out|both]", "pull the cable out; name either end",
	 "What is sent is lost, until plug; the pair and its counters stay. While\n"
	 "`vethbpf watch` runs, a device that nothing reaches has no link.\n"
	 "  direction   in pulls what DEV is handed, out what DEV gives (default: both)\n",
	 cmd_unplug, CAPS_LOOK},
	{"plug", "DEV [direction in|out|both]", "put back what unplug pulled out",
	 "In one direction or both, as for unplug.\n", cmd_plug, CAPS_LOOK},
	{"add",
	 "DEV [netns NETNS] [address LLADDR] [mtu N] [gso N] [up]\n"
	 "                   peer DEV [netns NETNS] [address LLADDR] [mtu N] [gso N] [up]",
	 "make two new devices, one cable between them, as veth is",
	 "What is sent on one device is received by the other, in whatever network namespaces\n"
	 "they are and will be. Each is a macvlan on a device of its own, its anchor, which\n"
	 "stays in this namespace; the cable runs between the anchors.\n"
	 "  netns NETNS     make it there: name, path or process id\n"
	 "  address LLADDR  its link-layer address (default: a random one)\n"
	 "  mtu N           68 to 65535 (default 1500)\n"
	 "  gso N           the largest packet in bytes that its stack sends (TSO) or merges\n"
	 "                  (GRO) (default: as large as this kernel takes; 65536 is veth's)\n"
	 "  up              set it up\n",
	 cmd_add, CAPS_LOAD | PRIVILEGE(DAC_READ_SEARCH)},
	{"del", "DEV", "take away what add made; name either device",
	 "Both devices vanish, wherever they are. DEV is looked for in this namespace, and\n"
	 "among the names that were given to add here.\n",
	 cmd_del, CAPS_LOOK},
	{"gc", "", "take away what is left of devices and namespaces that were deleted",
	 "If one of two added devices was deleted, by hand or with its namespace, this takes\n"
	 "the other one away. The next add or del in this namespace does so too. It also\n"
	 "removes the pins of network namespaces that are gone.\n",
	 cmd_gc, CAPS_LOAD},
	{"list", "", "show the pairs, a line each",
	 "States: plugged (frames flow), unplugged (pulled out, one way or both; show says\n"
	 "which), incomplete (pair was cut short; run it again, or unpair),\n"
	 "broken (an end is gone, or a hook was taken away; show says what).\n",
	 cmd_list, CAPS_LOOK},
	{"show", "[DEV]", "show pairs in detail",
	 "Each end with its device, hooks and counters. DEV: only the pair it is an end of.\n",
	 cmd_show, CAPS_LOOK},
	{"stats", "[DEV] [interval S] [count N]", "show how much crosses in a second",
	 "Frames and bits that cross each way, and frames that were dropped. Refreshed in place\n"
	 "on a terminal; else a line for each pair every time, or an object a line with -j.\n"
	 "  DEV         only the pair it is an end of\n"
	 "  interval S  seconds between two looks, 0.1 to 86400 (default 1)\n"
	 "  count N     end after N times (default: go on until interrupted)\n",
	 cmd_stats, CAPS_LOOK},
	{"monitor", "", "tell what happens to the pairs, as it happens",
	 "Pairs: paired, unpaired, plugged, unplugged, broken. Ends: up, down, gone, moved,\n"
	 "renamed, drops (of frames that it took). A line each, or an object a line with -j.\n"
	 "Devices are told of at once, all else within a second. Ends on SIGINT or SIGTERM.\n",
	 cmd_monitor, CAPS_LOOK | PRIVILEGE(NET_BROADCAST)},
	{"capture", "DEV [write FILE|-] [snaplen N] [count N] [filter EXPRESSION]",
	 "write the frames that a cable takes as pcapng",
	 "DEV is either end. The frames of both are written, each end an interface of the\n"
	 "file, with their direction and the verdict on them. Ends on SIGINT or SIGTERM.\n"
	 "Costs nothing while it does not run. To watch: vethbpf capture DEV | tshark -r -\n"
	 "  write FILE  into a file (default, and -: to standard output)\n"
	 "  snaplen N   of each frame the first N bytes, from 64 (default: 65000)\n"
	 "  count N     end after N frames\n"
	 "  filter EXPRESSION  the frames that match, see pcap-filter(7); last of all\n",
	 cmd_capture, CAPS_LOAD | PRIVILEGE(IPC_LOCK) | PRIVILEGE(DAC_OVERRIDE)},
	{"check", "[DEV]", "what this kernel and a device can do, and what is wrong with the pairs",
	 "Of each finding: what is wrong, or at least surprising, and what to do about it.\n"
	 "DEV: what this device can do, what pair would do with it, and its own pair alone.\n"
	 "Exit status 1 if anything is wrong; notes are not.\n",
	 cmd_check, CAPS_LOAD},
	{"metrics", "[openmetrics]", "print the counters and states as metrics",
	 "In Prometheus's text format, for the textfile collector of its node exporter.\n"
	 "openmetrics: in OpenMetrics's, which announces counters in another way.\n",
	 cmd_metrics, CAPS_LOOK},
	{"graph", "", "print the pairs as a graph, for Graphviz's dot",
	 "Network namespaces are clusters, cables bold lines; what is broken is dashed and red.\n"
	 "To make a picture of it: vethbpf graph | dot -Tsvg >cables.svg\n",
	 cmd_graph, CAPS_LOOK},
	{"save", "", "print the pairs as commands, for -b to make them again",
	 "A line for each pair and added pair of this namespace, with its options as they are\n"
	 "now. By -b, lines whose pair is there already do nothing.\n"
	 "For example: vethbpf save >cables; vethbpf -b cables\n",
	 cmd_save, CAPS_LOOK},
	{"upgrade", "[all]", "let this version's programs carry the frames, without a gap",
	 "For after another version of vethbpf was installed: its programs take the place of\n"
	 "those of all pairs of this network namespace. No frame is lost; pairs, counters and\n"
	 "places among other programs stay. An older version's maps are brought up to date;\n"
	 "after that the older version refuses to work with them. Begin captures anew.\n"
	 "  all  in all network namespaces\n",
	 cmd_upgrade, CAPS_LOAD},
	{"watch", "[link follow|admin|leave] [hooks restore|leave] [conf DIR]",
	 "the agent: link state follows, cables heal",
	 "Runs until it is ended, and says what happens and what it does. An end that is\n"
	 "set down, loses its carrier or vanishes takes the other end's link with it, as\n"
	 "with veth, and gives it back. A device that comes back under its name is paired\n"
	 "again. The pairs in the lines of *.conf, as for -b, are made as soon as they can\n"
	 "be; SIGHUP has them read again.\n"
	 "  link follow   take the carrier of a dummy, tap, macvlan or vxlan and of what add\n"
	 "                made; make any other device dormant (default)\n"
	 "  link admin    set any other device down\n"
	 "  link leave    touch nobody's link\n"
	 "  hooks leave   leave detached what somebody has detached by hand\n"
	 "  conf DIR      where the *.conf files are (default /etc/vethbpf.d)\n",
	 cmd_watch, CAPS_LOAD | PRIVILEGE(NET_BROADCAST)},
	{"help", "[COMMAND]", "show this, or more about a command", "", cmd_help, 0},
	{0},
};

void command_print_usage(FILE *to)
{
	fprintf(to, "Usage: vethbpf [OPTIONS] COMMAND …\n"
		    "A virtual patch cable: two network devices become the ends of one cable.\n\n");
	for (const struct command *c = commands; c->name; c++)
		fprintf(to, "  %-8s %s\n", c->name, c->summary);
	fprintf(to,
		"\nOptions:\n"
		"  -n, --netns NETNS  work in this network namespace (name, path or process id)\n"
		"  -b, --batch FILE   run the commands in a file, a line each; - is standard "
		"input\n"
		"  -force             go on after a command in the file that failed\n"
		"  -j, --json         print JSON\n"
		"  -p, --pretty       print JSON on many lines\n"
		"  -H, --human        print counts with units: 1.23M for 1230000\n"
		"  -V, --version      print the version\n"
		"  -h, --help         print this; `vethbpf help COMMAND` tells more\n");
}

const struct command *command_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

int usage_error(const char *command, const char *fmt, ...)
{
	const struct command *c = command ? command_find(command) : NULL;
	FILE *to = fault_begin();
	va_list ap;

	va_start(ap, fmt);
	vfprintf(to, fmt, ap);
	va_end(ap);
	if (c)
		fprintf(to, "\nUsage: vethbpf %s%s%s\n", c->name, *c->usage ? " " : "", c->usage);
	else
		fputs("\n`vethbpf help` shows the commands and options\n", to);
	return EXIT_USAGE;
}

static int print_help(const struct command *c)
{
	printf("Usage: vethbpf %s%s%s\n\n%c%s.\n%s", c->name, *c->usage ? " " : "", c->usage,
	       c->summary[0] & ~0x20, c->summary + 1, c->help);
	return output_finish();
}

int cmd_help(const struct options *opt, int argc, char **argv)
{
	const struct command *c;

	(void)opt;
	if (argc < 2) {
		command_print_usage(stdout);
		return output_finish();
	}
	c = command_find(argv[1]);
	return c ? print_help(c) : usage_error(NULL, "no command \"%s\"", argv[1]);
}

int command_flush(struct session *s)
{
	struct fault f = {0};

	if (!endpoint_flush(s, &f))
		return EXIT_SUCCESS;
	fault_print(&f);
	return EXIT_FAILURE;
}

uint64_t command_privileges(const struct command *command)
{
	uint64_t all = PRIVILEGE(DAC_READ_SEARCH); /* to open the file of a batch */

	if (command)
		return command->privileges;
	for (const struct command *c = commands; c->name; c++)
		all |= c->privileges;
	return all;
}

int command_run(const struct options *opt, int argc, char **argv)
{
	const struct command *c = command_find(argv[0]);

	if (!c)
		return usage_error(NULL, "no command \"%s\"", argv[0]);
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")))
		return print_help(c);
	/* Whatever is not a further del must find the devices gone that del took away. */
	if (c->run != cmd_del && command_flush(opt->session) != EXIT_SUCCESS)
		return EXIT_FAILURE;
	return c->run(opt, argc, argv);
}

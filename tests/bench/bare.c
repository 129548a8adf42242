// SPDX-License-Identifier: GPL-2.0-only
/*
 * bare xdp|tc A B
 *
 * Joins two devices, NETNS:DEV of one namespace, by redirects of one line, until its input ends.
 * Says "ready" when frames flow.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bare.skel.h"
#include "place.h"

#define TCX_INGRESS 46 /* BPF_TCX_INGRESS (uapi/linux/bpf.h, Linux 6.6) */

/* A link by tcx or XDP that goes with the process. */
static void join(const struct place *from, const struct place *to, bool xdp)
{
	struct bare *skel = bare__open();
	uint32_t zero = 0;
	int err, link;

	if (!skel)
		give_up(0, "open the programs");
	skel->rodata->target = to->ifindex;
	err = bare__load(skel);
	if (err)
		give_up(err, "load the programs");
	if (bpf_map_update_elem(bpf_map__fd(skel->maps.to), &zero, &to->ifindex, BPF_ANY))
		give_up(0, "write the devmap");
	if (xdp) {
		LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_DRV_MODE);

		link = bpf_link_create(bpf_program__fd(skel->progs.bare_xdp), (int)from->ifindex,
				       BPF_XDP, &opts);
	} else {
		link = bpf_link_create(bpf_program__fd(skel->progs.bare_tc), (int)from->ifindex,
				       TCX_INGRESS, NULL);
	}
	if (link < 0)
		give_up(link, "attach");
}

int main(int argc, char **argv)
{
	bool xdp = argc == 4 && !strcmp(argv[1], "xdp");
	struct place a, b;
	char byte;

	if (argc != 4 || (!xdp && strcmp(argv[1], "tc") != 0)) {
		fprintf(stderr, "usage: bare xdp|tc A B\n");
		return 2;
	}
	a = place_find(argv[2]);
	b = place_find(argv[3]);
	join(&a, &b, xdp);
	join(&b, &a, xdp);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost ROUNDS RUNS PANEL A B NAME=xdp|tc:PROGRAM…
 *
 * How long a program runs for one frame that device A has received (BPF_PROG_TEST_RUN, so without
 * what the kernel then does with the verdict), with the maps of the pair of A and B, which lie in
 * the directory PANEL. A PROGRAM is a pinned one, or one of bare.bpf.c by its name, which redirects
 * to B. All run in turn, ROUNDS times, RUNS frames in a row. Prints, as JSON, {NAME: [nanoseconds
 * of CPU time for a frame, …], …}.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bare.skel.h"
#include "place.h"
#include "vethbpf.h"

#define ROUNDS_MAX 10000
#define PROGS_MAX  16

struct program {
	const char *name;
	int name_len, fd;
	bool xdp;
	uint32_t verdict; /* that it must give: what it costs to refuse a frame is another matter */
	double samples[ROUNDS_MAX];
};

static struct program programs[PROGS_MAX];
static uint8_t frame[64];

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run(const struct program *prog, uint32_t ifindex, int runs)
{
	struct xdp_md xdp = {.data_end = sizeof(frame), .ingress_ifindex = ifindex};
	struct __sk_buff skb = {.ifindex = ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = runs);
	double start;
	int err;

	opts.ctx_in = prog->xdp ? (void *)&xdp : (void *)&skb;
	opts.ctx_size_in = prog->xdp ? sizeof(xdp) : sizeof(skb);
	start = cpu_ns();
	err = bpf_prog_test_run_opts(prog->fd, &opts);
	if (err)
		give_up(err, prog->name);
	if (opts.retval != prog->verdict)
		give_up(EPROTO, prog->name);
	return (cpu_ns() - start) / runs;
}

/* NAME=xdp|tc:PROGRAM */
static void find(struct program *prog, const char *text, const struct bare *skel)
{
	const char *equals = strchr(text, '='), *colon = equals ? strchr(equals, ':') : NULL;
	const struct bpf_program *bare;

	if (!colon)
		give_up(EINVAL, text);
	prog->name = text;
	prog->name_len = (int)(equals - text);
	prog->xdp = equals[1] == 'x';
	prog->verdict = prog->xdp ? XDP_REDIRECT : TC_ACT_REDIRECT;
	if (strstr(colon, "pass"))
		prog->verdict = prog->xdp ? XDP_PASS : TC_ACT_OK;
	bare = bpf_object__find_program_by_name(skel->obj, colon + 1);
	prog->fd = bare ? bpf_program__fd(bare) : bpf_obj_get(colon + 1);
	if (prog->fd < 0)
		give_up(prog->fd, text);
}

/*
 * The kernel shows a veth's frame to XDP with the packet that it was. Test runs do not, so that the
 * program would look for it where there is none: the ends are told that they are no veths.
 */
static void be_no_veth(const char *panel)
{
	struct vb_end *ends;
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/ends", panel);
	fd = bpf_obj_get(path);
	if (fd < 0)
		give_up(fd, path);
	ends = mmap(NULL, VB_ENDS_MAX * sizeof(*ends), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ends == MAP_FAILED)
		give_up(0, path);
	for (int i = 0; i < VB_ENDS_MAX; i++)
		if (ends[i].flags & VB_END_SKB)
			ends[i].flags &= (__u8)~VB_END_SKB;
}

static struct bare *load(uint32_t target)
{
	struct bare *skel = bare__open();
	uint32_t zero = 0;
	int err;

	if (!skel)
		give_up(0, "open the programs");
	skel->rodata->target = target;
	err = bare__load(skel);
	if (err)
		give_up(err, "load the programs");
	if (bpf_map_update_elem(bpf_map__fd(skel->maps.to), &zero, &target, BPF_ANY))
		give_up(0, "write the devmap");
	return skel;
}

static void print(int count, int rounds)
{
	for (int i = 0; i < count; i++) {
		printf("%s\"%.*s\": [", i ? ",\n" : "{", programs[i].name_len, programs[i].name);
		for (int round = 0; round < rounds; round++)
			printf("%s%.2f", round ? ", " : "", programs[i].samples[round]);
		printf("]");
	}
	printf("}\n");
}

int main(int argc, char **argv)
{
	int rounds = argc > 6 ? atoi(argv[1]) : 0, runs = argc > 6 ? atoi(argv[2]) : 0;
	int count = argc - 6;
	struct place a, b;
	struct bare *skel;

	if (count < 1 || count > PROGS_MAX || rounds < 1 || rounds > ROUNDS_MAX || runs < 1) {
		fprintf(stderr, "usage: cost ROUNDS RUNS PANEL A B NAME=xdp|tc:PROGRAM...\n");
		return 2;
	}
	a = place_find(argv[4]);
	b = place_find(argv[5]);
	be_no_veth(argv[3]);
	skel = load(b.ifindex);
	for (int i = 0; i < count; i++)
		find(&programs[i], argv[6 + i], skel);
	frame[12] = ETH_P_IP >> 8;
	for (int round = -1; round < rounds; round++)
		for (int i = 0; i < count; i++) {
			double sample = run(&programs[i], a.ifindex, runs);

			if (round >= 0) /* the first time is for caches and predictors */
				programs[i].samples[round] = sample;
		}
	print(count, rounds);
	bare__destroy(skel);
	return 0;
}

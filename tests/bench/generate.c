// SPDX-License-Identifier: GPL-2.0-only
/*
 * generate FROM TO SIZE FLOWS SECONDS CPU
 *
 * Sends frames on a device as fast as one CPU can (BPF_PROG_TEST_RUN with
 *BPF_F_TEST_XDP_LIVE_FRAMES, XDP_TX) and counts what arrives at another: a frame counts where it
 *comes out, since what goes in may be lost on the way. Devices are named NETNS:DEV. Prints, as
 *JSON:
 *
 *	sent, arrived	frames
 *	ns		how long it took
 *	cpu_ns		what the CPU spent on it: sending, all that lies between, and counting
 *
 * All runs in this thread, the soft interrupts between two batches too, or in the CPU's ksoftirqd.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <net/ethernet.h>
#include <sys/resource.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bare.skel.h"
#include "place.h"

#define NSEC 1000000000ULL

/* As many frames as are sent between two looks at the clock. */
#define CHUNK (1U << 16)

/* A page less what the kernel needs of it (xdp_test_run_setup() in net/bpf/test_run.c). */
#define SIZE_MAX_LIVE 3000

struct source {
	struct place from, to;
	uint32_t size, flows;
	double seconds;
	int cpu;
	struct bare *skel;
	FILE *ksoftirqd; /* its schedstat */
	uint8_t frame[SIZE_MAX_LIVE];
};

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static FILE *open_ksoftirqd(int cpu)
{
	char want[32], name[64] = "", path[64];

	snprintf(want, sizeof(want), "ksoftirqd/%d\n", cpu);
	/* Kernel threads for each CPU are started with it, early. */
	for (int pid = 2; pid < 4096; pid++) {
		FILE *comm;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		comm = fopen(path, "re");
		if (!comm)
			continue;
		if (!fgets(name, sizeof(name), comm))
			name[0] = '\0';
		fclose(comm);
		if (!strcmp(name, want)) {
			snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
			return fopen(path, "re");
		}
	}
	return NULL;
}

static uint64_t cpu_time(struct source *src)
{
	unsigned long long other = 0;

	if (src->ksoftirqd) {
		rewind(src->ksoftirqd);
		fflush(src->ksoftirqd);
		if (fscanf(src->ksoftirqd, "%llu", &other) != 1)
			other = 0;
	}
	return now(CLOCK_THREAD_CPUTIME_ID) + other;
}

static void make_frame(struct source *src)
{
	struct ether_header *eth = (void *)src->frame;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	uint32_t sum = 0;

	memcpy(eth->ether_dhost, src->to.address, ETH_ALEN);
	eth->ether_shost[0] = 2; /* locally administered */
	eth->ether_type = htons(ETHERTYPE_IP);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.id = 0xffff,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(src->size - sizeof(*eth)),
		.saddr = htonl(0xc6120000), /* 198.18.0.0/15 is for benchmarks (RFC 2544) */
		.daddr = htonl(0xc6130001),
	};
	for (size_t i = 0; i < sizeof(*ip) / 2; i++)
		sum += ((uint16_t *)ip)[i];
	ip->check = (uint16_t) ~((sum & 0xffff) + (sum >> 16));
	udp->dest = htons(9); /* discard */
	udp->len = htons(src->size - sizeof(*eth) - sizeof(*ip));
}

static uint64_t arrived(const struct source *src)
{
	static uint64_t counts[1024];
	uint32_t zero = 0;
	uint64_t sum = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(src->skel->maps.arrived), &zero, counts))
		give_up(0, "read the counter");
	for (int i = 0; i < libbpf_num_possible_cpus(); i++)
		sum += counts[i];
	return sum;
}

/* Both ways into a stack, and out of the way again when this program ends. */
static void sink(struct source *src, bool there)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)src->to.ifindex,
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(src->skel->progs.sink_tc));
	int err;

	place_enter(&src->to);
	if (!there) {
		bpf_xdp_detach((int)src->to.ifindex, XDP_FLAGS_DRV_MODE, NULL);
		hook.attach_point |= BPF_TC_EGRESS;
		bpf_tc_hook_destroy(&hook);
		return;
	}
	err = bpf_xdp_attach((int)src->to.ifindex, bpf_program__fd(src->skel->progs.sink_xdp),
			     XDP_FLAGS_DRV_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST, NULL);
	err = err ?: bpf_tc_hook_create(&hook);
	err = err ?: bpf_tc_attach(&hook, &opts);
	if (err) {
		sink(src, false);
		give_up(err, "attach the sink");
	}
}

static void send_chunk(struct source *src)
{
	struct xdp_md ctx = {.data_end = src->size, .ingress_ifindex = src->from.ifindex};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = src->frame, .data_size_in = src->size,
		    .ctx_in = &ctx, .ctx_size_in = sizeof(ctx), .repeat = CHUNK,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES);
	int err = bpf_prog_test_run_opts(bpf_program__fd(src->skel->progs.source), &opts);

	if (err) {
		sink(src, false);
		give_up(err, "send");
	}
}

static void measure(struct source *src)
{
	uint64_t start, end, cpu, count, sent = 0;

	place_enter(&src->from);
	send_chunk(src); /* warms up */
	count = arrived(src);
	cpu = cpu_time(src);
	start = end = now(CLOCK_MONOTONIC);
	while ((double)(end - start) < src->seconds * NSEC) {
		send_chunk(src);
		sent += CHUNK;
		end = now(CLOCK_MONOTONIC);
	}
	cpu = cpu_time(src) - cpu;
	count = arrived(src) - count;
	printf("{\"sent\": %llu, \"arrived\": %llu, \"ns\": %llu, \"cpu_ns\": %llu}\n",
	       (unsigned long long)sent, (unsigned long long)count,
	       (unsigned long long)(end - start), (unsigned long long)cpu);
}

static void stay_on(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		give_up(0, "stay on one CPU");
}

int main(int argc, char **argv)
{
	struct source src = {0};
	int err;

	if (argc != 7) {
		fprintf(stderr, "usage: generate FROM TO SIZE FLOWS SECONDS CPU\n");
		return 2;
	}
	src.from = place_find(argv[1]);
	src.to = place_find(argv[2]);
	src.size = (uint32_t)atoi(argv[3]);
	src.flows = (uint32_t)atoi(argv[4]);
	src.seconds = atof(argv[5]);
	src.cpu = atoi(argv[6]);
	if (src.size < 60 || src.size > SIZE_MAX_LIVE || !src.flows || src.flows > 1U << 16 ||
	    src.flows & (src.flows - 1) || src.seconds <= 0 || src.seconds > 60)
		give_up(EINVAL, "60 to 3000 bytes, 2^n flows, up to 60 seconds");

	stay_on(src.cpu);
	/* What else the machine has to do weighs less then. Not more: nobody would run ksoftirqd.
	 */
	if (setpriority(PRIO_PROCESS, 0, -20))
		give_up(0, "take precedence");
	src.ksoftirqd = open_ksoftirqd(src.cpu);
	make_frame(&src);
	src.skel = bare__open();
	if (!src.skel)
		give_up(0, "open the programs");
	src.skel->rodata->flows = src.flows;
	err = bare__load(src.skel);
	if (err)
		give_up(err, "load the programs");
	sink(&src, true);
	measure(&src);
	sink(&src, false);
	bare__destroy(src.skel);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/* The TC programs in the lab. */
#ifndef VB_LAB_TC_H
#define VB_LAB_TC_H

#include <errno.h>
#include <unistd.h>
#include <linux/pkt_cls.h>
#include "lab.h"
#include "tc.skel.h"

#define STACK	 VB_SIDE_STACK
#define WIRE	 VB_SIDE_WIRE
#define PASS	 TC_ACT_UNSPEC
#define DROP	 TC_ACT_SHOT
#define REDIRECT TC_ACT_REDIRECT

/* The programs of the panel of a namespace; NULL if they can't be loaded. */
static inline struct tc_bpf *tc_load(const struct lab *lab, uint64_t cookie)
{
	struct tc_bpf *skel = tc_bpf__open();

	if (!skel)
		return NULL;
	skel->rodata->panel_cookie = cookie;
	skel->rodata->has_kern_types = lab->has_kern_types;
	if (tc_bpf__load(skel)) {
		tc_bpf__destroy(skel);
		return NULL;
	}
	return skel;
}

static inline struct lab_maps tc_maps(const struct tc_bpf *skel)
{
	return (struct lab_maps){
		.peers = bpf_map__fd(skel->maps.peers),
		.ends = skel->bss->ends,
		.counters_0 = bpf_map__fd(skel->maps.counters_0),
	};
}

/* What a program says to a frame, on a; one of gso_segs segments if gso_size is not 0. */
static inline int tc_test_run(const struct lab *lab, const struct bpf_program *prog,
			      const void *frame, size_t bytes, unsigned int gso_size,
			      unsigned int gso_segs)
{
	struct __sk_buff skb = {
		.ifindex = lab->ifindex[A],
		.gso_size = gso_size,
		.gso_segs = gso_segs,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = (uint32_t)bytes,
		    .ctx_in = &skb, .ctx_size_in = sizeof(skb), .repeat = 1);

	if (bpf_prog_test_run_opts(bpf_program__fd(prog), &opts))
		fail_msg("test run of %zu bytes: %s", bytes, strerror(errno));
	return (int)opts.retval;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong, and what to do about it. check_collect.c asks the kernel and changes nothing;
 * check_judge.c and check_judge_pair.c make findings of what they are told and ask nobody.
 */
#ifndef VB_CHECK_H
#define VB_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "driver.h"
#include "fault.h"
#include "plan.h"
#include "session.h"
#include "view.h"

/* What this kernel can do; whatever could not be tried is false. */
enum check_ability {
	CHECK_PRIVILEGES,
	CHECK_BPFFS,
	CHECK_JIT,
	CHECK_TCX,
	CHECK_REDIRECT_PEER,
	CHECK_TYPES,
	CHECK_XDP,
	CHECK_FREPLACE,
	CHECK_TRACING,
	CHECK_LIVE_FRAMES,
	CHECK_ABILITIES,
};

struct check_kernel {
	char release[65];
	char lockdown[24]; /* "none", "integrity", "confidentiality"; empty: not told */
	bool can[CHECK_ABILITIES];
	uint64_t backlog_drops; /* of all CPUs, since the start */
	struct fault trouble;	/* why the pairs could not be looked at */
};

/* What a view does not tell of an end. */
struct check_end {
	uint32_t other_prog[VB_HOOKS_MAX]; /* a program in the place of ours; 0: none known */
	char elsewhere[64];		   /* a namespace that has a device of its name */
	struct driver driver;
	char gro_command[256]; /* of a veth: what makes it transmit XDP frames */
	uint32_t rp_filter;    /* as it works: the greater of all's and the device's */
	bool forwarding;
};

struct check_pair {
	struct view_pair view;
	struct check_end end[2];
};

/* A device that was asked about, paired or not. */
struct check_device {
	struct device dev;
	struct driver driver;
	struct fault refused; /* it can be no end, and why */
	struct plan plan;     /* a cable between it and another like it, datapath auto */
};

struct check_facts {
	struct check_kernel kernel;
	struct check_device *device; /* NULL: none was asked about */
	struct check_pair *pairs;
	size_t count;
};

/* dev may be NULL: all pairs. 0, or -errno with a fault. check_facts_free() is always due. */
int check_collect(struct session *s, const char *dev, struct check_facts *ret, struct fault *f);
void check_facts_free(struct check_facts *facts);

enum check_level {
	CHECK_NOTE,  /* may be as it should be */
	CHECK_WRONG, /* a cable does not carry what it should, or none can be made */
};

struct check_finding {
	enum check_level level;
	const char *code; /* which of the findings there are, for programs */
	char subject[80]; /* a device, a pair, "kernel" */
	char what[448];
	char remedy[448];
};

struct check_report {
	struct check_finding *findings;
	size_t count;
	bool wrong; /* one of them at least */
};

/* 0 or -ENOMEM. check_report_free() is always due. */
int check_judge(const struct check_facts *facts, struct check_report *ret);
void check_report_free(struct check_report *report);

/* As shown: "tcx", "redirect_peer" … */
const char *check_ability_name(enum check_ability ability);
const char *check_level_name(enum check_level level);

#endif

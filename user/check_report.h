/* SPDX-License-Identifier: GPL-2.0-only */
/* How a report is written. */
#ifndef VB_CHECK_REPORT_H
#define VB_CHECK_REPORT_H

#include "check.h"

/* Adds a finding, to be given its remedy. Never NULL: without memory it is lost, and r->wrong. */
__attribute__((format(printf, 5, 6))) struct check_finding *check_find(struct check_report *r,
								       enum check_level level,
								       const char *code,
								       const char *subject,
								       const char *fmt, ...);

__attribute__((format(printf, 2, 3))) void check_remedy(struct check_finding *finding,
							const char *fmt, ...);

/* check_judge_pair.c: all that is wrong with a pair. */
void check_judge_pair(struct check_report *r, const struct check_pair *pair);

#endif

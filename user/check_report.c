// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "check_report.h"

#define TEXT(to, fmt)                                                                              \
	do {                                                                                       \
		va_list ap_;                                                                       \
		va_start(ap_, fmt);                                                                \
		vsnprintf(to, sizeof(to), fmt, ap_);                                               \
		va_end(ap_);                                                                       \
	} while (0)

/* Where findings go when there is no memory for them. */
static struct check_finding lost;

struct check_finding *check_find(struct check_report *r, enum check_level level, const char *code,
				 const char *subject, const char *fmt, ...)
{
	struct check_finding *more;

	more = reallocarray(r->findings, r->count + 1, sizeof(*more));
	if (!more) {
		r->wrong = true;
		return &lost;
	}
	r->findings = more;
	more = &r->findings[r->count++];
	*more = (struct check_finding){.level = level, .code = code};
	snprintf(more->subject, sizeof(more->subject), "%s", subject);
	TEXT(more->what, fmt);
	r->wrong |= level == CHECK_WRONG;
	return more;
}

void check_remedy(struct check_finding *finding, const char *fmt, ...)
{
	TEXT(finding->remedy, fmt);
}

void check_report_free(struct check_report *report)
{
	free(report->findings);
	*report = (struct check_report){0};
}

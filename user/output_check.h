/* SPDX-License-Identifier: GPL-2.0-only */
/* What check found, as text or JSON. */
#ifndef VB_OUTPUT_CHECK_H
#define VB_OUTPUT_CHECK_H

#include "check.h"
#include "command.h"

/* Returns the exit status of printing; what was found is not its business. */
int output_check(const struct options *opt, const struct check_facts *facts,
		 const struct check_report *report);

#endif

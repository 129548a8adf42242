/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands print: a view as text or JSON, both of the same data. */
#ifndef VB_OUTPUT_H
#define VB_OUTPUT_H

#include "command.h"
#include "view.h"

/* All return the exit status: standard output may be closed or full. */
int output_list(const struct options *opt, const struct view *view);
int output_show(const struct options *opt, const struct view *view);

#endif

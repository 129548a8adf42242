/* SPDX-License-Identifier: GPL-2.0-only */
/* What the commands print: a view as text or JSON, both of the same data. */
#ifndef VB_OUTPUT_H
#define VB_OUTPUT_H

#include <stddef.h>
#include <stdint.h>
#include "command.h"
#include "view.h"

/* All return the exit status: standard output may be closed or full. */
int output_list(const struct options *opt, const struct view *view);
int output_show(const struct options *opt, const struct view *view);

/* Flushes what was printed. For whoever prints by himself; the exit status. */
int output_finish(void);

#define NUMBER_MAX 24

/* "1234567", or "1.23M" for humans (1000 is 1k). Returns buf, of NUMBER_MAX bytes. */
const char *output_number(uint64_t number, bool human, char *buf, size_t size);

#endif

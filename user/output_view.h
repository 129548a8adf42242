/* SPDX-License-Identifier: GPL-2.0-only */
/* What output.c shares with the two that print: text and JSON of one and the same view. */
#ifndef VB_OUTPUT_VIEW_H
#define VB_OUTPUT_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include "view.h"

void output_text_list(const struct view *view, bool human);
void output_text_show(const struct view *view, bool human);
void output_json_list(const struct view *view, bool pretty);
void output_json_show(const struct view *view, bool pretty);

/* Seconds since the pair was made. */
uint64_t output_age(const struct view_pair *pair);

/* What list and stats call an end, as JSON. */
struct json_object *output_json_end(const struct view_end *end);

#endif

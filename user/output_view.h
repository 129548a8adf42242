/* SPDX-License-Identifier: GPL-2.0-only */
/* What output.c shares with the two that print: text and JSON of one and the same view. */
#ifndef VB_OUTPUT_VIEW_H
#define VB_OUTPUT_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include "view.h"

void output_text_list(const struct view *view);
void output_text_show(const struct view *view);
void output_json_list(const struct view *view, bool pretty);
void output_json_show(const struct view *view, bool pretty);

/* Seconds since the pair was made. */
uint64_t output_age(const struct view_pair *pair);

/* Frames that were taken and not handed over, for whatever reason; and the reasons' names. */
uint64_t output_dropped(const struct vb_count *count);
const char *output_drop_name(int reason);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairs as the commands that make them again. Pure. */
#ifndef VB_SAVE_H
#define VB_SAVE_H

#include <stdbool.h>
#include "view.h"

/*
 * The line for -b that makes such a pair, without a newline; the caller frees it. NULL if there is
 * no memory, or not enough is known of the pair: save_can() tells.
 */
char *save_pair(const struct view_pair *pair);

/* Likewise the line that pulls it out as far as it is; NULL also if it is not. */
char *save_unplug(const struct view_pair *pair);

/* Whether both ends are known so well that the pair can be made again. If not, *ret_why says why.
 */
bool save_can(const struct view_pair *pair, const char **ret_why);

#endif

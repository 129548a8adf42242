/* SPDX-License-Identifier: GPL-2.0-only */
/* The pinned programs of a panel, exchanged for those of this version. */
#ifndef VB_UPGRADE_PROGRAMS_H
#define VB_UPGRADE_PROGRAMS_H

#include <stdbool.h>
#include "fault.h"
#include "panel.h"

struct tc_bpf;

/* Puts them under the names of the old, which stay with PANEL_OLD; XDP's is loaded when needed. */
int upgrade_programs_swap(const struct panel *p, const struct tc_bpf *skel, struct fault *f);

/* Whether programs of a time before are still pinned: an upgrade was cut short. */
bool upgrade_programs_are_unfinished(const struct panel *p);

/* Makes it one that only lacks hooks that are to be replaced. */
int upgrade_programs_take_up(const struct panel *p, struct fault *f);
void upgrade_programs_forget_old(const struct panel *p);

/* Pins a map or program in the place of what an upgrade that was cut short may have left. */
int upgrade_pin(int fd, const char *path, struct fault *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The maps of a panel, exchanged for those of this version with what is in them. */
#ifndef VB_UPGRADE_MAPS_H
#define VB_UPGRADE_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include "fault.h"
#include "panel.h"

struct bpf_object;

/* Has libbpf make only those maps of the object that are not there, or have another layout. */
int upgrade_maps_share(const struct panel *p, struct bpf_object *obj, struct fault *f);

/* Pins what libbpf made, with PANEL_NEW and filled; *grown becomes true if there is any of it. */
int upgrade_maps_grow(const struct panel *p, struct bpf_object *obj, bool *grown, struct fault *f);

/* Gives them the names of those that were before. */
int upgrade_maps_rename(const struct panel *p, const struct bpf_object *obj, struct fault *f);

/*
 * Writes this version and these VB_PANEL_* flags into the panel map ("") or the one that is to
 * come (PANEL_NEW), if there is such. With VB_PANEL_UPGRADING, from here on older versions keep
 * away, and this one has the upgrade finished first.
 */
int upgrade_maps_mark(const struct panel *p, const char *which, uint8_t flags, struct fault *f);

#endif

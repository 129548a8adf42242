/* SPDX-License-Identifier: GPL-2.0-only */
/* The programs that see what a pair takes, in the two ways that kernels allow (bpf/capture.bpf.c).
 */
#ifndef VB_CAPTURE_PROGRAMS_H
#define VB_CAPTURE_PROGRAMS_H

#include <stdbool.h>
#include "panel.h"
#include "view.h"

struct capture_programs {
	struct capture_bpf *skel;
	bool before; /* they stand before the panel's programs: the kernel allows no others */
	int links[2];
	int ring_map, count_map; /* borrowed */
};

/* 0 or -errno with a fault; capture_programs_close() is due in every case. */
int capture_programs_load(struct capture_programs *c, const struct panel *p,
			  const struct view_pair *pair, uint32_t snaplen, struct fault *f);
int capture_programs_attach(struct capture_programs *c, const struct view_pair *pair,
			    struct fault *f);
void capture_programs_detach(struct capture_programs *c);
void capture_programs_close(struct capture_programs *c);

#endif

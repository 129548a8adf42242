/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pairs of endpoints that are to vanish. A pair is unplugged at once, but its devices are deleted
 * together with those of the pairs that are taken away right after it (endpoint_flush()): deleting
 * devices is slow one by one, whatever their kind. Until then their ports stay, so that what a
 * killed loader left behind is known.
 */
#ifndef VB_ENDPOINT_DOOM_H
#define VB_ENDPOINT_DOOM_H

#include <stdbool.h>
#include <stdint.h>
#include "fault.h"
#include "session.h"
#include "vethbpf.h"

/* Unplugs the pair of the anchor, which has this port, and remembers both its anchors. */
int endpoint_doom(struct session *s, uint32_t anchor, const struct vb_port *port, struct fault *f);
bool endpoint_is_doomed(const struct session *s, uint32_t anchor);

/*
 * endpoint_gc.c: dooms the pairs that are not whole and deletes anchors that belong to none, which
 * loaders left that were killed, or others deleted a part of. Under the writers' lock.
 */
int endpoint_sweep(struct session *s, struct fault *f);

/* Whether there is anything that endpoint_sweep() would take away. */
bool endpoint_has_remains(struct session *s);

#endif

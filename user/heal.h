/* SPDX-License-Identifier: GPL-2.0-only */
/* Cables that came apart are put together again: the agent says the `pair` that made them once
 * more. */
#ifndef VB_HEAL_H
#define VB_HEAL_H

#include <stdbool.h>
#include "command.h"
#include "view.h"
#include "wanted.h"

/*
 * Tries what can be tried: pairs whose devices are all there, by name, though one of them was away;
 * and with hooks also those of which somebody has detached a program. broken keeps, from one call
 * to the next, what could not be healed and what was said about it. True if something was healed.
 */
bool heal(struct wanted *broken, const struct options *opt, const struct view *view, bool hooks);

#endif

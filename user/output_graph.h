/* SPDX-License-Identifier: GPL-2.0-only */
/* A view as a graph in Graphviz's language. */
#ifndef VB_OUTPUT_GRAPH_H
#define VB_OUTPUT_GRAPH_H

#include "far_end.h"
#include "view.h"

/*
 * here names the panel's namespace. far has an entry for each end, those of the first pair first:
 * the other end of the device, a veth or netkit; without a name where there is none. Returns the
 * exit status.
 */
int output_graph(const struct view *view, const struct far_end *far, const char *here);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A view as a graph in Graphviz's language. */
#ifndef VB_OUTPUT_GRAPH_H
#define VB_OUTPUT_GRAPH_H

#include "view.h"

/* here names the panel's namespace. Returns the exit status. */
int output_graph(const struct view *view, const char *here);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A view as metrics: what a textfile collector reads, or strict OpenMetrics. */
#ifndef VB_OUTPUT_METRICS_H
#define VB_OUTPUT_METRICS_H

#include <stdbool.h>
#include "view.h"

/*
 * The two formats differ in how a counter is announced: Prometheus's own, which its textfile
 * collector reads, by the name of its samples; OpenMetrics without their "_total", and with an end
 * mark. Returns the exit status.
 */
int output_metrics(const struct view *view, bool openmetrics);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Which frames are wanted: an expression as tcpdump takes it (pcap-filter(7)). */
#ifndef VB_FILTER_H
#define VB_FILTER_H

#include <stdbool.h>
#include <stdint.h>
#include "fault.h"

struct filter;

/* 0, or -EINVAL with a fault that says what is wrong with the expression. filter_free() if 0. */
int filter_compile(const char *expression, uint32_t snaplen, struct filter **ret, struct fault *f);
void filter_free(struct filter *filter);

/* Whether an Ethernet frame of len bytes is wanted, as far as its first caplen tell. */
bool filter_wants(const struct filter *filter, const void *frame, uint32_t len, uint32_t caplen);

#endif

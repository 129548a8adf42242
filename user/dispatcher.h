/* SPDX-License-Identifier: GPL-2.0-only */
/* What libxdp's dispatcher of a device keeps in the BPF file system. */
#ifndef VB_DISPATCHER_H
#define VB_DISPATCHER_H

#include <stdint.h>

/*
 * Takes away the pins of a dispatcher of which the device is gone. libxdp never does by itself:
 * they would keep its programs and their maps alive until the machine is restarted. Known by a
 * program that ran on no device of that ifindex but ours: another namespace may have one with the
 * same.
 */
void dispatcher_forget(uint32_t ifindex, uint32_t prog_id);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this process may do. It runs as root and works with a few capabilities; docs/security.md
 * names the kernel call that asks for each.
 */
#ifndef VB_PRIVILEGE_H
#define VB_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/capability.h>
#include "fault.h"

/* Sets of capabilities, a bit each: PRIVILEGE(BPF) | PRIVILEGE(NET_ADMIN). */
#define PRIVILEGE(name) (UINT64_C(1) << CAP_##name)

/*
 * Refuses a process that does not run as who started it. A setuid bit would give every user what
 * only root may do: a cable takes any device's traffic to any other one.
 */
int privilege_refuse_setuid(struct fault *f);

/*
 * Keeps these capabilities, of those that this process has, and gives up all others for good: they
 * leave the bounding set too, where this process may change it (CAP_SETPCAP), and no program that
 * it would run could gain any (no_new_privs).
 */
int privilege_limit(uint64_t keep, struct fault *f);

/* Whether this process has it. CAP_SYS_ADMIN will do in the place of CAP_BPF and CAP_PERFMON. */
bool privilege_has(cap_value_t cap);

/* The same; without it -EPERM, with a fault: "missing privilege: CAP_… is needed <why>". */
int privilege_need(cap_value_t cap, const char *why, struct fault *f);

/* To look at the state of cables and to change maps and devices. Also refuses who is not root. */
int privilege_check(struct fault *f);

/* To load programs, besides: kernels before 6.2 need CAP_SYS_ADMIN. */
int privilege_check_load(struct fault *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What this kernel can do, found out by trying. */
#ifndef VB_CHECK_KERNEL_H
#define VB_CHECK_KERNEL_H

#include "check.h"

/* Fills all but CHECK_PRIVILEGES and trouble. What may not be tried counts as not there. */
void check_kernel(struct check_kernel *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes into UTF-8, which JSON must be while a device's name may be of any bytes. */
#ifndef VB_UTF8_H
#define VB_UTF8_H

#include <stddef.h>

/*
 * Copies from to buf, each byte that is no part of a UTF-8 character becoming U+FFFD. What does not
 * fit is left out, a character as a whole: 3 * strlen(from) + 1 bytes hold everything. Returns the
 * length.
 */
size_t utf8_clean(const char *from, char *buf, size_t size);

#endif

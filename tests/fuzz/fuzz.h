/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzzing targets share: input as a stream of bytes, and checks that stay. */
#ifndef VB_FUZZ_H
#define VB_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: must be: %s\n", __FILE__, __LINE__, #condition);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct input {
	const uint8_t *data;
	size_t left;
};

/* Fills to with the next bytes, with zeroes when there are no more. */
static inline void input_take(struct input *in, void *to, size_t bytes)
{
	size_t there = bytes < in->left ? bytes : in->left;

	memset(to, 0, bytes);
	memcpy(to, in->data, there);
	in->data += there;
	in->left -= there;
}

static inline uint8_t input_byte(struct input *in)
{
	uint8_t byte;

	input_take(in, &byte, 1);
	return byte;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What went wrong, told once. The layers below the commands fill a fault and return its negative
 * errno; they print nothing. The command prints it.
 */
#ifndef VB_FAULT_H
#define VB_FAULT_H

#include <stdbool.h>
#include <stdio.h>

struct fault {
	int err;	/* errno, positive; 0: none */
	char what[384]; /* the action, the device, the cause */
	char hint[384]; /* what to do about it; may be empty */
};

/*
 * Sets the fault, unless f is NULL or holds one already: the first cause is the true one.
 * fault_set() gives the cause in fmt; fault_errno() appends ": " and strerror(err).
 * Both return -err, for `return fault_set(…)`. err is positive.
 */
int fault_set(struct fault *f, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int fault_errno(struct fault *f, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds what to do, if there is a fault with no hint yet. */
void fault_hint(struct fault *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "<fmt>: " before what the layer below said, if there is a fault. */
void fault_context(struct fault *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * From now on messages begin with this place, "vethbpf: FILE:LINE: …", until file is NULL. The
 * string must last as long.
 */
void fault_place(const char *file, unsigned int line);

/* Where messages go from now on; NULL: stderr, as at first. */
void fault_redirect(FILE *to);

/* Writes what every message begins with: "vethbpf: ", and the place if there is one. Returns where
 * the rest of it goes. */
FILE *fault_begin(void);

/* Prints it as "vethbpf: <what>" and, on a line of its own, the hint. */
void fault_print(const struct fault *f);

/* The same as "vethbpf: warning: <what>": it was done, but not quite as it was asked for. */
void fault_print_warning(const struct fault *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the command line into values. Pure: nothing is looked up and nothing printed. */
#ifndef VB_PARSE_H
#define VB_PARSE_H

#include <stddef.h>
#include <stdint.h>
#include "plan.h"

/* A cursor over the arguments of a command. */
struct args {
	int left;
	char **next;
};

/* The next word and on; NULL at the end. */
const char *args_take(struct args *args);

/* Takes the next word if it is exactly this keyword. */
bool args_take_keyword(struct args *args, const char *keyword);

/*
 * Takes the next word if it begins with a digit: 1 and the number, which is from 1 to UINT32_MAX; 0
 * if it begins otherwise or there is none; -EINVAL, nothing taken, for a number that is no such.
 */
int args_take_number(struct args *args, uint32_t *ret);

/*
 * NULL if name can be a device's (dev_valid_name() in net/core/dev.c: 1 to 15 bytes, no '/', ':'
 * or white space, not "." or ".."), else what is wrong with it, to follow the name.
 */
const char *parse_device_name(const char *name);

/*
 * NULL if word is an address that an Ethernet device can have, 02:00:00:00:00:01, else what is
 * wrong with it, to follow the word. ret is six bytes.
 */
const char *parse_address(const char *word, uint8_t *ret);

/* 0, or -EINVAL for a word that is no decimal number or too large a one. */
int parse_u32(const char *word, uint32_t *ret);

/* Seconds from 0.1 to 86400, as "2" or "0.5"; 0, or -EINVAL for a word that is no such number. */
int parse_seconds(const char *word, double *ret);

/* 0, or -EINVAL for a word that is none. */
int parse_side(const char *word, enum vb_side *ret);
int parse_datapath(const char *word, enum plan_datapath *ret);

#endif

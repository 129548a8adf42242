/* SPDX-License-Identifier: GPL-2.0-only */
/* Building JSON out of what the kernel tells, in which a name may be of any bytes. */
#ifndef VB_JSON_BUILD_H
#define VB_JSON_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

/* Bytes that are no UTF-8 become U+FFFD. */
struct json_object *json_string(const char *value);

void json_add(struct json_object *to, const char *key, struct json_object *value);
void json_add_string(struct json_object *to, const char *key, const char *value);
void json_add_int(struct json_object *to, const char *key, uint64_t value);
void json_add_bool(struct json_object *to, const char *key, bool value);
/* With at most three digits after the point. */
void json_add_number(struct json_object *to, const char *key, double value);

/* Prints it to standard output, with a line's end, and puts it. */
void json_print(struct json_object *json, bool pretty);

#endif

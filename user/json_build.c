// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "json_build.h"
#include "utf8.h"

struct json_object *json_string(const char *value)
{
	char text[1024];

	utf8_clean(value, text, sizeof(text));
	return json_object_new_string(text);
}

void json_add(struct json_object *to, const char *key, struct json_object *value)
{
	json_object_object_add(to, key, value);
}

void json_add_string(struct json_object *to, const char *key, const char *value)
{
	json_add(to, key, json_string(value));
}

void json_add_int(struct json_object *to, const char *key, uint64_t value)
{
	json_add(to, key, json_object_new_uint64(value));
}

void json_add_bool(struct json_object *to, const char *key, bool value)
{
	json_add(to, key, json_object_new_boolean(value));
}

void json_add_number(struct json_object *to, const char *key, double value)
{
	char text[48];

	snprintf(text, sizeof(text), "%.3f", value);
	json_add(to, key, json_object_new_double_s(value, text));
}

void json_print(struct json_object *json, bool pretty)
{
	int how = pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;

	puts(json_object_to_json_string_ext(json, how | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

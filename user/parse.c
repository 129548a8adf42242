// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

const char *args_take(struct args *args)
{
	if (args->left <= 0)
		return NULL;
	args->left--;
	return *args->next++;
}

bool args_take_keyword(struct args *args, const char *keyword)
{
	if (args->left <= 0 || strcmp(*args->next, keyword) != 0)
		return false;
	args_take(args);
	return true;
}

int args_take_number(struct args *args, uint32_t *ret)
{
	unsigned long number;
	char *end;

	if (args->left <= 0 || !isdigit((unsigned char)**args->next))
		return 0;
	errno = 0;
	number = strtoul(*args->next, &end, 10);
	if (errno || *end || !number || number > UINT32_MAX)
		return -EINVAL;
	*ret = (uint32_t)number;
	args_take(args);
	return 1;
}

const char *parse_device_name(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= IFNAMSIZ)
		return "is too long: a device name has at most 15 characters";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "cannot be a device name";
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return "has a character that a device name cannot have";
	return NULL;
}

const char *parse_address(const char *word, uint8_t *ret)
{
	uint8_t address[6], any = 0;
	const char *at = word;

	for (int i = 0; i < 6; i++) {
		char *end;
		unsigned long byte = isxdigit((unsigned char)*at) ? strtoul(at, &end, 16) : 256;

		if (byte > 255 || end - at > 2 || *end != (i < 5 ? ':' : '\0'))
			return "is not six bytes like 02:00:00:00:00:01";
		at = end + 1;
		address[i] = (uint8_t)byte;
		any |= address[i];
	}
	if (address[0] & 1)
		return "is a group's, and a device cannot have it";
	if (!any)
		return "is no device's";
	memcpy(ret, address, sizeof(address));
	return NULL;
}

int parse_u32(const char *word, uint32_t *ret)
{
	unsigned long long number;
	char *end;

	if (!isdigit((unsigned char)*word) || strlen(word) > 10)
		return -EINVAL;
	number = strtoull(word, &end, 10);
	if (*end || number > UINT32_MAX)
		return -EINVAL;
	*ret = (uint32_t)number;
	return 0;
}

int parse_seconds(const char *word, double *ret)
{
	double number;
	char *end;

	/* No signs, exponents, hexadecimals, infinities. */
	if (!isdigit((unsigned char)*word) || strspn(word, "0123456789.") != strlen(word))
		return -EINVAL;
	number = strtod(word, &end);
	if (*end || number < 0.1 || number > 86400)
		return -EINVAL;
	*ret = number;
	return 0;
}

int parse_side(const char *word, enum vb_side *ret)
{
	if (!strcmp(word, "stack"))
		*ret = VB_SIDE_STACK;
	else if (!strcmp(word, "wire"))
		*ret = VB_SIDE_WIRE;
	else
		return -EINVAL;
	return 0;
}

int parse_datapath(const char *word, enum plan_datapath *ret)
{
	if (!strcmp(word, "auto"))
		*ret = PLAN_AUTO;
	else if (!strcmp(word, "tc"))
		*ret = PLAN_TC;
	else if (!strcmp(word, "peer"))
		*ret = PLAN_PEER;
	else if (!strcmp(word, "xdp"))
		*ret = PLAN_XDP;
	else
		return -EINVAL;
	return 0;
}

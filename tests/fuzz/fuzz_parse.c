// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device names, against a second opinion: dev_valid_name() in the kernel's words. Every other word
 * that is understood is understood in one spelling only.
 */
#include <ctype.h>
#include "fuzz.h"
#include "parse.h"

static bool can_be_a_name(const char *s)
{
	size_t len = strnlen(s, IFNAMSIZ);

	return len > 0 && len < IFNAMSIZ && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       strcspn(s, "/: \t\n\v\f\r") == len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word = strndup((const char *)data, size);
	enum plan_datapath datapath;
	enum vb_side side;

	must(!parse_device_name(word) == can_be_a_name(word));
	if (!parse_side(word, &side))
		must(!strcmp(word, plan_side_name((uint8_t)side)));
	if (!parse_datapath(word, &datapath))
		must(!strcmp(word, (const char *const[]){"auto", "tc", "peer", "xdp"}[datapath]));
	free(word);
	return 0;
}

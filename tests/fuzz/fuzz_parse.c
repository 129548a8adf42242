// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device names, against a second opinion: dev_valid_name() in the kernel's words. Addresses and
 * numbers: what is understood, written again, is understood as the same. Every other word that is
 * understood is understood in one spelling only.
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

/* Six bytes in hexadecimal, of one digit or two, with a colon between each two. */
static bool looks_like_an_address(const char *s)
{
	int colons = 0, digits = 0;

	for (; *s; s++) {
		if (*s == ':' && digits) {
			colons++;
			digits = 0;
		} else if (!isxdigit((unsigned char)*s) || ++digits > 2) {
			return false;
		}
	}
	return colons == 5 && digits;
}

static void try_address(const char *word)
{
	uint8_t address[6], again[6];
	char written[18];

	if (parse_address(word, address))
		return;
	must(looks_like_an_address(word));
	must(!(address[0] & 1));
	snprintf(written, sizeof(written), "%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1],
		 address[2], address[3], address[4], address[5]);
	must(!parse_address(written, again));
	must(!memcmp(address, again, sizeof(address)));
}

static void try_numbers(char *word)
{
	struct args args = {1, &word};
	uint32_t number, again;
	double seconds;
	char written[32];
	int taken;

	if (!parse_u32(word, &number)) {
		snprintf(written, sizeof(written), "%u", number);
		must(!parse_u32(written, &again) && again == number);
		/* Leading zeroes are all that may have been written otherwise. */
		must(!strcmp(word + strspn(word, "0"), written + strspn(written, "0")));
	}
	taken = args_take_number(&args, &again);
	must(args.left == (taken == 1 ? 0 : 1));
	must(taken != 1 ||
	     (again && !parse_u32(word + strspn(word, "0"), &number) && number == again));
	if (!parse_seconds(word, &seconds))
		must(seconds >= 0.1 && seconds <= 86400);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word = strndup((const char *)data, size);
	enum plan_datapath datapath;
	enum vb_side side;

	must(!parse_device_name(word) == can_be_a_name(word));
	try_address(word);
	try_numbers(word);
	if (!parse_side(word, &side))
		must(!strcmp(word, plan_side_name((uint8_t)side)));
	if (!parse_datapath(word, &datapath))
		must(!strcmp(word, (const char *const[]){"auto", "tc", "peer", "xdp"}[datapath]));
	free(word);
	return 0;
}

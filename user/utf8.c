// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>
#include "utf8.h"

/*
 * The length of the character at s, 0 if there is none. Not one: a character written longer than
 * need be, a surrogate, a number beyond U+10FFFF (RFC 3629).
 */
static size_t char_length(const unsigned char *s)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t number = s[0] & (0x7fU >> length);

	if (length < 2)
		return length;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		number = number << 6 | (s[i] & 0x3f);
	}
	if (s[0] > 0xf4 || number < least[length] || number > 0x10ffff || number >> 11 == 0x1b)
		return 0;
	return length;
}

size_t utf8_clean(const char *from, char *buf, size_t size)
{
	size_t len = 0;

	while (*from) {
		size_t bytes = char_length((const unsigned char *)from);
		size_t room = bytes ?: 3;

		if (len + room >= size)
			break;
		memcpy(buf + len, bytes ? from : "\xef\xbf\xbd", room);
		len += room;
		from += bytes ?: 1;
	}
	buf[len] = '\0';
	return len;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include "pcapng.h"

enum block_type {
	BLOCK_SECTION = 0x0A0D0D0A,
	BLOCK_INTERFACE = 1,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
};

enum option {
	OPT_END = 0,
	SHB_OS = 3,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
	EPB_FLAGS = 2,
	EPB_VERDICT = 7,
	ISB_STARTTIME = 2,
	ISB_ENDTIME = 3,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5,
	ISB_FILTERACCEPT = 6,
};

#define BYTE_ORDER_MAGIC  0x1A2B3C4D
#define LINKTYPE_ETHERNET 1
#define NANOSECONDS	  9 /* if_tsresol: ten to the power of minus that */
#define STRING_MAX	  255

/* What stands in a block beside a packet's own bytes: its head, then its options. */
struct block {
	size_t len;
	uint8_t bytes[2 * (STRING_MAX + 8) + 128];
};

static const struct block nothing;

static void put(struct block *b, const void *bytes, size_t len)
{
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	while (b->len % 4)
		b->bytes[b->len++] = 0;
}

static void put_u32(struct block *b, uint32_t value)
{
	put(b, &value, sizeof(value));
}

static void put_option(struct block *b, enum option code, const void *value, size_t len)
{
	put_u32(b, (uint32_t)code | (uint32_t)len << 16);
	put(b, value, len);
}

static void put_string(struct block *b, enum option code, const char *string)
{
	put_option(b, code, string, strnlen(string, STRING_MAX));
}

static void put_u64(struct block *b, enum option code, uint64_t value)
{
	put_option(b, code, &value, sizeof(value));
}

/* A time in an option or packet: the upper half first, whatever the byte order. */
static void put_time(struct block *b, uint64_t time)
{
	put_u32(b, time >> 32);
	put_u32(b, (uint32_t)time);
}

static void put_time_option(struct block *b, enum option code, uint64_t time)
{
	put_u32(b, (uint32_t)code | 8U << 16);
	put_time(b, time);
}

/* Type, length, head, data (padded to four bytes), tail, and the length once more. */
static int write_block(FILE *to, enum block_type type, const struct block *head, const void *data,
		       uint32_t data_len, const struct block *tail)
{
	static const uint8_t padding[3];
	uint32_t pad = -data_len % 4, tail_len = (uint32_t)tail->len;
	uint32_t len = 12 + (uint32_t)head->len + data_len + pad + tail_len;
	uint32_t begin[] = {type, len};

	bool written = fwrite(begin, sizeof(begin), 1, to) == 1 &&
		       fwrite(head->bytes, head->len, 1, to) == 1 &&
		       fwrite(data, 1, data_len, to) == data_len &&
		       fwrite(padding, 1, pad, to) == pad &&
		       (!tail_len || fwrite(tail->bytes, tail_len, 1, to) == 1) &&
		       fwrite(&len, sizeof(len), 1, to) == 1;

	return written ? 0 : -errno;
}

int pcapng_section(FILE *to, const char *os, const char *program)
{
	struct block b = {0};

	put_u32(&b, BYTE_ORDER_MAGIC);
	put_u32(&b, 1); /* version 1.0 */
	put_u32(&b, 0xffffffff);
	put_u32(&b, 0xffffffff); /* a section of unknown length */
	put_string(&b, SHB_OS, os);
	put_string(&b, SHB_USERAPPL, program);
	put_u32(&b, OPT_END);
	return write_block(to, BLOCK_SECTION, &b, "", 0, &nothing);
}

int pcapng_interface(FILE *to, const char *name, const char *description, uint32_t snaplen)
{
	const uint8_t resolution = NANOSECONDS;
	struct block b = {0};

	put_u32(&b, LINKTYPE_ETHERNET);
	put_u32(&b, snaplen);
	put_string(&b, IF_NAME, name);
	put_string(&b, IF_DESCRIPTION, description);
	put_option(&b, IF_TSRESOL, &resolution, sizeof(resolution));
	put_u32(&b, OPT_END);
	return write_block(to, BLOCK_INTERFACE, &b, "", 0, &nothing);
}

int pcapng_packet(FILE *to, const struct pcapng_packet *packet)
{
	const uint32_t flags = packet->direction;
	struct block head = {0}, tail = {0};
	uint8_t verdict[9] = {packet->hook};

	memcpy(verdict + 1, &packet->verdict, sizeof(packet->verdict));
	put_u32(&head, packet->interface);
	put_time(&head, packet->time);
	put_u32(&head, packet->caplen);
	put_u32(&head, packet->len);
	put_option(&tail, EPB_FLAGS, &flags, sizeof(flags));
	if (packet->hook)
		put_option(&tail, EPB_VERDICT, verdict, sizeof(verdict));
	put_u32(&tail, OPT_END);
	return write_block(to, BLOCK_PACKET, &head, packet->bytes, packet->caplen, &tail);
}

int pcapng_statistics(FILE *to, const struct pcapng_statistics *statistics)
{
	struct block b = {0};

	put_u32(&b, statistics->interface);
	put_time(&b, statistics->ended);
	put_time_option(&b, ISB_STARTTIME, statistics->begun);
	put_time_option(&b, ISB_ENDTIME, statistics->ended);
	put_u64(&b, ISB_IFRECV, statistics->received);
	put_u64(&b, ISB_IFDROP, statistics->dropped);
	put_u64(&b, ISB_FILTERACCEPT, statistics->accepted);
	put_u32(&b, OPT_END);
	return write_block(to, BLOCK_STATISTICS, &b, "", 0, &nothing);
}

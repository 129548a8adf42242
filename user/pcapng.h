/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), written to a stream in host byte order, as
 * the format allows. Pure but for that stream. All return 0, or -errno if the stream took less.
 */
#ifndef VB_PCAPNG_H
#define VB_PCAPNG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The section: what was captured on, and by what. The first block. */
int pcapng_section(FILE *to, const char *os, const char *program);

/* An interface: Ethernet, times in nanoseconds. They count from 0 in the order of writing. */
int pcapng_interface(FILE *to, const char *name, const char *description, uint32_t snaplen);

enum pcapng_direction {
	PCAPNG_INBOUND = 1,
	PCAPNG_OUTBOUND = 2,
};

/* By which hook's rules a verdict is to be read: epb_verdict, option 7 of a packet. */
enum pcapng_hook {
	PCAPNG_NONE, /* no verdict is known */
	PCAPNG_TC = 1,
	PCAPNG_XDP = 2,
};

struct pcapng_packet {
	uint32_t interface;
	enum pcapng_direction direction;
	uint64_t time; /* CLOCK_REALTIME, ns */
	uint32_t len;  /* on the wire */
	uint32_t caplen;
	const void *bytes; /* caplen of them, borrowed */
	enum pcapng_hook hook;
	int64_t verdict;
};

int pcapng_packet(FILE *to, const struct pcapng_packet *packet);

struct pcapng_statistics {
	uint32_t interface;
	uint64_t begun, ended; /* CLOCK_REALTIME, ns */
	uint64_t received;     /* all packets there were */
	uint64_t dropped;      /* of them, those that could not be captured */
	uint64_t accepted;     /* by the filter */
};

int pcapng_statistics(FILE *to, const struct pcapng_statistics *statistics);

#endif

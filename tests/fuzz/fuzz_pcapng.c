// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever interfaces and packets there are, and in whatever order they are captured: they come out
 * in the order of time, and libpcap reads every one of them back as it was.
 */
#include <pcap/pcap.h>
#include "fuzz.h"
#include "pcapng.h"
#include "reorder.h"

#define PACKETS_MAX 64
#define BYTES_MAX   256

static struct reorder waiting;
static FILE *to;
static __u64 latest;
static struct seen {
	__u32 caplen, len;
	__u64 time;
	uint8_t bytes[BYTES_MAX];
} seen[PACKETS_MAX];
static unsigned int count;

static int write_packet(const struct vb_cap *cap, void *data)
{
	const struct pcapng_packet packet = {
		.interface = cap->end,
		.direction = cap->end ? PCAPNG_INBOUND : PCAPNG_OUTBOUND,
		.time = cap->time,
		.len = cap->len,
		.caplen = cap->bytes,
		.bytes = cap + 1,
		.hook = cap->hook,
		.verdict = cap->verdict,
	};
	struct seen *one = &seen[count++];

	(void)data;
	must(cap->time >= latest);
	latest = cap->time;
	*one = (struct seen){.caplen = cap->bytes, .len = cap->len, .time = cap->time};
	memcpy(one->bytes, cap + 1, cap->bytes);
	must(!pcapng_packet(to, &packet));
	return 0;
}

static void take_packets(struct input *in)
{
	struct {
		struct vb_cap cap;
		uint8_t bytes[BYTES_MAX];
	} frame;

	for (int i = 0; i < PACKETS_MAX && in->left; i++) {
		frame.cap = (struct vb_cap){
			.bytes = input_byte(in),
			.end = input_byte(in) % 2,
			.hook = input_byte(in) % 3,
			.verdict = (int8_t)input_byte(in),
			/* Times that libpcap can tell, and many that are the same. */
			.time = (__u64)input_byte(in) << (input_byte(in) % 32),
		};
		frame.cap.len = frame.cap.bytes + input_byte(in);
		input_take(in, frame.bytes, frame.cap.bytes);
		must(!reorder_keep(&waiting, &frame.cap));
	}
	must(!reorder_take(&waiting, UINT64_MAX, write_packet, NULL));
	must(!waiting.count);
}

static void read_back(char *file, size_t size)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *bytes;
	pcap_t *pcap;

	pcap = pcap_fopen_offline_with_tstamp_precision(fmemopen(file, size, "r"),
							PCAP_TSTAMP_PRECISION_NANO, error);
	must(pcap);
	for (unsigned int i = 0; i < count; i++) {
		must(pcap_next_ex(pcap, &header, &bytes) == 1);
		must(header->caplen == seen[i].caplen && header->len == seen[i].len);
		must((__u64)header->ts.tv_sec * 1000000000 + (__u64)header->ts.tv_usec ==
		     seen[i].time);
		must(!memcmp(bytes, seen[i].bytes, header->caplen));
	}
	must(pcap_next_ex(pcap, &header, &bytes) == PCAP_ERROR_BREAK);
	pcap_close(pcap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	char name[300] = {0}, *file = NULL;
	size_t file_size = 0;

	count = 0;
	latest = 0;
	to = open_memstream(&file, &file_size);
	must(to);
	input_take(&in, name, input_byte(&in));
	must(!pcapng_section(to, name, name));
	for (int i = 0; i < 2; i++)
		must(!pcapng_interface(to, name, name, 65535));
	take_packets(&in);
	must(!pcapng_statistics(to,
				&(struct pcapng_statistics){.interface = 1, .received = count}));
	must(!fclose(to));
	read_back(file, file_size);
	reorder_free(&waiting);
	free(file);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* The blocks of a pcapng file, read back by libpcap, and byte for byte where libpcap does not look.
 */
#include <errno.h>
#include <pcap/pcap.h>
#include "pcapng.h"
#include "unit.h"

static char *file;
static size_t size;
static FILE *to;

static int setup(void **state)
{
	(void)state;
	to = open_memstream(&file, &size);
	assert_non_null(to);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (to)
		fclose(to);
	free(file);
	file = NULL;
	return 0;
}

static void begin(void)
{
	assert_int_equal(pcapng_section(to, "Linux 6.18", "vethbpf"), 0);
	assert_int_equal(pcapng_interface(to, "eth-a", "wire end, cabled to tap-b", 1500), 0);
	assert_int_equal(pcapng_interface(to, "tap-b", "", 1500), 0);
}

static void packets_are_read_back(void **state)
{
	const uint64_t time = 1700000000123456789;
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *bytes;
	uint8_t frame[70];
	pcap_t *pcap;

	(void)state;
	begin();
	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)i;
	/* Every remainder of four: a packet's bytes are padded to that. */
	for (uint32_t len = 60; len < 70; len++) {
		const struct pcapng_packet packet = {
			.interface = len % 2,
			.direction = PCAPNG_INBOUND,
			.time = time + len,
			.len = len + 1000,
			.caplen = len,
			.bytes = frame,
			.hook = PCAPNG_TC,
			.verdict = 7,
		};

		assert_int_equal(pcapng_packet(to, &packet), 0);
	}
	assert_int_equal(pcapng_statistics(to, &(struct pcapng_statistics){.received = 10}), 0);
	fflush(to);

	pcap = pcap_fopen_offline_with_tstamp_precision(fmemopen(file, size, "r"),
							PCAP_TSTAMP_PRECISION_NANO, error);
	assert_non_null(pcap);
	for (uint32_t len = 60; len < 70; len++) {
		assert_int_equal(pcap_next_ex(pcap, &header, &bytes), 1);
		assert_int_equal(header->caplen, len);
		assert_int_equal(header->len, len + 1000);
		assert_int_equal(header->ts.tv_sec, time / 1000000000);
		assert_int_equal(header->ts.tv_usec, (time + len) % 1000000000);
		assert_memory_equal(bytes, frame, len);
	}
	assert_int_equal(pcap_next_ex(pcap, &header, &bytes), PCAP_ERROR_BREAK);
	pcap_close(pcap);
}

static void a_packet_byte_for_byte(void **state)
{
	const struct pcapng_packet packet = {
		.interface = 1,
		.direction = PCAPNG_OUTBOUND,
		.time = 0x1122334455667788,
		.len = 100,
		.caplen = 3,
		.bytes = "abc",
		.hook = PCAPNG_XDP,
		.verdict = 4,
	};
	const uint32_t expected[] = {
		6, 64,		 1,	0x11223344, 0x55667788, 3, 100, 0x00636261, 4U << 16 | 2,
		2, 9U << 16 | 7, 0x402, 0,	    0,		0, 64,
	};

	(void)state;
	assert_int_equal(pcapng_packet(to, &packet), 0);
	fflush(to);
	assert_int_equal(size, sizeof(expected));
	assert_memory_equal(file, expected, sizeof(expected));
}

static void without_a_verdict_there_is_no_such_option(void **state)
{
	const struct pcapng_packet packet = {.direction = PCAPNG_INBOUND, .bytes = ""};
	const uint32_t expected[] = {6, 44, 0, 0, 0, 0, 0, 4U << 16 | 2, 1, 0, 44};

	(void)state;
	assert_int_equal(pcapng_packet(to, &packet), 0);
	fflush(to);
	assert_int_equal(size, sizeof(expected));
	assert_memory_equal(file, expected, sizeof(expected));
}

static void long_names_are_cut(void **state)
{
	char name[1000], error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(pcapng_section(to, name, name), 0);
	assert_int_equal(pcapng_interface(to, name, name, 64), 0);
	fflush(to);
	pcap = pcap_fopen_offline(fmemopen(file, size, "r"), error);
	assert_non_null(pcap);
	assert_int_equal(pcap_snapshot(pcap), 64);
	assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
	pcap_close(pcap);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "we");
	int err = 0;

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	err = pcapng_section(full, "", "");
	fclose(full);
	assert_int_equal(err, -ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packets_are_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_packet_byte_for_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(without_a_verdict_there_is_no_such_option, setup,
						teardown),
		cmocka_unit_test_setup_teardown(long_names_are_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(a_full_disk_is_told, setup, teardown),
	};

	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}

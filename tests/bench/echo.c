// SPDX-License-Identifier: GPL-2.0-only
/*
 * echo ADDRESS COUNT
 *
 * Pings (ICMP, IPv4) that follow each other at once, as `ping -f` sends them, which tells whole
 * microseconds only. As there, a round trip begins before the call that sends, and ends when the
 * kernel receives the answer (SO_TIMESTAMPNS). The other end's kernel answers by itself, mostly
 * within the call that sends: so the median stands firm on a busy machine. Prints {"median":
 * NANOSECONDS, "p99": NANOSECONDS}.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#define PAYLOAD	  56 /* as ping has it */
#define COUNT_MAX 1000000

struct ping {
	struct icmphdr head;
	uint8_t payload[PAYLOAD];
};

static void fail(const char *what)
{
	fprintf(stderr, "echo: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint16_t checksum(const struct ping *ping)
{
	uint16_t words[sizeof(*ping) / 2];
	uint32_t sum = 0;

	memcpy(words, ping, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

static uint64_t as_ns(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return as_ns(&t);
}

/* Reads a packet; when the kernel received it. */
static uint64_t receive(int fd, void *to, size_t size)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct iovec data = {to, size};
	struct msghdr msg = {.msg_iov = &data,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof(control)};
	struct timespec at;

	if (recvmsg(fd, &msg, 0) < 0)
		fail("no answer");
	if (!CMSG_FIRSTHDR(&msg) || CMSG_FIRSTHDR(&msg)->cmsg_type != SO_TIMESTAMPNS)
		fail("no time of receipt");
	memcpy(&at, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(at));
	return as_ns(&at);
}

/* Nanoseconds to the answer with this number; none within the socket's time is a failure. */
static uint64_t round_trip(int fd, uint16_t number)
{
	struct ping ping = {.head = {.type = ICMP_ECHO}};
	uint8_t answer[20 + sizeof(ping)]; /* behind an IP header */
	uint64_t begun, ended;

	ping.head.un.echo.id = htons((uint16_t)getpid());
	ping.head.un.echo.sequence = htons(number);
	ping.head.checksum = checksum(&ping);
	begun = now();
	if (send(fd, &ping, sizeof(ping), 0) != sizeof(ping))
		fail("send");
	do
		ended = receive(fd, answer, sizeof(answer));
	while (memcmp(answer + 20 + 4, &ping.head.un.echo, sizeof(ping.head.un.echo)) != 0);
	return ended > begun ? ended - begun : 0;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct icmp_filter only = {.data = ~(1U << ICMP_ECHOREPLY)};
	struct timeval patience = {.tv_sec = 5};
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	uint64_t *took;
	int fd, on = 1;

	if (count < 1 || count > COUNT_MAX || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: echo ADDRESS COUNT\n");
		return 2;
	}
	fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (fd < 0 || setsockopt(fd, SOL_RAW, ICMP_FILTER, &only, sizeof(only)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail(argv[1]);
	took = calloc((size_t)count, sizeof(*took));
	if (!took)
		fail("remember");
	for (long i = 0; i < count; i++)
		took[i] = round_trip(fd, (uint16_t)i);
	qsort(took, (size_t)count, sizeof(*took), by_size);
	printf("{\"median\": %llu, \"p99\": %llu}\n", (unsigned long long)took[count / 2],
	       (unsigned long long)took[count * 99 / 100]);
	free(took);
	return EXIT_SUCCESS;
}

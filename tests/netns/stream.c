// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends numbered frames on one device until SIGTERM, and tells which of them came out at others,
 * and how often. A BPF program at each receiver notes every number, so none is missed there; and
 * never are more on the way than the smallest queue holds, so none is lost for want of room.
 *
 * usage: stream OBJECT NETNS/DEVICE NETNS/DEVICE...	OBJECT: stream.bpf.c, compiled
 * Prints "sent N lost N doubled N", and "got N" for each receiver. Status 1 if any is lost or
 * doubled.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "stream.h"

#define PER_SECOND 100000
#define BURST	   20
#define ON_THE_WAY 128
#define RECEIVERS  4

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Goes to the namespace of NETNS/DEVICE; the ifindex there. */
static int enter(const char *place)
{
	char path[128];
	int fd, ifindex;

	snprintf(path, sizeof(path), "/run/netns/%.*s", (int)strcspn(place, "/"), place);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
	ifindex = (int)if_nametoindex(strchr(place, '/') + 1);
	if (!ifindex)
		die(place);
	return ifindex;
}

static struct seen *attach(const char *object, const char *place)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = enter(place), .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts);
	struct bpf_object *obj = bpf_object__open_file(object, NULL);
	struct bpf_map *map;
	void *seen;

	if (!obj || bpf_object__load(obj))
		die(object);
	map = bpf_object__find_map_by_name(obj, ".bss");
	seen = mmap(NULL, sizeof(struct seen), PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (seen == MAP_FAILED)
		die("mmap");
	opts.prog_fd = bpf_program__fd(bpf_object__find_program_by_name(obj, "note"));
	if (bpf_tc_hook_create(&hook) || bpf_tc_attach(&hook, &opts))
		die(place);
	return seen;
}

static int open_sender(const char *place)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = enter(place)};
	int on = 1, fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		die(place);
	return fd;
}

static int send_burst(int fd, uint32_t number)
{
	struct numbered frames[BURST][4] = {0}; /* of 96 bytes */
	struct mmsghdr msgs[BURST] = {0};
	struct iovec iov[BURST];
	int sent;

	for (int i = 0; i < BURST; i++) {
		frames[i][0] = (struct numbered){
			.to = {2, 0, 0, 0, 0, 0x22},
			.from = {2, 0, 0, 0, 0, 0x11},
			.type = htons(STREAM_TYPE),
			.number = number + (uint32_t)i,
		};
		iov[i] = (struct iovec){frames[i], sizeof(frames[i])};
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(fd, msgs, BURST, 0);
	if (sent < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
		die("send");
	return sent < 0 ? 0 : sent;
}

static uint64_t received(struct seen *const *seen, int receivers)
{
	uint64_t count = 0;

	for (int i = 0; i < receivers; i++)
		count += __atomic_load_n(&seen[i]->count, __ATOMIC_RELAXED);
	return count;
}

static uint64_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

static void sleep_until(uint64_t at)
{
	struct timespec ts = {(time_t)(at / 1000000000), (long)(at % 1000000000)};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* What has not come in a second does not come any more. */
static uint64_t wait_for_room(struct seen *const *seen, int receivers, uint32_t sent, uint64_t lost)
{
	uint64_t end = now() + 1000000000;

	while (sent - lost - received(seen, receivers) > ON_THE_WAY) {
		if (now() > end)
			return sent - received(seen, receivers);
		sleep_until(now() + 20000);
	}
	return lost;
}

static uint32_t send_all(int fd, struct seen *const *seen, int receivers)
{
	uint64_t due = now(), lost = 0;
	uint32_t sent = 0;

	while (!stopped && sent + BURST < STREAM_MAX) {
		lost = wait_for_room(seen, receivers, sent, lost);
		sent += (uint32_t)send_burst(fd, sent);
		due += BURST * (1000000000ULL / PER_SECOND);
		if (now() < due)
			sleep_until(due);
		else if (now() > due + 200000000)
			due = now(); /* too late to make up for */
	}
	for (int i = 0; i < 100 && received(seen, receivers) < sent; i++)
		sleep_until(now() + 10000000);
	return sent;
}

int main(int argc, char **argv)
{
	struct seen *seen[RECEIVERS];
	int receivers = argc - 3, fd;
	uint64_t lost = 0, doubled = 0, begun, took;
	uint32_t sent;

	if (argc < 4 || receivers > RECEIVERS)
		return 2;
	for (int i = 0; i < receivers; i++)
		seen[i] = attach(argv[1], argv[3 + i]);
	fd = open_sender(argv[2]);
	signal(SIGTERM, stop);
	prctl(PR_SET_TIMERSLACK, 1);
	puts("sending");
	fflush(stdout);
	begun = now();
	sent = send_all(fd, seen, receivers);
	took = now() - begun;
	for (uint32_t n = 0; n < sent; n++) {
		unsigned int times = 0;

		for (int i = 0; i < receivers; i++)
			times += seen[i]->times[n];
		lost += !times;
		doubled += times > 1;
		if (!times && lost <= 10)
			fprintf(stderr, "stream: %u is lost\n", n);
	}
	printf("sent %u lost %llu doubled %llu", sent, (unsigned long long)lost,
	       (unsigned long long)doubled);
	for (int i = 0; i < receivers; i++)
		printf(" got %llu", (unsigned long long)seen[i]->count);
	printf(" (%.0f a second)\n", sent * 1e9 / (double)took);
	return lost || doubled;
}

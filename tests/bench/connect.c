// SPDX-License-Identifier: GPL-2.0-only
/*
 * connect serve ADDRESS PORT		answers until it is killed
 * connect ADDRESS PORT SECONDS	prints how many connections it had one after the other
 *
 * A connection is made, carries one byte each way, and is reset, so that none waits behind it.
 */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/socket.h>

static void fail(const char *what)
{
	fprintf(stderr, "connect: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static void usage(void)
{
	fprintf(stderr, "usage: connect [serve] ADDRESS PORT [SECONDS]\n");
	exit(2);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct addrinfo *resolve(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				 .ai_socktype = SOCK_STREAM},
			*found;

	if (getaddrinfo(address, port, &hints, &found))
		usage();
	return found;
}

static void serve(const struct addrinfo *at)
{
	int on = 1, fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) || listen(fd, 128))
		fail("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		char byte;

		if (peer < 0)
			fail("accept");
		if (read(peer, &byte, 1) == 1 && write(peer, &byte, 1) < 0 && errno != ECONNRESET)
			fail("answer");
		close(peer);
	}
}

static void once(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, 0);
	struct linger reset = {.l_onoff = 1};
	char byte = 0;

	if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen))
		fail("connect");
	if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
		fail("talk");
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned long count = 0;
	struct addrinfo *at;
	double seconds, end;

	if (argc != 4)
		usage();
	if (!strcmp(argv[1], "serve"))
		serve(resolve(argv[2], argv[3]));
	at = resolve(argv[1], argv[2]);
	seconds = strtod(argv[3], NULL);
	for (end = now() + seconds; now() < end; count++)
		once(at);
	printf("%.1f\n", (double)count / seconds);
	freeaddrinfo(at);
	return EXIT_SUCCESS;
}

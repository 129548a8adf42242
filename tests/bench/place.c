// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "place.h"

void give_up(int err, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(err ? abs(err) : errno));
	exit(EXIT_FAILURE);
}

void place_enter(const struct place *place)
{
	if (setns(place->netns, CLONE_NEWNET))
		give_up(0, "enter a network namespace");
}

struct place place_find(const char *text)
{
	const char *dev = strchr(text, ':');
	struct place place = {0};
	struct ifreq req = {0};
	char path[256];
	int sock;

	if (!dev || strlen(dev + 1) >= sizeof(req.ifr_name))
		give_up(EINVAL, text);
	snprintf(path, sizeof(path), "/run/netns/%.*s", (int)(dev - text), text);
	place.netns = open(path, O_RDONLY | O_CLOEXEC);
	if (place.netns < 0)
		give_up(0, path);
	place_enter(&place);
	place.ifindex = if_nametoindex(dev + 1);
	strcpy(req.ifr_name, dev + 1);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!place.ifindex || sock < 0 || ioctl(sock, SIOCGIFHWADDR, &req))
		give_up(0, text);
	memcpy(place.address, req.ifr_hwaddr.sa_data, sizeof(place.address));
	close(sock);
	return place;
}

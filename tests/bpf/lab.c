// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "device.h"
#include "kernel.h"
#include "lab.h"
#include "netns.h"

/* For local experiments (IEEE 802): no stack answers it. */
#define FRAME_PROTO 0x88b5

static const char *const names[LAB_DEVICES] = {
	[A] = "vbua", [A_FAR] = "vbuafar", [B] = "vbub", [B_FAR] = "vbubfar",
	[C] = "vbuc", [C_FAR] = "vbucfar", [D] = "vbud", [D_FAR] = "vbudfar",
};

static void give_up(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Silent devices, with room for large frames, whose veths take what XDP redirects to them (GRO). */
static void make_devices(void)
{
	static const char commands[] =
		"echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6\n"
		"for d in a b c d; do\n"
		"	ip link add vbu$d mtu 9000 type veth peer name vbu${d}far mtu 9000 &&\n"
		"	ip link set vbu$d up && ip link set vbu${d}far up &&\n"
		"	ethtool -K vbu${d}far gro on || exit\n"
		"done\n";

	if (system(commands) != 0)
		give_up("make veth devices (ip, ethtool)");
}

static int open_socket(uint32_t ifindex)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(FRAME_PROTO),
		.sll_ifindex = (int)ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		give_up("open a packet socket");
	return fd;
}

/* Puts d's other end into a namespace of its own, and opens its socket there. */
static void move_d_far(struct lab *lab)
{
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), there;
	char command[128];

	if (here < 0 || unshare(CLONE_NEWNET))
		give_up("make another namespace");
	if (system("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"))
		give_up("turn IPv6 off");
	there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	snprintf(command, sizeof(command), "ip link set %s netns /proc/%d/fd/%d", names[D_FAR],
		 getpid(), there);
	if (there < 0 || setns(here, CLONE_NEWNET) || system(command) || setns(there, CLONE_NEWNET))
		give_up("move a device into another namespace");
	snprintf(command, sizeof(command), "ip link set %s up", names[D_FAR]);
	if (system(command))
		give_up("set up a device in another namespace");
	lab->ifindex[D_FAR] = if_nametoindex(names[D_FAR]);
	lab->sock[D_FAR] = open_socket(lab->ifindex[D_FAR]);
	if (setns(here, CLONE_NEWNET))
		give_up("come back from another namespace");
	close(here);
	close(there);
}

/* On one CPU, what is queued first is dealt with first. */
static void stay_on_this_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		give_up("stay on one CPU");
}

void lab_open(struct lab *lab)
{
	if (unshare(CLONE_NEWNET)) {
		printf("1..0 # SKIP needs root, for a network namespace and BPF\n");
		exit(EXIT_SUCCESS);
	}
	if (!getenv("VETHBPF_DEBUG"))
		libbpf_set_print(NULL);
	stay_on_this_cpu();
	make_devices();
	move_d_far(lab);
	for (int i = 0; i < D_FAR; i++) {
		lab->ifindex[i] = if_nametoindex(names[i]);
		lab->sock[i] = open_socket(lab->ifindex[i]);
	}
	if (netns_cookie(&lab->cookie, NULL))
		give_up("ask for the namespace's cookie");
	lab->has_kern_types = kernel_has_types();
}

void lab_frame(void *frame, size_t bytes)
{
	static const uint8_t head[ETH_HLEN] = {2, 0, 0, 0, 0, 0xbb, 2, 0, 0, 0, 0, 0xaa};
	static unsigned int number;
	uint8_t *at = frame;

	memcpy(at, head, sizeof(head));
	at[12] = FRAME_PROTO >> 8;
	at[13] = FRAME_PROTO & 0xff;
	number++;
	for (size_t i = sizeof(head); i < bytes; i++)
		at[i] = (uint8_t)(i * 7 + number);
}

int lab_send(const struct lab *lab, enum lab_device dev, const void *frame, size_t bytes)
{
	return send(lab->sock[dev], frame, bytes, 0) < 0 ? errno : 0;
}

/*
 * A frame goes over one queue of this CPU for each veth it crosses, two at most: one that goes over
 * the same queue and is received was behind it. Three in turn are behind all of it.
 */
static void settle(const struct lab *lab)
{
	uint8_t marker[ETH_ZLEN], got[ETH_ZLEN];

	for (int i = 0; i < 3; i++) {
		struct pollfd pfd = {.fd = lab->sock[C], .events = POLLIN};

		lab_frame(marker, sizeof(marker));
		if (lab_send(lab, C_FAR, marker, sizeof(marker)))
			fail_msg("a marker was not sent: %s", strerror(errno));
		do {
			if (poll(&pfd, 1, 5000) != 1)
				fail_msg("a marker was lost");
			if (recv(pfd.fd, got, sizeof(got), 0) != sizeof(got))
				fail_msg("a marker came cut short");
		} while (memcmp(got, marker, sizeof(got)) != 0);
	}
}

int lab_received(const struct lab *lab, const void *frame, size_t bytes)
{
	static uint8_t got[2 * LAB_FRAME_MAX];
	int at = -1;

	settle(lab);
	for (int i = 0; i < LAB_DEVICES; i++) {
		ssize_t len;

		while ((len = recv(lab->sock[i], got, sizeof(got), 0)) >= 0) {
			if ((size_t)len != bytes || memcmp(got, frame, bytes) != 0)
				fail_msg("%s received a frame that nobody sent (%zd bytes)",
					 names[i], len);
			if (at >= 0)
				fail_msg("received twice: by %s and %s", names[at], names[i]);
			at = i;
		}
	}
	return at;
}

/* Waits for what the kernel does at leisure about a carrier that came (linkwatch). */
static void wait_until_up(const struct lab *lab, enum lab_device dev)
{
	struct device ends[2] = {{0}};
	struct netlink nl;
	int err = netlink_open(&nl, NETLINK_ROUTE);

	for (int i = 0; !err && i < 5000; i++) {
		err = device_get_index(&nl, lab->ifindex[dev], &ends[0])
			      ?: device_get_index(&nl, lab->ifindex[dev ^ 1], &ends[1]);
		if (!(ends[0].flags & ends[1].flags & IFF_UP) ||
		    (ends[0].operstate == IF_OPER_UP && ends[1].operstate == IF_OPER_UP))
			break;
		usleep(1000);
	}
	netlink_close(&nl);
	if (err || ((ends[0].flags & ends[1].flags & IFF_UP) && ends[0].operstate != IF_OPER_UP))
		fail_msg("%s does not come up", names[dev]);
}

void lab_set(const struct lab *lab, enum lab_device dev, const char *what)
{
	char command[128];

	snprintf(command, sizeof(command), "ip link set %s %s", names[dev], what);
	if (system(command))
		fail_msg("%s", command);
	if (!strcmp(what, "up") && dev != D)
		wait_until_up(lab, dev);
}

void lab_offload(enum lab_device dev, const char *what)
{
	char command[128];

	snprintf(command, sizeof(command), "ethtool -K %s %s >/dev/null", names[dev], what);
	if (system(command))
		fail_msg("%s", command);
}

int lab_send_unfinished(const struct lab *lab, enum lab_device dev, const void *frame, size_t bytes)
{
	/* Behind an IPv4 header, as the kernel wants it (__virtio_net_hdr_to_skb()). */
	struct virtio_net_hdr head = {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
				      .csum_start = ETH_HLEN + 20,
				      .csum_offset = 16};
	struct iovec parts[] = {{&head, sizeof(head)}, {(void *)(uintptr_t)frame, bytes}};
	int fd = open_socket(lab->ifindex[dev]), on = 1, err = 0;

	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		fail_msg("ask for checksums to be left unfinished: %s", strerror(errno));
	if (writev(fd, parts, COUNT(parts)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* The hooks that frames which come to the device, or are sent on it, go over. */
static struct bpf_tc_hook tc_hook(const struct lab *lab, enum lab_device dev,
				  enum bpf_tc_attach_point point)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = (int)lab->ifindex[dev], .attach_point = point);

	return hook;
}

void lab_hook(const struct lab *lab, enum lab_device dev, bool egress, uint32_t priority, int prog)
{
	struct bpf_tc_hook hook = tc_hook(lab, dev, egress ? BPF_TC_EGRESS : BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .handle = 1, .priority = priority);
	int err = bpf_tc_hook_create(&hook);

	err = err == -EEXIST ? 0 : err;
	err = err ?: bpf_tc_attach(&hook, &opts);
	if (err)
		fail_msg("attach by clsact: %s", strerror(-err));
}

void lab_unhook(const struct lab *lab)
{
	for (int i = 0; i < D_FAR; i++) {
		struct bpf_tc_hook hook = tc_hook(lab, i, BPF_TC_INGRESS | BPF_TC_EGRESS);

		bpf_tc_hook_destroy(&hook);
	}
}

int lab_program(const struct bpf_insn *insns, size_t count)
{
	int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "lab", "GPL", insns, count, NULL);

	if (fd < 0)
		fail_msg("load a program of the test's own: %s", strerror(errno));
	return fd;
}

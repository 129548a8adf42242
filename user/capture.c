// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs put what they see into a ring for each CPU. To put all in the order of time, what is
 * newer than the beginning of a round of reading waits for the next one.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>
#include <linux/perf_event.h>
#include "capture.h"
#include "capture_programs.h"
#include "cleanup.h"
#include "privilege.h"
#include "reorder.h"

#define VLAN_HLEN     4
#define ADDRESSES_LEN ((size_t)2 * ETH_ALEN) /* what stands before a frame's VLAN tag */
#define RINGS_BYTES   (64U << 20)	     /* of all CPUs together, and of each … */
#define RING_MIN      (1U << 20)
#define RING_MAX      (16U << 20)
#define SETTLE_NS     1000000 /* from a frame's time to its place in the ring, and much to spare */

struct capture {
	struct capture_programs programs;
	struct perf_buffer *rings;
	int64_t to_realtime; /* ns, from CLOCK_MONOTONIC */
	uint32_t snaplen;
	struct reorder waiting;
	int err; /* of taking a record */
	int (*tell)(const struct capture_frame *frame, void *data);
	void *data;
	uint8_t whole[CAPTURE_SNAPLEN_MAX + VLAN_HLEN];
};

static uint64_t now(clockid_t clock)
{
	struct timespec at;

	clock_gettime(clock, &at);
	return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

/* A record of a ring. What it says of lost ones is known already, by end (cap_count). */
static enum bpf_perf_event_ret take(void *data, int cpu, struct perf_event_header *event)
{
	struct capture *c = data;
	const struct {
		struct perf_event_header header;
		uint32_t size;
		uint8_t raw[];
	} *sample = (void *)event;
	struct vb_cap cap;

	(void)cpu;
	if (event->type != PERF_RECORD_SAMPLE || sample->size < sizeof(cap))
		return LIBBPF_PERF_EVENT_CONT;
	memcpy(&cap, sample->raw, sizeof(cap));
	if (cap.bytes > sample->size - sizeof(cap) || cap.bytes > c->snaplen || cap.end > 1)
		return LIBBPF_PERF_EVENT_CONT;
	c->err = reorder_keep(&c->waiting, (const void *)sample->raw);
	return c->err ? LIBBPF_PERF_EVENT_ERROR : LIBBPF_PERF_EVENT_CONT;
}

/* A tag that lies beside a frame is put into it, where it is on a wire. */
static const void *with_tag(struct capture *c, const struct vb_cap *cap, const uint8_t *bytes)
{
	const uint16_t tag[] = {htobe16(cap->tag >> 16), htobe16(cap->tag & 0xffff)};

	memcpy(c->whole, bytes, ADDRESSES_LEN);
	memcpy(c->whole + ADDRESSES_LEN, tag, sizeof(tag));
	memcpy(c->whole + ADDRESSES_LEN + sizeof(tag), bytes + ADDRESSES_LEN,
	       cap->bytes - ADDRESSES_LEN);
	return c->whole;
}

static int hand_on(const struct vb_cap *cap, void *data)
{
	struct capture *c = data;
	struct capture_frame frame = {
		.end = cap->end,
		.time = cap->time + (uint64_t)c->to_realtime,
		.len = cap->len,
		.caplen = cap->bytes,
		.data = cap + 1,
		.hook = cap->hook,
		.verdict = cap->verdict,
	};

	if (cap->tag && cap->bytes >= ADDRESSES_LEN) {
		frame.data = with_tag(c, cap, frame.data);
		frame.len += VLAN_HLEN;
		frame.caplen += VLAN_HLEN;
		if (frame.caplen > c->snaplen)
			frame.caplen = c->snaplen;
	}
	return c->tell(&frame, c->data);
}

int capture_read(struct capture *c, bool last,
		 int (*tell)(const struct capture_frame *frame, void *data), void *data)
{
	uint64_t until = last ? UINT64_MAX : now(CLOCK_MONOTONIC) - SETTLE_NS;
	int err = perf_buffer__consume(c->rings);

	if (err < 0 || c->err)
		return c->err ?: err;
	c->tell = tell;
	c->data = data;
	return reorder_take(&c->waiting, until, hand_on, c);
}

void capture_count(const struct capture *c, int end, struct vb_cap_count *ret)
{
	int cpus = libbpf_num_possible_cpus(), fd = c->programs.count_map;
	_cleanup_free_ struct vb_cap_count *each = cpus > 0 ? calloc(cpus, sizeof(*each)) : NULL;

	*ret = (struct vb_cap_count){0};
	if (!each || bpf_map_lookup_elem(fd, &end, each))
		return;
	for (int cpu = 0; cpu < cpus; cpu++) {
		ret->seen += each[cpu].seen;
		ret->lost += each[cpu].lost;
	}
}

int capture_fd(const struct capture *c)
{
	return perf_buffer__epoll_fd(c->rings);
}

static uint32_t ring_pages(void)
{
	uint32_t share = RINGS_BYTES / (uint32_t)libbpf_num_possible_cpus(), size = RING_MIN;

	while (size * 2 <= share && size < RING_MAX)
		size *= 2;
	return size / (uint32_t)getpagesize();
}

static struct perf_buffer *open_rings(struct capture *c)
{
	/* Whoever reads is woken when an eighth is full: woken for each frame, it would be too
	 * slow.
	 */
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.watermark = 1,
		.wakeup_watermark = ring_pages() * (uint32_t)getpagesize() / 8,
	};

	return perf_buffer__new_raw(c->programs.ring_map, ring_pages(), &attr, take, c, NULL);
}

static int open_all(struct capture *c, const struct panel *p, const struct view_pair *pair,
		    struct fault *f)
{
	int err = capture_programs_load(&c->programs, p, pair, c->snaplen, f);

	if (err)
		return err;
	c->rings = open_rings(c);
	if (!c->rings) {
		err = -errno;
		if (err == -EPERM) /* perf_mmap() in kernel/events/core.c */
			privilege_need(CAP_IPC_LOCK, "for the memory of a capture's rings", f);
		return fault_errno(f, -err, "make the capture's rings");
	}
	return capture_programs_attach(&c->programs, pair, f);
}

int capture_open(const struct panel *p, const struct view_pair *pair, uint32_t snaplen,
		 struct capture **ret, struct fault *f)
{
	struct capture *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return fault_errno(f, ENOMEM, "capture");
	c->snaplen = snaplen;
	c->to_realtime = (int64_t)(now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC));
	err = open_all(c, p, pair, f);
	if (err) {
		capture_close(c);
		return err;
	}
	*ret = c;
	return 0;
}

void capture_stop(struct capture *c)
{
	capture_programs_detach(&c->programs);
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	perf_buffer__free(c->rings);
	capture_programs_close(&c->programs);
	reorder_free(&c->waiting);
	free(c);
}

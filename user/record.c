// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include "capture.h"
#include "cleanup.h"
#include "pcapng.h"
#include "privilege.h"
#include "record.h"
#include "view.h"

#define READ_EVERY_MS 100 /* so that whoever looks on sees a lone frame soon */
#define LOOK_EVERY    10  /* rounds: whether the pair is there still */

enum { ENOUGH = 1 }; /* what no -errno is: the count is reached */

struct recorder {
	const struct record_request *req;
	const struct panel *panel;
	const struct view_pair *pair;
	struct capture *capture;
	FILE *to;
	uint64_t begun; /* CLOCK_REALTIME, ns */
	uint64_t written[2];
};

static uint64_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
}

static const char *file_name(const struct recorder *r)
{
	return r->req->file ?: "standard output";
}

static int write_head(struct recorder *r)
{
	char os[160], description[64];
	struct utsname kernel;
	int err;

	uname(&kernel);
	snprintf(os, sizeof(os), "%s %s", kernel.sysname, kernel.release);
	err = pcapng_section(r->to, os, "vethbpf " VETHBPF_VERSION);
	for (int i = 0; !err && i < 2; i++) {
		snprintf(description, sizeof(description), "%s end, cabled to %s",
			 r->pair->end[i].port.side == VB_SIDE_STACK ? "stack" : "wire",
			 view_end_name(&r->pair->end[!i]));
		err = pcapng_interface(r->to, view_end_name(&r->pair->end[i]), description,
				       r->req->snaplen);
	}
	return err ?: fflush(r->to) ? -errno : 0;
}

/* What a stack end takes, its stack has sent; what a wire end takes, it has received. */
static int write_frame(const struct capture_frame *frame, void *data)
{
	static const enum pcapng_hook hooks[] = {
		[VB_CAP_TC] = PCAPNG_TC,
		[VB_CAP_XDP] = PCAPNG_XDP,
		[VB_CAP_BEFORE] = PCAPNG_NONE,
	};
	struct recorder *r = data;
	const struct pcapng_packet packet = {
		.interface = (uint32_t)frame->end,
		.direction = r->pair->end[frame->end].port.side == VB_SIDE_STACK ? PCAPNG_OUTBOUND
										 : PCAPNG_INBOUND,
		.time = frame->time,
		.len = frame->len,
		.caplen = frame->caplen,
		.bytes = frame->data,
		.hook = hooks[frame->hook],
		.verdict = frame->verdict,
	};
	int err;

	if (r->req->filter && !filter_wants(r->req->filter, frame->data, frame->len, frame->caplen))
		return 0;
	err = pcapng_packet(r->to, &packet);
	if (err)
		return err;
	r->written[frame->end]++;
	return r->req->count && r->written[0] + r->written[1] == r->req->count ? ENOUGH : 0;
}

static int write_tail(struct recorder *r)
{
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		struct pcapng_statistics statistics = {
			.interface = (uint32_t)i,
			.begun = r->begun,
			.ended = now(),
			.accepted = r->written[i],
		};
		struct vb_cap_count count;

		capture_count(r->capture, i, &count);
		statistics.received = count.seen;
		statistics.dropped = count.lost;
		err = pcapng_statistics(r->to, &statistics);
		fprintf(stderr, "%s: %" PRIu64 " frames taken, %" PRIu64 " lost by the capture\n",
			view_end_name(&r->pair->end[i]), (uint64_t)count.seen,
			(uint64_t)count.lost);
	}
	fprintf(stderr, "%" PRIu64 " frames written to %s\n", r->written[0] + r->written[1],
		file_name(r));
	return err;
}

/* Whether the pair is the one that it was: a new one may stand between the same ends. */
static bool is_there(const struct recorder *r)
{
	const struct view_end *end = &r->pair->end[0];
	struct vb_port port;

	return !panel_port_get(r->panel, end->ifindex, &port) && port.since == end->port.since;
}

static int write_all(struct recorder *r, int signals, struct fault *f)
{
	int err = 0;

	for (int round = 1; !err; round++) {
		struct pollfd fds[] = {
			{.fd = signals, .events = POLLIN},
			{.fd = capture_fd(r->capture), .events = POLLIN},
		};

		if (poll(fds, 2, READ_EVERY_MS) < 0 && errno != EINTR)
			return fault_errno(f, errno, "wait for frames");
		if (fds[0].revents)
			return 0;
		err = capture_read(r->capture, false, write_frame, r);
		if (!err && fflush(r->to))
			err = -errno;
		if (!err && round % LOOK_EVERY == 0 && !is_there(r))
			return fault_set(f, ENODEV, "the cable %s <-> %s is no longer there",
					 view_end_name(&r->pair->end[0]),
					 view_end_name(&r->pair->end[1]));
	}
	return err < 0 ? fault_errno(f, -err, "write to %s", file_name(r)) : err;
}

static int record(struct recorder *r, int signals, struct fault *f)
{
	int err, verdict;

	if (r->req->file)
		r->to = fopen(r->req->file, "we");
	if (!r->to)
		return fault_errno(f, errno, "open %s", r->req->file);
	/* From here on it reads what anybody may have sent; before Linux 5.19 maps take CAP_BPF. */
	if (r->req->last && privilege_limit(PRIVILEGE(BPF), f))
		return -f->err;
	err = write_head(r);
	if (err)
		return fault_errno(f, -err, "write to %s", file_name(r));
	fprintf(stderr, "capturing %s <-> %s, to %s\n", view_end_name(&r->pair->end[0]),
		view_end_name(&r->pair->end[1]), file_name(r));

	verdict = write_all(r, signals, f);
	capture_stop(r->capture);
	if (verdict < 0 && verdict != -ENODEV)
		return verdict;
	if (verdict != ENOUGH)
		err = capture_read(r->capture, true, write_frame, r);
	if (err >= 0)
		err = write_tail(r);
	if (err || fflush(r->to))
		return fault_errno(f, err ? -err : errno, "write to %s", file_name(r));
	return verdict < 0 ? verdict : 0;
}

/* The signals are blocked before anything is attached, so that what is captured gets its tail. */
static int record_pair(struct recorder *r, struct fault *f)
{
	_cleanup_close_ int signals_fd = -1;
	sigset_t signals;
	int err;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signals_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (signals_fd < 0)
		return fault_errno(f, errno, "wait for signals");
	err = capture_open(r->panel, r->pair, r->req->snaplen, &r->capture, f);
	if (err)
		return err;
	err = record(r, signals_fd, f);
	capture_close(r->capture);
	if (r->req->file && r->to && fclose(r->to) && !err)
		err = fault_errno(f, errno, "write to %s", file_name(r));
	return err;
}

int record_run(struct session *s, const struct record_request *req, struct fault *f)
{
	struct recorder r = {.req = req, .panel = &s->panel, .to = stdout, .begun = now()};
	struct view view;
	int err;

	if (req->file)
		r.to = NULL;
	err = view_open(s, req->dev, &view, f);
	if (!err && view.count > 1) {
		err = fault_set(f, ENOTUNIQ, "several endpoints were made with this name");
		fault_hint(f, "name the other end of the one that is meant");
	}
	if (!err) {
		r.pair = view.pairs;
		err = record_pair(&r, f);
	}
	if (view.count)
		fault_context(f, "capture %s", req->dev);
	view_free(&view);
	return err;
}

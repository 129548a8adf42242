// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "output.h"
#include "output_view.h"

static int finish(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("vethbpf: write to standard output");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

uint64_t output_age(const struct view_pair *pair)
{
	const struct view_end *end = &pair->end[pair->end[0].port_there ? 0 : 1];
	struct timespec now;
	uint64_t ns;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
	return ns > end->port.since ? (ns - end->port.since) / 1000000000U : 0;
}

uint64_t output_dropped(const struct vb_count *count)
{
	uint64_t sum = 0;

	for (int i = 0; i < VB_DROP_MAX; i++)
		sum += count->drops[i];
	return sum;
}

const char *output_drop_name(int reason)
{
	static const char *const names[VB_DROP_MAX] = {
		[VB_DROP_NO_PEER] = "no_peer",
		[VB_DROP_DOWN] = "down",
		[VB_DROP_TOO_LONG] = "too_long",
		[VB_DROP_REDIRECT] = "redirect",
	};

	return names[reason];
}

int output_list(const struct options *opt, const struct view *view)
{
	if (opt->json)
		output_json_list(view, opt->pretty);
	else
		output_text_list(view);
	return finish();
}

int output_show(const struct options *opt, const struct view *view)
{
	if (opt->json)
		output_json_show(view, opt->pretty);
	else
		output_text_show(view);
	return finish();
}

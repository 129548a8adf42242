// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "output.h"
#include "output_view.h"

int output_finish(void)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("vethbpf: write to standard output");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

const char *output_number(uint64_t number, bool human, char *buf, size_t size)
{
	static const char units[] = "kMGTPE";
	double value = (double)number;
	int unit = -1;

	if (!human || number < 1000) {
		snprintf(buf, size, "%" PRIu64, number);
		return buf;
	}
	/* What would be rounded to 1000 is 1.00 of the next unit. */
	for (; value >= 999.5 && unit < (int)sizeof(units) - 2; unit++)
		value /= 1000;
	snprintf(buf, size, "%.*f%c", value < 9.995 ? 2 : value < 99.95, value,
		 units[unit < 0 ? 0 : unit]);
	return buf;
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

int output_list(const struct options *opt, const struct view *view)
{
	if (opt->json)
		output_json_list(view, opt->pretty);
	else
		output_text_list(view, opt->human);
	return output_finish();
}

int output_show(const struct options *opt, const struct view *view)
{
	if (opt->json)
		output_json_show(view, opt->pretty);
	else
		output_text_show(view, opt->human);
	return output_finish();
}

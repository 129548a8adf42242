// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <pcap/pcap.h>
#include "filter.h"

struct filter {
	struct bpf_program program;
};

int filter_compile(const char *expression, uint32_t snaplen, struct filter **ret, struct fault *f)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, (int)snaplen);
	int err = 0;

	if (!filter || !pcap)
		err = fault_errno(f, ENOMEM, "compile filter");
	else if (pcap_compile(pcap, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN))
		err = fault_set(f, EINVAL, "filter \"%s\": %s", expression, pcap_geterr(pcap));
	if (pcap)
		pcap_close(pcap);
	if (err)
		free(filter);
	else
		*ret = filter;
	return err;
}

void filter_free(struct filter *filter)
{
	if (filter)
		pcap_freecode(&filter->program);
	free(filter);
}

bool filter_wants(const struct filter *filter, const void *frame, uint32_t len, uint32_t caplen)
{
	return bpf_filter(filter->program.bf_insns, frame, len, caplen);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * libpcap is opened when a filter is given: linked, it would bring libdbus, libibverbs and others
 * into every process, which the agent, resident all the time, had to bear (400 kB of 3 MB).
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <pcap/pcap.h>
#include "filter.h"

struct filter {
	struct bpf_program program;
	void *libpcap;
	__typeof__(&bpf_filter) run;
	__typeof__(&pcap_freecode) free_code;
};

/* Sets call to the library's function of that name; false if it has none. */
#define FIND(library, call, name) (!!((call) = (__typeof__(&(name)))dlsym(library, #name)))

static int compile(struct filter *filter, const char *expression, uint32_t snaplen, struct fault *f)
{
	__typeof__(&pcap_open_dead) open_dead;
	__typeof__(&pcap_compile) compile_code;
	__typeof__(&pcap_geterr) get_error;
	__typeof__(&pcap_close) close_pcap;
	pcap_t *pcap;
	int err = 0;

	filter->libpcap = dlopen("libpcap.so.0.8", RTLD_NOW);
	if (!filter->libpcap) {
		fault_set(f, ENOENT, "filter: %s", dlerror());
		fault_hint(f, "filters are libpcap's: install the package libpcap0.8");
		return -ENOENT;
	}
	if (!FIND(filter->libpcap, open_dead, pcap_open_dead) ||
	    !FIND(filter->libpcap, compile_code, pcap_compile) ||
	    !FIND(filter->libpcap, get_error, pcap_geterr) ||
	    !FIND(filter->libpcap, close_pcap, pcap_close) ||
	    !FIND(filter->libpcap, filter->free_code, pcap_freecode) ||
	    !FIND(filter->libpcap, filter->run, bpf_filter))
		return fault_set(f, ENOSYS, "filter: %s", dlerror());
	pcap = open_dead(DLT_EN10MB, (int)snaplen);
	if (!pcap)
		return fault_errno(f, ENOMEM, "compile filter");
	if (compile_code(pcap, &filter->program, expression, 1, PCAP_NETMASK_UNKNOWN))
		err = fault_set(f, EINVAL, "filter \"%s\": %s", expression, get_error(pcap));
	close_pcap(pcap);
	return err;
}

int filter_compile(const char *expression, uint32_t snaplen, struct filter **ret, struct fault *f)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	int err;

	if (!filter)
		return fault_errno(f, ENOMEM, "compile filter");
	err = compile(filter, expression, snaplen, f);
	if (err)
		filter_free(filter);
	else
		*ret = filter;
	return err;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	if (filter->program.bf_insns)
		filter->free_code(&filter->program);
	if (filter->libpcap)
		dlclose(filter->libpcap);
	free(filter);
}

bool filter_wants(const struct filter *filter, const void *frame, uint32_t len, uint32_t caplen)
{
	return filter->run(filter->program.bf_insns, frame, len, caplen);
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include "check_report.h"

const char *check_level_name(enum check_level level)
{
	return level == CHECK_WRONG ? "wrong" : "note";
}

static const struct {
	const char *name, *without, *remedy; /* without: what is missed; NULL: said elsewhere */
} abilities[CHECK_ABILITIES] = {
	[CHECK_PRIVILEGES] = {"privileges", NULL, NULL},
	[CHECK_BPFFS] = {"bpffs", NULL, NULL},
	[CHECK_JIT] = {"jit", "programs are interpreted, several times slower than compiled",
		       "sysctl -w net.core.bpf_jit_enable=1"},
	[CHECK_TCX] = {"tcx", "no tcx: cables use clsact filters, which share a qdisc with others",
		       "Linux 6.6 and later have it"},
	[CHECK_REDIRECT_PEER] = {"redirect_peer",
				 "no datapath peer: frames for a veth go through its queue",
				 "Linux 5.10 and later have it"},
	[CHECK_TYPES] = {"kernel_types",
			 "programs cannot read the kernel's structures, so auto never takes "
			 "datapath peer",
			 "Linux 6.2 and later let them, built with BTF"},
	[CHECK_XDP] = {"xdp", "no XDP programs: datapath xdp cannot be used",
		       "use datapath tc, which works with every device"},
	[CHECK_FREPLACE] = {"freplace",
			    "no freplace programs: datapath xdp bears no other XDP program on the "
			    "same device",
			    "boot without lockdown, with a kernel that has them (Linux 5.6)"},
	[CHECK_TRACING] = {"tracing", "no tracing programs: capture cannot see what XDP takes",
			   "boot without lockdown, with a kernel that has BTF (Linux 5.5)"},
	[CHECK_LIVE_FRAMES] = {"live_frames", NULL, NULL},
};

const char *check_ability_name(enum check_ability ability)
{
	return abilities[ability].name;
}

static void judge_kernel(struct check_report *r, const struct check_kernel *kernel)
{
	struct check_finding *one;

	if (kernel->trouble.err)
		check_remedy(check_find(r, CHECK_WRONG,
					kernel->can[CHECK_PRIVILEGES] ? "state" : "privileges",
					"kernel", "%s", kernel->trouble.what),
			     "%s", kernel->trouble.hint);
	/* What was not allowed to be tried says nothing. */
	for (int i = 0; kernel->can[CHECK_PRIVILEGES] && i < CHECK_ABILITIES; i++)
		if (!kernel->can[i] && abilities[i].without)
			check_remedy(check_find(r, CHECK_NOTE, abilities[i].name, "kernel", "%s",
						abilities[i].without),
				     "%s", abilities[i].remedy);
	if (!kernel->backlog_drops)
		return;
	one = check_find(r, CHECK_NOTE, "backlog_drops", "kernel",
			 "%" PRIu64
			 " frames were dropped since the start because a CPU's backlog was "
			 "full (/proc/net/softnet_stat); it is where side stack hands frames over",
			 kernel->backlog_drops);
	check_remedy(one, "if the number grows: sysctl -w net.core.netdev_max_backlog=10000");
}

static void judge_device(struct check_report *r, const struct check_device *device)
{
	if (device && device->refused.err)
		check_remedy(check_find(r, CHECK_WRONG, "no_end", device->dev.name, "%s",
					device->refused.what),
			     "%s", device->refused.hint);
}

int check_judge(const struct check_facts *facts, struct check_report *ret)
{
	*ret = (struct check_report){0};
	judge_kernel(ret, &facts->kernel);
	judge_device(ret, facts->device);
	for (size_t i = 0; i < facts->count; i++)
		check_judge_pair(ret, &facts->pairs[i]);
	return ret->wrong && !ret->count ? -ENOMEM : 0;
}

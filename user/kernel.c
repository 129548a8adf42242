// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include "attach.h"
#include "cleanup.h"
#include "kernel.h"

bool kernel_has_tcx(int prog_fd)
{
	const char *off = getenv("VETHBPF_NO_TCX");
	int fd;

	if (off && !strcmp(off, "1"))
		return false;
	/*
	 * No device has this ifindex: ENODEV from a kernel that knows tcx, EINVAL from others.
	 * Whatever else is wrong is told when a program is attached.
	 */
	fd = bpf_link_create(prog_fd, INT_MAX, ATTACH_TCX_INGRESS, NULL);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != EINVAL;
}

static bool has_types(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has;

	if (!btf)
		return false;
	has = btf__find_by_name_kind(btf, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	btf__free(btf);
	return has;
}

#define NAMES_MAX 256UL

/*
 * A bit's number is its name's, which may be another in another kernel. A length other than the
 * right one gets none (Linux 6.18), and there is room for more than the 64 names there can be.
 */
uint64_t kernel_raw_features(void)
{
	static const char *const needed[] = {"tx-checksum-ip-generic", "tx-vlan-hw-insert",
					     "tx-vlan-stag-hw-insert"};
	_Alignas(struct ethtool_gstrings) char
		answer[sizeof(struct ethtool_gstrings) + NAMES_MAX * ETH_GSTRING_LEN] = {0};
	struct ethtool_gstrings *strings = (struct ethtool_gstrings *)answer;
	struct ifreq req = {.ifr_name = "lo", .ifr_data = answer};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t found = 0;

	*strings =
		(struct ethtool_gstrings){.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES};
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &req))
		return UINT64_MAX;
	for (unsigned int bit = 0; bit < strings->len && bit < 64; bit++)
		for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
			if (!strncmp((const char *)strings->data + (size_t)bit * ETH_GSTRING_LEN,
				     needed[i], ETH_GSTRING_LEN))
				found |= 1ULL << bit;
	return __builtin_popcountll(found) == sizeof(needed) / sizeof(*needed) ? found : UINT64_MAX;
}

/* Some megabytes of types are read for it, so they are asked once. */
bool kernel_has_types(void)
{
	static bool asked, has;

	if (!asked)
		has = has_types();
	asked = true;
	return has;
}

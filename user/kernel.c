// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include "attach.h"
#include "cleanup.h"
#include "kernel.h"

static bool effective(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;

	return !cap_get_flag(caps, cap, CAP_EFFECTIVE, &value) && value == CAP_SET;
}

int kernel_check_privileges(struct fault *f)
{
	static const struct {
		cap_value_t cap;
		const char *name, *why;
		bool admin_will_do;
	} needed[] = {
		{CAP_NET_ADMIN, "CAP_NET_ADMIN", "to attach programs to devices", false},
		{CAP_BPF, "CAP_BPF", "to load programs and maps", true},
		{CAP_PERFMON, "CAP_PERFMON", "for programs that read kernel structures", true},
	};
	cap_t caps = cap_get_proc();
	int err = 0;

	if (!caps)
		return fault_errno(f, errno, "ask for this process's capabilities");
	for (size_t i = 0; !err && i < sizeof(needed) / sizeof(*needed); i++) {
		if (effective(caps, needed[i].cap) ||
		    (needed[i].admin_will_do && effective(caps, CAP_SYS_ADMIN)))
			continue;
		err = fault_set(f, EPERM, "missing privilege: %s is needed %s", needed[i].name,
				needed[i].why);
		fault_hint(f, "run it as root, or give it CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON");
	}
	/* Where libbpf looks through all BTF for a function that the kernel lacks. */
	if (!err && !effective(caps, CAP_SYS_ADMIN) && !kernel_has_types()) {
		err = fault_set(f, EPERM,
				"missing privilege: CAP_SYS_ADMIN is needed to load programs into "
				"a kernel before Linux 6.2");
		fault_hint(f, "run it as root");
	}
	cap_free(caps);
	return err;
}

bool kernel_has_tcx(int prog_fd)
{
	const char *off = getenv("VETHBPF_NO_TCX");
	int fd;

	if (off && !strcmp(off, "1"))
		return false;
	/* No device has this ifindex: ENODEV from a kernel that knows tcx, EINVAL from others. */
	fd = bpf_link_create(prog_fd, INT_MAX, BPF_TCX_INGRESS, NULL);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == ENODEV;
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

/*
 * A bit's number is its name's, which may be another in another kernel. A length other than the
 * right one gets none (Linux 6.18); names has room for more than the 64 there can be.
 */
uint64_t kernel_raw_features(void)
{
	static const char *const needed[] = {"tx-checksum-ip-generic", "tx-vlan-hw-insert",
					     "tx-vlan-stag-hw-insert"};
	struct {
		struct ethtool_gstrings head;
		char names[256][ETH_GSTRING_LEN];
	} strings = {.head = {.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES}};
	struct ifreq req = {.ifr_name = "lo", .ifr_data = (void *)&strings};
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t found = 0;

	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &req))
		return UINT64_MAX;
	for (unsigned int bit = 0; bit < strings.head.len && bit < 64; bit++)
		for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
			if (!strncmp(strings.names[bit], needed[i], ETH_GSTRING_LEN))
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

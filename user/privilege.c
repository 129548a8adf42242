// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <sys/prctl.h>
#include "kernel.h"
#include "privilege.h"

/*
 * Not by AT_SECURE: it is set as well where SELinux or AppArmor has another domain for a service
 * than for who starts it.
 */
int privilege_refuse_setuid(struct fault *f)
{
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;

	getresuid(&uid, &euid, &suid);
	getresgid(&gid, &egid, &sgid);
	if (uid == euid && uid == suid && gid == egid && gid == sgid)
		return 0;
	fault_set(f, EPERM, "started by user %u, group %u, to run as user %u, group %u: refused",
		  uid, gid, euid, egid);
	fault_hint(f,
		   "take the setuid and setgid bits away: whoever may plug cables is root already");
	return -EPERM;
}

static bool is_in(uint64_t set, cap_value_t cap)
{
	return set >> cap & 1;
}

/* No error where this process may not: what it executes would gain nothing anyway. */
static void limit_bounding_set(uint64_t keep)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!is_in(keep, cap) && cap_get_bound(cap) > 0)
			cap_drop_bound(cap);
}

int privilege_limit(uint64_t keep, struct fault *f)
{
	cap_t caps = cap_get_proc();
	int err = caps ? 0 : errno;

	/* While CAP_SETPCAP is still there. */
	limit_bounding_set(keep);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = errno;
	for (cap_value_t cap = 0; !err && cap < cap_max_bits(); cap++) {
		cap_set_flag(caps, CAP_INHERITABLE, 1, &cap, CAP_CLEAR);
		if (is_in(keep, cap))
			continue;
		cap_set_flag(caps, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR);
		cap_set_flag(caps, CAP_PERMITTED, 1, &cap, CAP_CLEAR);
	}
	/* With what is inheritable goes what is ambient (cap_capset() in security/commoncap.c). */
	if (!err && cap_set_proc(caps))
		err = errno;
	if (caps)
		cap_free(caps);
	return err ? fault_errno(f, err, "give up capabilities") : 0;
}

static bool is_effective(cap_value_t cap)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();
	bool is = caps && !cap_get_flag(caps, cap, CAP_EFFECTIVE, &value) && value == CAP_SET;

	if (caps)
		cap_free(caps);
	return is;
}

/* bpf_capable() and perfmon_capable() in include/linux/capability.h. */
bool privilege_has(cap_value_t cap)
{
	return is_effective(cap) ||
	       ((cap == CAP_BPF || cap == CAP_PERFMON) && is_effective(CAP_SYS_ADMIN));
}

int privilege_need(cap_value_t cap, const char *why, struct fault *f)
{
	char *name, upper[32] = "?";

	if (privilege_has(cap))
		return 0;
	name = cap_to_name(cap);
	if (name)
		snprintf(upper, sizeof(upper), "%s", name);
	cap_free(name);
	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	fault_set(f, EPERM, "missing privilege: %s is needed %s", upper, why);
	fault_hint(f, "run it as root; vethbpf(8) says what each capability is for");
	return -EPERM;
}

int privilege_check(struct fault *f)
{
	int err = privilege_need(CAP_NET_ADMIN, "to attach programs to devices", f);

	err = err ?: privilege_need(CAP_BPF, "to load programs and maps", f);
	if (!err && geteuid()) {
		err = fault_set(f, EPERM, "user %u is not root, whose alone the state of cables is",
				geteuid());
		fault_hint(f, "run it as root, who need not have all capabilities");
	}
	return err;
}

int privilege_check_load(struct fault *f)
{
	int err = privilege_need(CAP_PERFMON, "for programs that read kernel structures", f);

	/* Where libbpf looks through all BTF for a function that the kernel lacks. */
	if (!err && !is_effective(CAP_SYS_ADMIN) && !kernel_has_types())
		err = privilege_need(CAP_SYS_ADMIN,
				     "to load programs into a kernel before Linux 6.2", f);
	return err;
}

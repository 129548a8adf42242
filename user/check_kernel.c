// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/bpf.h>
#include <sys/utsname.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "bpffs.h"
#include "check_kernel.h"
#include "cleanup.h"
#include "kernel.h"

/* The smallest program there is: it returns a constant. A descriptor, or -errno. */
static int load(enum bpf_prog_type type, int verdict, uint32_t attach_btf_id)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = verdict},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = attach_btf_id,
		    .expected_attach_type = type == BPF_PROG_TYPE_TRACING ? BPF_TRACE_FENTRY : 0);
	int fd = bpf_prog_load(type, "vb_check", "GPL", insns, 2, &opts);

	return fd < 0 ? -errno : fd;
}

static bool is_jited(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t len = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.jited_prog_len;
}

static bool runs_live_frames(int fd)
{
	char frame[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = 1, .flags = BPF_F_TEST_XDP_LIVE_FRAMES);

	return !bpf_prog_test_run_opts(fd, &opts);
}

/* Without a program to replace, a kernel that has them says EINVAL; one that forbids them, EPERM.
 */
static bool has_freplace(void)
{
	_cleanup_close_ int fd = load(BPF_PROG_TYPE_EXT, 0, 1);

	return fd >= 0 || fd == -EINVAL;
}

/* At a function that is there to be tried on (net/bpf/test_run.c). */
static bool has_tracing(void)
{
	int function = libbpf_find_vmlinux_btf_id("bpf_fentry_test1", BPF_TRACE_FENTRY);
	_cleanup_close_ int fd =
		function < 0 ? -1 : load(BPF_PROG_TYPE_TRACING, 0, (uint32_t)function);

	return fd >= 0;
}

/* "none [integrity] confidentiality" */
static void read_lockdown(char *ret, size_t size)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char line[128], *from, *to;

	if (!file)
		return;
	if (fgets(line, sizeof(line), file) && (from = strchr(line, '[')) &&
	    (to = strchr(from, ']')))
		snprintf(ret, size, "%.*s", (int)(to - from - 1), from + 1);
	fclose(file);
}

/* A line for each CPU, in hexadecimal; the second number is what its backlog had no room for. */
static uint64_t read_backlog_drops(void)
{
	FILE *file = fopen("/proc/net/softnet_stat", "re");
	uint64_t sum = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		char *second = strchr(line, ' ');

		sum += second ? strtoull(second, NULL, 16) : 0;
	}
	if (file)
		fclose(file);
	return sum;
}

void check_kernel(struct check_kernel *ret)
{
	_cleanup_close_ int tc = load(BPF_PROG_TYPE_SCHED_CLS, 0, 0);
	_cleanup_close_ int xdp = load(BPF_PROG_TYPE_XDP, XDP_DROP, 0);
	struct utsname name;

	if (!uname(&name))
		snprintf(ret->release, sizeof(ret->release), "%s", name.release);
	read_lockdown(ret->lockdown, sizeof(ret->lockdown));
	ret->backlog_drops = read_backlog_drops();
	ret->can[CHECK_BPFFS] = !bpffs_ensure(false, NULL);
	ret->can[CHECK_JIT] = tc >= 0 && is_jited(tc);
	ret->can[CHECK_TCX] = tc >= 0 && kernel_has_tcx(tc);
	ret->can[CHECK_REDIRECT_PEER] =
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_SCHED_CLS, BPF_FUNC_redirect_peer, NULL) == 1;
	ret->can[CHECK_TYPES] = kernel_has_types();
	ret->can[CHECK_XDP] = xdp >= 0;
	ret->can[CHECK_LIVE_FRAMES] = xdp >= 0 && runs_live_frames(xdp);
	ret->can[CHECK_FREPLACE] = has_freplace();
	ret->can[CHECK_TRACING] = has_tracing();
}

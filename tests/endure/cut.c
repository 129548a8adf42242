// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a command and cuts it short at its N-th step: kills it right before that step, or has the
 * system call that is the step fail. A step is a system call that changes something, or a store
 * into the mapped `ends`, which is no system call: so these pages are made read-only behind the
 * loader's back, and every store there is a fault that is seen here before it is let through.
 *
 * usage: cut [-a] [-e] [-o FILE] N COMMAND...
 *
 * -a: every system call is a step, but those that read a file or arrange the process's own memory.
 *
 * -o: writes what the N-th step was, if it came to that.
 *
 * -e: instead of being killed, the command is told that the call failed. Steps are then calls that
 * need memory, of bpf(2), netlink and mkdir(2); with -a also those that only ask.
 *
 * Exits as the command does: 137 if it was killed.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include "vethbpf.h"

#ifndef __x86_64__
#error "system calls are read from and written into the registers of x86-64 here"
#endif

#define ENDS_BYTES   (VB_ENDS_MAX * sizeof(struct vb_end))
#define SYSCALL_STOP (SIGTRAP | 0x80)

struct cut {
	pid_t pid;
	bool every, fail;
	unsigned long left; /* steps to let pass */
	const char *report;
	unsigned long long netlink[16]; /* descriptors that are netlink sockets, a bit each */
	unsigned long long ends;	/* address of the map; 0: not mapped yet */
	unsigned long long gate;	/* address of a syscall instruction */
};

static void give_up(const char *what)
{
	perror(what);
	exit(125);
}

static void get_regs(const struct cut *c, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_GETREGS, c->pid, NULL, regs) < 0)
		give_up("read registers");
}

static void set_regs(const struct cut *c, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_SETREGS, c->pid, NULL, regs) < 0)
		give_up("write registers");
}

/* Lets it run to its next stop. Returns the signal that stopped it, or 0: it has ended. */
static int run_on(const struct cut *c, int how, int signal, int *ret_status)
{
	if (ptrace(how, c->pid, NULL, (void *)(long)signal) < 0)
		give_up("let it run");
	if (waitpid(c->pid, ret_status, 0) < 0)
		give_up("wait for it");
	return WIFSTOPPED(*ret_status) ? WSTOPSIG(*ret_status) : 0;
}

static bool peek(const struct cut *c, unsigned long long from, void *to, size_t size)
{
	struct iovec here = {to, size}, there = {(void *)from, size};

	return process_vm_readv(c->pid, &here, 1, &there, 1, 0) == (ssize_t)size;
}

static void note_netlink(struct cut *c, unsigned long long fd, bool is)
{
	unsigned long long bit = 1ULL << fd % 64;

	if (fd < 1024)
		c->netlink[fd / 64] = is ? c->netlink[fd / 64] | bit : c->netlink[fd / 64] & ~bit;
}

static bool is_netlink(const struct cut *c, unsigned long long fd)
{
	return fd < 1024 && c->netlink[fd / 64] >> fd % 64 & 1;
}

/* Whether a message that is sent asks for a change: of four rtnetlink types in a row, the third
 * gets. */
static bool changes_something(const struct cut *c, const struct user_regs_struct *regs)
{
	unsigned long long at = regs->rsi;
	struct nlmsghdr nlh;
	struct msghdr msg;
	struct iovec iov;

	if (regs->orig_rax == SYS_sendmsg) {
		if (!peek(c, at, &msg, sizeof(msg)) ||
		    !peek(c, (unsigned long long)msg.msg_iov, &iov, sizeof(iov)))
			return false;
		at = (unsigned long long)iov.iov_base;
	}
	return peek(c, at, &nlh, sizeof(nlh)) && (nlh.nlmsg_type & 3) != 2;
}

static const struct {
	unsigned long long number;
	const char *name;
} changing[] =
	{
		{SYS_mkdir, "mkdir"},	{SYS_mkdirat, "mkdirat"},   {SYS_rmdir, "rmdir"},
		{SYS_rename, "rename"}, {SYS_renameat2, "rename"},  {SYS_unlink, "unlink"},
		{SYS_flock, "flock"},	{SYS_unlinkat, "unlinkat"}, {SYS_mount, "mount"},
},
  bpf_changing[] = {
	  {BPF_MAP_UPDATE_ELEM, "bpf MAP_UPDATE_ELEM"},
	  {BPF_MAP_DELETE_ELEM, "bpf MAP_DELETE_ELEM"},
	  {BPF_OBJ_PIN, "bpf OBJ_PIN"},
	  {BPF_PROG_ATTACH, "bpf PROG_ATTACH"},
	  {BPF_PROG_DETACH, "bpf PROG_DETACH"},
	  {BPF_RAW_TRACEPOINT_OPEN, "bpf RAW_TRACEPOINT_OPEN"},
	  {BPF_LINK_CREATE, "bpf LINK_CREATE"},
	  {BPF_LINK_UPDATE, "bpf LINK_UPDATE"},
	  {BPF_LINK_DETACH, "bpf LINK_DETACH"},
};

static bool is_own_affair(unsigned long long number)
{
	switch (number) {
	case SYS_read:
	case SYS_pread64:
	case SYS_lseek:
	case SYS_mmap:
	case SYS_mremap:
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_brk:
		return true;
	default:
		return false;
	}
}

#define NAME(table, of)                                                                            \
	({                                                                                         \
		const char *name_ = NULL;                                                          \
		for (size_t i_ = 0; i_ < sizeof(table) / sizeof(*table); i_++)                     \
			if ((table)[i_].number == (of))                                            \
				name_ = (table)[i_].name;                                          \
		name_;                                                                             \
	})

/*
 * What the call is, if it is a step; and how it may fail. Netlink answers that do not come are
 * steps where calls fail: what was asked for is done then, and the loader is not told.
 */
static bool is_step(const struct cut *c, const struct user_regs_struct *regs, char *name,
		    size_t size, int *ret_errno)
{
	const char *known = NAME(changing, regs->orig_rax);

	*ret_errno = ENOSPC;
	if (known) {
		snprintf(name, size, "%s", known);
		return !c->fail || !strncmp(known, "mkdir", 5);
	}
	switch (regs->orig_rax) {
	case SYS_bpf:
		*ret_errno = ENOMEM;
		known = NAME(bpf_changing, regs->rdi);
		if (known)
			snprintf(name, size, "%s", known);
		else
			snprintf(name, size, "bpf command %llu", regs->rdi);
		return known || c->every;
	case SYS_sendto:
	case SYS_sendmsg:
		*ret_errno = ENOBUFS;
		snprintf(name, size, "netlink request");
		return is_netlink(c, regs->rdi) && (c->every || changes_something(c, regs));
	case SYS_recvfrom:
	case SYS_recvmsg:
		*ret_errno = ENOBUFS;
		snprintf(name, size, "netlink answer");
		return is_netlink(c, regs->rdi) && c->every;
	default:
		snprintf(name, size, "system call %llu", regs->orig_rax);
		return c->every && !c->fail && !is_own_affair(regs->orig_rax);
	}
}

static void report(const struct cut *c, const char *name, const char *error)
{
	FILE *to = c->report ? fopen(c->report, "we") : NULL;

	if (to)
		fprintf(to, "%s%s%s\n", name, error ? ": " : "", error ?: "");
	if (to)
		fclose(to);
}

static void end_here(const struct cut *c, const char *name)
{
	report(c, name, NULL);
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	exit(128 + SIGKILL);
}

/* Has it call mprotect() on the map, from whatever place it was stopped at, and be none the wiser.
 */
static void protect_ends(const struct cut *c, int prot)
{
	struct user_regs_struct saved, regs;
	int status;

	get_regs(c, &saved);
	regs = saved;
	regs.rip = c->gate;
	regs.rax = SYS_mprotect;
	regs.rdi = c->ends;
	regs.rsi = ENDS_BYTES;
	regs.rdx = (unsigned int)prot;
	set_regs(c, &regs);
	for (int stop = 0; stop < 2; stop++)
		if (run_on(c, PTRACE_SYSCALL, 0, &status) != SYSCALL_STOP)
			give_up("protect the map");
	get_regs(c, &regs);
	if (regs.rax) {
		errno = -(int)regs.rax;
		give_up("protect the map");
	}
	set_regs(c, &saved);
}

/* It was stopped by SIGSEGV. Returns whether it was for a store into the map, which is done now. */
static bool pass_store(struct cut *c)
{
	siginfo_t info;
	char name[64];
	int status;

	if (ptrace(PTRACE_GETSIGINFO, c->pid, NULL, &info) < 0)
		give_up("ask for the signal");
	if (!c->ends || (unsigned long long)info.si_addr - c->ends >= ENDS_BYTES)
		return false;
	if (!c->fail && !c->left--) {
		snprintf(name, sizeof(name), "store ends[%llu]+%llu",
			 ((unsigned long long)info.si_addr - c->ends) / sizeof(struct vb_end),
			 ((unsigned long long)info.si_addr - c->ends) % sizeof(struct vb_end));
		end_here(c, name);
	}
	protect_ends(c, PROT_READ | PROT_WRITE);
	if (run_on(c, PTRACE_SINGLESTEP, 0, &status) != SIGTRAP)
		give_up("let a store pass");
	protect_ends(c, PROT_READ);
	return true;
}

/* Between the two stops of a system call. Returns the errno that it is to fail with, or 0. */
static int at_entry(struct cut *c)
{
	struct user_regs_struct regs;
	char name[64];
	int error;

	get_regs(c, &regs);
	if (!is_step(c, &regs, name, sizeof(name), &error) || c->left--)
		return 0;
	if (!c->fail)
		end_here(c, name);
	report(c, name, strerror(error));
	regs.orig_rax = (unsigned long long)-1; /* no call: nothing is done */
	set_regs(c, &regs);
	return error;
}

static void at_exit_of(struct cut *c, const struct user_regs_struct *entry, int error)
{
	struct user_regs_struct regs;

	get_regs(c, &regs);
	if (error) {
		regs.rax = (unsigned long long)-error;
		set_regs(c, &regs);
	} else if (entry->orig_rax == SYS_socket && (long long)regs.rax >= 0) {
		note_netlink(c, regs.rax, entry->rdi == AF_NETLINK);
	} else if (entry->orig_rax == SYS_close) {
		note_netlink(c, entry->rdi, false);
	} else if (entry->orig_rax == SYS_mmap && entry->rsi == ENDS_BYTES &&
		   entry->rdx & PROT_WRITE && (int)entry->r8 >= 0) {
		c->ends = regs.rax;
		c->gate = regs.rip - 2; /* that instruction is two bytes long */
		protect_ends(c, PROT_READ);
	}
}

static int trace(struct cut *c)
{
	struct user_regs_struct entry;
	bool inside = false;
	int status, stop, signal = 0, error = 0;

	while ((stop = run_on(c, PTRACE_SYSCALL, signal, &status))) {
		signal = 0;
		if (stop == SYSCALL_STOP && !inside) {
			get_regs(c, &entry);
			error = at_entry(c);
		} else if (stop == SYSCALL_STOP) {
			at_exit_of(c, &entry, error);
		} else if (stop == SIGSEGV && pass_store(c)) {
			continue;
		} else if (stop != SIGTRAP) { /* that one comes with execve() */
			signal = stop;
		}
		if (stop == SYSCALL_STOP)
			inside = !inside;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int usage(void)
{
	fprintf(stderr, "usage: cut [-a] [-e] [-o FILE] N COMMAND...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct cut c = {0};
	int option, status;

	while ((option = getopt(argc, argv, "+aeo:")) != -1) {
		if (option == 'a')
			c.every = true;
		else if (option == 'e')
			c.fail = true;
		else if (option == 'o')
			c.report = optarg;
		else
			return usage();
	}
	if (argc - optind < 2)
		return usage();
	c.left = strtoul(argv[optind], NULL, 10);

	c.pid = fork();
	if (c.pid < 0)
		give_up("fork");
	if (!c.pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execvp(argv[optind + 1], argv + optind + 1);
		give_up(argv[optind + 1]);
	}
	waitpid(c.pid, &status, 0);
	if (ptrace(PTRACE_SETOPTIONS, c.pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		give_up("trace");
	return trace(&c);
}

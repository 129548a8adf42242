// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>
#include "cleanup.h"
#include "grace.h"

#define SWITCH "/sys/kernel/rcu_expedited"

#define PATIENCE 8 /* waits: the hooks of two cables */

/*
 * Waits until the leash is let go, however that comes about, and switches back. It holds nothing
 * else of the process it comes from: neither its lock nor its output.
 */
static void keep(int leash)
{
	sigset_t all;
	ssize_t got;
	char none;
	int knob;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	dup2(leash, STDIN_FILENO);
	close_range(STDOUT_FILENO, ~0U, 0);
	do
		got = read(STDIN_FILENO, &none, 1);
	while (got < 0 && errno == EINTR);
	knob = open(SWITCH, O_WRONLY);
	_exit(write(knob, "0", 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static void give_back(struct grace *g)
{
	cleanup_close(&g->leash);
	g->leash = -1;
	while (g->keeper && waitpid(g->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	g->keeper = 0;
}

/* Only what is off is switched: so two who do this at a time cannot leave it on. */
static void hurry(struct grace *g)
{
	_cleanup_close_ int knob = open(SWITCH, O_RDWR | O_CLOEXEC);
	char now = 0;
	int leash[2];

	if (knob < 0 || read(knob, &now, 1) != 1 || now != '0' || pipe2(leash, O_CLOEXEC) < 0)
		return;
	g->keeper = fork();
	if (!g->keeper) {
		close(leash[1]);
		keep(leash[0]);
	}
	close(leash[0]);
	g->leash = leash[1];
	if (g->keeper < 0)
		g->keeper = 0;
	if (!g->keeper || pwrite(knob, "1", 1, 0) != 1)
		give_back(g);
}

void grace_wait(struct grace *g, unsigned int waits)
{
	if (g->waits > PATIENCE)
		return;
	g->waits += waits;
	if (g->waits > PATIENCE)
		hurry(g);
}

void grace_end(struct grace *g)
{
	give_back(g);
	*g = (struct grace)GRACE_NONE;
}

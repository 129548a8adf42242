/* SPDX-License-Identifier: GPL-2.0-only */
/* Cleanup attributes: what a scope owns is released when it is left, on every path. */
#ifndef VB_CLEANUP_H
#define VB_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

#define _cleanup_(fn)	__attribute__((cleanup(fn)))
#define _cleanup_close_ _cleanup_(cleanup_close)
#define _cleanup_free_	_cleanup_(cleanup_free)

/* Hands a descriptor or pointer over: the scope no longer owns it. */
#define TAKE(var, none)                                                                            \
	({                                                                                         \
		__typeof__(var) taken_ = (var);                                                    \
		(var) = (none);                                                                    \
		taken_;                                                                            \
	})
#define TAKE_FD(fd) TAKE(fd, -1)
#define TAKE_PTR(p) TAKE(p, NULL)

#endif

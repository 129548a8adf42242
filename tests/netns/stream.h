/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef STREAM_H
#define STREAM_H

#include <linux/types.h>

#define STREAM_TYPE 0x88b6 /* an EtherType for experiments */
#define STREAM_MAX  (1 << 23)

struct numbered {
	__u8 to[6], from[6];
	__u16 type;
	__u16 pad;
	__u32 number; /* in host byte order */
};

/* Of one receiver, in memory that both sides share. */
struct seen {
	__u64 count;
	__u8 times[STREAM_MAX];
};

#endif

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "reorder.h"

static int grow(void **array, size_t *size, size_t wanted, size_t each)
{
	size_t more = *size ? *size : 4096;
	void *grown;

	if (*array && wanted <= *size)
		return 0;
	while (more < wanted)
		more *= 2;
	grown = realloc(*array, more * each);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*size = more;
	return 0;
}

int reorder_keep(struct reorder *r, const struct vb_cap *cap)
{
	size_t len = sizeof(*cap) + cap->bytes;
	size_t place = (len + 7) & ~(size_t)7; /* so that the next one is aligned */
	int err;

	err = grow((void **)&r->bytes, &r->size, r->len + place, 1);
	err = err ?: grow((void **)&r->order, &r->capacity, r->count + 1, sizeof(*r->order));
	if (err)
		return err;
	r->order[r->count++] = (struct reorder_place){.time = cap->time, .at = r->len};
	memcpy(r->bytes + r->len, cap, len);
	r->len += place;
	return 0;
}

static const struct vb_cap *frame(const struct reorder *r, size_t i)
{
	return (const void *)(r->bytes + r->order[i].at);
}

static int by_time(const void *a, const void *b)
{
	const struct reorder_place *one = a, *other = b;

	if (one->time != other->time)
		return one->time < other->time ? -1 : 1;
	return one->at < other->at ? -1 : one->at > other->at;
}

/* Those that stay are few, the youngest of a round: copied together, the memory kept. */
static int forget(struct reorder *r, size_t done)
{
	struct reorder stay = {0};
	int err = 0;

	for (size_t i = done; !err && i < r->count; i++)
		err = reorder_keep(&stay, frame(r, i));
	r->count = r->len = 0;
	for (size_t i = 0; !err && i < stay.count; i++)
		err = reorder_keep(r, frame(&stay, i));
	reorder_free(&stay);
	return err;
}

int reorder_take(struct reorder *r, __u64 until, int (*tell)(const struct vb_cap *cap, void *data),
		 void *data)
{
	size_t done = 0;
	int verdict = 0, err;

	if (r->count)
		qsort(r->order, r->count, sizeof(*r->order), by_time);
	while (!verdict && done < r->count && r->order[done].time < until)
		verdict = tell(frame(r, done++), data);
	err = forget(r, done);
	return verdict ?: err;
}

void reorder_free(struct reorder *r)
{
	free(r->bytes);
	free(r->order);
	*r = (struct reorder){0};
}

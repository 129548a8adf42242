// SPDX-License-Identifier: GPL-2.0-only
/* The entries of a panel's maps, one by one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "cleanup.h"
#include "panel.h"
#include "tc.skel.h"

int panel_port_get(const struct panel *p, uint32_t ifindex, struct vb_port *port)
{
	*port = (struct vb_port){0}; /* older state has less of it */
	if (bpf_map_lookup_elem(p->ports, &ifindex, port))
		return -errno;
	/* Whoever wrote it. */
	port->name[sizeof(port->name) - 1] = '\0';
	port->endpoint[sizeof(port->endpoint) - 1] = '\0';
	return 0;
}

int panel_port_put(const struct panel *p, uint32_t ifindex, const struct vb_port *port)
{
	return bpf_map_update_elem(p->ports, &ifindex, port, BPF_ANY) ? -errno : 0;
}

int panel_port_del(const struct panel *p, uint32_t ifindex)
{
	return bpf_map_delete_elem(p->ports, &ifindex) ? -errno : 0;
}

int panel_port_next(const struct panel *p, uint32_t ifindex, uint32_t *ret_ifindex)
{
	uint32_t next = ifindex;

	do {
		if (bpf_map_get_next_key(p->ports, next ? &next : NULL, &next))
			return -errno;
	} while (next & VB_MEANWHILE);
	*ret_ifindex = next;
	return 0;
}

int panel_peer_get(const struct panel *p, uint32_t ifindex, uint32_t *ret_peer)
{
	*ret_peer = 0;
	if (bpf_map_lookup_elem(p->peers, &ifindex, ret_peer) && errno != ENOENT)
		return -errno;
	return 0;
}

int panel_peer_put(const struct panel *p, uint32_t ifindex, uint32_t peer)
{
	return bpf_map_update_elem(p->peers, &ifindex, &peer, BPF_ANY) ? -errno : 0;
}

int panel_peer_del(const struct panel *p, uint32_t ifindex)
{
	return bpf_map_delete_elem(p->peers, &ifindex) && errno != ENOENT ? -errno : 0;
}

struct vb_end *panel_end_get(const struct panel *p, uint32_t ifindex)
{
	for (uint32_t i = 0; i < VB_ENDS_PROBES; i++) {
		struct vb_end *end = &p->ends[(ifindex + i) % VB_ENDS_MAX];

		if (end->ifindex == ifindex)
			return end;
	}
	return NULL;
}

static void find_slots(struct panel *p)
{
	p->slots = calloc(VB_ENDS_MAX / 8, 1);
	for (uint32_t i = 0; p->slots && i < VB_ENDS_MAX; i++)
		if (p->ends[i].ifindex)
			p->slots[p->ends[i].slot / 8] |= (uint8_t)(1U << p->ends[i].slot % 8);
}

static void give_slot(struct panel *p, uint16_t slot)
{
	if (p->slots)
		p->slots[slot / 8] &= (uint8_t) ~(1U << slot % 8);
}

static int take_slot(struct panel *p, uint16_t *ret_slot)
{
	if (!p->slots)
		find_slots(p);
	if (!p->slots)
		return -ENOMEM;
	for (uint32_t slot = 0; slot < VB_ENDS_MAX; slot++) {
		if (!(slot % 8) && p->slots[slot / 8] == 0xff) {
			slot += 7;
			continue;
		}
		if (p->slots[slot / 8] & 1U << slot % 8)
			continue;
		p->slots[slot / 8] |= (uint8_t)(1U << slot % 8);
		*ret_slot = (uint16_t)slot;
		return 0;
	}
	return -ENOSPC;
}

/* The chunk that a slot lies in, as a descriptor that the caller closes; or -errno. */
static int chunk_open(const struct panel *p, uint32_t slot)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/counters_%u", p->path, slot / VB_CHUNK_SLOTS);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

/* A further map like counters_0, with its BTF, so that bpftool can print it. */
static int chunk_create(struct panel *p, uint32_t chunk)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct tc_bpf *skel = tc_bpf__open();
	struct btf *btf = skel ? bpf_object__btf(skel->obj) : NULL;
	_cleanup_close_ int fd = -1;
	char name[16], path[160];
	int err = 0;

	if (btf && !btf__load_into_kernel(btf)) {
		opts.btf_fd = (uint32_t)btf__fd(btf);
		opts.btf_key_type_id = bpf_map__btf_key_type_id(skel->maps.counters_0);
		opts.btf_value_type_id = bpf_map__btf_value_type_id(skel->maps.counters_0);
	}
	snprintf(name, sizeof(name), "counters_%u", chunk);
	snprintf(path, sizeof(path), "%s/%s", p->path, name);
	fd = bpf_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, name, sizeof(uint32_t),
			    sizeof(struct vb_count), VB_CHUNK_SLOTS, &opts);
	grace_wait(&p->grace, 1); /* for a map of maps: maybe_wait_bpf_programs() */
	if (fd < 0 || bpf_obj_pin(fd, path) ||
	    bpf_map_update_elem(p->counters, &chunk, &fd, BPF_ANY))
		err = -errno;
	tc_bpf__destroy(skel);
	return err;
}

/* Zeroes a slot, and makes its chunk if it is the first in it. */
static int clear_counts(struct panel *p, uint32_t slot)
{
	_cleanup_free_ struct vb_count *zero = NULL;
	_cleanup_close_ int fd = chunk_open(p, slot);
	uint32_t key = slot % VB_CHUNK_SLOTS;
	int cpus = libbpf_num_possible_cpus();

	if (fd == -ENOENT)
		return chunk_create(p, slot / VB_CHUNK_SLOTS);
	if (fd < 0)
		return fd;
	if (cpus < 0)
		return cpus;
	zero = calloc((size_t)cpus, sizeof(*zero));
	if (!zero)
		return -ENOMEM;
	return bpf_map_update_elem(fd, &key, zero, BPF_ANY) ? -errno : 0;
}

int panel_slot_take(struct panel *p, uint16_t *ret_slot)
{
	int err = take_slot(p, ret_slot);

	if (err)
		return err;
	err = clear_counts(p, *ret_slot);
	if (err)
		give_slot(p, *ret_slot);
	return err;
}

void panel_slot_give(struct panel *p, uint16_t slot)
{
	give_slot(p, slot);
}

int panel_end_add(struct panel *p, uint32_t ifindex, const struct vb_end *like, struct vb_end **ret,
		  struct fault *f)
{
	struct vb_end *end = NULL;
	uint16_t slot;
	int err;

	for (uint32_t i = 0; !end && i < VB_ENDS_PROBES; i++)
		if (!p->ends[(ifindex + i) % VB_ENDS_MAX].ifindex)
			end = &p->ends[(ifindex + i) % VB_ENDS_MAX];
	err = end ? panel_slot_take(p, &slot) : -ENOSPC;
	if (err == -ENOSPC) {
		fault_set(f, ENOSPC,
			  "the panel has no room for ifindex %u: %u ends at most, and %u "
			  "whose ifindexes are alike modulo that",
			  ifindex, VB_ENDS_MAX, VB_ENDS_PROBES);
		fault_hint(f, "unpair ends that are no longer needed");
		return err;
	}
	if (err)
		return fault_errno(f, -err, "make the counters of ifindex %u", ifindex);

	end->peer = 0;
	end->slot = slot;
	end->side = like->side;
	end->flags = like->flags;
	end->xdp_max = like->xdp_max;
	/* The programs look for the ifindex, so it comes last. */
	__atomic_store_n(&end->ifindex, ifindex, __ATOMIC_RELEASE);
	*ret = end;
	return 0;
}

void panel_end_del(struct panel *p, uint32_t ifindex)
{
	struct vb_end *end = panel_end_get(p, ifindex);

	if (!end)
		return;
	panel_end_plug(end, 0);
	give_slot(p, end->slot);
	__atomic_store_n(&end->ifindex, 0, __ATOMIC_RELEASE);
}

void panel_end_plug(struct vb_end *end, uint32_t peer)
{
	__atomic_store_n(&end->peer, peer, __ATOMIC_RELEASE);
}

int panel_wait(const struct panel *p)
{
	_cleanup_close_ int fd = chunk_open(p, 0);
	uint32_t key = 0;

	if (fd < 0)
		return fd;
	return bpf_map_update_elem(p->counters, &key, &fd, BPF_ANY) ? -errno : 0;
}

int panel_count(const struct panel *p, const struct vb_end *end, struct vb_count *ret)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_free_ struct vb_count *counts = NULL;
	_cleanup_close_ int fd = -1;
	uint32_t key = end->slot % VB_CHUNK_SLOTS;
	struct vb_count sum = {0};

	if (cpus < 0)
		return cpus;
	counts = calloc((size_t)cpus, sizeof(*counts));
	if (!counts)
		return -ENOMEM;
	fd = chunk_open(p, end->slot);
	if (fd < 0)
		return fd;
	if (bpf_map_lookup_elem(fd, &key, counts))
		return -errno;
	for (int cpu = 0; cpu < cpus; cpu++) {
		sum.frames += counts[cpu].frames;
		sum.bytes += counts[cpu].bytes;
		sum.drop_bytes += counts[cpu].drop_bytes;
		sum.foreign += counts[cpu].foreign;
		for (int why = 0; why < VB_DROP_MAX; why++)
			sum.drops[why] += counts[cpu].drops[why];
	}
	*ret = sum;
	return 0;
}

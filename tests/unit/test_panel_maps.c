// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open-addressed table of ends and the giving out of counter slots, in plain memory in the
 * place of the mapped map. What asks the kernel for ports and counters is answered here.
 *
 * wraps: bpf_obj_get bpf_map_update_elem bpf_map_lookup_elem libbpf_num_possible_cpus
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "panel.h"
#include "unit.h"

static const struct vb_end like = {
	.ifindex = 99, .peer = 98, .slot = 97, .side = VB_SIDE_WIRE, .flags = 5, .xdp_max = 1518};
static struct panel panel;
static int counters_error; /* what the kernel says when counters are zeroed */
static char opened_path[160];
static uint32_t zeroed_slot;

int __wrap_bpf_obj_get(const char *path);
int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags);
int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value);
int __wrap_libbpf_num_possible_cpus(void);

int __wrap_bpf_obj_get(const char *path)
{
	snprintf(opened_path, sizeof(opened_path), "%s", path);
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int __wrap_bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)
{
	static const struct vb_count zero[2];

	(void)fd;
	(void)flags;
	assert_memory_equal(value, zero, sizeof(zero));
	zeroed_slot = *(const uint32_t *)key;
	errno = counters_error;
	return counters_error ? -1 : 0;
}

/* The port of 1 is full of 'x'; each CPU's counts are 1, 2, 3 …; there is nothing else. */
int __wrap_bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	__u64 *counts = value;

	if (fd == panel.ports && *(const uint32_t *)key == 1) {
		memset(value, 'x', sizeof(struct vb_port));
		return 0;
	}
	if (fd != panel.ports && *(const uint32_t *)key == 5) {
		for (size_t i = 0; i < 2 * sizeof(struct vb_count) / sizeof(*counts); i++)
			counts[i] = i + 1;
		return 0;
	}
	errno = ENOENT;
	return -1;
}

int __wrap_libbpf_num_possible_cpus(void)
{
	return 2;
}

static int setup(void **state)
{
	(void)state;
	panel = (struct panel)PANEL_CLOSED;
	strcpy(panel.path, "/panel");
	panel.ends = calloc(VB_ENDS_MAX, sizeof(*panel.ends));
	counters_error = 0;
	return !panel.ends;
}

static int teardown(void **state)
{
	(void)state;
	free(panel.ends);
	free(panel.slots);
	return 0;
}

static struct vb_end *add(uint32_t ifindex)
{
	struct vb_end *end = NULL;
	struct fault f = {0};

	if (panel_end_add(&panel, ifindex, &like, &end, &f))
		fail_msg("add %u: %s", ifindex, f.what);
	assert_int_equal(end->ifindex, ifindex);
	return end;
}

static uint32_t place_of(const struct vb_end *end)
{
	return (uint32_t)(end - panel.ends);
}

static void new_end_names_nobody(void **state)
{
	struct vb_end *end;

	(void)state;
	panel.ends[7] = (struct vb_end){.peer = 9, .flags = 0xff, .slot = 77}; /* left behind */
	end = add(7);
	assert_int_equal(end->peer, 0);
	assert_int_equal(end->side, VB_SIDE_WIRE);
	assert_int_equal(end->flags, 5);
	assert_int_equal(end->xdp_max, 1518);
	assert_int_equal(end->slot, 0);
	assert_ptr_equal(panel_end_get(&panel, 7), end);
	assert_string_equal(opened_path, "/panel/counters_0");
	assert_int_equal(zeroed_slot, 0);
}

static void nobody_is_found_in_an_empty_table(void **state)
{
	(void)state;
	assert_null(panel_end_get(&panel, 1));
	assert_null(panel_end_get(&panel, VB_ENDS_MAX));
	assert_null(panel_end_get(&panel, UINT32_MAX));
	panel_end_del(&panel, 1);
}

static void end_lies_at_its_ifindex_modulo_the_tables_size(void **state)
{
	(void)state;
	assert_int_equal(place_of(add(1)), 1);
	assert_int_equal(place_of(add(VB_ENDS_MAX)), 0);
	assert_int_equal(place_of(add(3 * VB_ENDS_MAX + 5)), 5);
	assert_int_equal(place_of(add(0x7fffffff)), VB_ENDS_MAX - 1);
}

static void alike_ends_lie_behind_each_other(void **state)
{
	struct vb_end *end[VB_ENDS_PROBES];

	(void)state;
	for (uint32_t i = 0; i < VB_ENDS_PROBES; i++)
		end[i] = add(10 + i * VB_ENDS_MAX);
	for (uint32_t i = 0; i < VB_ENDS_PROBES; i++) {
		assert_int_equal(place_of(end[i]), 10 + i);
		assert_ptr_equal(panel_end_get(&panel, 10 + i * VB_ENDS_MAX), end[i]);
	}
}

/* As the kernel numbers devices: the anchors of 16384 pairs, the endpoints between them. */
static void half_the_table_is_filled_without_a_search(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < VB_ENDS_MAX / 2; i++)
		assert_int_equal(place_of(add(1000 + 2 * i)), (1000 + 2 * i) % VB_ENDS_MAX);
	for (uint32_t i = 0; i < VB_ENDS_MAX / 2; i++)
		assert_int_equal(panel_end_get(&panel, 1000 + 2 * i)->slot, i);
}

static void table_is_a_ring(void **state)
{
	(void)state;
	assert_int_equal(place_of(add(VB_ENDS_MAX - 1)), VB_ENDS_MAX - 1);
	assert_int_equal(place_of(add(2 * VB_ENDS_MAX - 1)), 0);
	assert_int_equal(place_of(add(VB_ENDS_MAX)), 1); /* its own place 0 is taken */
	assert_ptr_equal(panel_end_get(&panel, 2 * VB_ENDS_MAX - 1), &panel.ends[0]);
	assert_ptr_equal(panel_end_get(&panel, VB_ENDS_MAX), &panel.ends[1]);
}

static void full_places_are_refused_in_words(void **state)
{
	struct vb_end *end = NULL;
	struct fault f = {0};

	(void)state;
	for (uint32_t i = 0; i < VB_ENDS_PROBES; i++)
		add(10 + i * VB_ENDS_MAX);
	assert_int_equal(panel_end_add(&panel, 10 + 16 * VB_ENDS_MAX, &like, &end, &f), -ENOSPC);
	assert_null(end);
	assert_string_equal(f.what,
			    "the panel has no room for ifindex 1048586: 65536 ends at most, "
			    "and 16 whose ifindexes are alike modulo that");
	assert_string_equal(f.hint, "unpair ends that are no longer needed");
	assert_null(panel_end_get(&panel, 10 + 16 * VB_ENDS_MAX));
	add(26); /* the place behind them is free */
}

/* A hole before an end does not hide it: there are no tombstones because none are needed. */
static void end_is_found_behind_a_hole(void **state)
{
	struct vb_end *third;

	(void)state;
	add(10);
	add(10 + VB_ENDS_MAX);
	third = add(10 + 2 * VB_ENDS_MAX);
	panel_end_del(&panel, 10);
	panel_end_del(&panel, 10 + VB_ENDS_MAX);
	assert_null(panel_end_get(&panel, 10));
	assert_ptr_equal(panel_end_get(&panel, 10 + 2 * VB_ENDS_MAX), third);
	assert_int_equal(place_of(add(10 + 3 * VB_ENDS_MAX)), 10);
}

static void plugging_is_one_store(void **state)
{
	struct vb_end *end = add(10), before = *end;

	(void)state;
	panel_end_plug(end, 11);
	before.peer = 11;
	assert_memory_equal(end, &before, sizeof(before));
	panel_end_plug(end, 0);
	assert_int_equal(end->peer, 0);
}

static void deleted_end_is_unplugged_and_its_place_free(void **state)
{
	struct vb_end *end = add(10);

	(void)state;
	panel_end_plug(end, 11);
	panel_end_del(&panel, 10);
	assert_int_equal(end->ifindex, 0);
	assert_int_equal(end->peer, 0);
}

static void slots_are_given_out_from_the_lowest_and_again(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		assert_int_equal(add(100 + i)->slot, i);
	panel_end_del(&panel, 103);
	panel_end_del(&panel, 117);
	assert_int_equal(add(200)->slot, 3);
	assert_int_equal(add(201)->slot, 17);
	assert_int_equal(add(202)->slot, 20);
}

static void slots_of_a_panel_that_was_there_are_not_given_out_again(void **state)
{
	(void)state;
	panel.ends[5] = (struct vb_end){.ifindex = 5, .slot = 0};
	panel.ends[6] = (struct vb_end){.ifindex = 6, .slot = 9};
	panel.ends[7] = (struct vb_end){.slot = 1}; /* free: what it says does not count */
	assert_int_equal(add(8)->slot, 1);
	for (uint32_t i = 2; i < 9; i++)
		assert_int_equal(add(100 + i)->slot, i);
	assert_int_equal(add(200)->slot, 10);
}

static void slot_is_zeroed_in_its_chunk(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < VB_CHUNK_SLOTS + 2; i++)
		add(100 + i);
	assert_string_equal(opened_path, "/panel/counters_1");
	assert_int_equal(zeroed_slot, 1);
}

static void no_counters_no_end(void **state)
{
	struct vb_end *end = NULL;
	struct fault f = {0};

	(void)state;
	counters_error = ENOMEM;
	assert_int_equal(panel_end_add(&panel, 10, &like, &end, &f), -ENOMEM);
	assert_string_equal(f.what, "make the counters of ifindex 10: Cannot allocate memory");
	assert_null(end);
	assert_null(panel_end_get(&panel, 10));
	counters_error = 0;
	assert_int_equal(add(10)->slot, 0); /* and its slot is free again */
}

static void full_table_is_refused(void **state)
{
	struct vb_end *end;
	struct fault f = {0};

	(void)state;
	for (uint32_t i = 1; i <= VB_ENDS_MAX; i++)
		panel.ends[i % VB_ENDS_MAX] =
			(struct vb_end){.ifindex = i, .slot = (uint16_t)(i - 1)};
	assert_int_equal(panel_end_add(&panel, VB_ENDS_MAX + 1, &like, &end, &f), -ENOSPC);
	panel_end_del(&panel, 30000);
	assert_int_equal(add(30000)->slot, 29999);
}

/* The map may hold anything, whoever wrote it. */
static void names_in_a_port_have_an_end(void **state)
{
	struct vb_port port;

	(void)state;
	assert_int_equal(panel_port_get(&panel, 1, &port), 0);
	assert_string_equal(port.name, "xxxxxxxxxxxxxxx");
	assert_string_equal(port.endpoint, "xxxxxxxxxxxxxxx");
	assert_int_equal(panel_port_get(&panel, 2, &port), -ENOENT);
}

static void counts_are_the_sum_over_all_cpus(void **state)
{
	struct vb_end end = {.ifindex = 1, .slot = 2 * VB_CHUNK_SLOTS + 5};
	struct vb_count count;

	(void)state;
	assert_int_equal(panel_count(&panel, &end, &count), 0);
	assert_string_equal(opened_path, "/panel/counters_2");
	assert_int_equal(count.frames, 1 + 9);
	assert_int_equal(count.bytes, 2 + 10);
	assert_int_equal(count.drops[VB_DROP_NO_PEER], 3 + 11);
	assert_int_equal(count.drops[VB_DROP_REDIRECT], 6 + 14);
	assert_int_equal(count.drop_bytes, 7 + 15);
	assert_int_equal(count.foreign, 8 + 16);
	end.slot++;
	assert_int_equal(panel_count(&panel, &end, &count), -ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(new_end_names_nobody),
		TEST(nobody_is_found_in_an_empty_table),
		TEST(end_lies_at_its_ifindex_modulo_the_tables_size),
		TEST(alike_ends_lie_behind_each_other),
		TEST(half_the_table_is_filled_without_a_search),
		TEST(table_is_a_ring),
		TEST(full_places_are_refused_in_words),
		TEST(end_is_found_behind_a_hole),
		TEST(plugging_is_one_store),
		TEST(deleted_end_is_unplugged_and_its_place_free),
		TEST(slots_are_given_out_from_the_lowest_and_again),
		TEST(slots_of_a_panel_that_was_there_are_not_given_out_again),
		TEST(slot_is_zeroed_in_its_chunk),
		TEST(no_counters_no_end),
		TEST(full_table_is_refused),
		TEST(names_in_a_port_have_an_end),
		TEST(counts_are_the_sum_over_all_cpus),
	};

	return cmocka_run_group_tests_name("panel_maps", tests, NULL, NULL);
}

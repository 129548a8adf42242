// SPDX-License-Identifier: GPL-2.0-only
/* What went wrong, told once. */
#include <errno.h>
#include "printed.h"
#include "fault.h"
#include "unit.h"

static void set_gives_cause_and_negative_errno(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(fault_set(&f, EBUSY, "%s is already paired with %s", "a", "b"), -EBUSY);
	assert_int_equal(f.err, EBUSY);
	assert_string_equal(f.what, "a is already paired with b");
	assert_string_equal(f.hint, "");
}

static void errno_is_put_into_words(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(fault_errno(&f, ENOSPC, "pin %s", "x"), -ENOSPC);
	assert_string_equal(f.what, "pin x: No space left on device");
}

static void first_cause_wins(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_set(&f, EPERM, "the cause");
	assert_int_equal(fault_set(&f, EIO, "what followed"), -EIO);
	assert_int_equal(fault_errno(&f, ENOMEM, "and that"), -ENOMEM);
	assert_int_equal(f.err, EPERM);
	assert_string_equal(f.what, "the cause");
}

static void first_hint_wins(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_set(&f, EPERM, "the cause");
	fault_hint(&f, "run it as %s", "root");
	fault_hint(&f, "or not");
	assert_string_equal(f.hint, "run it as root");
}

static void context_stands_before_the_cause(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_set(&f, ENODEV, "no device %s", "b");
	fault_context(&f, "%s", "b");
	fault_context(&f, "pair %s %s", "a", "b");
	assert_string_equal(f.what, "pair a b: b: no device b");
	assert_int_equal(f.err, ENODEV);
}

static void without_a_fault_hint_and_context_say_nothing(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_hint(&f, "do this");
	fault_context(&f, "pair a b");
	assert_int_equal(f.err, 0);
	assert_string_equal(f.what, "");
	assert_string_equal(f.hint, "");
}

static void nobody_who_listens_is_no_trouble(void **state)
{
	(void)state;
	assert_int_equal(fault_set(NULL, EINVAL, "x"), -EINVAL);
	assert_int_equal(fault_errno(NULL, ENOENT, "x"), -ENOENT);
	fault_hint(NULL, "x");
	fault_context(NULL, "x");
}

/* Canaries on both sides of what may be written. */
static void long_texts_are_cut_off_within_their_bounds(void **state)
{
	struct {
		char before[8];
		struct fault f;
		char after[8];
	} s;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < 2; i++) {
		memset(&s, 0, sizeof(s));
		if (i)
			fault_set(&s.f, EIO, "%s", text);
		else
			fault_errno(&s.f, EIO, "%s", text);
		fault_hint(&s.f, "%s", text);
		assert_int_equal(strlen(s.f.what), sizeof(s.f.what) - 1);
		assert_int_equal(strlen(s.f.hint), sizeof(s.f.hint) - 1);
		fault_context(&s.f, "pair a b");
		assert_int_equal(strlen(s.f.what), sizeof(s.f.what) - 1);
		assert_memory_equal(s.f.what, "pair a b: xxx", 13);
		fault_context(&s.f, "%s", text);
		assert_int_equal(strlen(s.f.what), sizeof(s.f.what) - 1);
		assert_memory_equal(s.before, "\0\0\0\0\0\0\0", 8);
		assert_memory_equal(s.after, "\0\0\0\0\0\0\0", 8);
	}
}

static void longest_text_that_fits_is_whole(void **state)
{
	struct fault f = {0};
	char text[sizeof(f.what)];

	(void)state;
	memset(text, 'y', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fault_set(&f, EIO, "%s", text);
	assert_string_equal(f.what, text);
}

static void printed(const struct fault *f, const char *want)
{
	struct printed c;
	char *text;

	printed_begin(&c, &stderr);
	fault_print(f);
	text = printed_end(&c);
	assert_string_equal(text, want);
	free(text);
}

static void print_puts_the_hint_on_a_line_of_its_own(void **state)
{
	struct fault f = {0};

	(void)state;
	fault_set(&f, EPERM, "100%% sure: %s", "%s");
	printed(&f, "vethbpf: 100% sure: %s\n");
	fault_hint(&f, "do this");
	printed(&f, "vethbpf: 100% sure: %s\n         do this\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_gives_cause_and_negative_errno),
		cmocka_unit_test(errno_is_put_into_words),
		cmocka_unit_test(first_cause_wins),
		cmocka_unit_test(first_hint_wins),
		cmocka_unit_test(context_stands_before_the_cause),
		cmocka_unit_test(without_a_fault_hint_and_context_say_nothing),
		cmocka_unit_test(nobody_who_listens_is_no_trouble),
		cmocka_unit_test(long_texts_are_cut_off_within_their_bounds),
		cmocka_unit_test(longest_text_that_fits_is_whole),
		cmocka_unit_test(print_puts_the_hint_on_a_line_of_its_own),
	};

	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* What -n takes: a name, a path or a process id. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "netns.h"
#include "unit.h"

static void assert_own_namespace(int fd)
{
	struct stat got, own;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(stat("/proc/self/ns/net", &own), 0);
	assert_int_equal(got.st_ino, own.st_ino);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void path_is_opened(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_own_namespace(netns_open("/proc/self/ns/net", &f));
	assert_int_equal(f.err, 0);
}

static void process_id_is_opened(void **state)
{
	struct fault f = {0};
	char spec[32];

	(void)state;
	snprintf(spec, sizeof(spec), "%d", getpid());
	assert_own_namespace(netns_open(spec, &f));
	assert_int_equal(f.err, 0);
}

static void refused(const char *spec, int err, const char *what, const char *hint)
{
	struct fault f = {0};

	check_int(spec, netns_open(spec, &f), -err);
	check_int(spec, f.err, err);
	check_string(spec, f.what, what);
	check_string(spec, f.hint, hint);
}

#define NONE_HINT "`ip netns` lists the named ones; a path or a process id will do as well"

static void what_names_none_is_refused(void **state)
{
	(void)state;
	refused("vbu-none", ENOENT, "netns \"vbu-none\": No such file or directory", NONE_HINT);
	refused("/run/vbu-none", ENOENT, "netns \"/run/vbu-none\": No such file or directory",
		NONE_HINT);
	refused("99999999", ENOENT, "netns \"99999999\": No such file or directory", NONE_HINT);
	refused("12x", ENOENT, "netns \"12x\": No such file or directory", NONE_HINT);
	refused("/etc/passwd/x", ENOTDIR, "netns \"/etc/passwd/x\": Not a directory", "");
}

static void empty_is_refused(void **state)
{
	(void)state;
	refused("", EINVAL, "netns \"\": not a name, path or process id", "");
}

static void too_long_is_refused_not_cut(void **state)
{
	char spec[9000], want[128], part[65] = "";
	static const size_t lengths[] = {4082, 4083, 4084, 4095, 4096, 8999};

	(void)state;
	memset(part, '1', 64);
	snprintf(want, sizeof(want), "netns \"%s\": not a name, path or process id", part);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		memset(spec, '1', lengths[i]);
		spec[lengths[i]] = '\0';
		refused(spec, EINVAL, want, "");
	}
}

/*
 * The longest that is taken: the kernel finds a name of that length too long, and says so. As a
 * path, since on a machine that never had a named namespace there is no directory to look for names
 * in.
 */
static void longest_is_looked_for_whole(void **state)
{
	char spec[4082];
	struct fault f = {0};

	(void)state;
	memset(spec, 'x', sizeof(spec) - 1);
	spec[0] = '/';
	spec[sizeof(spec) - 1] = '\0';
	assert_int_equal(netns_open(spec, &f), -ENAMETOOLONG);
}

static void entering_what_is_no_namespace_fails(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_int_equal(netns_enter("/dev/null", &f), -EINVAL);
	assert_string_equal(f.what, "enter netns \"/dev/null\": Invalid argument");
}

static void cookie_is_the_same_each_time(void **state)
{
	uint64_t one = 0, two = 0;

	(void)state;
	assert_int_equal(netns_cookie(&one, NULL), 0);
	assert_int_equal(netns_cookie(&two, NULL), 0);
	assert_true(one != 0);
	assert_true(one == two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_opened),
		cmocka_unit_test(process_id_is_opened),
		cmocka_unit_test(what_names_none_is_refused),
		cmocka_unit_test(empty_is_refused),
		cmocka_unit_test(too_long_is_refused_not_cut),
		cmocka_unit_test(longest_is_looked_for_whole),
		cmocka_unit_test(entering_what_is_no_namespace_fails),
		cmocka_unit_test(cookie_is_the_same_each_time),
	};

	return cmocka_run_group_tests_name("netns", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Answers to a request, as the kernel would write them and as it never would. */
#include <errno.h>
#include "message.h"
#include "netlink.h"
#include "unit.h"

static struct netlink nl;
static int heard;

static int setup(void **state)
{
	(void)state;
	memset(&nl, 0, sizeof(nl));
	nl.seq = MESSAGE_SEQ;
	heard = 0;
	return 0;
}

static int count_message(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return MNL_CB_OK;
}

static int hear_bytes(const void *buf, size_t bytes)
{
	void *copy = message_copy(buf, bytes);
	int ret = netlink_hear(&nl, MESSAGE_PORT, copy, bytes, count_message, &heard);

	free(copy);
	return ret;
}

static int hear(struct nlmsghdr *nlh)
{
	int ret = hear_bytes(nlh, nlh->nlmsg_len);

	free(nlh);
	return ret;
}

/* The kernel's answer to a request that it refuses (netlink_ack() in net/netlink/af_netlink.c). */
static struct nlmsghdr *refusal(int error, uint16_t flags)
{
	struct nlmsghdr *nlh = message_begin(NLMSG_ERROR, flags);
	struct nlmsgerr *err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));

	err->error = error;
	err->msg.nlmsg_len = sizeof(struct nlmsghdr);
	return nlh;
}

#define CAPPED (NLM_F_CAPPED | NLM_F_ACK_TLVS)

static void acknowledgement_ends_the_answer(void **state)
{
	(void)state;
	assert_int_equal(hear(refusal(0, NLM_F_CAPPED)), MNL_CB_STOP);
	assert_string_equal(nl.extack, "");
	assert_int_equal(heard, 0);
}

static void refusal_is_an_errno(void **state)
{
	(void)state;
	assert_int_equal(hear(refusal(-EPERM, NLM_F_CAPPED)), -EPERM);
	assert_string_equal(nl.extack, "");
}

static void refusal_with_what_is_no_errno(void **state)
{
	(void)state;
	assert_int_equal(hear(refusal(INT32_MIN, NLM_F_CAPPED)), -EPROTO);
	assert_int_equal(hear(refusal(-4096, NLM_F_CAPPED)), -EPROTO);
	assert_int_equal(hear(refusal(-4095, NLM_F_CAPPED)), -4095);
	assert_int_equal(hear(refusal(EPERM, NLM_F_CAPPED)), -EPERM);
}

static void refusal_with_the_kernels_own_words(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, CAPPED);

	(void)state;
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 40);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Invalid MTU");
	mnl_attr_put_strz(nlh, 200, "what later kernels add");
	assert_int_equal(hear(nlh), -EINVAL);
	assert_string_equal(nl.extack, "Invalid MTU");
}

/* Without NETLINK_CAP_ACK the kernel sends the whole request back, before the attributes. */
static void words_behind_the_whole_request(void **state)
{
	struct nlmsghdr *nlh = refusal(-EBUSY, NLM_F_ACK_TLVS);
	struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	/* An attribute with the same number in the request, and a length that needs padding. */
	struct nlattr *decoy = mnl_nlmsg_put_extra_header(nlh, 16);

	(void)state;
	err->msg.nlmsg_len += 13;
	decoy->nla_len = 13;
	decoy->nla_type = NLMSGERR_ATTR_MSG;
	strcpy((char *)(decoy + 1), "not this");
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Device is busy");
	assert_int_equal(hear(nlh), -EBUSY);
	assert_string_equal(nl.extack, "Device is busy");
}

static void words_that_are_no_string_are_left_out(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, CAPPED);

	(void)state;
	mnl_attr_put(nlh, NLMSGERR_ATTR_MSG, 4, "abcd"); /* no NUL */
	assert_int_equal(hear(nlh), -EINVAL);
	assert_string_equal(nl.extack, "");

	nlh = refusal(-EINVAL, CAPPED);
	mnl_attr_put(nlh, NLMSGERR_ATTR_MSG, 0, "");
	assert_int_equal(hear(nlh), -EINVAL);
	assert_string_equal(nl.extack, "");
}

static void long_words_are_cut_off_within_their_bounds(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, CAPPED);
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
	assert_int_equal(hear(nlh), -EINVAL);
	assert_int_equal(strlen(nl.extack), sizeof(nl.extack) - 1);
}

static void words_beside_a_success_are_no_cause(void **state)
{
	struct nlmsghdr *nlh = refusal(0, CAPPED);

	(void)state;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "a warning");
	assert_int_equal(hear(nlh), MNL_CB_STOP);
	assert_string_equal(nl.extack, "");
}

static void words_need_the_flag_that_announces_them(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, NLM_F_CAPPED);

	(void)state;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "not announced");
	assert_int_equal(hear(nlh), -EINVAL);
	assert_string_equal(nl.extack, "");
}

static void several_messages_then_the_end(void **state)
{
	struct nlmsghdr *nlh = message_begin(RTM_NEWLINK, NLM_F_MULTI);
	char buf[3 * 64];
	size_t bytes = 0;

	(void)state;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	for (int i = 0; i < 2; i++, bytes += nlh->nlmsg_len)
		memcpy(buf + bytes, nlh, nlh->nlmsg_len);
	assert_int_equal(hear_bytes(buf, bytes), MNL_CB_OK);
	assert_int_equal(heard, 2);

	free(nlh);
	nlh = message_begin(NLMSG_DONE, NLM_F_MULTI);
	mnl_nlmsg_put_extra_header(nlh, sizeof(int));
	assert_int_equal(hear(nlh), MNL_CB_STOP);
}

static void answers_to_others_are_refused(void **state)
{
	struct nlmsghdr *nlh = refusal(0, NLM_F_CAPPED);

	(void)state;
	nlh->nlmsg_seq++;
	assert_int_equal(hear(nlh), -EPROTO);
	nlh = refusal(0, NLM_F_CAPPED);
	nlh->nlmsg_pid++;
	assert_int_equal(hear(nlh), -ESRCH);
}

static void late_answers_are_passed_over(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, CAPPED);

	(void)state;
	nlh->nlmsg_seq--;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Invalid MTU");
	assert_int_equal(hear(nlh), MNL_CB_OK);
	assert_int_equal(heard, 0);
	assert_string_equal(nl.extack, "");
}

/* Cut at every length: never read beyond the end, never taken for a whole refusal with words. */
static void refusals_cut_short_say_nothing(void **state)
{
	struct nlmsghdr *nlh = refusal(-EINVAL, CAPPED);

	(void)state;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Invalid MTU");
	for (size_t bytes = 0; bytes < nlh->nlmsg_len; bytes++) {
		assert_int_equal(hear_bytes(nlh, bytes), -EBADMSG);
		assert_string_equal(nl.extack, "");
	}
	/* With a length that goes with the cut, but the attribute's own does not. */
	for (uint32_t bytes = nlh->nlmsg_len - 4; bytes >= sizeof(*nlh); bytes--) {
		nlh->nlmsg_len = bytes;
		assert_true(hear_bytes(nlh, bytes) < 0);
		assert_string_equal(nl.extack, "");
	}
	free(nlh);
}

/* Of the request inside the refusal, which is skipped, and of the message itself. */
static void lengths_that_lie_are_harmless(void **state)
{
	static const uint32_t lengths[] = {0, 1, 15, 4096, 0x7fffffff, 0x80000000, 0xffffffff};

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct nlmsghdr *nlh = refusal(-EINVAL, NLM_F_ACK_TLVS);
		struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
		uint32_t bytes;

		err->msg.nlmsg_len = lengths[i];
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "Invalid MTU");
		bytes = nlh->nlmsg_len;
		assert_int_equal(hear_bytes(nlh, bytes), -EINVAL);
		nlh->nlmsg_len = lengths[i];
		assert_int_equal(hear_bytes(nlh, bytes), -EBADMSG);
		free(nlh);
	}
}

static void closing_what_was_never_open_is_no_trouble(void **state)
{
	struct netlink closed = {0};

	(void)state;
	netlink_close(&closed);
	netlink_close(&closed);
	assert_null(closed.sock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(acknowledgement_ends_the_answer, setup),
		cmocka_unit_test_setup(refusal_is_an_errno, setup),
		cmocka_unit_test_setup(refusal_with_what_is_no_errno, setup),
		cmocka_unit_test_setup(refusal_with_the_kernels_own_words, setup),
		cmocka_unit_test_setup(words_behind_the_whole_request, setup),
		cmocka_unit_test_setup(words_that_are_no_string_are_left_out, setup),
		cmocka_unit_test_setup(long_words_are_cut_off_within_their_bounds, setup),
		cmocka_unit_test_setup(words_beside_a_success_are_no_cause, setup),
		cmocka_unit_test_setup(words_need_the_flag_that_announces_them, setup),
		cmocka_unit_test_setup(several_messages_then_the_end, setup),
		cmocka_unit_test_setup(answers_to_others_are_refused, setup),
		cmocka_unit_test_setup(late_answers_are_passed_over, setup),
		cmocka_unit_test_setup(refusals_cut_short_say_nothing, setup),
		cmocka_unit_test_setup(lengths_that_lie_are_harmless, setup),
		cmocka_unit_test_setup(closing_what_was_never_open_is_no_trouble, setup),
	};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}

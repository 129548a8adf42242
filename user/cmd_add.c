// SPDX-License-Identifier: GPL-2.0-only
/* add, del and gc: parse, call, say. */
#include <string.h>
#include "command.h"
#include "endpoint.h"
#include "parse.h"

#define MTU_DEFAULT 1500
#define MTU_MIN	    68 /* ETH_MIN_MTU */
#define MTU_MAX	    65535
#define GSO_MIN	    2048
#define GSO_MAX	    524280 /* GSO_MAX_SIZE, include/linux/netdevice.h */

static int parse_number(struct args *args, const char *keyword, uint32_t least, uint32_t most,
			uint32_t *ret)
{
	const char *word = args_take(args);

	if (word && !parse_u32(word, ret) && *ret >= least && *ret <= most)
		return 0;
	return usage_error("add", "%s is a number from %u to %u, not \"%s\"", keyword, least, most,
			   word ?: "");
}

/* The words about one device, up to peer or the end. 0 or the exit status of a usage error. */
static int parse_endpoint(struct args *args, struct endpoint_request *req, uint8_t *address)
{
	const char *wrong, *word;
	int status = 0;

	req->name = args_take(args);
	if (!req->name)
		return usage_error("add", "two device names are needed");
	wrong = parse_device_name(req->name);
	if (wrong)
		return usage_error("add", "device name \"%s\" %s", req->name, wrong);

	req->mtu = MTU_DEFAULT;
	while (!status && args->left && strcmp(*args->next, "peer") != 0) {
		if (args_take_keyword(args, "netns")) {
			req->netns = args_take(args);
			if (!req->netns)
				return usage_error("add", "netns needs a namespace");
		} else if (args_take_keyword(args, "address")) {
			word = args_take(args);
			wrong = parse_address(word ?: "", address);
			if (wrong)
				return usage_error("add", "address \"%s\" %s", word ?: "", wrong);
			req->address = address;
		} else if (args_take_keyword(args, "mtu")) {
			status = parse_number(args, "mtu", MTU_MIN, MTU_MAX, &req->mtu);
		} else if (args_take_keyword(args, "gso")) {
			status = parse_number(args, "gso", GSO_MIN, GSO_MAX, &req->gso);
		} else if (args_take_keyword(args, "up")) {
			req->up = true;
		} else {
			return usage_error("add", "\"%s\" is not understood here", *args->next);
		}
	}
	return status;
}

static int finish(int err, const struct fault *f)
{
	if (!err)
		return EXIT_SUCCESS;
	fault_print(f);
	return EXIT_FAILURE;
}

int cmd_add(const struct options *opt, int argc, char **argv)
{
	struct args args = {argc - 1, argv + 1};
	struct endpoint_request req[2] = {0};
	uint8_t address[2][DEVICE_ADDRESS_BYTES];
	struct fault f = {0};
	int wrong;

	wrong = parse_endpoint(&args, &req[0], address[0]);
	if (!wrong && !args_take_keyword(&args, "peer"))
		wrong = usage_error("add", "the other device is missing: peer DEV");
	wrong = wrong ?: parse_endpoint(&args, &req[1], address[1]);
	if (!wrong && args.left)
		wrong = usage_error("add", "\"%s\" is not understood here", *args.next);
	if (wrong)
		return wrong;
	if (opt->batch && endpoint_is_added(opt->session, req))
		return EXIT_SUCCESS;
	return finish(endpoint_add(opt->session, req, &f), &f);
}

int cmd_del(const struct options *opt, int argc, char **argv)
{
	const char *wrong = argc == 2 ? parse_device_name(argv[1]) : NULL;
	struct fault f = {0};

	if (argc != 2)
		return usage_error("del", "one device is needed, either end");
	if (wrong)
		return usage_error("del", "device name \"%s\" %s", argv[1], wrong);
	return finish(endpoint_del(opt->session, argv[1], &f), &f);
}

int cmd_gc(const struct options *opt, int argc, char **argv)
{
	struct fault f = {0};

	if (argc > 1)
		return usage_error("gc", "\"%s\" is not understood here", argv[1]);
	return finish(panel_gc(opt->session->panel.lock >= 0, &f) ?: endpoint_gc(opt->session, &f),
		      &f);
}

// SPDX-License-Identifier: GPL-2.0-only
/* A datagram of rtnetlink's: a device, or a refusal with the kernel's words. */
#include "device.h"
#include "fuzz.h"
#include "message.h"
#include "netlink.h"

#define must_end(string) must(strnlen(string, sizeof(string)) < sizeof(string))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct netlink nl = {.seq = MESSAGE_SEQ};
	char address[3 * sizeof(((struct device *)0)->address)];
	struct device dev = {0};
	void *copy = message_copy(data, size);
	int verdict;

	verdict = netlink_hear(&nl, MESSAGE_PORT, copy, size, device_note, &dev);
	must(verdict == MNL_CB_OK || verdict == MNL_CB_STOP || verdict < 0);
	must_end(nl.extack);
	must_end(dev.name);
	must_end(dev.kind);
	must_end(dev.alias);
	must(dev.address_len <= sizeof(dev.address));
	must(strlen(device_address(&dev, address, sizeof(address))) ==
	     (dev.address_len ? 3U * dev.address_len - 1 : 0));
	must(device_operstate(&dev) != NULL);
	free(copy);
	return 0;
}

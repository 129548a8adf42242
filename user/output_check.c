// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "json_build.h"
#include "output.h"
#include "output_check.h"

static const char *yes(bool can)
{
	return can ? "yes" : "no";
}

static void text_kernel(const struct check_kernel *kernel)
{
	printf("kernel %s lockdown %s\n", kernel->release,
	       *kernel->lockdown ? kernel->lockdown : "unknown");
	for (int i = 0; i < CHECK_ABILITIES; i++)
		printf("    %-13s %s\n", check_ability_name(i), yes(kernel->can[i]));
}

static const char *kind_of(const struct device *dev)
{
	return *dev->kind ? dev->kind : "physical";
}

static void text_device(const struct check_device *device)
{
	const struct plan_end *end = &device->plan.end[0];

	printf("device %s kind %s\n", device->dev.name, kind_of(&device->dev));
	if (device->driver.known)
		printf("    xdp basic %s redirect %s transmit %s\n",
		       yes(device->driver.xdp_features & DRIVER_XDP_BASIC),
		       yes(device->driver.xdp_features & DRIVER_XDP_REDIRECT),
		       yes(device->driver.xdp_features & DRIVER_XDP_NDO_XMIT));
	printf("    takes VLAN tags off: %s\n", yes(device->driver.strips_vlan));
	if (!device->refused.err)
		printf("    paired with a device like it: side %s datapath %s (%s)\n",
		       plan_side_name((uint8_t)end->side), plan_path_name((uint8_t)end->path),
		       plan_reason_text(end->reason));
}

static void text_report(const struct check_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct check_finding *one = &report->findings[i];

		printf("%s: %s: %s\n", check_level_name(one->level), one->subject, one->what);
		if (*one->remedy)
			printf("    remedy: %s\n", one->remedy);
	}
	if (!report->wrong)
		puts("nothing is wrong");
}

static struct json_object *json_kernel(const struct check_kernel *kernel)
{
	struct json_object *json = json_object_new_object();

	json_add_string(json, "release", kernel->release);
	if (*kernel->lockdown)
		json_add_string(json, "lockdown", kernel->lockdown);
	for (int i = 0; i < CHECK_ABILITIES; i++)
		json_add_bool(json, check_ability_name(i), kernel->can[i]);
	json_add_int(json, "backlog_drops", kernel->backlog_drops);
	return json;
}

static struct json_object *json_device(const struct check_device *device)
{
	struct json_object *json = json_object_new_object(), *xdp;
	const struct plan_end *end = &device->plan.end[0];

	json_add_string(json, "dev", device->dev.name);
	json_add_int(json, "ifindex", device->dev.ifindex);
	json_add_string(json, "kind", device->dev.kind);
	if (device->driver.known) {
		xdp = json_object_new_object();
		json_add_bool(xdp, "basic", device->driver.xdp_features & DRIVER_XDP_BASIC);
		json_add_bool(xdp, "redirect", device->driver.xdp_features & DRIVER_XDP_REDIRECT);
		json_add_bool(xdp, "transmit", device->driver.xdp_features & DRIVER_XDP_NDO_XMIT);
		json_add(json, "xdp", xdp);
	}
	json_add_bool(json, "strips_vlan", device->driver.strips_vlan);
	if (!device->refused.err) {
		json_add_string(json, "side", plan_side_name((uint8_t)end->side));
		json_add_string(json, "datapath", plan_path_name((uint8_t)end->path));
		json_add_string(json, "reason", plan_reason_text(end->reason));
	}
	return json;
}

static struct json_object *json_findings(const struct check_report *report)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct check_finding *one = &report->findings[i];
		struct json_object *json = json_object_new_object();

		json_add_string(json, "level", check_level_name(one->level));
		json_add_string(json, "code", one->code);
		json_add_string(json, "subject", one->subject);
		json_add_string(json, "what", one->what);
		if (*one->remedy)
			json_add_string(json, "remedy", one->remedy);
		json_object_array_add(list, json);
	}
	return list;
}

int output_check(const struct options *opt, const struct check_facts *facts,
		 const struct check_report *report)
{
	struct json_object *json;

	if (opt->json) {
		json = json_object_new_object();
		json_add(json, "kernel", json_kernel(&facts->kernel));
		if (facts->device)
			json_add(json, "device", json_device(facts->device));
		json_add_int(json, "pairs", facts->count);
		json_add(json, "findings", json_findings(report));
		json_add_bool(json, "wrong", report->wrong);
		json_print(json, opt->pretty);
	} else {
		text_kernel(&facts->kernel);
		if (facts->device)
			text_device(facts->device);
		text_report(report);
	}
	return output_finish();
}

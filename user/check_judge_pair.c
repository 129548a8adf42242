// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "anchor.h"
#include "check_report.h"

static void judge_hooks(struct check_report *r, const struct view_end *end,
			const struct check_end *more)
{
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const char *prog = panel_prog_name(end->port.hooks[i].role);
		const char *method = attach_method_name(end->port.hooks[i].method);
		struct check_finding *one;

		if (end->port.hooks[i].role == VB_ROLE_NONE || end->hooks[i].attached)
			continue;
		if (more->other_prog[i])
			one = check_find(r, CHECK_WRONG, "hook_replaced", view_end_name(end),
					 "program %u stands where its hook %s (%s) was",
					 more->other_prog[i], prog, method);
		else
			one = check_find(r, CHECK_WRONG, "hook_missing", view_end_name(end),
					 "its hook %s (%s) was taken away", prog, method);
		check_remedy(one, "vethbpf unpair %s, and pair it again", view_end_name(end));
	}
}

/* A tcx link, which goes with its device to another namespace, knows that the device still is. */
static bool still_hooked(const struct view_end *end)
{
	for (int i = 0; i < VB_HOOKS_MAX; i++)
		if (end->hooks[i].link_ifindex)
			return true;
	return false;
}

/* Whether the pair's device is there at all; what is wrong where it is not. */
static bool judge_presence(struct check_report *r, const struct view_end *end,
			   const struct check_end *more)
{
	const char *name = view_end_name(end);
	struct check_finding *one;

	if (!end->device_there && view_is_anchor(end)) {
		check_remedy(check_find(r, CHECK_WRONG, "anchor_gone", name,
					"its anchor %s is gone", end->port.name),
			     "vethbpf del %s, and add it again", name);
	} else if (!end->device_there && still_hooked(end)) {
		one = check_find(
			r, CHECK_WRONG, "end_moved", name,
			"it is in another network namespace now, and a cable lies within one%s%s",
			*more->elsewhere ? "; a device of its name is in " : "", more->elsewhere);
		check_remedy(
			one,
			"move it back, vethbpf unpair %s and pair it again; `vethbpf add` makes "
			"devices that can be moved",
			name);
	} else if (!end->device_there) {
		one = check_find(r, CHECK_WRONG, "end_gone", name,
				 "it is gone, or in another network namespace%s%s",
				 *more->elsewhere ? "; a device of its name is in " : "",
				 more->elsewhere);
		check_remedy(one, "vethbpf unpair %s; pair it again when it is back", name);
	} else if (view_is_anchor(end) && !anchor_has_endpoint(&end->dev, &end->port)) {
		check_remedy(check_find(r, CHECK_WRONG, "endpoint_gone", name,
					"it was deleted, by itself or with its namespace"),
			     "vethbpf gc takes the rest away");
		return false;
	}
	return end->device_there;
}

/* "ip", "ip -n blue", "nsenter --net=/proc/7/ns/net ip": for what is said to a device where it is.
 */
static const char *ip_there(const struct view_end *end, char *buf, size_t size)
{
	const char *netns = view_is_anchor(end) ? end->netns : "";

	if (*netns == '/')
		snprintf(buf, size, "nsenter --net=%s ip", netns);
	else
		snprintf(buf, size, "ip%s%s", *netns ? " -n " : "", netns);
	return buf;
}

static void judge_link(struct check_report *r, const struct view_end *end)
{
	const struct device *dev = view_end_device(end);
	bool wire = end->port.side == VB_SIDE_WIRE;
	char ip[96];

	if (!dev)
		return;
	if (!(dev->flags & IFF_UP))
		check_remedy(check_find(r, CHECK_WRONG, "down", dev->name, "it is down"),
			     "%s link set %s up", ip_there(end, ip, sizeof(ip)), dev->name);
	else if (!dev->carrier)
		check_remedy(
			check_find(r, wire ? CHECK_WRONG : CHECK_NOTE, "no_carrier", dev->name,
				   "it has no carrier"),
			"see that its other end is there and up: a NIC's cable, a veth's peer, "
			"the program behind a tap, a bridge's ports");
	if (wire && dev->master)
		check_remedy(
			check_find(
				r, CHECK_NOTE, "enslaved", dev->name,
				"it is a port of a bridge or bond, which gets none of its frames: "
				"the cable takes them"),
			"ip link set %s nomaster, if that is not meant", dev->name);
}

static void judge_stack(struct check_report *r, const struct view_end *end,
			const struct check_end *more)
{
	const char *name = view_end_name(end);

	if (end->port.side != VB_SIDE_STACK || *end->netns)
		return;
	if (more->rp_filter == 1)
		check_remedy(
			check_find(
				r, CHECK_NOTE, "rp_filter", name,
				"this machine drops packets from it whose sender it would answer "
				"through another device (rp_filter is strict)"),
			"sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.%s.rp_filter=2",
			name);
	if (more->forwarding)
		check_remedy(check_find(r, CHECK_NOTE, "forwarding", name,
					"this machine routes what comes out of the cable here"),
			     "sysctl -w net.ipv4.conf.%s.forwarding=0, if that is not meant", name);
}

static void judge_mtu(struct check_report *r, const struct check_pair *pair, const char *subject)
{
	const struct device *a = view_end_device(&pair->view.end[0]);
	const struct device *b = view_end_device(&pair->view.end[1]);
	char ip[96];
	bool larger;

	if (!a || !b || a->mtu == b->mtu)
		return;
	larger = b->mtu > a->mtu;
	check_remedy(
		check_find(r, CHECK_WRONG, "mtu", subject,
			   "%s has MTU %u and %s %u: longer frames than the smaller one are lost",
			   a->name, a->mtu, b->name, b->mtu),
		"%s link set %s mtu %u", ip_there(&pair->view.end[larger], ip, sizeof(ip)),
		larger ? b->name : a->name, larger ? a->mtu : b->mtu);
}

/* What end i takes crosses by native XDP: the peer's driver must transmit it. */
static void judge_xdp(struct check_report *r, const struct check_pair *pair, int i)
{
	const struct view_end *to = &pair->view.end[!i];
	const struct driver *driver = &pair->end[!i].driver;
	struct check_finding *one;

	if (pair->view.end[i].port.path != VB_PATH_XDP || !driver->known ||
	    driver->xdp_features & DRIVER_XDP_NDO_XMIT)
		return;
	one = check_find(r, CHECK_WRONG, "no_napi", view_end_name(to),
			 "it does not transmit XDP frames%s, and %s gives it such",
			 plan_has_other_end(&to->dev) ? ": its other end does not poll (no NAPI)"
						      : "",
			 view_end_name(&pair->view.end[i]));
	if (plan_has_other_end(&to->dev))
		check_remedy(one, "%s, or pair them with datapath tc", pair->end[!i].gro_command);
	else
		check_remedy(one, "pair them with datapath tc");
}

void check_judge_pair(struct check_report *r, const struct check_pair *pair)
{
	const struct view_end *end = pair->view.end;
	char subject[80];
	size_t before = r->count;
	bool there = true;

	snprintf(subject, sizeof(subject), "%s %s", view_end_name(&end[0]), view_end_name(&end[1]));
	if (view_moved_end(&pair->view) >= 0) {
		check_remedy(
			check_find(r, CHECK_WRONG, "incomplete", subject, "%s", pair->view.why),
			"vethbpf unpair %s", view_end_name(&end[!view_moved_end(&pair->view)]));
		return;
	}
	if (pair->view.state == VIEW_INCOMPLETE) {
		check_remedy(check_find(r, CHECK_WRONG, "incomplete", subject,
					"pair was cut short, and nothing flows"),
			     "vethbpf pair %s, or vethbpf unpair %s", subject,
			     view_end_name(&end[0]));
		return;
	}
	for (int i = 0; i < 2; i++)
		there &= judge_presence(r, &end[i], &pair->end[i]);
	for (int i = 0; i < 2; i++)
		if (end[i].device_there)
			judge_hooks(r, &end[i], &pair->end[i]);
	if (pair->view.state == VIEW_UNPLUGGED)
		check_remedy(check_find(r, CHECK_WRONG, "unplugged", subject, "%s", pair->view.why),
			     "vethbpf plug %s", view_end_name(&end[0]));
	/* Whatever else the view has seen. */
	if (pair->view.state == VIEW_BROKEN && r->count == before)
		check_remedy(check_find(r, CHECK_WRONG, "broken", subject, "%s", pair->view.why),
			     "vethbpf unpair %s, and pair it again", view_end_name(&end[0]));
	for (int i = 0; i < 2; i++) {
		judge_link(r, &end[i]);
		judge_stack(r, &end[i], &pair->end[i]);
		if (there)
			judge_xdp(r, pair, i);
	}
	judge_mtu(r, pair, subject);
}

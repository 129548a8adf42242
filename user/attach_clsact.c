// SPDX-License-Identifier: GPL-2.0-only
/*
 * clsact: a direct-action filter on the device's clsact qdisc, for kernels without tcx. The qdisc
 * is made where there is none, and taken away again only then, and only if nobody else uses it.
 */
#include <errno.h>
#include <string.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attach.h"
#include "cleanup.h"
#include "netlink.h"
#include "plan.h"

static enum bpf_tc_attach_point point_of(const struct vb_hook *hook)
{
	return attach_at_egress(hook->role) ? BPF_TC_EGRESS : BPF_TC_INGRESS;
}

static int query(const struct panel *p, uint32_t ifindex, const struct vb_hook *hook,
		 struct attach_info *ret)
{
	LIBBPF_OPTS(bpf_tc_hook, tc, .ifindex = (int)ifindex, .attach_point = point_of(hook));
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = hook->handle, .priority = hook->prio);
	int err, ours = 0;

	*ret = (struct attach_info){0};
	if (!hook->handle)
		return 0;
	/* No filter, no qdisc (EINVAL) or no device are all the same: not attached. */
	err = bpf_tc_query(&tc, &opts);
	if (err)
		return err == -ENOENT || err == -EINVAL || err == -ENODEV ? 0 : err;
	if (opts.prog_id)
		ours = panel_prog_has_id(p, hook->role, opts.prog_id);
	ret->attached = ours > 0;
	ret->prog_id = opts.prog_id;
	return ours < 0 ? ours : 0;
}

/*
 * Handle and priority are fixed, so that a filter is found again even if the loader is killed
 * right after it made it. The priority is behind all that the kernel gives out by itself.
 */
#define OWN_HANDLE 1
#define FIRST_PRIO 1
#define LAST_PRIO  0xfffe

/* What qdisc stands where clsact would. The older ingress qdisc has the same parent. */
struct found {
	bool any, clsact;
};

static int note_kind(const struct nlattr *attr, void *data)
{
	struct found *found = data;

	if (mnl_attr_get_type(attr) == TCA_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		found->clsact = !strcmp(mnl_attr_get_str(attr), "clsact");
	return MNL_CB_OK;
}

static int note_qdisc(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	struct found *found = data;

	if (nlh->nlmsg_type != RTM_NEWQDISC || tcm->tcm_parent != TC_H_CLSACT)
		return MNL_CB_OK;
	found->any = true;
	return mnl_attr_parse(nlh, sizeof(*tcm), note_kind, found);
}

static int prepare(uint32_t ifindex, struct vb_hook *hook, uint32_t *flags, struct fault *f)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct found found = {0};
	struct netlink nl;
	struct tcmsg *tcm;
	int err;

	hook->handle = OWN_HANDLE;
	hook->prio = hook->prio == PLAN_BEFORE ? FIRST_PRIO : LAST_PRIO;

	nlh->nlmsg_type = RTM_GETQDISC;
	nlh->nlmsg_flags = NLM_F_ECHO; /* else the answer is not for us (nlmsg_notify) */
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_ifindex = (int)ifindex;
	tcm->tcm_parent = TC_H_CLSACT;
	err = netlink_open(&nl, NETLINK_ROUTE);
	err = err ?: netlink_talk(&nl, nlh, note_qdisc, &found);
	netlink_close(&nl);
	if (err && err != -ENOENT)
		return fault_errno(f, -err, "look for a clsact qdisc");
	if (!found.any)
		*flags |= VB_PORT_MADE_CLSACT;
	/* It would take a filter for egress, and run it at ingress (ingress_tcf_block). */
	if (found.any && !found.clsact && attach_at_egress(hook->role)) {
		err = fault_set(f, EBUSY, "an ingress qdisc is where clsact is needed");
		fault_hint(f, "clsact can do all that ingress can: let that one take its place");
		return err;
	}
	return 0;
}

static int attach(struct panel *p, uint32_t ifindex, struct vb_hook *hook, struct fault *f)
{
	LIBBPF_OPTS(bpf_tc_hook, tc, .ifindex = (int)ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = hook->handle, .priority = hook->prio);
	_cleanup_close_ int prog = -1;
	struct attach_info info;
	int err;

	err = query(p, ifindex, hook, &info);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (info.attached)
		return 0;
	prog = panel_prog_open(p, hook->role);
	if (prog < 0)
		return fault_errno(f, -prog, "open program %s", panel_prog_name(hook->role));

	err = bpf_tc_hook_create(&tc);
	if (err && err != -EEXIST)
		return fault_errno(f, -err, "make a clsact qdisc");
	tc.attach_point = point_of(hook);
	opts.prog_fd = prog;
	err = bpf_tc_attach(&tc, &opts);
	if (err == -EEXIST) {
		fault_set(f, EEXIST, "attach %s by clsact: a filter is there with priority %u",
			  panel_prog_name(hook->role), hook->prio);
		fault_hint(f, "`tc filter show` shows it; of a cable whose BPF file system is gone "
			      "it is all that is left, and can be deleted");
		return -EEXIST;
	}
	if (err)
		return fault_errno(f, -err, "attach %s by clsact", panel_prog_name(hook->role));
	return 0;
}

static int count_filter(const struct nlmsghdr *nlh, void *data)
{
	const struct tcmsg *tcm = mnl_nlmsg_get_payload(nlh);
	unsigned int *filters = data;

	/* A filter's chain is told of as well, with handle 0. */
	if (nlh->nlmsg_type == RTM_NEWTFILTER && tcm->tcm_handle)
		++*filters;
	return MNL_CB_OK;
}

static int count_filters(struct netlink *nl, uint32_t ifindex, uint32_t parent,
			 unsigned int *filters)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct tcmsg *tcm;

	nlh->nlmsg_type = RTM_GETTFILTER;
	nlh->nlmsg_flags = NLM_F_DUMP;
	tcm = mnl_nlmsg_put_extra_header(nlh, sizeof(*tcm));
	tcm->tcm_ifindex = (int)ifindex;
	tcm->tcm_parent = parent;
	return netlink_talk(nl, nlh, count_filter, filters);
}

/* Removes the qdisc if nobody has a filter on it. 0 or -errno. */
static int remove_unused(uint32_t ifindex)
{
	LIBBPF_OPTS(bpf_tc_hook, tc, .ifindex = (int)ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	unsigned int filters = 0;
	struct netlink nl;
	int err;

	err = netlink_open(&nl, NETLINK_ROUTE);
	err = err
		      ?: count_filters(&nl, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				       &filters);
	err = err ?: count_filters(&nl, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), &filters);
	netlink_close(&nl);
	if (err || filters)
		return err;
	err = bpf_tc_hook_destroy(&tc);
	/* Somebody has removed it, or its device. */
	return err == -ENOENT || err == -EINVAL || err == -ENODEV ? 0 : err;
}

static int detach(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, uint32_t flags,
		  struct fault *f)
{
	LIBBPF_OPTS(bpf_tc_hook, tc, .ifindex = (int)ifindex, .attach_point = point_of(hook));
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = hook->handle, .priority = hook->prio);
	struct attach_info info;
	int err = query(p, ifindex, hook, &info);

	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (info.attached)
		err = bpf_tc_detach(&tc, &opts);
	if (err && err != -ENOENT)
		return fault_errno(f, -err, "detach %s from clsact", panel_prog_name(hook->role));

	err = flags & VB_PORT_MADE_CLSACT ? remove_unused(ifindex) : 0;
	return err ? fault_errno(f, -err, "remove its clsact qdisc") : 0;
}

/* The filter changes its program in one step (cls_bpf_change() in net/sched/cls_bpf.c). */
static int replace(struct panel *p, uint32_t ifindex, const struct vb_hook *hook, struct fault *f)
{
	LIBBPF_OPTS(bpf_tc_hook, tc, .ifindex = (int)ifindex, .attach_point = point_of(hook));
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = hook->handle, .priority = hook->prio,
		    .flags = BPF_TC_F_REPLACE);
	_cleanup_close_ int prog = -1;
	struct attach_info info;
	int err;

	err = query(p, ifindex, hook, &info);
	if (err)
		return fault_errno(f, -err, "look for %s", panel_prog_name(hook->role));
	if (!info.attached)
		return 0;
	prog = panel_prog_open(p, hook->role);
	if (prog < 0)
		return fault_errno(f, -prog, "open program %s", panel_prog_name(hook->role));
	opts.prog_fd = prog;
	err = bpf_tc_attach(&tc, &opts);
	return err ? fault_errno(f, -err, "replace %s at clsact", panel_prog_name(hook->role)) : 0;
}

const struct attach_ops attach_clsact = {
	.name = "clsact",
	.prepare = prepare,
	.attach = attach,
	.detach = detach,
	.replace = replace,
	.query = query,
};

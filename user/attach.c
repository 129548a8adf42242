// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "attach.h"

const struct attach_ops *attach_by_method(uint8_t method)
{
	static const struct attach_ops *const ops[VB_METHOD_MAX] = {
		[VB_METHOD_TCX] = &attach_tcx,
		[VB_METHOD_CLSACT] = &attach_clsact,
		[VB_METHOD_XDP] = &attach_xdp,
		[VB_METHOD_XDPGEN] = &attach_xdpgeneric,
	};

	return method < VB_METHOD_MAX ? ops[method] : NULL;
}

const char *attach_method_name(uint8_t method)
{
	const struct attach_ops *ops = attach_by_method(method);

	return ops ? ops->name : "?";
}

bool attach_at_egress(enum vb_role role)
{
	return role == VB_ROLE_STACK_TX || role == VB_ROLE_WIRE_TX;
}

bool attach_is_same(const struct panel *p, const struct vb_port *port, const struct device *dev)
{
	if (!strncmp(dev->name, port->name, sizeof(port->name)))
		return true;
	for (int i = 0; i < VB_HOOKS_MAX; i++) {
		const struct attach_ops *ops = attach_by_method(port->hooks[i].method);
		struct attach_info info;

		if (ops && !ops->query(p, dev->ifindex, &port->hooks[i], &info) && info.attached)
			return true;
	}
	return false;
}

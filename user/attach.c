// SPDX-License-Identifier: GPL-2.0-only
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
	return role == VB_ROLE_STACK_TX;
}

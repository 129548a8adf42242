/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the programs (bpf/) and the loader (user/): the maps of a panel, by value.
 * Fixed-width types only; all numbers in host byte order. Whoever changes a layout raises
 * VB_STATE_VERSION, since maps outlive the loader that made them.
 */
#ifndef VETHBPF_H
#define VETHBPF_H

#include <linux/types.h>

#define VB_STATE_VERSION 2

/* Where on a device the cable is plugged in. */
enum vb_side {
	VB_SIDE_NONE,
	VB_SIDE_STACK, /* in place of the wire: takes what the stack sends, hands over as received
			*/
	VB_SIDE_WIRE,  /* in place of the stack: takes what is received, hands over by transmitting
			*/
};

/*
 * ends: what a program must know of an end for every frame. An open-addressed hash table: an end
 * lies at one of VB_ENDS_PROBES places from its ifindex modulo VB_ENDS_MAX on; ifindex 0 marks a
 * free place. All of it is the one value of an ARRAY, which programs address as a variable and the
 * loader maps into its memory: a look-up in a HASH is a call and a jhash.
 */
#define VB_ENDS_MAX    65536
#define VB_ENDS_PROBES 16

struct vb_end {
	__u32 ifindex;
	__u32 peer;    /* the end it names; 0: not plugged in, frames pass as if no cable were;
			* VB_PULLED: pulled out, what its other end gives is dropped */
	__u32 xdp_max; /* longest frame that XDP may transmit on it, bytes; 0: none */
	__u16 slot;    /* of its counters */
	__u8 side;     /* enum vb_side */
	__u8 flags;    /* VB_END_* */
};
_Static_assert(sizeof(struct vb_end) == 16, "ends: value size is part of the contract");

/* No device's ifindex: so an end that names it is named by one that it does not name. */
#define VB_PULLED 0xffffffffU

#define VB_END_GATED  (1U << 0) /* a gate at it lets nothing pass but what bears VB_MARK */
#define VB_END_PEER   (1U << 1) /* a veth or netkit: its other end may be handed frames directly */
#define VB_END_SKB    (1U << 2) /* a veth: native XDP gets frames that were packets before */
#define VB_END_ANCHOR (1U << 3) /* made by add: frames are for the endpoint on it */
#define VB_END_XDPGEN (1U << 4) /* its XDP is generic: nobody tells what a driver refuses then */

/*
 * In skb->tc_index from where a frame is taken to the gate of the end it is handed to. The gate
 * clears it: the frame leaves the cable with the tc_index that a received frame has.
 */
#define VB_MARK 0x7662

/*
 * counters: ARRAY_OF_MAPS of PERCPU_ARRAYs of VB_CHUNK_SLOTS slots. Chunks are made as ends come,
 * so that a panel of two ends does not pay for the counters of 65536 on every CPU.
 */
#define VB_CHUNK_SLOTS 64
#define VB_CHUNKS      (VB_ENDS_MAX / VB_CHUNK_SLOTS)

/* Why a frame that was taken was not handed over. */
enum vb_drop {
	VB_DROP_NO_PEER,  /* the peer is gone, or does not name this end */
	VB_DROP_DOWN,	  /* the peer or its endpoint is down or, side wire, has no carrier */
	VB_DROP_TOO_LONG, /* for the MTU of the peer, side wire, or endpoint */
	VB_DROP_REDIRECT, /* XDP: the kernel or the peer's driver refused it afterwards */
	VB_DROP_MAX,
};

/* One end's counts on one CPU. What is handed over is what is taken less what is dropped. */
struct vb_count {
	__u64 frames; /* taken: frames as the kernel hands them on, a GSO frame is one */
	__u64 bytes;  /* taken: with the Ethernet header */
	__u64 drops[VB_DROP_MAX]; /* frames, enum vb_drop */
	__u64 drop_bytes;	  /* of all drops but VB_DROP_REDIRECT: the kernel does not tell */
	__u64 foreign;		  /* frames that the gate stopped: they came from elsewhere */
};
_Static_assert(sizeof(struct vb_count) == 64, "counters: one cache line");

/* The programs: what each does and where it is hooked in. */
enum vb_role {
	VB_ROLE_NONE,
	VB_ROLE_STACK_TX,  /* TC egress of a stack end: takes */
	VB_ROLE_WIRE_RX,   /* TC ingress of a wire end: takes */
	VB_ROLE_WIRE_XDP,  /* XDP of a wire end: takes; what it cannot hand over, WIRE_RX gets */
	VB_ROLE_STACK_RX,  /* TC ingress of a stack end: the gate */
	VB_ROLE_WIRE_TX,   /* TC egress of a wire end: the gate */
	VB_ROLE_ANCHOR_RX, /* TC ingress of an anchor: keeps its own stack from hearing */
	VB_ROLE_MAX,
};

/* How a program is attached. */
enum vb_method {
	VB_METHOD_NONE,
	VB_METHOD_TCX,	  /* a bpf_link pinned in link/ */
	VB_METHOD_CLSACT, /* a filter on a clsact qdisc, for kernels before 6.6 */
	VB_METHOD_XDP,	  /* through libxdp, in the driver */
	VB_METHOD_XDPGEN, /* through libxdp, generic */
	VB_METHOD_MAX,
};

/* How the frames that an end takes cross to its peer. */
enum vb_path {
	VB_PATH_NONE,
	VB_PATH_TC,
	VB_PATH_PEER,	/* TC, and from there into the other end of the peer (bpf_redirect_peer) */
	VB_PATH_XDP,	/* in the driver */
	VB_PATH_XDPGEN, /* generic XDP */
	VB_PATH_MAX,
};

struct vb_hook {
	__u8 role;    /* enum vb_role; VB_ROLE_NONE: no hook */
	__u8 method;  /* enum vb_method */
	__u16 prio;   /* clsact: the filter's priority; tcx: the loader's enum plan_order */
	__u32 handle; /* clsact: the filter's; tcx: id of the program to stand before or after */
};
_Static_assert(sizeof(struct vb_hook) == 8, "ports: a hook");

#define VB_HOOKS_MAX 4
#define VB_NAME_MAX  16 /* IFNAMSIZ */

#define VB_PORT_MADE_CLSACT (1U << 0) /* the device had no clsact qdisc before */
#define VB_PORT_FIRST	    (1U << 1) /* the end that was named first */
#define VB_PORT_OPEN	    (1U << 2) /* has no gate, by request */
#define VB_PORT_ANCHOR	    (1U << 3) /* the device was made by add, to be below an endpoint */
#define VB_PORT_FAR_GRO	    (1U << 4) /* a veth: gro was turned on at its other end */

/*
 * ports: HASH by own ifindex, what the loader must know of an end: how to take it down and put
 * the device back as it was. Written before a device is touched, deleted when all is undone.
 */
struct vb_port {
	__u32 peer; /* ifindex */
	__u32 flags;
	__u32 ifi_set;	 /* IFF_* flags that the cable set on the device … */
	__u32 ifi_clear; /* … and cleared */
	__u64 since;	 /* CLOCK_BOOTTIME, ns */
	struct vb_hook hooks[VB_HOOKS_MAX];
	char name[VB_NAME_MAX]; /* at pairing, for when the device is gone */
	__u8 side;		/* enum vb_side */
	__u8 path;		/* enum vb_path: how what it takes crosses */
	__u8 reason;		/* why so: an index into the loader's table of reasons */
	__u8 datapath;		/* that was asked for: the loader's enum plan_datapath */
	__u8 pad[6];
	__u8 own_address[6];	    /* of an anchor: the one it was made with … */
	char endpoint[VB_NAME_MAX]; /* … and what its endpoint was called then */
};
_Static_assert(sizeof(struct vb_port) == 104, "ports: value size is part of the contract");

/* How `vethbpf watch` takes the link of an end whose other end has none. */
enum vb_held {
	VB_HELD_NONE,
	VB_HELD_CARRIER,    /* IFLA_CARRIER: dummy, tap */
	VB_HELD_PROTO_DOWN, /* IFLA_PROTO_DOWN, which takes the carrier: macvlan, vxlan */
	VB_HELD_DORMANT,    /* operational state: not running, for those who look */
	VB_HELD_ADMIN,	    /* set down */
	VB_HELD_MAX,
};

/*
 * held: HASH by own ifindex, made by `vethbpf watch`: of which ends it has taken the link. Written
 * before the link is taken. The programs do not read it.
 */
struct vb_hold {
	__u32 how;     /* enum vb_held */
	__u32 refused; /* errno, when giving it back failed last; 0: it did not */
	__u64 given; /* CLOCK_BOOTTIME, ns: it was given back then, but has not been seen; 0: not */
};
_Static_assert(sizeof(struct vb_hold) == 16, "held: value size is part of the contract");

/* panel: ARRAY of one, about the panel as a whole. */
struct vb_panel {
	__u32 version; /* VB_STATE_VERSION */
	__u32 pad;
	__u64 cookie; /* of the network namespace */
};
_Static_assert(sizeof(struct vb_panel) == 16, "panel: value size is part of the contract");

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The panel of a network namespace: its directory on bpffs, which is the only database, with the
 * maps and programs in it. Knows nothing of devices; what the entries mean is pair.c's business.
 */
#ifndef VB_PANEL_H
#define VB_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bpffs.h"
#include "fault.h"
#include "grace.h"
#include "vethbpf.h"

#define PANELS_DIR BPFFS_DIR "/vethbpf"

struct panel {
	uint64_t cookie;
	char path[96]; /* /sys/fs/bpf/vethbpf/<cookie> */
	int lock;      /* held by writers; -1: a reader */
	int peers, ports, counters;
	struct vb_end *ends; /* the map itself, mapped: VB_ENDS_MAX places; NULL: no panel */
	uint8_t *slots;	     /* which counter slots are taken, a bit each; made when first needed */
	bool tcx;	     /* what new hooks are attached by; set with PANEL_CREATE */
	bool kern_types;     /* programs can read the kernel's structures; likewise */
	struct grace grace;  /* of the changes to hooks that are made under the lock */
};

/* What panel_close() leaves behind, and what it may be given. */
#define PANEL_CLOSED                                                                               \
	{                                                                                          \
		.lock = -1, .peers = -1, .ports = -1, .counters = -1, .grace = GRACE_NONE          \
	}

enum panel_mode {
	PANEL_READ,   /* look only, take no lock */
	PANEL_WRITE,  /* change what is there, under the lock */
	PANEL_CREATE, /* the same, and make the panel if there is none */
};

/*
 * Opens the panel of this process's network namespace. 0, or -ENOENT without a fault if there is
 * none (never with PANEL_CREATE), or -errno with one. panel_close() is due in every case.
 */
int panel_open(struct panel *p, enum panel_mode mode, struct fault *f);
void panel_close(struct panel *p);

/* Whether another process is at work on the panels, as a batch is until its end. */
bool panel_is_locked(void);

/*
 * Removes the panels of network namespaces that are gone. locked: this process holds the writers'
 * lock already, for a panel that it has open.
 */
int panel_gc(bool locked, struct fault *f);

/* Takes the panel's directory away if no port is left in it. */
void panel_remove_if_empty(struct panel *p);

/* The path of a program's pin, or of a bpf_link's (which belongs to a device and a role). */
void panel_prog_path(const struct panel *p, const char *name, char *buf, size_t size);
void panel_link_path(const struct panel *p, uint32_t ifindex, enum vb_role role, char *buf,
		     size_t size);

/* Gives an object that is open but not loaded the panel's maps in the place of its own. */
struct bpf_object;
int panel_share_maps(const struct panel *p, struct bpf_object *obj);

/* The pinned program of a role, as a descriptor that the caller closes; or -errno. */
int panel_prog_open(const struct panel *p, enum vb_role role);
const char *panel_prog_name(enum vb_role role);

/* ports: 0 or -errno (-ENOENT: no such port). next: from 0 on, -ENOENT at the end. */
int panel_port_get(const struct panel *p, uint32_t ifindex, struct vb_port *port);
int panel_port_put(const struct panel *p, uint32_t ifindex, const struct vb_port *port);
int panel_port_del(const struct panel *p, uint32_t ifindex);
int panel_port_next(const struct panel *p, uint32_t ifindex, uint32_t *ret_ifindex);

/* peers: get gives 0 in *peer where there is no entry. */
int panel_peer_get(const struct panel *p, uint32_t ifindex, uint32_t *ret_peer);
int panel_peer_put(const struct panel *p, uint32_t ifindex, uint32_t peer);
int panel_peer_del(const struct panel *p, uint32_t ifindex);

/*
 * ends: the entry of ifindex or NULL. add makes one that names nobody, with counters at zero, and
 * side, flags and xdp_max as in like.
 */
struct vb_end *panel_end_get(const struct panel *p, uint32_t ifindex);
int panel_end_add(struct panel *p, uint32_t ifindex, const struct vb_end *like, struct vb_end **ret,
		  struct fault *f);
void panel_end_del(struct panel *p, uint32_t ifindex);

/* Names peer as ifindex's other end (0: nobody) in one store, which the programs see at once. */
void panel_end_plug(struct vb_end *end, uint32_t peer);

/* The sum over all CPUs of what an end's programs counted. */
int panel_count(const struct panel *p, const struct vb_end *end, struct vb_count *ret);

#endif

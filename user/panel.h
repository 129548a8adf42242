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
	bool ends_copied;    /* they are a copy, to be read, of those of older state */
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
	PANEL_READ,    /* look only, take no lock */
	PANEL_WRITE,   /* change what is there, under the lock */
	PANEL_CREATE,  /* the same, and make the panel if there is none */
	PANEL_UPGRADE, /* as PANEL_WRITE, but of any version up to this one: upgrade.c alone */
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

/* Whether devices are still in the peers of the panel with this cookie, wherever it may be. */
bool panel_has_peers(uint64_t cookie);

/* Opens the maps of a panel that is open again, by their names. */
int panel_reopen(struct panel *p, struct fault *f);

/* Takes the panel's directory away if no port is left in it. */
void panel_remove_if_empty(struct panel *p);

/* Behind the name of a pin: of what upgrade replaces, and of what is to come. */
#define PANEL_OLD "-old"
#define PANEL_NEW "-new"

/*
 * The path of a map's pin or of a program's, which "", PANEL_OLD or PANEL_NEW tells; or of a
 * bpf_link's, which belongs to a device and a role.
 */
void panel_map_path(const struct panel *p, const char *name, const char *which, char *buf,
		    size_t size);
void panel_prog_path(const struct panel *p, enum vb_role role, const char *which, char *buf,
		     size_t size);
void panel_link_path(const struct panel *p, uint32_t ifindex, enum vb_role role, char *buf,
		     size_t size);

/* Gives an object that is open but not loaded the panel's maps in the place of its own. */
struct bpf_object;
int panel_share_maps(const struct panel *p, struct bpf_object *obj);

/*
 * The state's version, as the panel map tells: 0, or -EPROTO with a fault if it cannot be used in
 * this mode. Older state can be read.
 */
int panel_check_version(const struct panel *p, enum panel_mode mode, struct fault *f);

/* Fills in p->ends from the map; panel_ends_unmap() undoes it. 0 or -errno. */
int panel_ends_map(struct panel *p, int fd);
void panel_ends_unmap(struct panel *p);

/* What a panel is told of its maker, this program: state version and release. */
struct vb_panel panel_about(const struct panel *p);

/* The size of a map's values, bytes; 0: that cannot be asked. */
uint32_t panel_value_size(int fd);

/*
 * Whether a program's id is that of a role's program here, or of the one before (upgrade.c): 1 or
 * 0; or -errno.
 */
int panel_prog_has_id(const struct panel *p, enum vb_role role, uint32_t id);

/* Opens and loads the TC programs, with the panel's maps set to be reused or not. 0 or -errno. */
struct tc_bpf;
int panel_programs_load(const struct panel *p, struct tc_bpf *skel, struct fault *f);

/* The pinned program of a role, as a descriptor that the caller closes; or -errno. */
int panel_prog_open(const struct panel *p, enum vb_role role);
const char *panel_prog_name(enum vb_role role);

/*
 * ports: 0 or -errno (-ENOENT: no such port). next: from 0 on, -ENOENT at the end; passes over
 * those under an ifindex with VB_MEANWHILE.
 */
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

/*
 * Counters at zero for an end that has some already: it counts there from when its slot is set to
 * this one on. The old one is given back when no program counts there any more. 0 or -errno.
 */
int panel_slot_take(struct panel *p, uint16_t *ret_slot);
void panel_slot_give(struct panel *p, uint16_t slot);

/*
 * Returns when no program runs any more that has read the maps before. The kernel waits so when an
 * entry of a map of maps is written, be it with the same map (maybe_wait_bpf_programs(),
 * kernel/bpf/syscall.c). 0 or -errno.
 */
int panel_wait(const struct panel *p);

/* Names peer as ifindex's other end (0: nobody) in one store, which the programs see at once. */
void panel_end_plug(struct vb_end *end, uint32_t peer);

/* The sum over all CPUs of what an end's programs counted. */
int panel_count(const struct panel *p, const struct vb_end *end, struct vb_count *ret);

#endif

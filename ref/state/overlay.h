/* SPDX-License-Identifier: MIT */
/*
 * Layer 2: what each peer serves us, in the order in which peers came, and the
 * three layers in which an operation may be found. Registry sections 7, 8.
 *
 * A peer is known by its id, which is that of its identity [PE-3]. It may be
 * there over several connections; the one over which it was attached last
 * serves, and when that is gone the one before it serves again [PE-9].
 */
#ifndef REF_STATE_OVERLAY_H
#define REF_STATE_OVERLAY_H

#include "ref/model/peer_ref.h"
#include "ref/state/registry.h"

/* Over one connection. */
struct overlay_link {
    const struct registry *operations; /* borrowed from whoever imported them */
    struct overlay_link *earlier;      /* owned: of the same peer */
};

/* One peer. */
struct overlay {
    struct slice peer;          /* owned: its id */
    struct overlay_link *links; /* owned; the first one serves */
    struct overlay *next;       /* came later */
};

/* All of a node. Zeroed is empty. */
struct overlays {
    struct overlay *first; /* owned, in order of coming */
};

/* [PE-7] The peer serves these from now on. One that is there keeps its place,
 * a new one goes to the end. Nothing happens when they are attached already. */
void overlay_attach(struct overlays *all, struct slice peer,
                    const struct registry *operations);

/* These are served no more; with the last of them the peer goes too. Nothing
 * happens when they were not attached. */
void overlay_detach(struct overlays *all, struct slice peer,
                    const struct registry *operations);

/* What that peer serves now. Borrowed. */
const struct registry *overlay_serving(const struct overlay *peer);

/* Gives everything back. */
void overlay_clear(struct overlays *all);

/* [LY-1] Where an operation may be found, outermost first. By value; whoever
 * composes hands it on as it is [LY-4, CX-9]. */
struct overlay_layers {
    const struct registry *session; /* Layer 1; NULL: no session */
    const struct overlays *peers;   /* Layer 2 */
    const struct registry *base;    /* Layer 0 */
};

/* [LY-2, PE-5] The operation of that name from any peer: the first layer that
 * has it decides. [PE-4] From a certain peer: that one has it or nobody. NULL
 * when it is not there. Borrowed. */
const struct registration *overlay_find(const struct overlay_layers *layers,
                                        struct peer_ref peer,
                                        struct slice name);

/* [LY-3] The same among peers alone. Nothing is run to find it. */
const struct registration *overlay_find_at_peers(const struct overlays *all,
                                                 struct peer_ref peer,
                                                 struct slice name);

#endif

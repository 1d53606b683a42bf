/* SPDX-License-Identifier: MIT */
/* What a handler is told about the call it serves, and nothing more. */
#ifndef REF_RULES_CONTEXT_H
#define REF_RULES_CONTEXT_H

#include "ref/rules/peer_filter.h"
#include "ref/state/overlay.h"

/* The connection a call came on, in the eyes of a handler: something to call
 * back through, good also after the connection is gone (then a call ends at
 * once). Passed by value, opaque. */
struct context_origin {
    void *owner;     /* who can be asked; what its connections share */
    uint64_t serial; /* which of its connections */
};

/* Good until the call that is served is over, all that it points at included.
 */
struct context {
    struct slice request_id;                 /* [CX-2] the id on the wire */
    struct slice operation;                  /* registry form */
    const struct identity *identity;         /* who asks; NULL: nobody known */
    const struct identity *forwarded_for;    /* [FF-3, FF-4] the caller's claim,
                                                or NULL */
    const struct capabilities *capabilities; /* NULL until every check was
                                                passed [CP-5, NE-1], or none */
    const struct identity *authority;        /* as whom its handler composes, or
                                                NULL: as nobody [CO-1] */
    const struct scoped_env *scoped_env; /* what its handler may compose; NULL
                                            until every check was passed */
    const struct identity *end_user;     /* composed: see context_end_user() */
    const struct access_owners *owners;  /* who owns what; NULL: nobody keeps
                                            it [OW-5]; handed on [OW-6] */
    struct overlay_layers layers;        /* where it finds what it composes;
                                            handed on [LY-4, CX-9] */
    struct peer_filter filter;           /* what this connection may see */
    struct context_origin origin;        /* where the call came from, or
                                            the one that composed it */
    uint64_t deadline_ns; /* when it is over, whoever still works [TO-6]; NEVER
                             for a subscription [CX-12] */
    bool is_internal;     /* [CX-1] composed, not from the wire */
    bool takes_items;     /* internal, and handed on to somebody who can take
                             the items of a subscription */
};

/* [CX-1] `internal` is set in these two functions and nowhere else: of a call
 * that came over the wire, and of one that the handler of `parent` composes
 * under an id of its own that never leaves the node [CX-2]. (What is handed on
 * to a peer keeps its caller's, see session/forward.c.) Texts are borrowed. */
struct context context_from_wire(struct slice request_id,
                                 struct slice operation,
                                 struct peer_filter filter,
                                 struct context_origin origin);
struct context context_from_parent(const struct context *parent,
                                   struct slice request_id,
                                   struct slice operation);

/* [FF-6, FF-7, FW-4] For whom all this is done: whoever made the call from the
 * wire with which it began, or NULL. Nobody's rights follow from it. */
const struct identity *context_end_user(const struct context *context);

#endif

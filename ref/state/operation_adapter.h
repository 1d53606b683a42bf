/* SPDX-License-Identifier: MIT */
/*
 * [AD-1] The seam through which operations of another world come into a node:
 * an adapter is asked to import and tells, once, which operations there are, or
 * why it could not say. It only describes them; where they go, and what they
 * may, is for whoever assembles the node [HR-5].
 */
#ifndef REF_STATE_OPERATION_ADAPTER_H
#define REF_STATE_OPERATION_ADAPTER_H

#include "ref/state/registry.h"

/* [AD-2] Why not. Whoever decides by it needs a default branch: there may be
 * more of these some day. */
enum operation_adapter_error {
    OPERATION_ADAPTER_DISCOVERY_FAILED,
    OPERATION_ADAPTER_SCHEMA_PARSE,
    OPERATION_ADAPTER_TRANSPORT,
    OPERATION_ADAPTER_UNAUTHORIZED,
    OPERATION_ADAPTER_SAME_PEER_COLLISION
};

struct operation_adapter_outcome {
    bool is_ok;                         /* the operations count; else error */
    struct registry *operations;        /* borrowed; an adapter's may be emptied
                                           by whoever takes them over, what
                                           from_call tells of stays */
    enum operation_adapter_error error; /* why not … */
    struct slice message;               /* … and a sentence, borrowed */
};

struct operation_adapter_waiter {
    void (*tell)(void *self, const struct operation_adapter_outcome *outcome);
    void *self; /* the waiter's own */
};

struct operation_adapter {
    /* Imports; the waiter is told once, at once or later. */
    void (*import)(void *self, struct operation_adapter_waiter waiter);
    void *self; /* the adapter's own */
};

/* "schema_parse" and so on. Static. */
const char *operation_adapter_name(enum operation_adapter_error error);

/* Tells of a failure. */
void operation_adapter_fail(struct operation_adapter_waiter waiter,
                            enum operation_adapter_error error,
                            struct slice message);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The closed list of behaviours that conformance operations have
 * (CONTRACT.md, section 7). A handler never differs by its operation's name,
 * only by its behaviour, and what it does is said in its input.
 */
#ifndef REF_BIN_ACTS_H
#define REF_BIN_ACTS_H

#include "ref/bin/part.h"

/* How a part begins: all borrowed until play() returns. */
struct acts_scene {
    struct part *part; /* its own; it has the input as a tree … */
    const struct context *context;
    struct slice text; /* … and here it is as it came */
};

struct acts_act {
    const char *name;
    void (*play)(const struct acts_scene *s); /* NULL: the protocol's own */
    part_step *pull; /* a subscription: an item was asked for; else NULL */
    struct handler (*own)(const struct registry *registry); /* then this */
    bool needs_tree; /* does it look into its input? */
};

/* The behaviour of that name, or NULL. Static. */
const struct acts_act *acts_find(struct slice name);

/* {"id","scopes"} of an identity, and the whole of one that was claimed, as
 * handlers report them; null for NULL. Owned by the caller. */
json_t *acts_identity(const struct identity *who);
json_t *acts_claim(const struct identity *who);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The closed list of behaviours that conformance operations have
 * (CONTRACT.md, section 7). A handler never differs by its operation's name,
 * only by its behaviour, and what it does is said in its input.
 */
#ifndef REF_BIN_ACTS_H
#define REF_BIN_ACTS_H

#include "ref/session/node.h"

/* What behaviours act upon beyond their own call. A stage is one. */
struct acts_props {
    size_t (*count)(void *self, struct slice key); /* counts it once more */
    void (*hold)(void *self, struct slice tag, struct handler_call call);
    void *self; /* the stage */
};

/* What a behaviour is called with: all borrowed until it returns. */
struct acts_scene {
    const struct acts_props *props;
    const struct context *context;
    struct slice text;        /* the input as it came */
    const json_t *input;      /* the same as a tree, NULL when it has none */
    struct handler_call call; /* to be answered, now or later */
};

struct acts_act {
    const char *name;
    void (*play)(const struct acts_scene *s); /* NULL: the protocol's own */
    struct handler (*own)(const struct registry *registry); /* then this */
    bool needs_tree; /* does it look into its input? */
};

/* The behaviour of that name, or NULL. Static. */
const struct acts_act *acts_find(struct slice name);

/* Answers with `output`, which is taken. */
void acts_answer(struct handler_call call, json_t *output);

/* {"id","scopes"} of an identity, and the whole of one that was claimed, as
 * handlers report them; null for NULL. Owned by the caller. */
json_t *acts_identity(const struct identity *who);
json_t *acts_claim(const struct identity *who);

#endif

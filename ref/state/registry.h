/* SPDX-License-Identifier: MIT */
/*
 * Layer 0: the operations a node offers, by name. Open while the node is being
 * assembled, then sealed for as long as it runs [RG-7]; one registry serves
 * every connection, whatever each may see of it [LG-7].
 */
#ifndef REF_STATE_REGISTRY_H
#define REF_STATE_REGISTRY_H

#include "ref/base/failure.h"
#include "ref/base/table.h"
#include "ref/model/capabilities.h"
#include "ref/model/spec.h"
#include "ref/state/handler.h"

/* [HR-1] an operation and everything that was decided when it was offered. */
struct registration {
    struct spec spec;                  /* owned */
    struct handler handler;            /* who does the work */
    struct capabilities *capabilities; /* owned; NULL: none */
    struct strings scoped_env;  /* owned; names that its handler may compose
                                   [SE-1, SE-2]: unless said, none */
    struct identity *authority; /* owned; as whom it composes [CO-1, CO-2], or
                                   NULL: as nobody */
    bool is_remote_safe; /* [LG-1] may peers we dialled see it? Default no */
};

/* Zeroed is empty and open. */
struct registry {
    struct table by_name; /* struct registration, owned */
    bool is_sealed;       /* nothing may be added any more */
};

/* Takes what `r` holds. False with a sentence, and `r` was cleared, when the
 * name is there already, the registry is sealed, or the handler is of the
 * wrong kind for the operation. */
bool registry_add_take(struct registry *g, struct registration *r,
                       struct failure *ret_failure);

/* From here on it never changes. */
void registry_seal(struct registry *g);

/* The operation of exactly that name, or NULL. Borrowed. */
const struct registration *registry_find(const struct registry *g,
                                         struct slice name);

/* Gives everything back; the registry is empty and open. */
void registry_clear(struct registry *g);

/* Gives back what a registration holds. */
void registry_drop(struct registration *r);

#endif

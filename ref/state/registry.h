/* SPDX-License-Identifier: MIT */
/*
 * Operations by name. Layer 0 is what a node offers: open while the node is
 * being assembled, then sealed for as long as it runs [RG-7]; one registry
 * serves every connection, whatever each may see of it [LG-7].
 */
#ifndef REF_STATE_REGISTRY_H
#define REF_STATE_REGISTRY_H

#include "ref/base/failure.h"
#include "ref/base/table.h"
#include "ref/model/capabilities.h"
#include "ref/model/scoped_env.h"
#include "ref/model/spec.h"
#include "ref/state/handler.h"

/* [HR-2] Where an operation comes from. */
enum registry_provenance {
    REGISTRY_LOCAL, /* our own code; unless said */
    REGISTRY_FROM_OPENAPI,
    REGISTRY_FROM_MCP,
    REGISTRY_FROM_CALL, /* a peer's, imported */
    REGISTRY_FROM_JSONSCHEMA,
    REGISTRY_SESSION /* code that runs in somebody's sandbox */
};

/* [HR-1] an operation and everything that was decided when it was offered. */
struct registration {
    struct spec spec;                    /* owned */
    struct handler handler;              /* who does the work; owned, if it can
                                            be dropped */
    enum registry_provenance provenance; /* whose work that is */
    struct capabilities *capabilities;   /* owned; NULL: none */
    struct scoped_env scoped_env; /* owned; what its handler may compose */
    struct identity *authority;   /* owned; as whom it composes [CO-1, CO-2],
                                     or NULL: as nobody */
    bool is_remote_safe; /* [LG-1] may peers we dialled see it? Default no */
    size_t holders;      /* who keeps it, the registry among them */
};

/* A set of operations by name: Layer 0, what a session adds (Layer 1), or what
 * a peer serves us (a part of Layer 2) [LY-1]. Zeroed is empty and open. */
struct registry {
    struct table by_name; /* struct registration, held */
    bool is_sealed;       /* nothing may be added any more */
};

/* Takes what `r` holds. False with a sentence, and `r` was dropped, when the
 * name is there already, the registry is sealed, the handler is of the wrong
 * kind for the operation, somebody is to compose who must not [HR-3], an
 * import of a peer's, a mere description or an operation of a session is not
 * internal [VI-4, VI-5, AD-6], or what is not a peer's has an input schema that
 * cannot be checked. */
bool registry_add_take(struct registry *g, struct registration *r,
                       struct failure *ret_failure);

/* From here on it never changes. */
void registry_seal(struct registry *g);

/* The operation of exactly that name, or NULL. Borrowed. */
const struct registration *registry_find(const struct registry *g,
                                         struct slice name);

/* A call that runs keeps its operation, whatever becomes of the registry
 * [LY-5]: the same again, to be released once. NULL is fine for the latter. */
const struct registration *registry_hold(const struct registration *r);
void registry_release(const struct registration *r);

/* Gives everything back; the registry is empty and open. */
void registry_clear(struct registry *g);

/* Gives back what a registration holds that is in no registry. */
void registry_drop(struct registration *r);

#endif

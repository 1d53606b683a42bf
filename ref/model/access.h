/* SPDX-License-Identifier: MIT */
/*
 * May this identity do this? A pure function of what the operation asks for
 * and what the identity holds. Registry section 2.
 */
#ifndef REF_MODEL_ACCESS_H
#define REF_MODEL_ACCESS_H

#include "ref/model/identity.h"

/* [AC-1] what an operation asks of its caller; zeroed asks nothing [AC-2]. */
struct access {
    struct strings required_scopes;     /* owned; all of them */
    struct strings required_scopes_any; /* owned; at least one of them */
    bool has_any;                       /* was the second list given? An empty
                                           one can never be satisfied */
    struct slice resource_type;         /* owned; data NULL if not given */
    struct slice resource_action;       /* owned; data NULL if not given */
};

/* Reads the JSON form, every member optional. False with a sentence naming
 * the member. The contents of `ret` are the caller's. */
bool access_read(const json_t *object, struct access *ret,
                 struct failure *ret_failure);

/* The JSON form, all four members always there [AC-4]. Owned by the caller. */
json_t *access_tree(const struct access *a);

/* [AC-3] does it ask for anything at all? */
bool access_is_restricted(const struct access *a);

/* [OW-1] Who owns what. A seam: a node may keep it in memory, in a database, or
 * not at all. Answers are given at once. */
struct access_owners {
    bool (*owns)(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action);
    bool (*owns_any)(void *self, const struct identity *who, struct slice type);
    /* The ids of what it owns; the list is the caller's. */
    struct strings (*owned)(void *self, const struct identity *who,
                            struct slice type);
    void *self; /* the book's own */
};

/* The resource that a call is about. Zeroed: nobody keeps who owns what, and
 * the resources of the identity decide [OW-5]. */
struct access_resource {
    const struct access_owners *owners; /* borrowed, or NULL */
    bool is_named;   /* the operation says where in its input the id stands */
    struct slice id; /* … and there it is; data NULL: it is missing */
};

/* May `who` (NULL for nobody) pass, for that resource? When not, the sentence
 * for the message of FORBIDDEN is appended to `ret_why`. */
bool access_check(const struct access *a, const struct identity *who,
                  struct access_resource resource, struct buf *ret_why);

/* Gives the memory back; it asks nothing any more. */
void access_clear(struct access *a);

#endif

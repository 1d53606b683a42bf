/* SPDX-License-Identifier: MIT */
/*
 * Who is asking: an id, the scopes it holds, and the resources it may use.
 * [PI-1, AU-9] On the wire an identity appears in one place only, as the
 * forwarded_for of a request.
 */
#ifndef REF_MODEL_IDENTITY_H
#define REF_MODEL_IDENTITY_H

#include "ref/base/strings.h"
#include "ref/base/value.h"

/* What may be used of one type of resource. */
struct identity_resource {
    struct slice type;     /* owned */
    struct strings values; /* owned; ids or actions, as the type means it */
};

/* Zeroed is nobody in particular: an empty id, no scopes, no resources. */
struct identity {
    struct slice id;                     /* owned */
    struct strings scopes;               /* owned */
    struct identity_resource *resources; /* owned */
    size_t resource_count;               /* entries in resources */
};

/* Reads {"id","scopes","resources"}, all three required, others ignored
 * [RQ-6]. False: malformed, and `ret` is untouched. The contents of `ret` are
 * the caller's, given back with identity_clear(). */
bool identity_read(const json_t *object, struct identity *ret);

/* The same from a JSON text. */
bool identity_parse(struct slice text, struct identity *ret);

/* Appends the JSON form. False when the cap of `out` forbids it. */
bool identity_print(const struct identity *who, struct buf *out);

/* Reads a map of name to list of strings into `ret`. False: it is not one. */
bool identity_read_resources(const json_t *map, struct identity *ret);

/* The list under a resource type, or NULL. Borrowed. */
const struct strings *identity_resource(const struct identity *who,
                                        struct slice type);

/* A copy on the heap that shares nothing with `from`; NULL for NULL. */
struct identity *identity_copy(const struct identity *from);

/* identity_clear() empties what somebody else holds, identity_free() also
 * gives back what identity_copy() made. NULL is fine. */
void identity_clear(struct identity *who);
void identity_free(struct identity *who);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An operation as it is known: name, kind, visibility, schemas, declared
 * errors, what it asks of its caller; and the rules that turn a name into a
 * path and back. Registry section 1.
 */
#ifndef REF_MODEL_SPEC_H
#define REF_MODEL_SPEC_H

#include "ref/model/access.h"
#include "ref/model/resource_path.h"

/* [OT-1, CL-3] */
enum spec_op_type { SPEC_QUERY, SPEC_MUTATION, SPEC_SUBSCRIPTION };

/* [VI-1] External may be called from the wire, Internal only composed. */
enum spec_visibility { SPEC_EXTERNAL, SPEC_INTERNAL };

/* [OS-1] */
struct spec {
    struct slice name;               /* owned; registry form, no slash first */
    enum spec_op_type op_type;       /* query unless said */
    enum spec_visibility visibility; /* external unless said */
    json_t *input_schema;            /* owned */
    json_t *output_schema;           /* owned */
    json_t *error_schemas;           /* owned; a list [OS-3] */
    struct access access;            /* owned */
    struct slice resource_id_path;   /* owned; where in the input the id of a
                                        resource stands [RP-1]; data NULL: it
                                        is not said */
};

/* The members of a specification's JSON form, for value_fields(): loaders add
 * fields of their own behind them. */
#define SPEC_FIELDS 8
struct spec_members {
    const json_t *name, *op_type, *visibility, *access, *input_schema,
        *output_schema, *error_schemas,
        *resource_id_path; /* borrowed; NULL when absent */
};
void spec_fields(struct spec_members *m, struct value_field ret[SPEC_FIELDS]);

/* Makes a specification of the members that value_fields() found. False with a
 * sentence naming the member. The contents of `ret` are the caller's. */
bool spec_read(const struct spec_members *m, struct spec *ret,
               struct failure *ret_failure);

/* One that says nothing but its name, in registry form: a query from anybody,
 * of anything. The contents are the caller's. */
struct spec spec_plain(struct slice name);

/* Gives the memory back. */
void spec_clear(struct spec *s);

/* [SS-1] the full JSON form, and [SL-1] the short one of a list. Owned by the
 * caller. */
json_t *spec_tree(const struct spec *s);
json_t *spec_entry_tree(const struct spec *s);

/* [EC-3] Does it declare an error of that code? */
bool spec_declares(const struct spec *s, struct slice code);

/* [OP-1, OS-6] the registry form of an operationId: exactly one leading slash
 * goes. Borrowed from `path`. */
struct slice spec_name_of(struct slice path);

/* [OS-4] what stands before the first slash of a name; the whole name when
 * there is none. Borrowed from `name`. */
struct slice spec_namespace_of(struct slice name);

#endif

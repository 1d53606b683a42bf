/* SPDX-License-Identifier: MIT */
/*
 * The testee imports what we serve. We are then the peer: a table says what we
 * have, and we answer the protocol's discovery out of it. The common case is
 * one call,
 *
 *     static const struct import_operation ours[] = {
 *         {.name = "conf/echo"},
 *         {.name = "conf/source", .op_type = "subscription"},
 *         {0}};
 *
 *     import_all(c, ours);
 *
 * and what breaks it is the same in pieces:
 *
 *     struct import *i = import_begin(c, "\"prefix\":\"far\"");
 *
 *     import_answer(ask_take_of(c, "services/list"), ours);
 *     ask_fail(ask_take_of(c, "services/schema"), "INTERNAL", false, NULL);
 *     verify_import_failed(i, "discovery_failed");
 *
 * What is called of it afterwards comes as any request does: ask_take().
 */
#ifndef CONFORMANCE_IMPORT_H
#define CONFORMANCE_IMPORT_H

#include "conformance/ask.h"

/* What we serve: a table ends with an entry that is all zero. Texts but `name`
 * and `op_type` are JSON. */
struct import_operation {
    const char *name;           /* as it is listed, without a slash before it */
    const char *op_type;        /* NULL: query */
    const char *input_schema;   /* NULL: {} */
    const char *output_schema;  /* NULL: {} */
    const char *error_schemas;  /* a list; NULL: [] */
    const char *access_control; /* an object; NULL: no restriction */
    const char *entry;          /* in the list instead of all that; or NULL */
    const char *schema;         /* likewise, of services/schema; or NULL */
};

/* The output of services/list, and that of services/schema of one. */
const char *import_list(struct scene *s, const struct import_operation *table);
const char *import_schema(struct scene *s, const struct import_operation *o);

/* Answers a request out of the table: services/list and services/schema (a
 * name that is not there is NOT_FOUND). Anything else is NOT_FOUND. */
void import_answer(const struct ask_request *r,
                   const struct import_operation *table);

/* One run of the verb, and what the testee has asked for during it, as far as
 * import_serve() has answered. */
struct import {
    struct conn *conn; /* borrowed: from whom */
    size_t before;     /* imports on it that had ended before */
    size_t lists;      /* requests for services/list */
    size_t schemas;    /* for services/schema */
    size_t others;     /* for anything else */
};

/* The testee begins to import what we serve on that connection; `more` is
 * further members of the verb ("\"prefix\":\"far\""), or empty. One at a time
 * on a connection. */
struct import *import_begin(struct conn *c, const char *more);

/* Answers everything out of the table until the import has ended, either way.
 * Fails the case when it does not end and asks for nothing. */
void import_serve(struct import *i, const struct import_operation *table);

/* True when it has ended already. */
bool import_has_ended(const struct import *i);

/* Begins and serves one, which must import the whole table under the names that
 * stand there. */
void import_all(struct conn *c, const struct import_operation *table);

/* --- how it ended: waited for, once and no more */

/* The operations have these names there (a JSON list, in the order of ours). */
void verify_imported(struct import *i, const char *names);

/* Nothing was imported, for that reason (CONTRACT.md, 6.1). */
void verify_import_failed(struct import *i, const char *kind);

#endif

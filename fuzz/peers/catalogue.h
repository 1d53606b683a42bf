/* SPDX-License-Identifier: MIT */
/*
 * What a peer serves, how it says so, and what an import of it has to lead to.
 * It speaks well, or is wrong in one way: then it is foretold which reason the
 * import fails for.
 */
#ifndef FUZZ_PEERS_CATALOGUE_H
#define FUZZ_PEERS_CATALOGUE_H

#include "fuzz/peers/event.h"
#include "fuzz/peers/gate.h"
#include "ref/state/operation_adapter.h"

#define CATALOGUE_MAX 5 /* operations */
#define CATALOGUE_NAMES 8

enum catalogue_fault {
    CATALOGUE_FINE,
    /* of the list: */
    CATALOGUE_NO_LIST,  /* it is none */
    CATALOGUE_NAMELESS, /* somebody in it has no name */
    /* of a schema: */
    CATALOGUE_TYPELESS, /* it says no type … */
    CATALOGUE_NEW_TYPE, /* … or one that nobody knows */
    CATALOGUE_BAD_ACCESS,
    CATALOGUE_NO_SCHEMA, /* it is none */
    /* of any answer: */
    CATALOGUE_FORBIDDEN, /* it is this error, … */
    CATALOGUE_TIMEOUT,
    CATALOGUE_NOT_FOUND,
    CATALOGUE_ABORTED, /* it is an abort, */
    CATALOGUE_LATE,    /* it never comes, */
    CATALOGUE_RESET,   /* its stream ends before it, at once … */
    CATALOGUE_ENDED,   /* … or in peace, */
    CATALOGUE_LOST,    /* the connection is gone before it */
    CATALOGUE_FAULTS
};

/* One operation: who may, whether it is a subscription and so on are in `op`.
 */
struct catalogue_entry {
    struct gate_op op;
    uint32_t name;    /* which of the names */
    bool is_mutation; /* where it is no subscription */
    bool is_asked;    /* its schema was */
};

struct catalogue {
    struct catalogue_entry entries[CATALOGUE_MAX];
    uint32_t count;
    const char *prefix;         /* of the import; "": none */
    bool has_filter;            /* is only some of it wanted? … */
    uint32_t filter;            /* … these names, bits */
    enum catalogue_fault fault; /* in its answer … */
    uint32_t at; /* … to this question: 0 is for the list, 1 for
                    the first schema that is wanted */
    bool is_list_asked;
};

/* One as the input has it, and how it is imported. */
void catalogue_feed(struct catalogue *c, struct feed *f);

/* Static. */
struct slice catalogue_name(uint32_t name);

/* "query" and so on. Static. */
const char *catalogue_kind(const struct catalogue *c, uint32_t entry);

/* Is that entry to be imported? */
bool catalogue_wants(const struct catalogue *c, uint32_t entry);

/* What an import has to end with; true: well. */
bool catalogue_end(const struct catalogue *c,
                   enum operation_adapter_error *ret);

/* The peer was asked for that: which question is it? It must be one that there
 * is, once each. */
uint32_t catalogue_ask(struct catalogue *c, const struct event *request);

/* The answer to that question, wrong where it is at fault: a payload. Static,
 * until it is asked for again. */
struct slice catalogue_answer(const struct catalogue *c, uint32_t question);

/* These were imported: is that exactly it? */
void catalogue_judge(const struct catalogue *c,
                     const struct registry *imported);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The node that is measured: it offers one operation that answers with its
 * input, and on a connection it keeps so many calls of it under way.
 */
#ifndef REF_BENCH_ECHO_H
#define REF_BENCH_ECHO_H

#include "ref/bench/bench.h"
#include "ref/session/node.h"

/* All-zero until echo_begin(). */
struct echo {
    struct registry registry;  /* owned */
    struct auth_policy policy; /* nobody: callers need no name */
    struct node *node;         /* owned */
    struct bench *bench;       /* borrowed: who counts */
};

/* A node that offers the operation and has no connection. */
void echo_begin(struct echo *e, struct bench *b, struct entropy_source entropy);

/* Keeps `depth` calls under way until all were made. A call that fails ends
 * the program with a sentence. */
void echo_ask(struct echo *e, struct connection *c);

/* Gives it back. */
void echo_end(struct echo *e);

#endif

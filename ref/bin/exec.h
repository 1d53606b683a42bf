/* SPDX-License-Identifier: MIT */
/*
 * Programs as handlers: a call starts one, its input and the operation's
 * capabilities go in, an answer comes out. What a program gets and what is made
 * of its end stands in README.md, "A program behind an operation".
 *
 * ops.c alone includes this, and .ci/floors sees to it: only the operator's
 * own file can name a program. What a peer says, what is imported, what the
 * test contract registers never comes here.
 */
#ifndef REF_BIN_EXEC_H
#define REF_BIN_EXEC_H

#include "ref/host/loop.h"
#include "ref/rules/context.h"

/* All programs of a node, named and running. */
struct exec;

/* None yet. `loop` is borrowed. Owned by the caller. */
struct exec *exec_new(struct loop *loop);

/* Kills what still runs, tells nobody, and forgets all. NULL is fine. */
void exec_free(struct exec *e);

/* Who is told, from the loop, that a call was answered: whoever sends. */
void exec_tell(struct exec *e, void (*answered)(void *self), void *self);

/* A handler that starts that program (a copy is kept: an argument vector, the
 * first an absolute path, no NUL in any) and kills it `limit_ns` later. */
struct handler exec_handler(struct exec *e, const struct strings *argv,
                            uint64_t limit_ns);

/* How many run. */
size_t exec_running(const struct exec *e);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Programs as handlers: a call starts one, its input and the operation's
 * capabilities go in, an answer comes out, or a stream of them. What a program
 * gets and what is made of its end stands in the README.md of
 * the whole project, "A program behind an operation".
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

/* What an operation names. */
struct exec_program {
    const struct strings *argv; /* borrowed; the first is an absolute path, no
                                   NUL in any */
    uint64_t limit_ns;          /* it is killed so much later; NEVER: it is not
                                 */
    bool is_streaming;          /* each line of its output is an item */
};

/* A handler that starts such a program; it keeps a copy. One that streams is
 * read only as far as items are asked for. */
struct handler exec_handler(struct exec *e, const struct exec_program *program);

/* How many run, or have said more than was asked for. */
size_t exec_running(const struct exec *e);

#endif

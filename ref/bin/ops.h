/* SPDX-License-Identifier: MIT */
/*
 * What a node offers, as its operator wrote it down: the operations file. Its
 * form is in ops.schema.json, an example in ops.example.json. It is the one
 * place from which a program can become a handler.
 */
#ifndef REF_BIN_OPS_H
#define REF_BIN_OPS_H

#include "ref/bin/stage.h"
#include "ref/host/loop.h"

struct ops {
    struct registry registry; /* what is offered */
    struct stage *stage;      /* owned: where it is played and counted */
    struct exec *exec;        /* owned: its programs */
};

/* Reads the file and adds discovery; without a path it is the conformance
 * operations. False with a sentence naming file, key and what was expected.
 * The contents of `ret` are the caller's either way. */
bool ops_load(const char *path, struct loop *loop, struct ops *ret,
              struct failure *ret_failure);

/* Kills what runs and gives everything back. The node must be gone. */
void ops_clear(struct ops *o);

/* Who is told, from the loop, that a program has answered: whoever sends. */
void ops_tell(struct ops *o, void (*answered)(void *self), void *self);

/* How often each operation's handler was entered, 0 included. Owned by the
 * caller. */
json_t *ops_counts(const struct ops *o);

#endif

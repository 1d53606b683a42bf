/* SPDX-License-Identifier: MIT */
/*
 * From an input that holds frames, pieces or a JSON text, another one that is
 * close to it and mostly as well-formed: what makes sense is changed, lengths
 * follow. Seldom it is broken on purpose, and what holds nothing of that sort
 * is taken as bytes. What comes out depends on the arguments and nothing else.
 */
#ifndef FUZZ_MUTATOR_MUTATOR_H
#define FUZZ_MUTATOR_MUTATOR_H

#include "ref/base/buf.h"

/* What is done to an input. */
enum mutator_kind {
    MUTATOR_BYTES,    /* some are changed, put in, taken out */
    MUTATOR_SPLICE,   /* its beginning, and the end of the other */
    MUTATOR_BORROW,   /* a part of the other is put in */
    MUTATOR_DIALOGUE, /* events that belong together are put in */
    MUTATOR_ANSWER,   /* an event is answered, somewhere behind it */
    MUTATOR_TWICE,    /* a part is said again */
    MUTATOR_DROP,     /* a part is left out */
    MUTATOR_MOVE,     /* a part changes places with another */
    MUTATOR_PREFIX,   /* a length is wrong */
    MUTATOR_TYPE,     /* an event is one of another type */
    MUTATOR_ID,       /* an event is about another id */
    MUTATOR_VALUE,    /* a value is another one, of its kind or not */
    MUTATOR_MEMBER,   /* a member is left out, said twice, or renamed */
    MUTATOR_NEST,     /* a value is put deep inside others */
    MUTATOR_STRING,   /* in a string there is trouble */
    MUTATOR_EVENT,    /* a text is a new event altogether */
    MUTATOR_KINDS
};

/* Writes at most `max` bytes to `out`, which was initialised and is emptied
 * first, and at least one when it may: fuzzers take nothing for a failure.
 * `other` may be empty. Returns the kind of the last change. */
enum mutator_kind mutator_run(struct slice input, struct slice other,
                              uint64_t seed, size_t max, struct buf *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Asking every peer what it serves as soon as it is connected, whoever dialled
 * (--import, --prefix P) [FC-8]: what it answers is within reach of our own
 * operations for as long as the connection is there. What comes of it is one
 * line on standard output: {"imported":[names],"peer":id}, or
 * {"import_failed":kind,"message","peer"}.
 */
#ifndef REF_BIN_IMPORTS_H
#define REF_BIN_IMPORTS_H

#include "ref/bin/options.h"
#include "ref/session/from_call.h"

struct imports {
    bool is_wanted;     /* option */
    const char *prefix; /* option, or NULL: under the peer's own names */
};

/* Its words, for options_read(). */
#define IMPORTS_WORDS 2
void imports_words(struct imports *i, struct options_word ret[IMPORTS_WORDS]);

/* Can a name begin with that, and is somebody known (`peers`: the word of
 * --peers, or NULL)? False with a sentence. */
bool imports_check(const struct imports *i, const char *peers,
                   struct failure *ret_failure);

/* What they are called here, in the order in which they came: a list of
 * strings, owned by the caller. */
json_t *imports_names(const struct registry *operations);

/* Asks over a connection that has opened, if that is wanted. Whoever is in no
 * peer book is not asked: what it serves could be nobody's [PE-8]. */
void imports_ask(const struct imports *i, struct connection *c);

#endif

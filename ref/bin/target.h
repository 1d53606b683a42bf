/* SPDX-License-Identifier: MIT */
/* Whom to dial, by what they are known, and as whom: what every command that
 * dials is told in the same words. They are known by a fingerprint, or by an
 * authority's word for a name [CC-9]. */
#ifndef REF_BIN_TARGET_H
#define REF_BIN_TARGET_H

#include "ref/bin/papers.h"
#include "ref/quic/adapter.h"

struct target {
    /* [CC-6] */
    const char *addr, *token_file;      /* words; the last may be NULL */
    const char *pin, *server_name, *ca; /* words, or NULL */
    struct papers papers;               /* what we show */
    struct address to;                  /* where addr was last found */
    struct tls_roots *roots;            /* owned; NULL with a pin */
    struct buf token;                   /* owned; empty: none */
};

/* Its words, for options_read(): ADDR is the first. */
#define TARGET_WORDS (5 + PAPERS_WORDS)
void target_words(struct target *t, struct options_word ret[TARGET_WORDS]);

/* Checks the words, asks for the address, reads the files; without --ca the
 * authorities are the system's. False with a sentence naming the word. What is
 * in `t` is the caller's either way. */
bool target_read(struct target *t, struct failure *ret_failure);

/* Asks once more where it is: names move. May block. */
bool target_resolve(struct target *t, struct failure *ret_failure);

/* How to dial it today, default-deny. Borrowed from `t`. */
struct adapter_dial target_dial(const struct target *t);

/* What kind of trouble an end before or after `was_open` is, and its sentence:
 * {"kind","message"} with transport, tls_setup or connection_closed [CC-4].
 * Owned by the caller. */
json_t *target_trouble(const struct adapter_end *end, bool was_open);

/* Wipes what was read. No connection may be left. */
void target_clear(struct target *t);

#endif

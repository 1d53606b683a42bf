/* SPDX-License-Identifier: MIT */
/* Whom to dial, whom to expect there, and as whom: what every command that
 * dials is told in the same words. */
#ifndef REF_BIN_TARGET_H
#define REF_BIN_TARGET_H

#include "ref/bin/options.h"
#include "ref/host/files.h"
#include "ref/quic/adapter.h"

struct target {
    /* [CC-6] words; the last two or NULL */
    const char *addr, *pin, *key, *token_file;
    struct address to;            /* where addr was last found */
    struct buf token;             /* owned; empty: none */
    uint8_t seed[FILES_SEED_LEN]; /* our key's secret, with --key */
};

/* Its words, for options_read(): ADDR is the first. */
#define TARGET_WORDS 4
void target_words(struct target *t, struct options_word ret[TARGET_WORDS]);

/* Checks the words, asks for the address, reads the files. False with a
 * sentence naming the word. What is in `t` is the caller's either way. */
bool target_read(struct target *t, struct failure *ret_failure);

/* Asks once more where it is: names move. May block. */
bool target_resolve(struct target *t, struct failure *ret_failure);

/* The seed of our key, or NULL: show nothing. */
const uint8_t *target_seed(const struct target *t);

/* How to dial it, default-deny. */
struct adapter_dial target_dial(const struct target *t);

/* What kind of trouble an end before or after `was_open` is, and its sentence:
 * {"kind","message"} with transport, tls_setup or connection_closed [CC-4].
 * Owned by the caller. */
json_t *target_trouble(const struct adapter_end *end, bool was_open);

/* Wipes what was read. */
void target_clear(struct target *t);

#endif

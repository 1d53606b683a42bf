/* SPDX-License-Identifier: MIT */
/*
 * The card of a node that is running already and knows nothing of us: where it
 * is, who it has to be, as whom we come, and which of our operations it has
 * under which names. It is filled from the command line, and completed by what
 * the node lists (scout.h).
 */
#ifndef CONFORMANCE_CARD_H
#define CONFORMANCE_CARD_H

#include "conformance/arena.h"
#include "conformance/json.h"
#include "ref/base/failure.h"
#include "ref/quic/address.h"

#define CARD_KEY_LEN 32

/* Our name for an operation, and the node's. */
struct card_operation {
    const char *ours;            /* "conf/echo" */
    const char *theirs;          /* empty: it has none */
    struct card_operation *next; /* the one before, or NULL */
};

/* As it stands on the command line. */
struct card_words {
    const char *addr;                  /* HOST:PORT; NULL: no node */
    const char *pin;                   /* a fingerprint; or NULL */
    const char *key_file;              /* of a key of ours; or NULL */
    const char *token_file;            /* of one line; or NULL */
    struct card_operation *operations; /* in reverse order */
};

struct card {
    const struct card_words *words;    /* borrowed */
    struct address address;            /* where it is */
    uint8_t key[CARD_KEY_LEN];         /* our key's secret, with `has_key` */
    bool has_key;                      /* else we show none */
    struct slice token;                /* for each request; empty: none */
    struct card_operation *operations; /* what it has, and what it has not */
    size_t listed;                     /* so many it lists, ours or not */
    const char *forbidden;             /* ours that we may not call, or "" */
};

/* Adds "conf/echo=server/echo" to the list. False and a sentence when it is
 * not of that form or names no conf/ operation of CONTRACT.md, 7. */
bool card_map(struct arena *arena, struct card_operation **list,
              const char *text, struct failure *ret_failure);

/* Makes a card, which borrows `words` and `arena`: checks the words and reads
 * the files. False and a sentence. */
bool card_make(struct card *card, struct arena *arena,
               const struct card_words *words, struct failure *ret_failure);

/* Looks up the host; may block. False and a sentence when nobody knows it. */
bool card_locate(struct card *card, struct failure *ret_failure);

/* Takes the entries of a listing (an array, or NULL for none) to the card. What
 * the command line has said stands. */
void card_learn(struct card *card, struct arena *arena,
                const struct json *list);

/* We may not call that one: it counts as one that the node does not have. */
void card_forbid(struct card *card, struct arena *arena, const char *ours);

/* True when the command line said what the operation is called. */
bool card_is_mapped(const struct card *card, const char *ours);

/* The node's name for an operation of ours, or NULL when it has none. */
const char *card_find(const struct card *card, const char *ours);

/* The options that make the same card again, for a shell. */
const char *card_options(const struct card *card, struct arena *arena);

#endif

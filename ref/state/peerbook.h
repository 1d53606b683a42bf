/* SPDX-License-Identifier: MIT */
/*
 * Who our peers are: a fingerprint or a token becomes an identity, or nobody.
 * Registry section 11. Read from JSON as a whole and replaced as a whole;
 * an identity that was resolved from an older book stays what it was [IP-7].
 */
#ifndef REF_STATE_PEERBOOK_H
#define REF_STATE_PEERBOOK_H

#include "ref/model/identity.h"

/* [PI-4] */
struct peerbook_entry {
    struct identity identity;    /* owned; its id stays [PI-8] */
    struct strings fingerprints; /* owned; exact texts */
    struct slice token_hash;     /* owned; "sha256:…", data NULL if none */
    bool is_enabled;             /* [IP-6] a disabled peer is nobody */
};

/* Zeroed knows nobody. */
struct peerbook {
    struct peerbook_entry *entries; /* owned, in the order of the book */
    size_t count;                   /* entries */
};

/* Reads a list of peers. False with a sentence naming entry, member and what
 * was expected, and `ret` is untouched. */
bool peerbook_read(const json_t *list, struct peerbook *ret,
                   struct failure *ret_failure);

/* [IP-1] Who has shown this key, or NULL. Borrowed from the book. */
const struct identity *peerbook_by_fingerprint(const struct peerbook *b,
                                               struct slice fingerprint);

/* [IP-1] Who says this token, or NULL. Borrowed from the book. */
const struct identity *peerbook_by_token(const struct peerbook *b,
                                         struct slice token);

/* Gives the memory back; it knows nobody. */
void peerbook_clear(struct peerbook *b);

#endif

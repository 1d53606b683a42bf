/* SPDX-License-Identifier: MIT */
/*
 * Which connection a packet is addressed to: connection ids and their owners.
 * An owner may have several; all of them are found again through its `chain`.
 */
#ifndef REF_QUIC_ROUTES_H
#define REF_QUIC_ROUTES_H

#include "ref/base/slice.h"

#define ROUTES_CID_MAX 20 /* RFC 9000, 17.2 */

struct route {
    struct route *next;          /* owned: in the same bucket */
    struct route *sibling;       /* borrowed: of the same owner */
    void *owner;                 /* borrowed */
    uint8_t cid[ROUTES_CID_MAX]; /* the id */
    uint8_t len;                 /* its bytes */
};

/* All-zero is an empty table, but `key` should be chance: peers choose some of
 * the ids, and shall not choose their buckets. */
struct routes {
    struct route **buckets; /* owned array of owned chains */
    size_t bucket_count;    /* a power of two, or 0 */
    size_t count;           /* routes */
    uint64_t key;           /* of the hash */
};

/* Frees all. */
void routes_clear(struct routes *r);

/* The id belongs to `owner` from now on; `chain` is the owner's list, NULL at
 * first. An id that has an owner keeps it. */
void routes_add(struct routes *r, struct slice cid, void *owner,
                struct route **chain);

/* Whose id it is, or NULL. */
void *routes_find(const struct routes *r, struct slice cid);

/* Forgets one id of the chain, if it is there; forgets all of them. */
void routes_remove(struct routes *r, struct slice cid, struct route **chain);
void routes_remove_all(struct routes *r, struct route **chain);

#endif

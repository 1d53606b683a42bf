/* SPDX-License-Identifier: MIT */
/*
 * The running calls of one connection by the ids that the peer chose, for an
 * abort to find its call. Ids are the peer's choice, and tables are for keys of
 * ours; so an id is found by a digest that the peer cannot foresee. That has
 * its price, and who never aborts does not pay it: until the first abort the
 * roll is not kept.
 */
#ifndef REF_SESSION_ROLL_H
#define REF_SESSION_ROLL_H

#include "ref/session/served.h"

/* Zeroed is not kept yet. */
struct roll {
    bool is_kept;               /* from the first abort on */
    uint8_t secret[DIGEST_LEN]; /* goes into every digest */
    struct table by_key;        /* digest of an id -> struct served: one of
                                   that id [ID-5], the others hang on it */
};

/* From here on it is kept; whoever runs already has to be added. */
void roll_keep(struct roll *r, const struct entropy_source *entropy);

/* A call begins to run, or is over. Nothing happens while it is not kept. */
void roll_add(struct roll *r, struct served *call);
void roll_remove(struct roll *r, struct served *call);

/* One that runs under that id, or NULL; the roll must be kept. */
struct served *roll_find(const struct roll *r, struct slice id);

/* Forgets all. */
void roll_clear(struct roll *r);

#endif

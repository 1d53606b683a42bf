/* SPDX-License-Identifier: MIT */
/*
 * Who owns what, in memory [OW-3]: whoever makes a resource writes down whose
 * it is, whoever tears it down strikes it out, and nobody cleans up behind
 * them [OW-4]. It is this node's own and no other node hears of it. Registry
 * section 2.4.
 *
 * The checks of a call read it through the seam of model/access.h. Handlers
 * write it, and only they: nothing on the wire does.
 */
#ifndef REF_STATE_OWNERSHIP_H
#define REF_STATE_OWNERSHIP_H

#include "ref/base/digest.h"
#include "ref/base/entropy.h"
#include "ref/base/table.h"
#include "ref/model/access.h"

struct ownership {
    uint8_t secret[DIGEST_LEN]; /* goes into every digest */
    struct table resources;     /* digest of type and id ->
                                   struct ownership_resource, owned */
    struct table holdings;      /* digest of owner and type ->
                                   struct ownership_holding, owned */
};

/* Nobody owns anything. The secret is drawn from `entropy`. */
void ownership_init(struct ownership *o, const struct entropy_source *entropy);

/* The identity with the id `owner` owns that resource from now on, and whoever
 * owned it before does not [OW-3]. False with a sentence, and nothing changed,
 * when it cannot be kept [OW-2]. */
bool ownership_record(struct ownership *o, struct slice owner,
                      struct slice type, struct slice id,
                      struct failure *ret_failure);

/* Nobody owns that resource any more; nobody may have before [OW-3]. A store
 * that is kept elsewhere may fail here too, with a sentence [OW-2]; this one
 * has no reason to. */
bool ownership_revoke(struct ownership *o, struct slice type, struct slice id,
                      struct failure *ret_failure);

/* [OW-1] The book for those who read. It is good as long as `o` is, which must
 * not move. Ownership knows no actions: who owns a resource may do all to it.
 */
struct access_owners ownership_owners(struct ownership *o);

/* Gives the memory back; nobody owns anything. */
void ownership_clear(struct ownership *o);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The one place where a sealed secret becomes a plain one: while a node is
 * assembled, on this machine, into the capabilities of an operation [CP-4].
 * What opens it is a function of whoever assembles, and no operation: nothing
 * that is registered, imported or received has a way here, and a plain secret
 * goes nowhere but into the capabilities.
 */
#ifndef REF_STATE_VAULT_H
#define REF_STATE_VAULT_H

#include "ref/model/capabilities.h"
#include "ref/state/credentials.h"

/* What opens secrets. A seam. */
struct vault {
    /* Appends what is sealed in it to `ret_plain`, which has room for
     * BOUNDS_SEALED_MAX bytes and is wiped behind it. False: it cannot, and
     * why is not said, lest a secret be said with it. */
    bool (*decrypt)(void *self, const struct encrypted_data *sealed,
                    struct buf *ret_plain);
    void *self; /* the opener's own */
};

/* Opens what is kept for that provider and adds it to the capabilities under
 * that name. False with a sentence that has nothing of the secret in it, and
 * nothing is added. No other copy of the plain text is left either way. */
bool vault_fill(const struct vault *v, const struct credentials *store,
                struct slice provider, struct slice name,
                struct capabilities *ret, struct failure *ret_failure);

#endif

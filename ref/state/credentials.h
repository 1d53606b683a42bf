/* SPDX-License-Identifier: MIT */
/*
 * [IP-9] The credential store, in memory: one sealed secret for each provider.
 * It is asked for by name, for there is no list of names; it never opens what
 * it keeps, which is what vault.h is for. Registry section 11.2.
 */
#ifndef REF_STATE_CREDENTIALS_H
#define REF_STATE_CREDENTIALS_H

#include "ref/base/table.h"
#include "ref/model/encrypted_data.h"

/* Zeroed is empty. */
struct credentials {
    struct table by_provider; /* name -> struct encrypted_data, owned */
};

/* Keeps a copy for that provider instead of what was kept before. False with a
 * sentence, and nothing changed, when there is no room. */
bool credentials_put(struct credentials *c, struct slice provider,
                     const struct encrypted_data *sealed,
                     struct failure *ret_failure);

/* What is kept for that provider, or NULL. Borrowed until it is replaced or
 * deleted. */
const struct encrypted_data *credentials_get(const struct credentials *c,
                                             struct slice provider);

/* Nothing is kept for that provider any more; nothing may have been before. */
void credentials_delete(struct credentials *c, struct slice provider);

/* Gives the memory back; it is empty. */
void credentials_clear(struct credentials *c);

#endif

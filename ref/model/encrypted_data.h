/* SPDX-License-Identifier: MIT */
/*
 * [IP-10] A secret as it is kept and passed around: sealed. What the parts mean
 * is between those who sealed it and those who open it; here they are bytes,
 * and nothing here opens them.
 *
 *     {"key_version": 3, "salt": [bytes], "iv": [bytes], "data": [bytes]}
 */
#ifndef REF_MODEL_ENCRYPTED_DATA_H
#define REF_MODEL_ENCRYPTED_DATA_H

#include "ref/base/value.h"

/* Zeroed is nothing, sealed with nothing. */
struct encrypted_data {
    uint32_t key_version; /* which of the keys opens it */
    struct slice salt;    /* owned, and so are the others; each of at most */
    struct slice iv;      /* BOUNDS_SEALED_MAX bytes */
    struct slice data;
};

/* Reads the JSON form: those four members and no others, bytes as numbers from
 * 0 to 255. False with a sentence that names the member and repeats nothing of
 * it, and `ret` is untouched. The contents of `ret` are the caller's. */
bool encrypted_data_read(const json_t *object, struct encrypted_data *ret,
                         struct failure *ret_failure);

/* The JSON form. Owned by the caller. */
json_t *encrypted_data_tree(const struct encrypted_data *e);

/* A copy that shares nothing with `from`. */
struct encrypted_data encrypted_data_copy(const struct encrypted_data *from);

/* Gives the memory back; it is zeroed. */
void encrypted_data_clear(struct encrypted_data *e);

#endif

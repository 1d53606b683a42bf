/* SPDX-License-Identifier: MIT */
/*
 * What a node reads from disk: keys, the peer book, tokens. Every mistake is
 * one sentence that names the file, the member and what was expected.
 */
#ifndef REF_HOST_FILES_H
#define REF_HOST_FILES_H

#include "ref/base/entropy.h"
#include "ref/state/auth_policy.h"

#define FILES_SEED_LEN 32 /* bytes of an Ed25519 secret */

/* All of a file, up to BOUNDS_FILE_MAX, appended to nothing: `ret` is made
 * here. The caller clears it; when false, it is empty. */
bool files_read(const char *path, struct buf *ret, struct failure *ret_failure);

/* Can it be read without waiting for anybody? A pipe or a device cannot; of
 * what is not there, reading tells. False with a sentence. */
bool files_check_plain(const char *path, struct failure *ret_failure);

/* Writes a new file that only its owner can read. False with a sentence when
 * it exists or cannot be written. */
bool files_make(const char *path, struct slice text,
                struct failure *ret_failure);

/* The tree of a file's JSON, owned by the caller; NULL with a sentence that
 * names the file. */
json_t *files_read_tree(const char *path, struct failure *ret_failure);

/* A key file: {"ed25519_seed": "<64 hex digits>"}. */
bool files_read_key(const char *path, uint8_t ret_seed[FILES_SEED_LEN],
                    struct failure *ret_failure);

/* Makes a key and writes it to a new file that only its owner can read. False
 * with a sentence when the file exists or cannot be written. */
bool files_make_key(const char *path, const struct entropy_source *entropy,
                    uint8_t ret_seed[FILES_SEED_LEN],
                    struct failure *ret_failure);

/* Whom a node knows: {"peers": [...], "api_keys": [...]}. The contents of `ret`
 * are the caller's. */
bool files_read_policy(const char *path, struct auth_policy *ret,
                       struct failure *ret_failure);

/* A token: the first line of the file. Appended to `ret`, which the caller
 * clears. */
bool files_read_token(const char *path, struct buf *ret,
                      struct failure *ret_failure);

#endif

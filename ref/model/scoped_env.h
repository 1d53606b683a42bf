/* SPDX-License-Identifier: MIT */
/*
 * What a handler may compose: operations by name, whoever has them, and
 * operations of certain peers. Registry section 6.4. It says what may be
 * reached and nothing about what is there.
 */
#ifndef REF_MODEL_SCOPED_ENV_H
#define REF_MODEL_SCOPED_ENV_H

#include "ref/base/strings.h"
#include "ref/base/value.h"
#include "ref/model/peer_ref.h"

/* [SE-1, SE-2] Zeroed reaches nothing. */
struct scoped_env {
    struct strings allowed; /* owned; names in registry form */
    struct strings pinned;  /* owned; "<peer id>/<name>" */
};

/* Reads {"allowed":[…],"pinned":[…]}, either may be left out. False with a
 * sentence. The contents of `ret` are the caller's. */
bool scoped_env_read(const json_t *object, struct scoped_env *ret,
                     struct failure *ret_failure);

/* [SE-3] Is the operation of that name within reach, from the peer that is
 * meant? */
bool scoped_env_allows(const struct scoped_env *env, struct peer_ref peer,
                       struct slice name);

/* [SE-9] What is both in `env` and in `wanted`: all that a handler can give to
 * others. Shares nothing with either. */
struct scoped_env scoped_env_narrow(const struct scoped_env *env,
                                    const struct scoped_env *wanted);

/* Is nothing within reach? */
bool scoped_env_is_empty(const struct scoped_env *env);

/* Gives the memory back; it reaches nothing. */
void scoped_env_clear(struct scoped_env *env);

#endif

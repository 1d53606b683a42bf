/* SPDX-License-Identifier: MIT */
/*
 * Where a secret is printed, this text stands instead of it [CP-2]. Where a
 * secret is read, the text is refused: somebody saved what was printed, and a
 * node would go on with a secret that everybody knows.
 */
#ifndef REF_MODEL_SECRET_H
#define REF_MODEL_SECRET_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

#define SECRET_REDACTED "[REDACTED]"

/* Is it that text, blanks and ends of lines around it or not? */
bool secret_is_redacted(struct slice text);

/* Could that be a secret? False with a sentence. */
bool secret_check(struct slice text, struct failure *ret_failure);

#endif

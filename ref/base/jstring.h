/* SPDX-License-Identifier: MIT */
/*
 * JSON strings as written: stepping over them, reading them, writing them.
 * Stepping checks everything, so reading what was stepped over cannot fail.
 */
#ifndef REF_BASE_JSTRING_H
#define REF_BASE_JSTRING_H

#include "ref/base/buf.h"

/* Moves `*at` over the string that starts there. NULL when it is a good one,
 * and then `ret_has_escapes` tells whether it must be decoded to be read; else
 * a static sentence, and `*at` is anywhere. */
const char *jstring_skip(const uint8_t **at, const uint8_t *end,
                         bool *ret_has_escapes);

/* Does the string `text` (stepped over, quotes included) say `word`? */
bool jstring_is(struct slice text, const char *word);

/* Appends what `text` (stepped over, quotes included) says to `out`, which
 * must have room for as many bytes as the text has. Borrowed from `out`. */
struct slice jstring_decode(struct slice text, struct buf *out);

/* Appends `bytes` (UTF-8) as a string with its quotes. False when the cap of
 * `out` forbids it. */
bool jstring_quote(struct buf *out, struct slice bytes);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What stands between the quotes of a JSON string: is it right, and what does
 * it say? UTF-8 and escapes as RFC 8259 has them, with every surrogate in a
 * pair.
 */
#ifndef CONFORMANCE_JSON_TEXT_H
#define CONFORMANCE_JSON_TEXT_H

#include "conformance/arena.h"

/* Reads from behind an opening quote up to the closing one. `*ret_len` is what
 * stands between them, or, when false with `*ret_why`, what was right. */
bool json_text_check(struct slice text, size_t *ret_len, bool *ret_has_escapes,
                     const char **ret_why);

/* What the checked text says, in the arena. */
struct slice json_text_decode(struct arena *arena, struct slice written);

#endif

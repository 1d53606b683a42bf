/* SPDX-License-Identifier: MIT */
/*
 * Where one character ends and the next begins, for those who must not pass
 * on what is not text. Strict: no overlong forms, no surrogates, nothing
 * beyond U+10FFFF.
 */
#ifndef REPORTS_UTF8_H
#define REPORTS_UTF8_H

#include "ref/base/slice.h"

/* What a byte that is no text becomes: U+FFFD. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* The length of the character at the front, 1 to 4; 0 when the bytes there
 * are no character, or when there are none. */
size_t utf8_step(struct slice text);

/* The character at the front, of the length that utf8_step() gave. */
uint32_t utf8_point(struct slice text, size_t len);

/* Writes the character as 1 to 4 bytes and tells how many. */
size_t utf8_encode(uint32_t point, uint8_t bytes[4]);

#endif

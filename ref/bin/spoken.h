/* SPDX-License-Identifier: MIT */
/* What a program has said and nobody has taken yet, cut into lines. */
#ifndef REF_BIN_SPOKEN_H
#define REF_BIN_SPOKEN_H

#include "ref/base/buf.h"

struct spoken {
    struct buf bytes; /* owned */
    size_t taken;     /* of them, from the front */
};

/* Nothing yet; it will hold at most `len_max` bytes. */
void spoken_init(struct spoken *s, size_t len_max);

/* Wipes it: programs are given secrets, and may say them. */
void spoken_wipe(struct spoken *s);

/* Adds a copy. Asserts that it fits. */
void spoken_add(struct spoken *s, struct slice piece);

/* Takes the next line that has come to its end, without the blanks around it;
 * lines of blanks alone are passed over. Borrowed until more is added. False:
 * there is none. */
bool spoken_line(struct spoken *s, struct slice *ret);

/* What stands behind the last line taken, borrowed likewise. */
struct slice spoken_rest(const struct spoken *s);

/* Without the blanks that programs put around, a newline above all. */
struct slice spoken_trimmed(struct slice text);

#endif

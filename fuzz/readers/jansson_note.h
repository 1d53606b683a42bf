/* SPDX-License-Identifier: MIT */
/*
 * What a third reader of JSON sees in a text, jansson as ref/base/value.h
 * hands it out, in words that need no header of its: that and the judge's
 * reader both use the names JSON_OBJECT, JSON_STRING and so on.
 *
 * A note is flat: a letter for each value, a name with its length before each
 * member, strings with theirs, and of repeated names the last value at the
 * place of the first.
 */
#ifndef FUZZ_READERS_JANSSON_NOTE_H
#define FUZZ_READERS_JANSSON_NOTE_H

#include "ref/base/buf.h"

struct jansson_note {
    bool is_read; /* there is a tree */
    size_t depth; /* lists and objects within each other */
};

/* What jansson is told once, so that it is the same in every process. */
void jansson_note_setup(void);

/* Reads `text` and appends what it saw to `out`. */
struct jansson_note jansson_note(struct slice text, struct buf *out);

/* The pieces of a note, for whoever writes one of another reader's tree. */
void jansson_note_string(struct buf *out, struct slice text);
void jansson_note_integer(struct buf *out, int64_t number);
void jansson_note_real(struct buf *out, double number);

#endif

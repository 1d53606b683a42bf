/* SPDX-License-Identifier: MIT */
/*
 * What was said between the testee and us, line by line, and its digest.
 *
 * The digest is of the conversation and not of its timing: each line of ours is
 * followed by its answer, `seq` is left out, and when the testee makes its ids
 * at random they are replaced by the order in which they were first seen.
 */
#ifndef CONFORMANCE_TRANSCRIPT_H
#define CONFORMANCE_TRANSCRIPT_H

#include "conformance/arena.h"

/* Hexadecimal digits of a SHA-256 and the NUL behind them. */
#define TRANSCRIPT_HASH_LEN 65

struct transcript_line {
    bool is_ours;                 /* we wrote it; else the testee */
    uint64_t at_ns;               /* of the scene's own time */
    struct slice text;            /* without the newline */
    struct transcript_line *next; /* or NULL */
};

struct transcript {
    struct arena *arena;           /* borrowed; everything lives there */
    struct transcript_line *first; /* or NULL */
    struct transcript_line *last;  /* or NULL */
    struct transcript_id *ids;     /* to be replaced, the newest first */
    size_t ids_count;              /* how many */
};

/* Adds a line; the text is borrowed and must live as long as the arena. */
void transcript_add(struct transcript *t, bool is_ours, uint64_t at_ns,
                    struct slice text);

/* An id that the testee made at random: replaced wherever it occurs. */
void transcript_random_id(struct transcript *t, struct slice id);

/* The digest, in lower-case hexadecimal. */
void transcript_hash(const struct transcript *t,
                     char ret_hash[TRANSCRIPT_HASH_LEN]);

/* The digest of any bytes; the one place that knows how. */
void transcript_digest(struct slice bytes, char ret_hash[TRANSCRIPT_HASH_LEN]);

#endif

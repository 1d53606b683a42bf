/* SPDX-License-Identifier: MIT */
/*
 * What two sides of a connection say on their streams, and what of it each has
 * heard: bytes as they were written, from the beginning, in order, once; the
 * end behind all of them; a reset or a stop that the other has asked for; and
 * of a stream nothing behind its end. What does not agree is a broken promise.
 *
 * A stream is known by who opened it and as how many-th since the ledger was
 * begun, so that the same story has the same ledger on a connection that has
 * told others before. What is written is a text that everybody knows: the byte
 * at a place of a stream follows from the stream and the place.
 */
#ifndef FUZZ_TWINS_LEDGER_H
#define FUZZ_TWINS_LEDGER_H

#include "ref/quic/quic.h"

#define LEDGER_STREAMS 24     /* that a side opens, at most */
#define LEDGER_LEN_MAX 40000u /* bytes that a side writes on a stream */

/* What one side says on a stream, and the other hears. */
struct ledger_half {
    uint32_t written;  /* bytes that QUIC has taken */
    uint32_t heard;    /* bytes that came out */
    uint32_t consumed; /* bytes that the hearer is done with */
    uint32_t shorts;   /* writes that were short, and nobody said go on */
    bool is_finished;  /* no more comes */
    bool is_reset;     /* given up, by who says it */
    bool is_stopped;   /* not wanted, by who hears it */
    bool heard_end, heard_reset, heard_stop;
    uint64_t reset_code, stop_code;
};

struct ledger_stream {
    int64_t id;                 /* QUIC's */
    struct ledger_half says[2]; /* by side */
    bool is_known[2];           /* that side has heard of it */
    bool is_closed[2];          /* that side was told that it is over */
};

struct ledger {
    int64_t before[2];  /* streams that each opened before */
    uint32_t opened[2]; /* and since */
    uint64_t window;    /* bytes that may lie unconsumed */
    struct ledger_stream streams[2][LEDGER_STREAMS]; /* by who opened them */
};

/* Once. */
void ledger_setup(void);

/* A new connection; or the same, whose streams all are over. */
void ledger_open_book(struct ledger *l, uint64_t window);
void ledger_turn_page(struct ledger *l);

/* That side has opened a stream of that number. */
void ledger_opened(struct ledger *l, uint32_t side, int64_t id);

/* The stream of that number; it is a broken promise if there is none. */
struct ledger_stream *ledger_find(struct ledger *l, int64_t id);

/* The `which`-th that this side knows and was not told the end of, counted
 * round; NULL: none. */
struct ledger_stream *ledger_pick(struct ledger *l, uint32_t side,
                                  uint32_t which);

/* May that side still say something there? */
bool ledger_may_write(const struct ledger_stream *s, uint32_t side);

/* The next `len` bytes that are to be written; fewer at the very end. */
struct slice ledger_text(const struct ledger_stream *s, uint32_t side,
                         size_t len);

/* QUIC has told that side this of a stream. */
void ledger_hear(struct ledger *l, uint32_t side, const struct quic_event *e);

/* All was calm for long: was all heard that was to be? */
void ledger_check_calm(const struct ledger *l);

/* The whole of it as a number, streams' own numbers apart. */
uint64_t ledger_hash(const struct ledger *l);

#endif

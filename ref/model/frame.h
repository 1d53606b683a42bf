/* SPDX-License-Identifier: MIT */
/*
 * The frame: four bytes of length, most significant first, then exactly that
 * many bytes of body; the next frame follows at once, in both directions, with
 * nothing before, between or behind. Wire sections 1 and 2.
 */
#ifndef REF_MODEL_FRAME_H
#define REF_MODEL_FRAME_H

#include "ref/base/buf.h"

#define FRAME_PREFIX_LEN 4 /* [FR-1] */

/* What arrived of the frame that is not complete yet. */
struct frame_reader {
    uint8_t prefix[FRAME_PREFIX_LEN]; /* as much as came of it */
    size_t prefix_len;                /* bytes of prefix that came */
    size_t body_len;                  /* what the prefix announced */
    size_t body_max;                  /* largest body taken, inclusive */
    struct buf body;                  /* what came of the body: it grows as
                                         bytes arrive, whatever was announced */
};

enum frame_result {
    FRAME_MORE,  /* everything was taken in; no whole frame yet */
    FRAME_READY, /* one body is ready; there may be more in the rest */
    FRAME_BAD    /* this can be no frame: stop reading the stream */
};

/* A reader at the start of a stream. `body_max` is at most BOUNDS_BODY_MAX. */
void frame_reader_init(struct frame_reader *r, size_t body_max);

/* Gives the memory back. */
void frame_reader_clear(struct frame_reader *r);

/* Takes bytes from the front of `*rest` until one frame is complete.
 * FRAME_READY: `ret_body` is borrowed, from the bytes given or from the reader,
 * until the next call. FRAME_BAD: `ret_why` is a static sentence. */
enum frame_result frame_read(struct frame_reader *r, struct slice *rest,
                             struct slice *ret_body, const char **ret_why);

/* The body that was handed out last is not needed any more. Optional: the next
 * frame_read() knows it too, but that may be long in coming. */
void frame_let_go(struct frame_reader *r);

/* Is the stream in the middle of a frame? [FL-5, FL-6] */
bool frame_is_partial(const struct frame_reader *r);

/* Writing: frame_begin() leaves room for the prefix at the end of `out`, the
 * body is appended, frame_end() fills in the length. frame_begin() returns
 * where the frame starts. frame_end() is false when the body is empty or over
 * `body_max`; then the frame was taken out again [FL-3]. */
size_t frame_begin(struct buf *out);
bool frame_end(struct buf *out, size_t start, size_t body_max);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Any bytes, cut anywhere: the same frames. The first byte says how the stream
 * is cut, the rest is the stream. It is read whole, and again in pieces, and
 * both are held against what the specification says of it: four bytes of
 * length, most significant first, then so many bytes, no length of 0 and none
 * above the limit.
 */
#include "fuzz/broken.h"
#include "fuzz/feed.h"
#include "fuzz/target.h"
#include "ref/model/frame.h"

#define BODY_MAX 4096 /* so that an input can reach it */

/* What was read of a stream, folded into a few numbers. */
struct reading {
    uint64_t hash;  /* of the bodies and their lengths */
    uint32_t count; /* of them */
    bool is_bad;    /* it ended there */
    bool is_partial;
};

static void note(struct reading *r, struct slice body)
{
    r->hash = slice_hash(body, r->hash + body.len);
    r->count++;
}

/* Straight from the words of the specification. */
static struct reading expected(struct slice bytes)
{
    struct reading r = {.hash = 0};

    while (bytes.len >= 4) {
        const uint8_t *p = bytes.data;
        size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 |
                     (size_t)p[2] << 8 | (size_t)p[3];

        if (len == 0 || len > BODY_MAX) {
            r.is_bad = true;
            return r;
        }
        if (bytes.len - 4 < len)
            break;
        note(&r, slice_make(p + 4, len));
        bytes = slice_skip(bytes, 4 + len);
    }
    r.is_partial = bytes.len > 0;
    return r;
}

/* Reads on with one piece more. False: nothing comes behind it. */
static bool read_piece(struct frame_reader *reader, struct slice piece,
                       struct reading *r)
{
    const char *why;
    struct slice body;

    for (;;) {
        switch (frame_read(reader, &piece, &body, &why)) {
        case FRAME_READY:
            note(r, body);
            break;
        case FRAME_BAD:
            r->is_bad = true;
            return false;
        case FRAME_MORE:
            broken_unless(piece.len == 0, "FR-6", "bytes were left over");
            return true;
        }
    }
}

/* `step` bytes at a time; 0: all at once. */
static struct reading read_in_pieces(struct slice bytes, size_t step)
{
    struct reading r = {.hash = 0};
    struct frame_reader reader;
    bool is_on = true;

    frame_reader_init(&reader, BODY_MAX);
    while (bytes.len && is_on) {
        size_t len = step && step < bytes.len ? step : bytes.len;

        is_on = read_piece(&reader, slice_head(bytes, len), &r);
        bytes = slice_skip(bytes, len);
        broken_unless(reader.body.capacity <= 2 * BODY_MAX + 64, "FL-13",
                      "%zu bytes are kept of one frame", reader.body.capacity);
    }
    r.is_partial = !r.is_bad && frame_is_partial(&reader);
    frame_reader_clear(&reader);
    return r;
}

static void compare(struct reading got, struct reading wanted, const char *how)
{
    broken_unless(got.is_bad == wanted.is_bad, "FL-1", "%s: %s", how,
                  got.is_bad ? "a good length is refused"
                             : "a bad length is taken");
    broken_unless(got.count == wanted.count && got.hash == wanted.hash, "FR-1",
                  "%s: %u frames, or their bytes, instead of %u", how,
                  got.count, wanted.count);
    broken_unless(got.is_partial == wanted.is_partial, "FL-5",
                  "%s: is the last frame whole or not?", how);
}

static void run(struct slice input)
{
    struct feed feed = {input};
    size_t step = 1 + feed_below(&feed, 16);
    struct reading wanted = expected(feed.rest);

    compare(read_in_pieces(feed.rest, 0), wanted, "at once");
    compare(read_in_pieces(feed.rest, step), wanted, "in pieces");
}

const struct target target_frame = {
    .name = "frame",
    .promise = "Frames never depend on where the stream was cut, and no more "
               "is kept of one than it may be long.",
    .rules = "FR-1 FR-6 FL-1 FL-5 FL-13",
    .run = run,
};

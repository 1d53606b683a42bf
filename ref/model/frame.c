/* SPDX-License-Identifier: MIT */
/*
 * A reader takes bytes cut anywhere: after the second byte of a prefix, in the
 * middle of a character, ten frames at once. It knows nothing of JSON.
 *
 * Two decisions are made from the four bytes alone, before any of the body is
 * looked at or paid for: a length of zero and a length over the limit are no
 * frames. What is announced is never reserved; a peer that says 64 MiB and
 * sends 10 bytes costs 10 bytes.
 *
 * A body that lies whole in the bytes at hand is handed out where it lies;
 * only a body that comes in pieces is copied.
 */
#include "ref/model/frame.h"
#include "ref/base/bounds.h"

#define KEPT_MAX 65536 /* bytes of buffer an idle stream may keep */

void frame_reader_init(struct frame_reader *r, size_t body_max)
{
    assert(body_max > 0 && body_max <= BOUNDS_BODY_MAX);
    *r = (struct frame_reader){.body_max = body_max};
    buf_init(&r->body, body_max);
}

void frame_reader_clear(struct frame_reader *r)
{
    buf_clear(&r->body);
    r->prefix_len = 0;
}

static struct slice take(struct slice *rest, size_t len)
{
    struct slice head = slice_head(*rest, len < rest->len ? len : rest->len);

    *rest = slice_skip(*rest, head.len);
    return head;
}

/* [FR-6] the prefix itself may come in pieces. */
static bool read_prefix(struct frame_reader *r, struct slice *rest)
{
    struct slice piece = take(rest, FRAME_PREFIX_LEN - r->prefix_len);

    if (piece.len)
        memcpy(r->prefix + r->prefix_len, piece.data, piece.len);
    r->prefix_len += piece.len;
    return r->prefix_len == FRAME_PREFIX_LEN;
}

/* [FR-1] unsigned, big endian. [FR-2] the body alone is counted. */
static size_t announced(const uint8_t prefix[FRAME_PREFIX_LEN])
{
    return (size_t)prefix[0] << 24 | (size_t)prefix[1] << 16 |
           (size_t)prefix[2] << 8 | prefix[3];
}

/* The whole body, or an empty slice when more has to come. */
static struct slice read_body(struct frame_reader *r, struct slice *rest)
{
    struct slice piece = take(rest, r->body_len - r->body.len);

    if (r->body.len == 0 && piece.len == r->body_len)
        return piece;
    buf_put_slice(&r->body, piece); /* [FL-13] grows as bytes arrive */
    return r->body.len == r->body_len ? buf_slice(&r->body)
                                      : slice_make(NULL, 0);
}

/* Has the body in the buffer been handed out? (One of length zero never is, so
 * a bad frame stays bad.) */
static bool is_used(const struct frame_reader *r)
{
    return r->prefix_len == FRAME_PREFIX_LEN && r->body_len > 0 &&
           r->body.len == r->body_len;
}

/* Only a small one is worth keeping memory for. */
void frame_let_go(struct frame_reader *r)
{
    if (!is_used(r))
        return;
    if (r->body.capacity > KEPT_MAX)
        buf_clear(&r->body);
    buf_reset(&r->body);
    r->prefix_len = 0;
}

enum frame_result frame_read(struct frame_reader *r, struct slice *rest,
                             struct slice *ret_body, const char **ret_why)
{
    frame_let_go(r);
    if (r->prefix_len < FRAME_PREFIX_LEN) {
        if (!read_prefix(r, rest))
            return FRAME_MORE;
        r->body_len = announced(r->prefix);
    }
    if (r->body_len == 0) { /* [FL-4] */
        *ret_why = "a frame of length zero";
        return FRAME_BAD;
    }
    if (r->body_len > r->body_max) { /* [FL-1, FL-2] */
        *ret_why = "a frame longer than is allowed";
        return FRAME_BAD;
    }
    *ret_body = read_body(r, rest);
    if (ret_body->len == 0)
        return FRAME_MORE;
    if (r->body.len == 0)
        r->prefix_len = 0; /* [FR-4, FR-7] next comes a frame */
    return FRAME_READY;
}

bool frame_is_partial(const struct frame_reader *r)
{
    return r->prefix_len > 0 && !is_used(r);
}

size_t frame_begin(struct buf *out)
{
    size_t start = out->len;

    (void)buf_add(out, slice_make("\0\0\0\0", FRAME_PREFIX_LEN));
    return start;
}

bool frame_end(struct buf *out, size_t start, size_t body_max)
{
    size_t body_len;

    if (out->len < start + FRAME_PREFIX_LEN + 1 ||
        out->len - start - FRAME_PREFIX_LEN > body_max) {
        out->len = start;
        return false;
    }
    body_len = out->len - start - FRAME_PREFIX_LEN;
    out->data[start] = (uint8_t)(body_len >> 24);
    out->data[start + 1] = (uint8_t)(body_len >> 16);
    out->data[start + 2] = (uint8_t)(body_len >> 8);
    out->data[start + 3] = (uint8_t)body_len;
    return true;
}

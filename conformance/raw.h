/* SPDX-License-Identifier: MIT */
/*
 * The judge's own reader and writer of the wire: four bytes of length and a
 * JSON envelope. The reader is strict, as the specification wants a receiver
 * to be; the writer can also be made to say what no honest peer would.
 *
 * It knows the shapes of the messages, not what they mean: nothing here knows
 * a stream, a request, or who may send what.
 */
#ifndef CONFORMANCE_RAW_H
#define CONFORMANCE_RAW_H

#include "conformance/json.h"
#include "ref/base/buf.h"

/* [FL-1] The largest body, inclusive. */
#define RAW_BODY_MAX (64u * 1024 * 1024)

/* [FR-1] The bytes of length before a body. */
#define RAW_PREFIX_LEN 4u

struct raw_frame {
    struct slice type;    /* decoded; any text */
    struct slice id;      /* decoded; any text, may be empty */
    struct slice payload; /* the JSON text of the payload as it was sent */
    struct slice body;    /* the whole body */
};

enum raw_got {
    RAW_FRAME,   /* one frame was taken */
    RAW_MORE,    /* there is no whole frame yet */
    RAW_REFUSED, /* what came is no frame; nothing after it is looked at */
};

/* The bytes of one stream in one direction. */
struct raw_reader {
    struct buf held;   /* owned: bytes that came and were not dropped yet */
    size_t at;         /* of these, how many belong to frames taken */
    uint64_t consumed; /* bytes of all frames taken, prefixes included */
    uint32_t body_max; /* the largest body taken */
    const char *why;   /* static text once refused, before that NULL */
};

/* A reader at the start of a stream; RAW_BODY_MAX is what is usual. */
void raw_reader_init(struct raw_reader *r, uint32_t body_max);

/* Gives the memory back. */
void raw_reader_clear(struct raw_reader *r);

/* Takes bytes as they came, cut anywhere. Slices of frames that were read
 * before are gone. After a refusal it does nothing. */
void raw_reader_add(struct raw_reader *r, struct slice bytes);

/* The next whole frame. Its slices are good until the next raw_reader_add()
 * and while `arena` is; `*ret` is untouched unless a frame was taken. A
 * refusal is final and says why in `r->why`. [FL-2] A length is refused from
 * the prefix alone. */
enum raw_got raw_reader_next(struct raw_reader *r, struct arena *arena,
                             struct raw_frame *ret);

/* Bytes of an unfinished frame that are left over. */
size_t raw_reader_left(const struct raw_reader *r);

/* One envelope: an object with `type` and `id`, both strings, and `payload`,
 * each exactly once; other members are ignored. False with `*ret_why`. */
bool raw_parse(struct arena *arena, struct slice body, struct raw_frame *ret,
               const char **ret_why);

/* The payload of a call.error. */
struct raw_call_error {
    struct slice code;          /* decoded */
    struct slice message;       /* decoded; for people, never compared */
    bool is_retryable;          /* the member `retryable` */
    const struct json *details; /* NULL when absent; [ER-2] null is absent */
};

/* Reads one. False with `*ret_why` when it is no object or a member that is
 * required is missing or of the wrong type. */
bool raw_call_error(struct arena *arena, struct slice payload,
                    struct raw_call_error *ret, const char **ret_why);

/* [OP-1, OP-5] The registry form of an operationId: one leading slash is
 * stripped, never two. Borrowed from `operation_id`. */
struct slice raw_name(struct slice operation_id);

/* The first part of a registry name: what stands before its first slash, or
 * all of it. */
struct slice raw_namespace(struct slice name);

/* Appends one frame. An empty `payload` leaves that member out, which no
 * honest sender does. */
void raw_put(struct buf *b, struct slice type, struct slice id,
             struct slice payload);

/* Appends a frame around any body, with its true length. */
void raw_put_body(struct buf *b, struct slice body);

/* Appends a frame whose prefix says `len`, whatever the body has. */
void raw_put_lie(struct buf *b, uint32_t len, struct slice body);

#endif

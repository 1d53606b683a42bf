/* SPDX-License-Identifier: MIT */
/*
 * Frames out of bytes that arrive cut anywhere, and frames into bytes.
 *
 * A reader never looks behind what it refused, and its judgement does not
 * depend on where the bytes were cut: a prefix is judged when its fourth byte
 * is there, a body when its last one is.
 *
 * [FR-1..FR-7] framing, [FL-1, FL-2, FL-4, FL-7] what is refused, [EN-1..EN-16]
 * the envelope, [ER-1, ER-2] the error.
 */
#include "conformance/raw.h"

#include "conformance/json_out.h"

void raw_reader_init(struct raw_reader *r, uint32_t body_max)
{
    *r = (struct raw_reader){.body_max = body_max};
    buf_init(&r->held, SIZE_MAX / 2);
}

void raw_reader_clear(struct raw_reader *r)
{
    buf_clear(&r->held);
}

void raw_reader_add(struct raw_reader *r, struct slice bytes)
{
    if (r->why)
        return;
    buf_consume(&r->held, r->at);
    r->at = 0;
    buf_put_slice(&r->held, bytes);
}

size_t raw_reader_left(const struct raw_reader *r)
{
    return r->held.len - r->at;
}

static uint32_t big_endian(const uint8_t b[4])
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
           b[3];
}

static enum raw_got refuse(struct raw_reader *r, const char *why)
{
    r->why = why;
    return RAW_REFUSED;
}

enum raw_got raw_reader_next(struct raw_reader *r, struct arena *arena,
                             struct raw_frame *ret)
{
    struct slice ahead = slice_skip(buf_slice(&r->held), r->at);
    const char *why;
    uint32_t len;

    if (r->why)
        return RAW_REFUSED;
    if (ahead.len < RAW_PREFIX_LEN)
        return RAW_MORE;
    len = big_endian(ahead.data);
    if (len == 0)
        return refuse(r, "a length of zero");
    if (len > r->body_max)
        return refuse(r, "a length beyond the limit");
    if (ahead.len - RAW_PREFIX_LEN < len)
        return RAW_MORE;
    ahead = slice_head(slice_skip(ahead, RAW_PREFIX_LEN), len);
    if (!raw_parse(arena, ahead, ret, &why))
        return refuse(r, why);
    r->at += RAW_PREFIX_LEN + len;
    r->consumed += RAW_PREFIX_LEN + (uint64_t)len;
    return RAW_FRAME;
}

static bool say(const char **ret_why, const char *why)
{
    *ret_why = why;
    return false;
}

static bool one_of_each(const struct json *envelope)
{
    return json_count(envelope, "type") == 1 &&
           json_count(envelope, "id") == 1 &&
           json_count(envelope, "payload") == 1;
}

bool raw_parse(struct arena *arena, struct slice body, struct raw_frame *ret,
               const char **ret_why)
{
    struct raw_frame frame = {.body = body};
    const struct json *envelope;
    struct json_error error;

    if (!json_parse_shallow(arena, body, JSON_DEPTH_MAX, 1, &envelope, &error))
        return say(ret_why, error.why);
    if (!json_is(envelope, JSON_OBJECT))
        return say(ret_why, "the body is no object");
    if (!one_of_each(envelope))
        return say(ret_why, "not exactly one type, id and payload");
    if (!json_get_text(json_find(envelope, "type"), &frame.type))
        return say(ret_why, "the type is no string");
    if (!json_get_text(json_find(envelope, "id"), &frame.id))
        return say(ret_why, "the id is no string");
    frame.payload = json_find(envelope, "payload")->source;
    *ret = frame;
    return true;
}

bool raw_call_error(struct arena *arena, struct slice payload,
                    struct raw_call_error *ret, const char **ret_why)
{
    struct raw_call_error e;
    const struct json *object;
    struct json_error error;

    if (!json_parse(arena, payload, JSON_DEPTH_MAX, &object, &error))
        return say(ret_why, error.why);
    if (!json_is(object, JSON_OBJECT))
        return say(ret_why, "the payload is no object");
    if (!json_get_text(json_find(object, "code"), &e.code))
        return say(ret_why, "no code that is a string");
    if (!json_get_text(json_find(object, "message"), &e.message))
        return say(ret_why, "no message that is a string");
    if (!json_get_bool(json_find(object, "retryable"), &e.is_retryable))
        return say(ret_why, "no retryable that is true or false");
    e.details = json_find(object, "details");
    if (json_is(e.details, JSON_NULL))
        e.details = NULL;
    *ret = e;
    return true;
}

struct slice raw_name(struct slice operation_id)
{
    return slice_skip(operation_id, slice_starts(operation_id, slice_of("/")));
}

struct slice raw_namespace(struct slice name)
{
    const uint8_t *slash = name.len ? memchr(name.data, '/', name.len) : NULL;

    return slice_head(name, slash ? (size_t)(slash - name.data) : name.len);
}

void raw_put_lie(struct buf *b, uint32_t len, struct slice body)
{
    const uint8_t prefix[RAW_PREFIX_LEN] = {(uint8_t)(len >> 24),
                                            (uint8_t)(len >> 16),
                                            (uint8_t)(len >> 8), (uint8_t)len};

    buf_put_slice(b, slice_make(prefix, sizeof prefix));
    buf_put_slice(b, body);
}

void raw_put_body(struct buf *b, struct slice body)
{
    assert(body.len <= UINT32_MAX);
    raw_put_lie(b, (uint32_t)body.len, body);
}

void raw_put(struct buf *b, struct slice type, struct slice id,
             struct slice payload)
{
    struct buf body;
    struct json_out out;

    buf_init(&body, SIZE_MAX / 2);
    json_out_begin(&out, &body);
    json_out_text(&out, "type", type);
    json_out_text(&out, "id", id);
    if (payload.len)
        json_out_raw(&out, "payload", payload);
    json_out_end(&out);
    raw_put_body(b, buf_slice(&body));
    buf_clear(&body);
}

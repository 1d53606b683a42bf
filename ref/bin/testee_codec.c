/* SPDX-License-Identifier: MIT */
/* L0: the codec, as bytes in and out. Frames are read with the same reader and
 * the same parser that a connection uses, and cut where the harness cut them.
 */
#include "ref/bin/testee_codec.h"
#include "ref/base/bounds.h"
#include "ref/base/jstring.h"
#include "ref/base/scan.h"
#include "ref/bin/testee_hex.h"
#include "ref/model/envelope.h"
#include "ref/model/frame.h"

/* One stream being decoded. */
struct decoding {
    struct frame_reader reader; /* as a connection's */
    struct buf scratch;         /* for strings with escapes */
    json_t *frames;             /* owned: those that were taken */
    size_t consumed;            /* bytes of those */
    bool is_refused;            /* one was refused: nothing more is read */
};

static void take_body(struct decoding *d, struct slice body)
{
    struct envelope e;
    const char *why;

    if (!envelope_parse(body, &d->scratch, &e, &why)) {
        d->is_refused = true;
        return;
    }
    d->consumed += FRAME_PREFIX_LEN + body.len;
    json_array_append_new(d->frames,
                          json_pack("{s:o, s:o, s:o}", "type",
                                    value_new_string(e.type_text), "id",
                                    value_new_string(e.id), "payload_hex",
                                    testee_hex_tree(e.payload)));
}

static void decode_piece(struct decoding *d, struct slice bytes)
{
    enum frame_result result = FRAME_READY;
    struct slice body;
    const char *why;

    while (result == FRAME_READY && !d->is_refused) {
        result = frame_read(&d->reader, &bytes, &body, &why);
        if (result == FRAME_READY)
            take_body(d, body);
        else if (result == FRAME_BAD)
            d->is_refused = true;
    }
}

static bool decode_all(struct decoding *d, const json_t *segments,
                       struct failure *f)
{
    for (size_t i = 0; i < json_array_size(segments); i++) {
        struct buf bytes;

        if (!testee_hex(json_array_get(segments, i), &bytes, f))
            return failure_wrap(f, "segments: ");
        decode_piece(d, buf_slice(&bytes));
        buf_clear(&bytes);
    }
    return true;
}

static bool run_decode(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    struct decoding d = {.frames = json_array()};
    const json_t *segments, *fin;
    const struct value_field fields[] = {
        {"segments", VALUE_STRINGS, true, &segments},
        {"fin", VALUE_BOOL, true, &fin},
    };
    bool is_good;

    (void)t;
    frame_reader_init(&d.reader, BOUNDS_BODY_MAX);
    buf_init(&d.scratch, 2 * (size_t)BOUNDS_BODY_MAX);
    is_good = value_fields(line, fields, 2, f) && decode_all(&d, segments, f);
    if (is_good) {
        json_object_set(answer, "frames", d.frames);
        json_object_set_new(answer, "end",
                            json_string(d.is_refused ? "reject"
                                        : frame_is_partial(&d.reader)
                                            ? "partial"
                                            : "clean"));
        json_object_set_new(answer, "consumed",
                            json_integer((json_int_t)d.consumed));
    }
    json_decref(d.frames);
    frame_reader_clear(&d.reader);
    buf_clear(&d.scratch);
    return is_good;
}

/* The type may be anything here, so the body is put together by hand. */
static bool encode(struct slice type, struct slice id, struct slice payload,
                   struct buf *out)
{
    size_t start = frame_begin(out);
    bool fits = buf_add(out, slice_of("{\"type\":")) &&
                jstring_quote(out, type) &&
                buf_add(out, slice_of(",\"id\":")) && jstring_quote(out, id) &&
                buf_add(out, slice_of(",\"payload\":")) &&
                buf_add(out, payload) && buf_add(out, slice_of("}"));

    return fits && frame_end(out, start, BOUNDS_BODY_MAX);
}

static bool run_encode(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    const json_t *type, *id, *hex;
    const struct value_field fields[] = {
        {"type", VALUE_STRING, true, &type},
        {"id", VALUE_STRING, true, &id},
        {"payload_hex", VALUE_STRING, true, &hex},
    };
    struct buf payload, out;
    const char *why;
    bool is_good = false;

    (void)t;
    if (!value_fields(line, fields, 3, f) || !testee_hex(hex, &payload, f))
        return false;
    buf_init(&out, BOUNDS_FRAME_MAX);
    if (!scan_text(buf_slice(&payload), &why))
        failure_say(f, "payload_hex: %s", why);
    else if (!encode(value_string(type), value_string(id), buf_slice(&payload),
                     &out))
        failure_say(f, "payload_hex: the frame would be too long");
    else
        is_good = json_object_set_new(answer, "bytes",
                                      testee_hex_tree(buf_slice(&out))) == 0;
    buf_clear(&out);
    buf_clear(&payload);
    return is_good;
}

static const struct testee_verb verbs[] = {
    {"decode", TESTEE_L0, run_decode},
    {"encode", TESTEE_L0, run_encode},
};

struct testee_verbs testee_codec_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}

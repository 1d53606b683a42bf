/* SPDX-License-Identifier: MIT */
/*
 * Two halves: from vector files to cases, and the body that all of them share.
 * Both halves read vectors/README.md.
 */
#include "conformance/codec.h"

#include "conformance/catalogue.h"
#include "conformance/json_out.h"
#include "conformance/scene.h"
#include "ref/base/buf.h"

#include <stdio.h>

/* Byte by byte is silly beyond that. */
#define SHOWN_MAX 160 /* bytes of a body in a sentence */
#define BY_BYTE_MAX 4096u
#define VERB_MAX (4u * 1024 * 1024)

/* --- data in vectors */

static uint8_t nibble(uint8_t c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void put_bytes(struct buf *b, struct slice hex)
{
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        buf_put_byte(
            b, (uint8_t)(nibble(hex.data[i]) << 4 | nibble(hex.data[i + 1])));
}

static void put_generated(struct buf *b, const struct json *steps)
{
    for (size_t i = 0; steps && i < steps->count; i++) {
        const struct json *step = json_at(steps, i);
        struct slice hex = {0};
        uint64_t times = 1;

        (void)json_get_text(json_at(step, 1), &hex);
        (void)json_get_u64(json_at(step, 2), &times);
        while (times-- > 0)
            put_bytes(b, hex);
    }
}

/* Data as bytes in the arena: hexadecimal (`wire`) or plain text, or made by
 * a generator. */
static struct slice data_of(struct scene *s, const struct json *v, bool is_hex)
{
    struct slice text = {0};
    struct slice bytes;
    struct buf b;

    if (json_get_text(v, &text) && !is_hex)
        return text;
    buf_init(&b, VERB_MAX);
    if (is_hex && text.data)
        put_bytes(&b, text);
    else
        put_generated(&b, json_find(v, "gen"));
    bytes = arena_copy(scene_arena(s), buf_slice(&b));
    buf_clear(&b);
    return bytes;
}

/* --- the body */

enum way { WHOLE, AS_LISTED, BY_BYTE };

static size_t piece_len(const struct json *listed, size_t n, enum way way,
                        size_t left)
{
    uint64_t len = left;

    if (way == BY_BYTE)
        len = 1;
    else if (way == AS_LISTED)
        (void)json_get_u64(json_at(listed, n), &len);
    return len < left ? (size_t)len : left;
}

static const struct json *decode(struct scene *s, const struct json *vector,
                                 struct slice wire, enum way way)
{
    const struct json *listed = json_find(vector, "segments");
    const struct json *answer;
    const char *members;
    struct json_out out;
    struct buf b;
    bool fin = false;
    size_t n = 0;

    (void)json_get_bool(json_find(vector, "fin"), &fin);
    buf_init(&b, VERB_MAX);
    json_out_begin(&out, &b);
    json_out_array(&out, "segments");
    do {
        size_t len = piece_len(listed, n++, way, wire.len);

        json_out_hex(&out, NULL, slice_head(wire, len));
        wire = slice_skip(wire, len);
    } while (wire.len > 0);
    json_out_end(&out);
    json_out_bool(&out, "fin", fin);
    json_out_end(&out);
    b.data[b.len - 1] = '\0';
    members = scene_text(s, "%s", (const char *)b.data + 1);
    buf_clear(&b);
    answer = scene_verb(s, "decode", members);
    return answer;
}

static bool same_payload(struct scene *s, const struct json *got,
                         const struct json *wanted)
{
    struct slice text = data_of(s, wanted, false);
    const struct json *a = NULL;
    const struct json *b = NULL;
    struct slice hex;

    if (!json_get_text(got, &hex))
        return false;
    (void)json_parse(scene_arena(s), data_of(s, got, true), JSON_DEPTH_MAX, &a,
                     NULL);
    (void)json_parse(scene_arena(s), text, JSON_DEPTH_MAX, &b, NULL);
    return a && b && json_same(a, b);
}

static bool same_frame(struct scene *s, const struct json *got,
                       const struct json *wanted)
{
    return json_same(json_find(got, "type"), json_find(wanted, "type")) &&
           json_same(json_find(got, "id"), json_find(wanted, "id")) &&
           same_payload(s, json_find(got, "payload_hex"),
                        json_find(wanted, "payload"));
}

static void verify_frames(struct scene *s, const struct json *got,
                          const struct json *wanted)
{
    size_t have = got ? got->count : 0;
    size_t want = wanted ? wanted->count : 0;

    verify_that(s, have == want, scene_text(s, "%zu frames taken", want),
                "%zu frames", have);
    for (size_t i = 0; i < want; i++)
        verify_that(
            s, same_frame(s, json_at(got, i), json_at(wanted, i)),
            scene_text(s, "frame %zu with its type, id and payload", i + 1),
            "another");
}

/* The beginning of the bytes, for people: the length in hex, then what can be
 * printed of the body. */
static const char *shown(struct scene *s, struct slice wire)
{
    size_t head = wire.len < RAW_PREFIX_LEN ? wire.len : RAW_PREFIX_LEN;
    struct slice body = slice_skip(wire, head);
    size_t len = body.len < SHOWN_MAX ? body.len : SHOWN_MAX;
    char *text = arena_new(scene_arena(s), 2 * head + len + 2, 1);
    size_t at = 0;

    for (size_t i = 0; i < head; i++)
        at += (size_t)snprintf(text + at, 3, "%02x", wire.data[i]);
    text[at++] = ' ';
    for (size_t i = 0; i < len; i++)
        text[at++] = body.data[i] >= 0x20 && body.data[i] < 0x7f
                         ? (char)body.data[i]
                         : '.';
    text[at] = '\0';
    return text;
}

static void verify_decoded(struct scene *s, const struct json *answer,
                           const struct json *expect, struct slice wire)
{
    bool is_accept = json_is_text(json_find(expect, "verdict"), "accept");
    struct slice end = slice_of("nothing");
    struct slice wanted = slice_of("clean");
    uint64_t consumed = 0;
    uint64_t total = 0;

    (void)json_get_text(json_find(answer, "end"), &end);
    if (!is_accept)
        (void)json_get_text(json_find(expect, "verdict"), &wanted);
    verify_that(s, slice_equal(end, wanted),
                scene_text(s, "end %.*s of %s", (int)wanted.len,
                           (const char *)wanted.data, shown(s, wire)),
                "end %.*s", (int)end.len, (const char *)end.data);
    verify_frames(s, json_find(answer, "frames"), json_find(expect, "frames"));
    (void)json_get_u64(json_find(expect, "consumed"), &total);
    (void)json_get_u64(json_find(answer, "consumed"), &consumed);
    verify_that(s, consumed == total,
                scene_text(s, "%zu bytes consumed", (size_t)total), "%zu bytes",
                (size_t)consumed);
}

/* What was done where it is left open, the same in every cut. */
static void record(struct scene *s, const struct json *answer,
                   const struct json **first)
{
    const struct json *end = json_find(answer, "end");

    if (!*first)
        *first = end;
    verify_that(s, json_is(end, JSON_STRING) && json_same(end, *first),
                "the same end however the bytes are cut", "another");
}

static void run_vector(struct scene *s)
{
    const struct json *vector = scene_data(s);
    const struct json *expect = json_find(vector, "expect");
    bool is_open = json_is_text(json_find(expect, "verdict"), "either");
    struct slice wire = data_of(s, json_find(vector, "wire"), true);
    const struct json *first = NULL;

    for (enum way way = WHOLE; way <= BY_BYTE; way++) {
        const struct json *answer;

        if (way == AS_LISTED && !json_find(vector, "segments"))
            continue;
        if (way == BY_BYTE && wire.len > BY_BYTE_MAX)
            continue;
        answer = decode(s, vector, wire, way);
        if (is_open)
            record(s, answer, &first);
        else
            verify_decoded(s, answer, expect, wire);
    }
    if (is_open)
        scene_choice(
            s,
            scene_text(s, "%s",
                       (const char *)json_find(vector, "id")->text.data),
            scene_text(s, "%.*s", (int)first->text.len,
                       (const char *)first->text.data));
}

/* --- from vectors to cases */

/* The vector of that id in the same file, or NULL. */
static const struct json *find_vector(const struct json *groups,
                                      const struct json *id)
{
    for (size_t g = 0; g < groups->count; g++) {
        const struct json *tests = json_find(json_at(groups, g), "tests");

        for (const struct json *v = tests ? tests->first : NULL; v; v = v->next)
            if (json_same(json_find(v, "id"), id))
                return v;
    }
    return NULL;
}

/* What must be taken for a refusal to count. A twin that is itself left open
 * proves nothing; the plainest of frames takes its place. */
static const char *twin_of(struct arena *arena, const struct json *groups,
                           const struct json *v)
{
    const struct json *twin = find_vector(groups, json_find(v, "twin"));
    const struct json *verdict =
        json_find(json_find(twin, "expect"), "verdict");

    if (!json_is_text(verdict, "accept"))
        return "codec.frame.basic.requested";
    return arena_text(arena, "codec.%s", catalogue_text(arena, v, "twin"));
}

static struct conf_case
make_case(struct arena *arena, const struct json *groups, const struct json *v)
{
    const struct json *verdict = json_find(json_find(v, "expect"), "verdict");
    struct conf_case c = catalogue_case(arena, v);

    c.id = arena_text(arena, "codec.%s", c.id);
    c.axes.lvl = LVL_L0;
    c.is_negative =
        json_is_text(verdict, "reject") || json_is_text(verdict, "partial");
    c.twin = c.is_negative ? twin_of(arena, groups, v) : NULL;
    c.run = run_vector;
    return c;
}

struct case_list codec_cases(struct arena *arena)
{
    return catalogue_cases(arena, catalogue_is_decode, make_case);
}

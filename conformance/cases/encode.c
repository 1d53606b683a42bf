/* SPDX-License-Identifier: MIT */
/*
 * What the testee's own writer makes of a message (L0). What its reader makes
 * of others' is in the vectors.
 */
#include "conformance/json_out.h"
#include "conformance/scene.h"

extern const struct case_list encode_cases;

static const char payload[] = "{ \"operationId\" : \"/a/b\", \"input\" : [ 1, "
                              "\"\\u00e9\\n\" ] }";

static uint8_t nibble(uint8_t c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct slice unhex(struct scene *s, struct slice hex)
{
    uint8_t *bytes = arena_new(scene_arena(s), hex.len / 2 + 1, 1);

    for (size_t i = 0; i + 1 < hex.len; i += 2)
        bytes[i / 2] =
            (uint8_t)(nibble(hex.data[i]) << 4 | nibble(hex.data[i + 1]));
    return slice_make(bytes, hex.len / 2);
}

/* The bytes that the testee writes for a message. */
static struct slice encoded(struct scene *s, const char *type, const char *id,
                            const char *text)
{
    const struct json *answer;
    const char *members;
    struct json_out out;
    struct slice hex = {0};
    struct buf b;

    buf_init(&b, 65536);
    json_out_begin(&out, &b);
    json_out_text(&out, "type", slice_of(type));
    json_out_text(&out, "id", slice_of(id));
    json_out_hex(&out, "payload_hex", slice_of(text));
    json_out_end(&out);
    b.data[b.len - 1] = '\0';
    members = scene_text(s, "%s", (const char *)b.data + 1);
    buf_clear(&b);
    answer = scene_verb(s, "encode", members);
    verify_that(s, json_get_text(json_find(answer, "bytes"), &hex),
                "bytes in hexadecimal", "none");
    return unhex(s, hex);
}

static void prefix_is_the_length(struct scene *s)
{
    struct slice bytes = encoded(s, "call.requested", "r1", payload);
    uint32_t len = 0;

    verify_that(s, bytes.len > RAW_PREFIX_LEN, "a prefix and a body",
                "%zu bytes", bytes.len);
    for (size_t i = 0; i < RAW_PREFIX_LEN; i++)
        len = len << 8 | bytes.data[i];
    verify_that(s, len == bytes.len - RAW_PREFIX_LEN,
                "the length of the body, most significant byte first",
                "%u before %zu bytes", len, bytes.len - RAW_PREFIX_LEN);
}

static void three_members(struct scene *s)
{
    struct slice bytes = encoded(s, "call.error", "\"\xc3\xa9\n\"", payload);
    const struct json *body = NULL;

    verify_that(s, bytes.len > RAW_PREFIX_LEN, "a prefix and a body",
                "%zu bytes", bytes.len);
    (void)json_parse(scene_arena(s), slice_skip(bytes, RAW_PREFIX_LEN),
                     JSON_DEPTH_MAX, &body, NULL);
    verify_that(s, body && body->kind == JSON_OBJECT && body->count == 3,
                "an object of three members", "another text");
    verify_same(s, "type", json_find(body, "type"), "\"call.error\"");
    verify_same(s, "id", json_find(body, "id"), "\"\\\"\\u00e9\\n\\\"\"");
    verify_same(s, "payload", json_find(body, "payload"), payload);
}

static void empty_payload(struct scene *s)
{
    struct slice bytes = encoded(s, "call.completed", "r1", "{}");
    const struct json *body = NULL;

    (void)json_parse(
        scene_arena(s),
        bytes.len > RAW_PREFIX_LEN ? slice_skip(bytes, RAW_PREFIX_LEN) : bytes,
        JSON_DEPTH_MAX, &body, NULL);
    verify_same(s, "payload", json_find(body, "payload"), "{}");
}

static void compact(struct scene *s)
{
    struct slice bytes = encoded(s, "call.requested", "r1", "{\"a\":[1,2]}");
    size_t blanks = 0;

    for (size_t i = RAW_PREFIX_LEN; i < bytes.len; i++)
        blanks += bytes.data[i] <= ' ';
    verify_that(s, blanks == 0, "no blank between the tokens", "%zu blanks",
                blanks);
}

static const struct conf_case cases[] = {
    {
        .id = "encode.prefix.is-the-length",
        .rules = "FR-1 FR-2",
        .claim = "A frame that is written begins with the length of its body "
                 "in four bytes, most significant first.",
        .axes = {.lvl = LVL_L0},
        .run = prefix_is_the_length,
    },
    {
        .id = "encode.envelope.three-members",
        .rules = "EN-1 EN-2 EN-3 FR-3",
        .claim = "A body that is written is an object of type, id and payload "
                 "with the values that were given.",
        .axes = {.lvl = LVL_L0},
        .run = three_members,
    },
    {
        .id = "encode.envelope.empty-payload",
        .rules = "EN-3 EV-5",
        .claim = "A payload that carries nothing is written as {}.",
        .axes = {.lvl = LVL_L0},
        .run = empty_payload,
    },
    {
        .id = "encode.text.compact",
        .rules = "FR-9",
        .level = CASE_SHOULD,
        .claim = "JSON is written without blanks between its tokens.",
        .axes = {.lvl = LVL_L0},
        .run = compact,
    },
};

const struct case_list encode_cases = {cases, sizeof cases / sizeof cases[0]};

/* SPDX-License-Identifier: MIT */
/* See grammar.h. */
#include "fuzz/mutator/grammar.h"

#define DEPTH_MAX 3 /* of what is made up; deeper is the mutator's affair */

static void put_quoted(const char *text, struct buf *out)
{
    buf_put(out, "\"");
    buf_put(out, text);
    buf_put(out, "\"");
}

/* ------------------------------------------------------------- words */

void grammar_type(struct chance *c, struct buf *out)
{
    static const char *const types[] = {
        "call.requested", "call.requested",   "call.responded",
        "call.responded", "call.completed",   "call.aborted",
        "call.error",     "call.unheard-of",  "CALL.REQUESTED",
        "call.request",   "call.\\u0065rror", ""};

    put_quoted(chance_pick(c, types), out);
}

/* Few, so that they meet. */
void grammar_id(struct chance *c, struct buf *out)
{
    static const char *const ids[] = {"a0",
                                      "a1",
                                      "a2",
                                      "a3",
                                      "a4",
                                      "a5",
                                      "r1",
                                      "a",
                                      "b",
                                      "",
                                      "00000000-0000-4000-8000-000000000001",
                                      "\\u0061"};

    put_quoted(chance_pick(c, ids), out);
}

void grammar_name(struct chance *c, struct buf *out)
{
    static const char *const names[] = {"type",
                                        "id",
                                        "payload",
                                        "operationId",
                                        "input",
                                        "auth_token",
                                        "forwarded_for",
                                        "output",
                                        "code",
                                        "message",
                                        "retryable",
                                        "details",
                                        "name",
                                        "operations",
                                        "op_type",
                                        "namespace",
                                        "visibility",
                                        "input_schema",
                                        "output_schema",
                                        "error_schemas",
                                        "scopes",
                                        "resources",
                                        "access_control",
                                        "must",
                                        "t\\u0079pe",
                                        "$defs",
                                        "properties",
                                        "required",
                                        "",
                                        "a",
                                        "n",
                                        "__proto__"};

    put_quoted(chance_pick(c, names), out);
}

static void put_operation(struct chance *c, struct buf *out)
{
    static const char *const operations[] = {"/o/0",
                                             "/o/1",
                                             "/o/2",
                                             "/o/3",
                                             "/o/4",
                                             "/o/5",
                                             "o/0",
                                             "/services/list",
                                             "/services/schema",
                                             "/services/list-peers",
                                             "/conf/echo",
                                             "/conf/source",
                                             "/conf/fail",
                                             "//o/0",
                                             "/",
                                             ""};

    put_quoted(chance_pick(c, operations), out);
}

static void put_code(struct chance *c, struct buf *out)
{
    static const char *const codes[] = {
        "NOT_FOUND", "FORBIDDEN", "INVALID_INPUT", "INVALID_OPERATION_TYPE",
        "TIMEOUT",   "INTERNAL",  "ABORTED",       "OUCH",
        "ouch",      ""};

    put_quoted(chance_pick(c, codes), out);
}

void grammar_trouble(struct chance *c, struct buf *out)
{
    static const char *const troubles[] = {
        "\\u0000",
        "\\ud800",
        "\\udc00\\ud800",
        "\\ud83d\\ude00",
        "\\u00e9",
        "\\\"",
        "\\/",
        "\\x41",
        "\\u12",
        "\n",
        "\x7f",
        "\xff",
        "\xc0\x80",
        "\xed\xa0\x80",
        "\xf4\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xe2\x82",
        "\xf0\x9f\x98\x80",
        "\xef\xbb\xbf",
        "\"",
        "\\",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

    buf_put(out, chance_pick(c, troubles));
}

/* ------------------------------------------------------------- values */

void grammar_number(struct chance *c, struct buf *out)
{
    static const char *const numbers[] = {"0",
                                          "1",
                                          "-1",
                                          "-0",
                                          "0.5",
                                          "1e0",
                                          "1E+2",
                                          "1.0",
                                          "127",
                                          "128",
                                          "9007199254740993",
                                          "9223372036854775807",
                                          "9223372036854775808",
                                          "-9223372036854775809",
                                          "18446744073709551616",
                                          "1e308",
                                          "1e309",
                                          "4.9e-324",
                                          "1e-400",
                                          "123456789012345678901234567890.5",
                                          "01",
                                          "1.",
                                          "+1",
                                          "0x1",
                                          "NaN",
                                          "-"};

    buf_put(out, chance_pick(c, numbers));
}

void grammar_string(struct chance *c, struct buf *out)
{
    switch (chance_below(c, 6)) {
    case 0:
        buf_put(out, "\"");
        grammar_trouble(c, out);
        buf_put(out, "\"");
        break;
    case 1:
        grammar_id(c, out);
        break;
    case 2:
        put_operation(c, out);
        break;
    case 3:
        put_code(c, out);
        break;
    case 4:
        grammar_name(c, out);
        break;
    default:
        buf_put(out, "\"text\"");
        break;
    }
}

static void put_value(struct chance *c, int depth, struct buf *out);

static void put_members(struct chance *c, int depth, bool has_names,
                        struct buf *out)
{
    for (size_t i = chance_below(c, 4); i > 0; i--) {
        if (has_names) {
            grammar_name(c, out);
            buf_put(out, ":");
        }
        put_value(c, depth + 1, out);
        if (i > 1)
            buf_put(out, ",");
    }
}

static void put_value(struct chance *c, int depth, struct buf *out)
{
    static const char *const atoms[] = {"true", "false", "null"};

    switch (chance_below(c, depth < DEPTH_MAX ? 8 : 5)) {
    case 0:
        grammar_number(c, out);
        break;
    case 1:
    case 2:
        grammar_string(c, out);
        break;
    case 5:
    case 6:
        buf_put(out, "{");
        put_members(c, depth, true, out);
        buf_put(out, "}");
        break;
    case 7:
        buf_put(out, "[");
        put_members(c, depth, false, out);
        buf_put(out, "]");
        break;
    default:
        buf_put(out, chance_pick(c, atoms));
        break;
    }
}

void grammar_value(struct chance *c, struct buf *out)
{
    put_value(c, 0, out);
}

/* ------------------------------------------------------------- events */

static void put_claim(struct chance *c, struct buf *out)
{
    static const char *const claims[] = {
        "{\"id\":\"p0\",\"scopes\":[\"s0\"],\"resources\":{\"t\":[\"x0\"]}}",
        "{\"id\":\"\",\"scopes\":[],\"resources\":{}}", "null", "{}"};

    buf_put(out, ",\"forwarded_for\":");
    buf_put(out, chance_pick(c, claims));
}

static void put_token(struct chance *c, struct buf *out)
{
    static const char *const tokens[] = {"\"token-15\"", "\"token-0\"",
                                         "\"nobody\"", "\"\"", "null"};

    buf_put(out, ",\"auth_token\":");
    buf_put(out, chance_pick(c, tokens));
}

static void put_request(struct chance *c, struct buf *out)
{
    static const char *const inputs[] = {
        "{\"n\":1}", "{\"n\":2,\"must\":1}", "{\"name\":\"o/0\"}",
        "{\"name\":\"/services/list\"}", "null"};

    buf_put(out, "{\"operationId\":");
    put_operation(c, out);
    if (!chance_once_in(c, 8)) {
        buf_put(out, ",\"input\":");
        if (chance_once_in(c, 4))
            put_value(c, 1, out);
        else
            buf_put(out, chance_pick(c, inputs));
    }
    if (chance_once_in(c, 4))
        put_token(c, out);
    if (chance_once_in(c, 4))
        put_claim(c, out);
    buf_put(out, "}");
}

/* A list and what is asked about it are what an import is made of. */
static void put_output(struct chance *c, struct buf *out)
{
    static const char *const outputs[] = {
        "1",
        "null",
        "{\"n\":1}",
        "{\"operations\":[{\"name\":\"o/0\"}]}",
        "{\"operations\":[{\"name\":\"o/0\",\"namespace\":\"o\",\"op_type\":"
        "\"query\"},{\"name\":\"o/1\",\"op_type\":\"subscription\"}]}",
        "{\"operations\":[]}",
        "{\"name\":\"o/0\",\"op_type\":\"query\"}",
        "{\"name\":\"o/1\",\"namespace\":\"o\",\"op_type\":\"subscription\","
        "\"visibility\":\"external\",\"input_schema\":{\"required\":[\"must\"]}"
        ",\"output_schema\":{},\"error_schemas\":[],\"access_control\":"
        "{\"required_scopes\":[\"s0\"]}}"};

    buf_put(out, "{\"output\":");
    if (chance_once_in(c, 4))
        put_value(c, 1, out);
    else
        buf_put(out, chance_pick(c, outputs));
    buf_put(out, "}");
}

static void put_error(struct chance *c, struct buf *out)
{
    buf_put(out, "{\"code\":");
    put_code(c, out);
    buf_put(out, ",\"message\":\"m\",\"retryable\":");
    buf_put(out, chance_once_in(c, 2) ? "true" : "false");
    if (chance_once_in(c, 3)) {
        buf_put(out, ",\"details\":");
        put_value(c, 1, out);
    }
    buf_put(out, "}");
}

enum sort { REQUESTED, RESPONDED, COMPLETED, ABORTED, ERROR, SORTS };

static void put_event(struct chance *c, enum sort sort, struct slice id,
                      struct buf *out)
{
    static const char *const types[] = {"requested", "responded", "completed",
                                        "aborted", "error"};

    buf_put(out, "{\"type\":\"call.");
    buf_put(out, types[sort]);
    buf_put(out, "\",\"id\":");
    if (id.len)
        buf_put_slice(out, id);
    else
        grammar_id(c, out);
    buf_put(out, ",\"payload\":");
    switch (sort) {
    case REQUESTED:
        put_request(c, out);
        break;
    case RESPONDED:
        put_output(c, out);
        break;
    case ERROR:
        put_error(c, out);
        break;
    default:
        buf_put(out, "{}");
        break;
    }
    buf_put(out, "}");
}

void grammar_event(struct chance *c, struct slice id, struct buf *out)
{
    put_event(c, (enum sort)chance_below(c, SORTS), id, out);
}

void grammar_answer(struct chance *c, struct slice id, struct buf *out)
{
    static const enum sort sorts[] = {RESPONDED, RESPONDED, COMPLETED, ABORTED,
                                      ERROR};

    put_event(c, chance_pick(c, sorts), id, out);
}

/* ------------------------------------------------------------- dialogues */

/* Who speaks next, of two ids: upper case is the second. */
static const char *const plays[] = {
    "qr",     /* a call */
    "qe",     /* one that fails */
    "qa",     /* one that is given up */
    "qrrrc",  /* a subscription */
    "qrre",   /* one that breaks off */
    "qrra",   /* one that is given up */
    "qra",    /* too late */
    "qac",    /* the end crosses the abort */
    "qQRr",   /* two at once, answered crosswise */
    "qQrRaC", /* and of two lengths */
    "qQaRrc", /* one is given up */
    "qrqr",   /* an id is used again */
    "qqra",   /* and too early */
    "rrrr",   /* answers to what somebody asked: an import, say */
    "rcea",   /* ends, too many of them */
    "a",
};

static enum sort sort_of(char letter)
{
    switch (letter | 0x20) {
    case 'q':
        return REQUESTED;
    case 'r':
        return RESPONDED;
    case 'c':
        return COMPLETED;
    case 'a':
        return ABORTED;
    default:
        return ERROR;
    }
}

void grammar_dialogue(struct chance *c, enum part_kind kind, struct slice lead,
                      struct buf *out)
{
    const char *play = chance_pick(c, plays);
    struct buf ids[2], body;

    buf_init(&body, SIZE_MAX);
    for (int i = 0; i < 2; i++) {
        buf_init(&ids[i], SIZE_MAX);
        grammar_id(c, &ids[i]);
    }
    for (; *play; play++) {
        const struct slice id = buf_slice(&ids[*play < 'a']);

        buf_reset(&body);
        put_event(c, sort_of(*play), id, &body);
        buf_put_slice(out, lead);
        parts_write(&(struct part){kind, buf_slice(&body)}, out);
    }
    for (int i = 0; i < 2; i++)
        buf_clear(&ids[i]);
    buf_clear(&body);
}

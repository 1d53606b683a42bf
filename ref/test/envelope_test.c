/* SPDX-License-Identifier: MIT */
/*
 * Envelopes: what is one, what is none, which members are found in it, and
 * what ours look like. The payload of call.error has its own tests.
 */
#include "ref/model/envelope.h"
#include "ref/base/bounds.h"
#include "ref/test/t.h"

/* One parse, in memory of its own; cleared after every test. */
static struct slice body;
static struct buf scratch;
static struct envelope e;
static const char *why;

static int clear(void **state)
{
    (void)state;
    t_free(body);
    body = slice_make(NULL, 0);
    buf_clear(&scratch);
    return 0;
}

static bool parse_bytes(struct slice text)
{
    (void)clear(NULL);
    buf_init(&scratch, BOUNDS_BODY_MAX);
    body = t_exact(text);
    why = NULL;
    return envelope_parse(body, &scratch, &e, &why);
}

static bool parse(const char *text)
{
    bool is_good = parse_bytes(slice_of(text));

    assert_int_equal(is_good, why == NULL);
    return is_good;
}

/* [EV-1, EN-17, EN-18] */
static void the_five_types_are_known_and_no_others(void **state)
{
    static const struct {
        const char *word;
        enum envelope_type type;
    } cases[] = {
        {"call.requested", ENVELOPE_REQUESTED},
        {"call.responded", ENVELOPE_RESPONDED},
        {"call.completed", ENVELOPE_COMPLETED},
        {"call.aborted", ENVELOPE_ABORTED},
        {"call.error", ENVELOPE_ERROR},
        {"c\\u0061ll.error", ENVELOPE_ERROR},
        {"unknown", ENVELOPE_UNKNOWN},
        {"call.ping", ENVELOPE_UNKNOWN},
        {"Call.requested", ENVELOPE_UNKNOWN},
        {" call.requested", ENVELOPE_UNKNOWN},
        {"call.requested\\u0000", ENVELOPE_UNKNOWN},
        {"call.request", ENVELOPE_UNKNOWN},
        {"", ENVELOPE_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char text[100];

        snprintf(text, sizeof text,
                 "{\"type\":\"%s\",\"id\":\"1\",\"payload\":{}}",
                 cases[i].word);
        assert_true(parse(text));
        assert_int_equal(e.type, cases[i].type);
        if (e.type < ENVELOPE_UNKNOWN)
            t_same(e.type_text, envelope_type_text(e.type));
    }
    assert_string_equal(envelope_type_text(ENVELOPE_UNKNOWN), "unknown");
}

/* [EN-4, EN-5, EN-7, EN-10, EN-11, EN-12, EN-13, EN-14, EN-15] */
static void what_is_no_envelope_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *reason;
    } cases[] = {
        {"", "empty"},
        {"{}", "type"},
        {"null", "not an object"},
        {"\"call.requested\"", "not an object"},
        {"[\"call.requested\",\"1\",{}]", "not an object"},
        {"{\"id\":\"1\",\"payload\":{}}", "type"},
        {"{\"type\":null,\"id\":\"1\",\"payload\":{}}", "type"},
        {"{\"type\":1,\"id\":\"1\",\"payload\":{}}", "type"},
        {"{\"type\":[\"x\"],\"id\":\"1\",\"payload\":{}}", "type"},
        {"{\"Type\":\"x\",\"id\":\"1\",\"payload\":{}}", "type"},
        {"{\"type\":\"x\",\"payload\":{}}", "id"},
        {"{\"type\":\"x\",\"id\":null,\"payload\":{}}", "id"},
        {"{\"type\":\"x\",\"id\":1,\"payload\":{}}", "id"},
        {"{\"type\":\"x\",\"id\":true,\"payload\":{}}", "id"},
        {"{\"type\":\"x\",\"id\":{},\"payload\":{}}", "id"},
        {"{\"type\":\"x\",\"id\":\"1\"}", "payload"},
        {"{\"type\":\"x\",\"type\":\"x\",\"id\":\"1\",\"payload\":{}}",
         "twice"},
        {"{\"type\":\"x\",\"id\":\"1\",\"id\":\"1\",\"payload\":{}}", "twice"},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":{},\"payload\":{}}",
         "twice"},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":{},\"\\u0069d\":1}",
         "twice"},
        {"\xef\xbb\xbf{\"type\":\"x\",\"id\":\"1\",\"payload\":{}}", ""},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":{}}{}", "follows"},
        {"{\"type\":\"x\",\"id\":\"\\ud800\",\"payload\":{}}", "surrogate"},
        {"{\"type\":\"x\",\"id\":\"\xff\",\"payload\":{}}", "UTF-8"},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":NaN}", ""},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":1e999}", "too large"},
        {"{\"type\":\"x\",\"id\":\"1\",\"payload\":{},\"y\":\"\xff\"}",
         "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        assert_false(parse(cases[i].text));
        t_says(why, cases[i].reason);
    }
}

static void an_envelope_cut_anywhere_is_none(void **state)
{
    struct slice text = slice_of("{\"type\":\"call.aborted\",\"id\":\"r1\","
                                 "\"payload\":{}}");

    (void)state;
    assert_true(parse_bytes(text));
    for (size_t len = 0; len < text.len; len++)
        assert_false(parse_bytes(slice_head(text, len)));
}

/* [FR-9, FR-10, EN-6, EN-19] */
static void order_space_and_strangers_mean_nothing(void **state)
{
    static const char *const texts[] = {
        "{\"type\":\"call.aborted\",\"id\":\"r1\",\"payload\":{}}",
        "{\"payload\":{},\"id\":\"r1\",\"type\":\"call.aborted\"}",
        " {\n\"id\" :\t\"r1\" , \"payload\":{} ,\r\"type\":\"call.aborted\" } ",
        "{\"v\":1,\"type\":\"call.aborted\",\"v\":2,\"id\":\"r1\","
        "\"payload\":{},\"parent\":{\"id\":\"r2\",\"type\":\"x\"}}",
        "{\"\\u0074ype\":\"call.aborted\",\"i\\u0064\":\"\\u00721\","
        "\"payload\":{}}",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(texts); i++) {
        assert_true(parse(texts[i]));
        assert_int_equal(e.type, ENVELOPE_ABORTED);
        t_same(e.id, "r1");
        t_same(e.payload, "{}");
    }
}

/* [EN-9, EN-20, ID-1] */
static void an_id_is_any_string(void **state)
{
    static const struct {
        const char *written;
        struct slice said;
    } cases[] = {
        {"\"\"", {(const uint8_t *)"", 0}},
        {"\" a \"", {(const uint8_t *)" a ", 3}},
        {"\"\\\"\\n\\u00e9\"", {(const uint8_t *)"\"\n\xc3\xa9", 4}},
        {"\"a\\u0000b\"", {(const uint8_t *)"a\0b", 3}},
        {"\"\xf0\x9f\x98\x80\"", {(const uint8_t *)"\xf0\x9f\x98\x80", 4}},
        {"\"\\ud83d\\ude00\"", {(const uint8_t *)"\xf0\x9f\x98\x80", 4}},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char text[100];

        snprintf(text, sizeof text, "{\"type\":\"x\",\"id\":%s,\"payload\":{}}",
                 cases[i].written);
        assert_true(parse(text));
        t_same_bytes(e.id, cases[i].said);
        assert_non_null(e.id.data);
    }
}

/* [RQ-1, RQ-2, RQ-5] */
static void a_request_has_its_four_members(void **state)
{
    (void)state;
    assert_true(parse("{\"type\":\"call.requested\",\"id\":\"r1\",\"payload\":{"
                      "\"x\":{\"input\":1},\"operationId\":\"/fs\\/read\","
                      "\"input\": {\"a\" : [1]} ,\"auth_token\":\"t\\u0065k\","
                      "\"forwarded_for\":{\"id\":\"u\"},\"output\":5}}"));
    t_same(e.operation, "/fs/read");
    t_same(e.input, "{\"a\" : [1]}");
    t_same(e.auth_token, "tek");
    t_same(e.forwarded_for, "{\"id\":\"u\"}");
    t_same(e.output, "5");
}

/* [RQ-1, RQ-2, RQ-3, RQ-4, RQ-9, RS-2, EN-5, EN-8] */
static void absent_or_odd_members_of_a_payload_are_absent(void **state)
{
    static const struct {
        const char *payload;
        const char *operation; /* NULL: absent */
        const char *input;
        const char *token; /* NULL: absent */
    } cases[] = {
        {"{}", NULL, "null", NULL},
        {"null", NULL, "null", NULL},
        {"[{\"operationId\":\"a\"}]", NULL, "null", NULL},
        {"\"operationId\"", NULL, "null", NULL},
        {"{\"operationId\":7,\"auth_token\":null}", NULL, "null", NULL},
        {"{\"operationId\":{},\"auth_token\":{}}", NULL, "null", NULL},
        {"{\"operationid\":\"a\",\"authToken\":\"t\"}", NULL, "null", NULL},
        {"{\"operation_id\":\"a\",\"Input\":1}", NULL, "null", NULL},
        {"{\"operationId\":\"\",\"auth_token\":\"\"}", "", "null", ""},
        {"{\"operationId\":\"a\",\"input\":null}", "a", "null", NULL},
        {"{\"operationId\":\"a\",\"operationId\":\"b\"}", "b", "null", NULL},
        {"{\"operationId\":\"a\",\"operationId\":1}", NULL, "null", NULL},
        {"{\"input\":1,\"input\":[2]}", NULL, "[2]", NULL},
        {"{\"payload\":{\"operationId\":\"a\"}}", NULL, "null", NULL},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        char text[200];

        snprintf(text, sizeof text,
                 "{\"operationId\":\"no\",\"input\":\"no\",\"type\":"
                 "\"call.requested\",\"id\":\"r1\",\"payload\":%s}",
                 cases[i].payload);
        assert_true(parse(text));
        t_same(e.payload, cases[i].payload);
        assert_int_equal(e.operation.data != NULL, cases[i].operation != NULL);
        t_same(e.operation, cases[i].operation ? cases[i].operation : "");
        t_same(e.input, cases[i].input);
        assert_int_equal(e.auth_token.data != NULL, cases[i].token != NULL);
        assert_null(e.forwarded_for.data);
        t_same(e.output, "null");
    }
}

/* [RS-1] */
static void an_output_is_passed_on_as_it_was_written(void **state)
{
    static const char *const outputs[] = {"null",
                                          "false",
                                          "1.50E+3",
                                          "\"\\u0041\"",
                                          "[ 1 ]",
                                          "{\"b\":1,\"a\":{},\"a\":2}",
                                          "123456789012345678901234567890"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(outputs); i++) {
        char text[200];

        snprintf(text, sizeof text,
                 "{\"type\":\"call.responded\",\"id\":\"1\",\"payload\":"
                 "{\"output\": %s ,\"x\":0}}",
                 outputs[i]);
        assert_true(parse(text));
        t_same(e.output, outputs[i]);
    }
}

static void the_scratch_of_the_last_parse_is_used_again(void **state)
{
    const char *text = "{\"type\":\"x\",\"id\":\"\\u0061\",\"payload\":{}}";
    size_t capacity;

    (void)state;
    assert_true(parse(text));
    capacity = scratch.capacity;
    for (int i = 0; i < 100; i++) {
        assert_true(envelope_parse(body, &scratch, &e, &why));
        t_same(e.id, "a");
    }
    assert_int_equal(scratch.capacity, capacity);
}

/* [EN-16] the envelope is one level */
static void a_payload_may_be_127_levels_deep(void **state)
{
    (void)state;
    for (int depth = 126; depth <= 129; depth++) {
        struct buf text;

        buf_init(&text, 1000);
        buf_put(&text, "{\"type\":\"x\",\"id\":\"1\",\"payload\":");
        for (int i = 0; i < depth; i++)
            buf_put(&text, "[");
        for (int i = 0; i < depth; i++)
            buf_put(&text, "]");
        buf_put(&text, "}");
        assert_int_equal(parse_bytes(buf_slice(&text)), depth <= 127);
        buf_clear(&text);
    }
}

/* -------------------------------------------------------------- writing */

/* What stands in `out` is one frame with this body; empties it. */
static void check_frame(struct buf *out, const char *wanted)
{
    size_t len = strlen(wanted);

    assert_int_equal(out->len, len + 4);
    assert_int_equal(out->data[2] << 8 | out->data[3], len);
    t_same(slice_skip(buf_slice(out), 4), wanted);
    buf_reset(out);
}

static const struct envelope_request plain = {
    .operation = {(const uint8_t *)"fs/read", 7},
    .input = {(const uint8_t *)"{\"p\":1}", 7},
};

static const struct envelope_request full = {
    .operation = {(const uint8_t *)"a\"b", 3},
    .input = {(const uint8_t *)"null", 4},
    .auth_token = {(const uint8_t *)"t\n", 2},
    .forwarded_for = {(const uint8_t *)"{\"id\":\"u\"}", 10},
};

/* [FR-1, EN-1, EN-2, EN-3, EV-5, EV-6, OP-3, RQ-1, RS-1, ER-1] */
static void each_event_is_written_as_the_text_says(void **state)
{
    struct call_error timeout =
        call_error_make(CALL_ERROR_TIMEOUT, slice_of("late"));
    struct slice id = slice_of("r\"1");
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    assert_true(envelope_print(ENVELOPE_COMPLETED, slice_of("a"),
                               slice_of("{}"), 1000, &out));
    check_frame(&out,
                "{\"type\":\"call.completed\",\"id\":\"a\",\"payload\":{}}");
    assert_true(
        envelope_print(ENVELOPE_ABORTED, id, slice_of("{}"), 1000, &out));
    check_frame(&out,
                "{\"type\":\"call.aborted\",\"id\":\"r\\\"1\",\"payload\":{}}");
    assert_true(envelope_print_requested(id, &plain, 1000, &out));
    check_frame(&out,
                "{\"type\":\"call.requested\",\"id\":\"r\\\"1\",\"payload\":"
                "{\"operationId\":\"/fs/read\",\"input\":{\"p\":1}}}");
    assert_true(envelope_print_requested(id, &full, 1000, &out));
    check_frame(&out,
                "{\"type\":\"call.requested\",\"id\":\"r\\\"1\",\"payload\":"
                "{\"operationId\":\"/a\\\"b\",\"input\":null,"
                "\"auth_token\":\"t\\n\",\"forwarded_for\":{\"id\":\"u\"}}}");
    assert_true(envelope_print_responded(id, slice_of("[1]"), 1000, &out));
    check_frame(&out,
                "{\"type\":\"call.responded\",\"id\":\"r\\\"1\",\"payload\":"
                "{\"output\":[1]}}");
    assert_true(envelope_print_error(id, &timeout, 1000, &out));
    check_frame(&out, "{\"type\":\"call.error\",\"id\":\"r\\\"1\",\"payload\":"
                      "{\"code\":\"TIMEOUT\",\"message\":\"late\","
                      "\"retryable\":true}}");
    buf_clear(&out);
}

/* The four ways to write an event, by number. */
static bool print_nth(int n, size_t body_max, struct buf *out)
{
    struct slice id = slice_of("r1");
    struct call_error error =
        call_error_make(CALL_ERROR_INTERNAL, slice_of("m"));

    error.details = slice_of("[1]");
    switch (n) {
    case 0:
        return envelope_print(ENVELOPE_ABORTED, id, slice_of("{}"), body_max,
                              out);
    case 1:
        return envelope_print_requested(id, &full, body_max, out);
    case 2:
        return envelope_print_responded(id, slice_of("[1]"), body_max, out);
    default:
        return envelope_print_error(id, &error, body_max, out);
    }
}

/* [FL-3] wherever the buffer is full, and whatever the peer takes */
static void a_frame_that_does_not_fit_leaves_nothing_behind(void **state)
{
    (void)state;
    for (int n = 0; n < 4; n++) {
        struct buf out;
        size_t needed;

        buf_init(&out, 1000);
        assert_true(print_nth(n, 1000, &out));
        needed = out.len;
        buf_clear(&out);
        for (size_t room = 0; room <= needed + 1; room++) {
            buf_init(&out, 4 + room);
            buf_put(&out, "kept");
            assert_int_equal(print_nth(n, 1000, &out), room >= needed);
            if (room < needed)
                t_same(buf_slice(&out), "kept");
            buf_clear(&out);
        }
        buf_init(&out, 1000);
        assert_true(print_nth(n, needed - 4, &out));
        assert_false(print_nth(n, needed - 5, &out));
        assert_int_equal(out.len, needed);
        buf_clear(&out);
    }
}

static void what_is_written_reads_back(void **state)
{
    struct buf out;

    (void)state;
    buf_init(&out, 1000);
    for (int n = 0; n < 4; n++) {
        assert_true(print_nth(n, 1000, &out));
        assert_true(parse_bytes(slice_skip(buf_slice(&out), 4)));
        t_same(e.id, "r1");
        buf_reset(&out);
    }
    assert_true(print_nth(1, 1000, &out));
    assert_true(parse_bytes(slice_skip(buf_slice(&out), 4)));
    t_same(e.operation, "/a\"b");
    t_same(e.auth_token, "t\n");
    t_same(e.forwarded_for, "{\"id\":\"u\"}");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_five_types_are_known_and_no_others),
        cmocka_unit_test(what_is_no_envelope_is_refused),
        cmocka_unit_test(an_envelope_cut_anywhere_is_none),
        cmocka_unit_test(order_space_and_strangers_mean_nothing),
        cmocka_unit_test(an_id_is_any_string),
        cmocka_unit_test(a_request_has_its_four_members),
        cmocka_unit_test(absent_or_odd_members_of_a_payload_are_absent),
        cmocka_unit_test(an_output_is_passed_on_as_it_was_written),
        cmocka_unit_test(the_scratch_of_the_last_parse_is_used_again),
        cmocka_unit_test(a_payload_may_be_127_levels_deep),
        cmocka_unit_test(each_event_is_written_as_the_text_says),
        cmocka_unit_test(a_frame_that_does_not_fit_leaves_nothing_behind),
        cmocka_unit_test(what_is_written_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, clear);
}

/* SPDX-License-Identifier: MIT */
/* The payload of call.error, read and written, and the protocol's own codes. */
#include "ref/model/call_error.h"
#include "ref/test/t.h"

/* [EC-1, EC-2, EC-10] */
static void only_a_timeout_may_be_tried_again_as_it_stands(void **state)
{
    static const char *const codes[] = {
        [CALL_ERROR_NOT_FOUND] = "NOT_FOUND",
        [CALL_ERROR_FORBIDDEN] = "FORBIDDEN",
        [CALL_ERROR_INVALID_INPUT] = "INVALID_INPUT",
        [CALL_ERROR_INVALID_OPERATION_TYPE] = "INVALID_OPERATION_TYPE",
        [CALL_ERROR_INTERNAL] = "INTERNAL",
        [CALL_ERROR_TIMEOUT] = "TIMEOUT",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(codes); i++) {
        struct call_error error =
            call_error_make((enum call_error_code)i, slice_of("why"));

        t_same(error.code, codes[i]);
        t_same(error.message, "why");
        assert_int_equal(error.retryable, i == CALL_ERROR_TIMEOUT);
        assert_int_equal(error.details.len, 0);
        assert_true(call_error_is_protocol(error.code));
    }
}

/* [EC-1, EC-3] compared exactly */
static void an_operations_own_codes_are_not_the_protocols(void **state)
{
    static const char *const codes[] = {
        "",           "not_found",      "NOT_FOUND ",
        "NOT_FOUN",   "FILE_NOT_FOUND", "HTTP_404",
        "RATE_LIMIT", "Timeout",        "INTERNAL_ERROR"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(codes); i++)
        assert_false(call_error_is_protocol(slice_of(codes[i])));
    assert_false(call_error_is_protocol(T_BYTES("TIMEOUT\0")));
}

/* Reads and prints again; NULL when it is refused. Static. */
static const char *again(const char *payload)
{
    static char text[500];
    struct slice copy = t_exact(slice_of(payload));
    struct buf scratch, out;
    struct call_error error;
    bool is_good;

    buf_init(&scratch, 500);
    buf_init(&out, sizeof text - 1);
    assert_true(buf_reserve(&scratch, copy.len));
    is_good = call_error_parse(copy, &scratch, &error);
    if (is_good) {
        assert_true(call_error_print(&error, &out));
        memcpy(text, out.data, out.len);
        text[out.len] = '\0';
    }
    buf_clear(&scratch);
    buf_clear(&out);
    t_free(copy);
    return is_good ? text : NULL;
}

/* [ER-1, ER-2] */
static void an_error_reads_and_prints_as_it_is(void **state)
{
    static const struct {
        const char *payload;
        const char *printed;
    } cases[] = {
        {"{\"code\":\"A\",\"message\":\"m\",\"retryable\":true}",
         "{\"code\":\"A\",\"message\":\"m\",\"retryable\":true}"},
        {"{\"retryable\":false,\"x\":{},\"message\":\"\",\"code\":\"\"}",
         "{\"code\":\"\",\"message\":\"\",\"retryable\":false}"},
        {"{\"code\":\"A\",\"message\":\"m\",\"retryable\":false,"
         "\"details\":{ \"a\":[1] }}",
         "{\"code\":\"A\",\"message\":\"m\",\"retryable\":false,"
         "\"details\":{ \"a\":[1] }}"},
        {"{\"code\":\"A\",\"message\":\"m\",\"retryable\":false,"
         "\"details\":false}",
         "{\"code\":\"A\",\"message\":\"m\",\"retryable\":false,"
         "\"details\":false}"},
        {"{\"code\":\"A\",\"message\":\"m\",\"retryable\":false,"
         "\"details\":null}",
         "{\"code\":\"A\",\"message\":\"m\",\"retryable\":false}"},
        {"{\"code\":\"\\u0041\\u0000\",\"message\":\"\\\"\\n\xc3\xa9\","
         "\"retryable\":true}",
         "{\"code\":\"A\\u0000\",\"message\":\"\\\"\\n\xc3\xa9\","
         "\"retryable\":true}"},
        {"{\"code\":1,\"code\":\"A\",\"message\":\"m\",\"retryable\":true}",
         "{\"code\":\"A\",\"message\":\"m\",\"retryable\":true}"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++) {
        const char *printed = again(cases[i].payload);

        assert_non_null(printed);
        assert_string_equal(printed, cases[i].printed);
    }
}

/* [ER-3, ER-4, ER-5] */
static void an_error_without_one_of_its_members_is_none(void **state)
{
    static const char *const payloads[] = {
        "{}",
        "null",
        "\"INTERNAL\"",
        "[\"A\",\"m\",true,null]",
        "{\"message\":\"m\",\"retryable\":true}",
        "{\"code\":\"A\",\"retryable\":true}",
        "{\"code\":\"A\",\"message\":\"m\"}",
        "{\"code\":null,\"message\":\"m\",\"retryable\":true}",
        "{\"code\":\"A\",\"message\":7,\"retryable\":true}",
        "{\"code\":\"A\",\"message\":\"m\",\"retryable\":null}",
        "{\"code\":\"A\",\"message\":\"m\",\"retryable\":\"true\"}",
        "{\"code\":\"A\",\"message\":\"m\",\"retryable\":1}",
        "{\"Code\":\"A\",\"message\":\"m\",\"retryable\":true}",
        "{\"code\":\"A\",\"message\":\"m\",\"retryable\":true",
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(payloads); i++)
        assert_null(again(payloads[i]));
}

static void a_full_buffer_says_no_wherever_it_is_full(void **state)
{
    struct call_error error = {slice_of("A"), slice_of("m\n"), true,
                               slice_of("{\"a\":1}")};
    size_t needed = strlen("{\"code\":\"A\",\"message\":\"m\\n\","
                           "\"retryable\":true,\"details\":{\"a\":1}}");

    (void)state;
    for (size_t cap = 0; cap <= needed + 1; cap++) {
        struct buf out;

        buf_init(&out, cap);
        assert_int_equal(call_error_print(&error, &out), cap >= needed);
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_timeout_may_be_tried_again_as_it_stands),
        cmocka_unit_test(an_operations_own_codes_are_not_the_protocols),
        cmocka_unit_test(an_error_reads_and_prints_as_it_is),
        cmocka_unit_test(an_error_without_one_of_its_members_is_none),
        cmocka_unit_test(a_full_buffer_says_no_wherever_it_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/* What a handler says reaches the desk its call came from, with its number. */
#include "ref/state/handler.h"
#include "ref/test/t.h"

/* The last thing that was said at a desk. */
struct heard {
    char text[100];
    uint64_t serial;
};

static void hear(void *self, uint64_t serial, const struct handler_answer *a)
{
    static const char *const words[] = {
        [HANDLER_OUTPUT] = "output",
        [HANDLER_ITEM] = "item",
        [HANDLER_COMPLETE] = "complete",
        [HANDLER_ERROR] = "error",
    };
    struct slice code = a->error ? a->error->code : slice_make(NULL, 0);
    struct heard *h = self;

    snprintf(h->text, sizeof h->text, "%s %.*s%.*s", words[a->saying],
             (int)a->output.len, (const char *)a->output.data, (int)code.len,
             (const char *)code.data);
    h->serial = serial;
}

static void an_answer_reaches_the_desk_of_its_call(void **state)
{
    struct heard heard[2] = {{"", 0}, {"", 0}};
    const struct handler_desk desks[] = {{hear, &heard[0]}, {hear, &heard[1]}};
    struct call_error error =
        call_error_make(CALL_ERROR_FORBIDDEN, slice_of("m"));

    (void)state;
    handler_respond((struct handler_call){&desks[0], 7}, slice_of("[1]"));
    handler_fail((struct handler_call){&desks[1], UINT64_MAX}, &error);
    assert_string_equal(heard[0].text, "output [1]");
    assert_int_equal(heard[0].serial, 7);
    assert_string_equal(heard[1].text, "error FORBIDDEN");
    assert_true(heard[1].serial == UINT64_MAX);
}

static void a_stream_of_items_is_said_in_steps(void **state)
{
    struct heard heard = {"", 0};
    const struct handler_desk desk = {hear, &heard};
    struct handler_call call = {&desk, 3};

    (void)state;
    handler_item(call, slice_of("{}"));
    assert_string_equal(heard.text, "item {}");
    handler_complete(call);
    assert_string_equal(heard.text, "complete ");
    handler_break_down(call); /* [HF-4] without a word about it */
    assert_string_equal(heard.text, "error ");
    assert_int_equal(heard.serial, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_reaches_the_desk_of_its_call),
        cmocka_unit_test(a_stream_of_items_is_said_in_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

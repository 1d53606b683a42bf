/* SPDX-License-Identifier: MIT */
/* What a handler says reaches the desk its call came from, with its number. */
#include "ref/state/handler.h"
#include "ref/test/t.h"

/* The last thing that was said at a desk. */
struct heard {
    char text[100];
    uint64_t serial;
};

static void hear_output(void *self, uint64_t serial, struct slice output)
{
    struct heard *h = self;

    snprintf(h->text, sizeof h->text, "%.*s", (int)output.len,
             (const char *)output.data);
    h->serial = serial;
}

static void hear_error(void *self, uint64_t serial,
                       const struct call_error *error)
{
    hear_output(self, serial, error->code);
}

static void an_answer_reaches_the_desk_of_its_call(void **state)
{
    struct heard heard[2] = {{"", 0}, {"", 0}};
    const struct handler_desk desks[] = {{hear_output, hear_error, &heard[0]},
                                         {hear_output, hear_error, &heard[1]}};
    struct call_error error =
        call_error_make(CALL_ERROR_FORBIDDEN, slice_of("m"));

    (void)state;
    handler_respond((struct handler_call){&desks[0], 7}, slice_of("[1]"));
    handler_fail((struct handler_call){&desks[1], UINT64_MAX}, &error);
    assert_string_equal(heard[0].text, "[1]");
    assert_int_equal(heard[0].serial, 7);
    assert_string_equal(heard[1].text, "FORBIDDEN");
    assert_true(heard[1].serial == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_reaches_the_desk_of_its_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

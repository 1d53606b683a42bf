/* SPDX-License-Identifier: MIT */
/* What we say of ourselves with every request over a connection: who gets to
 * read it, and who does not. */
#include "ref/session/from_call.h"
#include "ref/test/witness.h"

#include "ref/test/wire.h"

static struct wire w;
static struct waiter waiters[3];

static int begin(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    wire_connect(&w);
    connection_on_credit(w.c, 100);
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

#define SECRET "hush-4711"
#define WITH_TOKEN(id, name, input, token)                                     \
    "{\"type\":\"call.requested\",\"id\":\"" id "\",\"payload\":{"             \
    "\"operationId\":\"" name "\",\"input\":" input ",\"auth_token\":\"" token \
    "\"}}"

static void ignore(void *self, const struct operation_adapter_outcome *outcome)
{
    (void)self;
    (void)outcome;
}

/* [FF-9, IR-2] whoever of us asks, and whatever */
static void the_token_of_a_connection_is_in_every_request(void **state)
{
    const struct from_call_terms terms = {.filter = NULL};

    (void)state;
    connection_set_token(w.c, slice_of(SECRET));
    wire_call(&w, "1", &waiters[0]);
    wire_subscribe(&w, "2", &waiters[1]);
    from_call_import(w.c, &terms,
                     (struct operation_adapter_waiter){ignore, NULL});
    assert_string_equal(
        wire_poll(&w),
        "open 0; open 4; open 8; "
        "0 " WITH_TOKEN(WIRE_ID0, "/t/x", "1",
                        SECRET) " fin; "
                                "4 " WITH_TOKEN(
                                    WIRE_ID1, "/t/x", "2",
                                    SECRET) " fin; "
                                            "8 " WITH_TOKEN(
                                                WIRE_ID2, "/services/list",
                                                "{}", SECRET) " fin");
}

/* [AU-3] for this request; the next has the connection's again, until that has
 * none any more */
static void a_request_may_have_a_token_of_its_own(void **state)
{
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of("1"),
                                     .auth_token = slice_of("own")};

    (void)state;
    connection_set_token(w.c, slice_of(SECRET));
    client_call(w.c, &request, waiter_of(&waiters[0]));
    assert_string_equal(
        wire_poll(&w),
        "open 0; 0 " WITH_TOKEN(WIRE_ID0, "/t/x", "1", "own") " fin");
    wire_call(&w, "2", &waiters[1]);
    assert_string_equal(
        wire_poll(&w),
        "open 4; 4 " WITH_TOKEN(WIRE_ID1, "/t/x", "2", SECRET) " fin");
    connection_set_token(w.c, slice_make(NULL, 0));
    wire_call(&w, "3", &waiters[2]);
    assert_string_equal(wire_poll(&w),
                        "open 8; 8 " WIRE_CALLED(WIRE_ID2, "3") " fin");
}

static void hear_line(void *self, struct slice line)
{
    int *lines = self;
    char text[400];

    snprintf(text, sizeof text, "%.*s", (int)line.len, (const char *)line.data);
    assert_null(strstr(text, SECRET));
    ++*lines;
}

/* [FR-14, CP-7, AU-3] in no line of the trace, and in no frame that is not a
 * request */
static void nobody_else_hears_of_the_token(void **state)
{
    int lines = 0;
    uint64_t ticket;

    (void)state;
    w.c->commons->trace = (struct trace_sink){hear_line, &lines};
    connection_set_token(w.c, slice_of(SECRET));
    ticket = wire_call(&w, "1", &waiters[0]);
    wire_hears(&w, 1, true, WIRE_ASK("r1", "t/echo", "1"));
    (void)wire_poll(&w);
    client_abort(w.c, ticket);
    assert_null(strstr(wire_poll(&w), SECRET));
    wire_call(&w, "2", &waiters[1]);
    connection_on_closed(w.c);
    assert_null(strstr(waiters[0].text, SECRET));
    assert_null(strstr(waiters[1].text, SECRET));
    assert_true(lines > 3);
}

/* [CP-1, FR-14] neither when another takes its place nor at the end */
static void a_token_is_wiped_when_it_is_not_needed_any_more(void **state)
{
    size_t before = witness_leaking;

    (void)state;
    connection_set_token(w.c, slice_of(WITNESS_MARKER));
    connection_set_token(
        w.c,
        slice_of(WITNESS_MARKER WITNESS_MARKER WITNESS_MARKER WITNESS_MARKER));
    connection_set_token(w.c, slice_of("x"));
    node_remove(w.node, w.c);
    assert_int_equal(witness_leaking, before);
}

#define WITH_WIRE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WIRE(the_token_of_a_connection_is_in_every_request),
        WITH_WIRE(a_request_may_have_a_token_of_its_own),
        WITH_WIRE(nobody_else_hears_of_the_token),
        WITH_WIRE(a_token_is_wiped_when_it_is_not_needed_any_more),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

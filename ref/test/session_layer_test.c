/* SPDX-License-Identifier: MIT */
/*
 * Layer 1: what a session brings is found first by the handler that opened it
 * and by all that it composes, and by nobody else.
 */
#include "ref/test/wire.h"

#define ALICE "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"

static struct wire w;
static struct registry session, other;
static struct waiter waiters[8];

static const char *const reach[] = {"t/parent", "t/hold", "t/tool", "t/far",
                                    NULL};

/* An operation of a session's, with that reach and as nobody. */
static void bring(struct registry *to, const char *name,
                  const struct scoped_env *env)
{
    char spec[100];
    struct registration r;

    snprintf(spec, sizeof spec, "{\"name\":\"%s\",\"visibility\":\"internal\"}",
             name);
    r = offer_make(
        spec,
        (struct handler){.start = wire_hold, .stop = wire_stop, .self = &w});
    r.provenance = REGISTRY_SESSION;
    if (env)
        r.scoped_env = scoped_env_narrow(env, env); /* a copy */
    offer_take(to, &r);
}

static int begin(void **state)
{
    struct handler hold = {.start = wire_hold, .stop = wire_stop, .self = &w};

    (void)state;
    memset(waiters, 0, sizeof waiters);
    wire_begin(&w, 0);
    offer_composer(&w.registry, "{\"name\":\"t/parent\"}", ALICE, reach, hold);
    bring(&session, "t/hold", NULL);
    bring(&session, "t/tool", NULL);
    bring(&other, "t/tool", NULL);
    w.c = node_add(w.node, slice_make(NULL, 0), (struct peer_filter){true});
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&w);
    registry_clear(&session);
    registry_clear(&other);
    return 0;
}

/* A parent that runs, asked for on that stream of the peer's. */
static struct handler_call parent(int64_t stream)
{
    size_t n = w.held_count;

    wire_hears(&w, stream, false, WIRE_ASK("r1", "t/parent", "1"));
    (void)wire_poll(&w);
    assert_int_equal(w.held_count, n + 1);
    return w.held[n].call;
}

static void invoke(struct handler_call by, const char *name, const char *peer,
                   struct waiter *waiter)
{
    const struct composing_request request = {
        .operation = slice_of(name),
        .peer = {peer ? slice_of(peer) : slice_make(NULL, 0)},
        .input = slice_of("1"),
    };

    node_invoke(by, &request, waiter_of(waiter));
    (void)wire_poll(&w);
}

/* The registration that the call with that number of the held runs. */
static const struct registration *running(size_t n)
{
    struct served *call =
        served_find(w.held[n].call.desk->self, w.held[n].call.serial);

    assert_non_null(call);
    return call->operation;
}

static const struct registration *find(const struct registry *in,
                                       const char *name)
{
    return registry_find(in, slice_of(name));
}

#define ABSENT(name) "NOT_FOUND operation not found: " name

/* [LY-1, LY-2] and without one what it has is not there */
static void a_session_is_looked_into_first(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    invoke(p, "t/tool", NULL, &waiters[0]);
    waiter_heard(&waiters[0], ABSENT("t/tool"));
    invoke(p, "t/hold", NULL, &waiters[1]);
    assert_ptr_equal(running(1), find(&w.registry, "t/hold"));
    node_set_session(p, &session);
    invoke(p, "t/hold", NULL, &waiters[2]);
    assert_ptr_equal(running(2), find(&session, "t/hold"));
    invoke(p, "t/tool", NULL, &waiters[3]);
    assert_ptr_equal(running(3), find(&session, "t/tool"));
    invoke(p, "t/parent", NULL, &waiters[4]); /* the base is still there */
    assert_ptr_equal(running(4), find(&w.registry, "t/parent"));
}

/* [LY-4, CX-9] */
static void what_it_composes_is_in_the_session_too(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    node_set_session(p, &session);
    invoke(p, "t/parent", NULL, &waiters[0]);
    invoke(w.held[1].call, "t/tool", NULL, &waiters[1]);
    assert_ptr_equal(running(2), find(&session, "t/tool"));
}

static void a_session_may_be_changed_and_left(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    node_set_session(p, &session);
    invoke(p, "t/parent", NULL, &waiters[0]); /* made in the first */
    node_set_session(p, &other);
    invoke(p, "t/tool", NULL, &waiters[1]);
    assert_ptr_equal(running(2), find(&other, "t/tool"));
    node_set_session(p, NULL);
    invoke(p, "t/tool", NULL, &waiters[2]);
    waiter_heard(&waiters[2], ABSENT("t/tool"));
    invoke(w.held[1].call, "t/tool", NULL, &waiters[3]);
    assert_ptr_equal(running(3), find(&session, "t/tool"));
}

/* [LY-1] it is one call's, not the node's */
static void nobody_else_sees_into_a_session(void **state)
{
    struct handler_call p = parent(0), q = parent(4);

    (void)state;
    node_set_session(p, &session);
    invoke(q, "t/tool", NULL, &waiters[0]);
    waiter_heard(&waiters[0], ABSENT("t/tool"));
}

/* [VI-5, OC-6] the wire sees Layer 0 alone */
static void what_a_session_brings_is_not_there_for_the_wire(void **state)
{
    (void)state;
    node_set_session(parent(0), &session);
    wire_hears(&w, 4, false, WIRE_ASK("r2", "t/tool", "1"));
    assert_string_equal(
        wire_poll(&w),
        "4 " WIRE_NO("r2", "NOT_FOUND",
                     "operation not found: t/tool") "; credit 1");
}

/* [PE-4] a session is no peer */
static void a_certain_peer_is_not_looked_for_in_a_session(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    node_set_session(p, &session);
    invoke(p, "t/tool", "n1", &waiters[0]);
    waiter_heard(&waiters[0], ABSENT("t/tool"));
}

/* [SE-9, HR-3, CA-3] a handler gives its sandbox a part of its own reach: what
 * it has not got itself is not in it, and nothing of its authority goes along
 */
static void a_sandbox_reaches_what_its_handler_shares(void **state)
{
    struct scoped_env wanted = {.pinned = {.items = NULL}}, narrow;
    struct registry box = {.is_sealed = false};
    struct handler_call p = parent(0);

    (void)state;
    strings_add(&wanted.allowed, slice_of("t/hold"));
    strings_add(&wanted.allowed, slice_of("t/echo")); /* which p has not */
    narrow = scoped_env_narrow(w.held[0].context->scoped_env, &wanted);
    bring(&box, "t/tool", &narrow);
    node_set_session(p, &box);
    invoke(p, "t/tool", NULL, &waiters[0]);
    invoke(w.held[1].call, "t/hold", NULL, &waiters[1]);
    assert_ptr_equal(running(2), find(&w.registry, "t/hold"));
    assert_null(w.held[2].context->identity);
    invoke(w.held[1].call, "t/echo", NULL, &waiters[2]);
    waiter_heard(&waiters[2], ABSENT("t/echo"));
    invoke(w.held[1].call, "t/parent", NULL, &waiters[3]);
    waiter_heard(&waiters[3], ABSENT("t/parent"));
    connection_on_closed(w.c);
    registry_clear(&box);
    scoped_env_clear(&wanted);
    scoped_env_clear(&narrow);
}

static void a_call_that_is_over_opens_no_session(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    handler_respond(p, slice_of("1"));
    node_set_session(p, &session);
    invoke(p, "t/tool", NULL, &waiters[0]);
    t_says(waiters[0].text, "aborted INTERNAL ");
    assert_int_equal(waiters[0].told, 1);
}

/* A session may end while what it brought still runs [LY-5]. */
static void what_runs_outlives_the_session(void **state)
{
    struct handler_call p = parent(0);

    (void)state;
    node_set_session(p, &session);
    invoke(p, "t/tool", NULL, &waiters[0]);
    node_set_session(p, NULL);
    registry_clear(&session);
    handler_respond(w.held[1].call, slice_of("2"));
    (void)wire_poll(&w);
    waiter_heard(&waiters[0], "ok 2");
}

#define WITH_SESSION(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SESSION(a_session_is_looked_into_first),
        WITH_SESSION(what_it_composes_is_in_the_session_too),
        WITH_SESSION(a_session_may_be_changed_and_left),
        WITH_SESSION(nobody_else_sees_into_a_session),
        WITH_SESSION(what_a_session_brings_is_not_there_for_the_wire),
        WITH_SESSION(a_certain_peer_is_not_looked_for_in_a_session),
        WITH_SESSION(a_sandbox_reaches_what_its_handler_shares),
        WITH_SESSION(a_call_that_is_over_opens_no_session),
        WITH_SESSION(what_runs_outlives_the_session),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

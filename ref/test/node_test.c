/* SPDX-License-Identifier: MIT */
/*
 * Nodes: two of them, whose connections are tied together in memory. Nothing
 * here says who dialled, and every test works the same when the two are
 * exchanged [SY-1, SY-2].
 */
#include "ref/model/token.h"
#include "ref/session/node.h"
#include "ref/test/ends.h"

static struct waiter waiters[600];

static int begin(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    ends_connect();
    return 0;
}

static int end(void **state)
{
    (void)state;
    wire_end(&ends[0]);
    wire_end(&ends[1]);
    return 0;
}

static void call(int end_no, const char *operation, const char *input,
                 struct waiter *waiter)
{
    struct client_request request = {.operation = slice_of(operation),
                                     .input = slice_of(input)};

    client_call(ends[end_no].c, &request, waiter_of(waiter));
}

static void check_nothing_is_left(void)
{
    for (int i = 0; i < 2; i++) {
        struct connection_stats stats = node_count(ends[i].node);

        assert_int_equal(stats.streams, 0);
        assert_int_equal(stats.pending, 0);
        assert_int_equal(stats.served, 0);
        assert_int_equal(stats.bytes, 0);
    }
}

/* [SY-1, SY-2, ID-4, SY-11] the same ids on both sides, at the same time */
static void both_ends_may_ask_at_once_with_the_same_ids(void **state)
{
    (void)state;
    call(0, "t/echo", "\"from 0\"", &waiters[0]);
    call(1, "t/echo", "\"from 1\"", &waiters[1]);
    call(0, "t/none", "0", &waiters[2]);
    call(1, "t/scoped", "0", &waiters[3]);
    ends_run();
    waiter_heard(&waiters[0], "ok \"from 0\"");
    waiter_heard(&waiters[1], "ok \"from 1\"");
    waiter_heard(&waiters[2], "NOT_FOUND operation not found: t/none");
    waiter_heard(&waiters[3], "FORBIDDEN authentication required");
    check_nothing_is_left();
}

/* [SM-25] many more calls than streams, on both ends, cut anywhere */
static void hundreds_of_calls_share_a_few_streams(void **state)
{
    char input[40], wanted[40];

    (void)state;
    for (int i = 0; i < 600; i++) {
        snprintf(input, sizeof input, "{\"n\":%d}", i);
        call(i & 1, "t/echo", input, &waiters[i]);
        if (t_below(&ends_seed, 10) == 0)
            ends_run();
    }
    ends_run();
    for (int i = 0; i < 600; i++) {
        snprintf(wanted, sizeof wanted, "ok {\"n\":%d}", i);
        waiter_heard(&waiters[i], wanted);
    }
    check_nothing_is_left();
}

static void a_large_value_survives_the_way(void **state)
{
    size_t len = 300000;
    char *input = malloc(len + 1);

    (void)state;
    assert_non_null(input);
    memset(input, 'x', len);
    input[0] = input[len - 1] = '"';
    input[len] = '\0';
    call(0, "t/echo", input, &waiters[0]);
    ends_run();
    assert_memory_equal(waiters[0].text, "ok \"xxxxx", 9);
    assert_true(ends[1].consumed > len && ends[0].consumed > len);
    check_nothing_is_left();
    free(input);
}

/* ------------------------------------------------------------- callbacks */

/* A handler on one end that asks the other before it answers. */
struct callback {
    struct handler_call call;
    struct context_origin origin;
};

static struct callback back;

static void answer_with(void *self, const struct pending_outcome *outcome)
{
    struct callback *b = self;

    if (outcome->is_ok)
        handler_respond(b->call, outcome->output);
    else
        handler_fail(b->call, &outcome->error);
}

static void ask_back(void *self, const struct context *context,
                     struct slice input, struct handler_call call_of_ours)
{
    struct client_request request = {.operation = slice_of("t/echo"),
                                     .input = input};

    (void)self;
    back = (struct callback){call_of_ours, context->origin};
    node_call(context->origin, &request,
              (struct pending_waiter){answer_with, NULL, &back});
}

static void a_handler_may_call_back_before_it_answers(void **state)
{
    struct handler handler = {.start = ask_back};

    (void)state;
    node_remove(ends[1].node, ends[1].c);
    node_free(ends[1].node);
    registry_clear(&ends[1].registry);
    buf_clear(&ends[1].said);
    wire_begin(&ends[1], 0);
    offer(&ends[1].registry, "{\"name\":\"t/back\"}", false, handler);
    ends[1].c =
        node_add(ends[1].node, slice_make(NULL, 0), (struct peer_filter){true});
    ends[1].next = 1;
    connection_on_credit(ends[1].c, ENDS_CREDIT);
    call(0, "t/back", "\"there and back\"", &waiters[0]);
    ends_run();
    waiter_heard(&waiters[0], "ok \"there and back\"");
    call(0, "t/back", "1", &waiters[1]);
    registry_clear(&ends[0].registry); /* what it asks back is not there */
    ends_run();
    waiter_heard(&waiters[1], "NOT_FOUND operation not found: t/echo");
    check_nothing_is_left();
}

/* [AB-10] what was asked elsewhere on behalf of a call ends with it, under the
 * id that was used there; a handler sees to it when it is stopped. */
static struct {
    struct context_origin origin;
    uint64_t ticket;
} elsewhere;

static void ask_elsewhere(void *self, const struct context *context,
                          struct slice input, struct handler_call call_of_ours)
{
    struct client_request request = {.operation = slice_of("t/hold"),
                                     .input = input};

    (void)call_of_ours;
    elsewhere.origin = context->origin;
    elsewhere.ticket = node_call(context->origin, &request, waiter_of(self));
}

static void abort_elsewhere(void *self, struct handler_call call_of_ours)
{
    (void)self;
    (void)call_of_ours;
    node_abort(elsewhere.origin, elsewhere.ticket);
}

static void an_abort_is_passed_on_to_the_other_node(void **state)
{
    struct handler handler = {
        .start = ask_elsewhere, .stop = abort_elsewhere, .self = &waiters[1]};
    struct client_request request = {.operation = slice_of("t/proxy"),
                                     .input = slice_of("1")};
    uint64_t ticket;

    (void)state;
    wire_end(&ends[0]);
    wire_end(&ends[1]);
    wire_begin(&ends[0], 0);
    wire_begin(&ends[1], 0);
    offer(&ends[1].registry, "{\"name\":\"t/proxy\"}", false, handler);
    ends_connect_nodes();
    ticket = client_call(ends[0].c, &request, waiter_of(&waiters[0]));
    ends_run();
    assert_int_equal(ends[0].held_count, 1); /* the one that was asked back */
    client_abort(ends[0].c, ticket);
    ends_run();
    waiter_heard(&waiters[0], "aborted INTERNAL aborted");
    waiter_heard(&waiters[1], "aborted INTERNAL aborted");
    assert_int_equal(ends[0].held[0].stopped, 1);
    check_nothing_is_left();
    node_remove(ends[1].node, ends[1].c);
    node_abort(elsewhere.origin, elsewhere.ticket); /* long gone: nothing */
}

/* Told while its connection is taken away: it may ask there once more. */
static void ask_once_more(void *self, const struct pending_outcome *outcome)
{
    struct client_request request = {.operation = slice_of("t/echo"),
                                     .input = slice_of("1")};

    waiter_tell(self, outcome);
    client_call(ends[0].c, &request, waiter_of(&waiters[1]));
}

static void a_waiter_may_still_use_the_connection_that_is_removed(void **state)
{
    struct client_request request = {.operation = slice_of("t/hold"),
                                     .input = slice_of("1")};
    struct context_origin origin = {ends[0].node, ends[0].c->serial};

    (void)state;
    node_call(origin, &request,
              (struct pending_waiter){ask_once_more, NULL, &waiters[0]});
    ends_run();
    assert_int_equal(node_count(ends[0].node).pending, 1);
    assert_int_equal(node_count(ends[1].node).served, 1);
    assert_int_equal(node_count(ends[0].node).streams, 1);
    node_remove(ends[0].node, ends[0].c);
    waiter_heard(&waiters[0], "INTERNAL connection closed");
    waiter_heard(&waiters[1], "INTERNAL connection closed");
    assert_int_equal(node_count(ends[0].node).streams, 0);
}

/* A handle outlives its connection; the call ends at once. */
static void calling_back_over_a_lost_connection_fails_at_once(void **state)
{
    struct client_request request = {.operation = slice_of("t/echo"),
                                     .input = slice_of("1")};
    struct context_origin origin;

    (void)state;
    call(0, "t/hold", "1", &waiters[0]);
    ends_run();
    assert_int_equal(ends[1].held_count, 1);
    origin = ends[1].held[0].context->origin;
    node_remove(ends[1].node, ends[1].c);
    assert_int_equal(ends[1].held[0].stopped, 1);
    node_call(origin, &request, waiter_of(&waiters[1]));
    waiter_heard(&waiters[1], "INTERNAL connection closed");
    handler_respond(ends[1].held[0].call, slice_of("1"));
    ends[1].c =
        node_add(ends[1].node, slice_make(NULL, 0), (struct peer_filter){true});
    node_call(origin, &request, waiter_of(&waiters[2])); /* not that one */
    waiter_heard(&waiters[2], "INTERNAL connection closed");
}

/* ------------------------------------------------------------------ ends */

/* [CN-6] whoever closes, both ends learn it */
static void closing_one_end_ends_both(void **state)
{
    (void)state;
    call(0, "t/hold", "1", &waiters[0]);
    call(1, "t/hold", "1", &waiters[1]);
    ends_run();
    connection_close(ends[0].c);
    ends_run();
    waiter_heard(&waiters[0], "INTERNAL connection closed");
    waiter_heard(&waiters[1], "INTERNAL connection closed");
    assert_int_equal(ends[0].held[0].stopped, 1);
    assert_int_equal(ends[1].held[0].stopped, 1);
}

static void freeing_a_node_tells_everybody(void **state)
{
    struct node_config config = {.registry = &ends[0].registry,
                                 .policy = &ends[0].policy,
                                 .entropy = {wire_fill, &ends[0]}};
    struct node *node = node_new(&config);

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct client_request request = {.operation = slice_of("a"),
                                         .input = slice_of("1")};

        client_call(
            node_add(node, slice_make(NULL, 0), (struct peer_filter){true}),
            &request, waiter_of(&waiters[i]));
    }
    node_free(node);
    for (int i = 0; i < 3; i++)
        waiter_heard(&waiters[i], "INTERNAL connection closed");
    node_free(NULL);
}

/* ------------------------------------------------------------ whose turn */

static void only_those_to_whom_something_happened_are_stirred(void **state)
{
    struct connection *more[3];
    struct node *node = ends[0].node;

    (void)state;
    for (int i = 0; i < 3; i++)
        more[i] =
            node_add(node, slice_make(NULL, 0), (struct peer_filter){true});
    ends_run();
    assert_null(node_stirred(node));
    connection_on_credit(more[2], 1);
    call(0, "t/echo", "1", &waiters[0]);
    assert_ptr_equal(node_stirred(node), more[2]); /* in the order it came */
    assert_ptr_equal(node_stirred(node), more[2]);
    assert_false(
        connection_poll(more[2], &(struct action){.kind = ACTION_OPEN}));
    assert_ptr_equal(node_stirred(node), ends[0].c);
    ends_run();
    assert_null(node_stirred(node));
    waiter_heard(&waiters[0], "ok 1");
    connection_close(more[1]);
    node_remove(node, more[1]);
    assert_null(node_stirred(node));
}

static void whoever_runs_out_of_time_is_stirred(void **state)
{
    struct client_request request = {.operation = slice_of("t/hold"),
                                     .input = slice_of("1"),
                                     .timeout_ns = 50};

    (void)state;
    client_call(ends[0].c, &request, waiter_of(&waiters[0]));
    ends_run();
    assert_null(node_stirred(ends[0].node));
    node_advance(ends[0].node, 50);
    assert_ptr_equal(node_stirred(ends[0].node), ends[0].c);
    ends_run();
    assert_null(node_stirred(ends[0].node));
}

/* ----------------------------------------------------------- time, peers */

static void
the_deadline_of_a_node_is_the_earliest_of_its_connections(void **state)
{
    struct node *node = ends[0].node;
    struct connection *second =
        node_add(node, slice_make(NULL, 0), (struct peer_filter){true});
    struct client_request request = {
        .operation = slice_of("a"), .input = slice_of("1"), .timeout_ns = 70};

    (void)state;
    assert_true(node_deadline(node) == NEVER);
    client_call(second, &request, waiter_of(&waiters[0]));
    request.timeout_ns = 50;
    client_call(ends[0].c, &request, waiter_of(&waiters[1]));
    assert_int_equal(node_deadline(node), 50);
    node_advance(node, 60);
    assert_int_equal(waiters[1].told, 1);
    assert_int_equal(node_deadline(node), 70);
    node_advance(node, 70);
    assert_int_equal(waiters[0].told, 1);
}

/* [TO-6] */
static void how_long_a_call_may_be_served_is_the_nodes_to_say(void **state)
{
    struct handler hold = {
        .start = wire_hold, .stop = wire_stop, .self = &ends[0]};
    struct registry registry = {.is_sealed = false};
    struct node_config config = {.registry = &registry,
                                 .policy = &ends[0].policy,
                                 .entropy = {wire_fill, &ends[0]},
                                 .serve_timeout_ns = 70};
    struct connection *c;
    struct buf out;
    struct node *node;

    (void)state;
    offer(&registry, "{\"name\":\"t/hold\"}", false, hold);
    node = node_new(&config);
    c = node_add(node, slice_make(NULL, 0), (struct peer_filter){true});
    buf_init(&out, 1000);
    wire_frame(&out, WIRE_ASK("r", "t/hold", "1"));
    connection_on_data(c, 0, buf_slice(&out), true);
    buf_clear(&out);
    assert_int_equal(node_deadline(node), 70);
    node_advance(node, 70);
    assert_int_equal(ends[0].held[0].stopped, 1);
    node_free(node);
    registry_clear(&registry);
}

static void go_back_in_time(void *arg)
{
    node_advance(arg, 9);
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    node_advance(ends[0].node, 10);
    node_advance(ends[0].node, 10);
    assert_true(t_asserts(go_back_in_time, ends[0].node));
}

/* [RG-7] */
static void the_first_connection_seals_the_registry(void **state)
{
    struct registration r = offer_make("{\"name\":\"late\"}", offer_never);
    struct failure f;

    (void)state;
    assert_false(registry_add_take(&ends[0].registry, &r, &f));
    t_says(f.sentence, "sealed");
}

#define KEY                                                                    \
    "ed25519:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Who calls "t/hold" with that request, on this connection. */
static const char *caller_of(struct connection *c, const char *request)
{
    const struct identity *who;
    struct buf out;

    buf_init(&out, 1000);
    wire_frame(&out, request);
    ends[0].held_count = 0;
    connection_on_data(c, 400, buf_slice(&out), false);
    buf_clear(&out);
    assert_int_equal(ends[0].held_count, 1);
    who = ends[0].held[0].context->identity;
    return who ? (const char *)who->id.data : "nobody";
}

static const char *caller(struct connection *c)
{
    return caller_of(c, WIRE_ASK("r", "t/hold", "1"));
}

/* [IP-4] Who has the API key that is good until second 1000. */
static const char *caller_with_key(struct connection *c)
{
    return caller_of(c,
                     "{\"type\":\"call.requested\",\"id\":\"k\",\"payload\":{"
                     "\"operationId\":\"t/hold\",\"input\":1,"
                     "\"auth_token\":\"alk_1.secret\"}}");
}

static void an_api_key_ends_by_the_worlds_clock(void **state)
{
    const struct token_hash hash = token_hash_of(slice_of("alk_1.secret"));
    struct peer_filter filter = {true};
    struct auth_policy policy = {.peers = {NULL, 0}}, empty = policy;
    struct connection *c;
    struct failure f;
    char text[200];
    json_t *list;

    (void)state;
    (void)snprintf(text, sizeof text,
                   "[{\"prefix\":\"alk_1\",\"hash\":\"%s\",\"scopes\":[],"
                   "\"expires_at\":1000}]",
                   hash.text);
    list = t_tree(text);
    assert_true(apikeys_read(list, &policy.keys, &f));
    json_decref(list);
    node_set_policy(ends[0].node, &policy);
    node_set_began(ends[0].node, 900);
    c = node_add(ends[0].node, slice_make(NULL, 0), filter);
    assert_string_equal(caller_with_key(c), "alk_1");
    node_advance(ends[0].node, 100 * 1000000000ull - 1);
    assert_string_equal(caller_with_key(c), "alk_1");
    node_advance(ends[0].node, 100 * 1000000000ull);
    assert_string_equal(caller_with_key(c), "nobody");
    node_set_began(ends[0].node, 899); /* set back … */
    assert_string_equal(caller_with_key(c), "alk_1");
    node_set_began(ends[0].node, 5000); /* … and on */
    assert_string_equal(caller_with_key(c), "nobody");
    node_set_policy(ends[0].node, &empty);
    auth_policy_clear(&policy);
}

/* [IP-7] at once for new connections, never for those that are */
static void a_new_book_counts_for_new_connections(void **state)
{
    struct peer_filter filter = {true};
    json_t *list =
        t_tree("[{\"peer_id\":\"alice\",\"fingerprints\":[\"" KEY "\"]}]");
    struct auth_policy book = {.peers = {NULL, 0}}, empty = book;
    struct connection *before, *after;
    struct failure f;

    (void)state;
    assert_true(peerbook_read(list, &book.peers, &f));
    json_decref(list);
    before = node_add(ends[0].node, slice_of(KEY), filter);
    node_set_policy(ends[0].node, &book);
    after = node_add(ends[0].node, slice_of(KEY), filter);
    assert_string_equal(caller(before), "nobody");
    assert_string_equal(caller(after), "alice");
    node_set_policy(ends[0].node, &empty);
    auth_policy_clear(&book);
    assert_string_equal(caller(after), "alice");
    assert_string_equal(caller(node_add(ends[0].node, slice_of(KEY), filter)),
                        "nobody");
}

#define WITH_NODES(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODES(both_ends_may_ask_at_once_with_the_same_ids),
        WITH_NODES(hundreds_of_calls_share_a_few_streams),
        WITH_NODES(a_large_value_survives_the_way),
        WITH_NODES(a_handler_may_call_back_before_it_answers),
        WITH_NODES(an_abort_is_passed_on_to_the_other_node),
        WITH_NODES(a_waiter_may_still_use_the_connection_that_is_removed),
        WITH_NODES(calling_back_over_a_lost_connection_fails_at_once),
        WITH_NODES(closing_one_end_ends_both),
        WITH_NODES(freeing_a_node_tells_everybody),
        WITH_NODES(only_those_to_whom_something_happened_are_stirred),
        WITH_NODES(whoever_runs_out_of_time_is_stirred),
        WITH_NODES(the_deadline_of_a_node_is_the_earliest_of_its_connections),
        WITH_NODES(how_long_a_call_may_be_served_is_the_nodes_to_say),
        WITH_NODES(time_does_not_go_back),
        WITH_NODES(the_first_connection_seals_the_registry),
        WITH_NODES(a_new_book_counts_for_new_connections),
        WITH_NODES(an_api_key_ends_by_the_worlds_clock),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

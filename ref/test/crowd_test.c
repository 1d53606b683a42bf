/* SPDX-License-Identifier: MIT */
/*
 * A hub and fifty workers that all serve the same names, in memory: calls for
 * any of them and for each one of them, one that goes in the middle of a call
 * and comes back, what three callers are told of them all, and books that are
 * empty when everybody has gone.
 */
#include "ref/rules/discovery.h"
#include "ref/test/ends.h"

#define WORKERS 50
#define KEY "ed25519:%064zu" /* of somebody with a number */
#define HUB_KEY 999
#define OPERATOR_KEY 901
#define GUEST_KEY 902

enum { OPERATOR, GUEST, STRANGER, CALLERS };

/* A connection of the hub's, whoever made it. */
struct link {
    struct wire near; /* the hub's end; its node is the hub's */
    struct wire *far; /* the other end */
};

static struct wire hub, workers[WORKERS], callers[CALLERS];
static struct link links[WORKERS + CALLERS];

/* ------------------------------------------------------------- the scene */

static char *text_of(const char *format, size_t n)
{
    static char text[400];

    snprintf(text, sizeof text, format, n, n, n);
    return text;
}

static void add_peer(struct buf *book, const char *format, size_t n)
{
    buf_put(book, book->len > 10 ? "," : "");
    buf_put(book, text_of(format, n));
}

static void know(struct wire *w, struct buf *book)
{
    struct failure f;
    json_t *tree;

    buf_put(book, "]}");
    buf_put_byte(book, 0);
    tree = t_tree((const char *)book->data);
    if (!auth_policy_read(tree, &w->policy, &f))
        fail_msg("%s", f.sentence);
    json_decref(tree);
    buf_clear(book);
}

#define PEER(id, scopes)                                                       \
    "{\"peer_id\":\"" id "\",\"scopes\":[" scopes "],\"fingerprints\":[\"" KEY \
    "\"]}"

static void know_hub(struct wire *w)
{
    struct buf book;

    buf_init(&book, 1 << 20);
    buf_put(&book, "{\"peers\":[");
    buf_put(&book, text_of(PEER("hub", "\"s\""), HUB_KEY));
    know(w, &book);
}

static void know_everybody(struct wire *w)
{
    struct buf book;

    buf_init(&book, 1 << 20);
    buf_put(&book, "{\"peers\":[");
    add_peer(&book, PEER("operator", "\"look\",\"s\""), OPERATOR_KEY);
    add_peer(&book, PEER("guest", "\"look\""), GUEST_KEY);
    for (size_t i = 0; i < WORKERS; i++) {
        char id[8];

        snprintf(id, sizeof id, "w%02zu", i);
        buf_put(&book, ",{\"peer_id\":\"");
        buf_put(&book, id);
        buf_put(&book, text_of("\",\"fingerprints\":[\"" KEY "\"]}", i));
    }
    know(w, &book);
}

/* A worker says which one it is. */
static void say_who(void *self, const struct context *context,
                    struct slice input, struct handler_call call)
{
    const struct wire *w = self;

    (void)context;
    (void)input;
    handler_respond(call, slice_of(text_of("%zu", (size_t)(w - workers))));
}

static void begin_worker(struct wire *w)
{
    struct failure f;

    wire_begin(w, 0);
    offer(&w->registry, "{\"name\":\"t/who\"}", true,
          (struct handler){.start = say_who, .self = w});
    assert_true(discovery_register(&w->registry, &f));
    know_hub(w);
}

/* The hub offers `name`, which is `operation` of that peer or of any. */
static void offer_again(const char *name, const char *peer,
                        const char *operation, const char *op_type)
{
    struct peer_ref who = {.id = {NULL, 0}};
    struct registration r;
    char spec[100], pin[100];

    if (peer)
        who.id = slice_of(peer);
    snprintf(spec, sizeof spec, "{\"name\":\"%s\",\"op_type\":\"%s\"}", name,
             op_type);
    snprintf(pin, sizeof pin, "%s/%s", peer ? peer : "", operation);
    r = offer_make(spec, forward_offer(who, slice_of(operation),
                                       op_type[0] == 's' ? SPEC_SUBSCRIPTION
                                                         : SPEC_QUERY));
    if (peer)
        strings_add(&r.scoped_env.pinned, slice_of(pin));
    else
        strings_add(&r.scoped_env.allowed, slice_of(operation));
    offer_take(&hub.registry, &r);
}

static void begin_hub(void)
{
    wire_begin(&hub, 0);
    know_everybody(&hub);
    offer_again("any/who", NULL, "t/who", "query");
    offer_again("w07/hold", "w07", "t/hold", "query");
    offer_again("w09/items", "w09", "t/items", "subscription");
    for (size_t i = 0; i < WORKERS; i++) {
        char name[16], peer[8];

        snprintf(name, sizeof name, "w%02zu/who", i);
        snprintf(peer, sizeof peer, "w%02zu", i);
        offer_again(name, peer, "t/who", "query");
    }
    offer(&hub.registry,
          "{\"name\":\"services/list-peers\","
          "\"access\":{\"required_scopes\":[\"look\"]}}",
          true, discovery_list_peers(&hub.registry));
}

/* ------------------------------------------------------------- the wires */

static bool step(struct wire *from, struct wire *to)
{
    struct action a;

    if (!from->c || !wire_next(from->c, &a))
        return false;
    ends_carry(from, to, &a);
    return true;
}

/* Until nobody has anything to do. */
static void run(void)
{
    bool has_moved = true;

    while (has_moved) {
        has_moved = false;
        for (size_t i = 0; i < WORKERS + CALLERS; i++) {
            has_moved |= step(&links[i].near, links[i].far);
            if (links[i].far)
                has_moved |= step(links[i].far, &links[i].near);
        }
    }
}

static struct connection *tie(struct wire *w, struct node *node, int64_t first,
                              const char *key)
{
    w->node = node;
    w->next = first;
    w->c = node_add(node, slice_of(key), (struct peer_filter){true});
    connection_on_credit(w->c, 1000);
    return w->c;
}

/* Somebody who shows that key, or none, dials the hub. */
static void join(struct link *l, struct wire *far, const char *key)
{
    l->far = far;
    (void)tie(&l->near, hub.node, 1, key);
    (void)tie(far, far->node, 0, text_of(KEY, HUB_KEY));
}

static void part(struct link *l)
{
    node_remove(hub.node, l->near.c);
    node_remove(l->far->node, l->far->c);
    l->near.c = l->far->c = NULL;
}

static void tell_import(void *self,
                        const struct operation_adapter_outcome *outcome)
{
    assert_true(outcome->is_ok);
    assert_int_equal(outcome->operations->by_name.count, 5);
    ++*(size_t *)self;
}

static void join_worker(size_t i, size_t *imported)
{
    const struct from_call_terms terms = {.filter = NULL};

    join(&links[i], &workers[i], text_of(KEY, i));
    from_call_import(links[i].near.c, &terms,
                     (struct operation_adapter_waiter){tell_import, imported});
}

static int set_up(void **state)
{
    size_t imported = 0;

    (void)state;
    memset(links, 0, sizeof links);
    ends_seed = 7;
    begin_hub();
    for (size_t i = 0; i < WORKERS; i++)
        begin_worker(&workers[i]);
    for (size_t i = 0; i < CALLERS; i++)
        wire_begin(&callers[i], 0);
    for (size_t i = 0; i < WORKERS; i++) {
        join_worker(i, &imported);
        run();
    }
    assert_int_equal(imported, WORKERS);
    join(&links[WORKERS + OPERATOR], &callers[OPERATOR],
         text_of(KEY, OPERATOR_KEY));
    join(&links[WORKERS + GUEST], &callers[GUEST], text_of(KEY, GUEST_KEY));
    join(&links[WORKERS + STRANGER], &callers[STRANGER], "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    wire_end(&hub);
    for (size_t i = 0; i < WORKERS; i++)
        wire_end(&workers[i]);
    for (size_t i = 0; i < CALLERS; i++)
        wire_end(&callers[i]);
    return 0;
}

/* ------------------------------------------------------------- calls */

static struct client_request request_of(const char *operation)
{
    return (struct client_request){.operation = slice_of(operation),
                                   .input = slice_of("{}")};
}

/* Somebody asks, and is told this. */
static void check(size_t caller, const char *operation, const char *said)
{
    const struct client_request request = request_of(operation);
    struct waiter w = {.told = 0};

    (void)client_call(callers[caller].c, &request, waiter_of(&w));
    run();
    waiter_heard(&w, said);
}

static void any_is_the_first_and_specific_is_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLERS; i++)
        check(i, "any/who", "ok 0");
    for (size_t i = 0; i < WORKERS; i++) {
        char name[16], said[16];

        snprintf(name, sizeof name, "w%02zu/who", i);
        snprintf(said, sizeof said, "ok %zu", i);
        check(OPERATOR, name, said);
    }
    part(&links[0]);
    check(OPERATOR, "any/who", "ok 1");
    check(OPERATOR, "w00/who", "NOT_FOUND operation not found: w00/who");
}

static void
who_goes_in_a_call_fails_it_once_and_comes_back_as_himself(void **state)
{
    const struct client_request request = request_of("w07/hold");
    struct waiter w = {.told = 0};
    size_t imported = 0;

    (void)state;
    (void)client_call(callers[OPERATOR].c, &request, waiter_of(&w));
    run();
    assert_int_equal(workers[7].held_count, 1);
    part(&links[7]);
    run();
    waiter_heard(&w, "INTERNAL connection closed");
    assert_int_equal(workers[7].held[0].stopped, 1);
    check(OPERATOR, "w07/who", "NOT_FOUND operation not found: w07/who");
    check(OPERATOR, "w08/who", "ok 8");
    join_worker(7, &imported);
    run();
    check(OPERATOR, "w07/who", "ok 7");
    waiter_heard(&w, "INTERNAL connection closed");
}

static void an_abort_goes_to_the_one_worker_it_is_for(void **state)
{
    const struct client_request request = request_of("w09/items");
    struct waiter w = {.room = -1};
    uint64_t ticket;

    (void)state;
    ticket = client_subscribe(callers[GUEST].c, &request, waiter_of(&w));
    run();
    handler_item(workers[9].held[0].call, slice_of("1"));
    run();
    assert_string_equal(w.items, "1 ");
    client_abort(callers[GUEST].c, ticket);
    run();
    assert_int_equal(workers[9].held[0].stopped, 1);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(workers[i].held_count, i == 9 ? 1 : 0);
}

/* ------------------------------------------------------------- the list */

struct listed {
    size_t peers, operations; /* of peers, the hub itself left out */
    char first[16], last[16]; /* peers */
};

static void count_list(void *self, const struct pending_outcome *o)
{
    struct listed *l = self;
    struct failure f;
    json_t *tree, *peers;

    assert_true(o->is_ok);
    tree = value_parse(o->output, &f);
    peers = json_object_get(tree, "peers");
    l->peers = json_array_size(peers) - 1;
    for (size_t i = 1; i <= l->peers; i++) {
        const json_t *entry = json_array_get(peers, i);

        l->operations += json_array_size(json_object_get(entry, "operations"));
        snprintf(i == 1 ? l->first : l->last, sizeof l->last, "%s",
                 json_string_value(json_object_get(entry, "peer_id")));
    }
    json_decref(tree);
}

static struct listed list_for(size_t caller)
{
    const struct client_request request = request_of("services/list-peers");
    struct listed l = {.peers = 0};

    (void)client_call(callers[caller].c, &request,
                      (struct pending_waiter){.tell = count_list, .self = &l});
    run();
    return l;
}

static void each_caller_is_told_what_it_may_call(void **state)
{
    struct listed l = list_for(OPERATOR);
    size_t imported = 0;

    (void)state;
    assert_int_equal(l.peers, WORKERS);
    assert_int_equal(l.operations, 5 * WORKERS);
    l = list_for(GUEST); /* t/scoped is not for him */
    assert_int_equal(l.peers, WORKERS);
    assert_int_equal(l.operations, 4 * WORKERS);
    check(STRANGER, "services/list-peers", "FORBIDDEN authentication required");
    part(&links[7]);
    assert_int_equal(list_for(OPERATOR).peers, WORKERS - 1);
    join_worker(7, &imported);
    run();
    l = list_for(OPERATOR);
    assert_int_equal(l.peers, WORKERS);
    assert_string_equal(l.first, "w00");
    assert_string_equal(l.last, "w07"); /* [PE-7] came last */
}

/* ------------------------------------------------------------- the books */

static void when_all_have_gone_nothing_is_left(void **state)
{
    const struct commons *commons = links[0].near.c->commons;
    const struct client_request hold = request_of("w07/hold"),
                                items = request_of("w09/items");
    struct waiter held = {.told = 0}, following = {.room = -1};
    struct connection_stats left;

    (void)state;
    (void)client_call(callers[OPERATOR].c, &hold, waiter_of(&held));
    (void)client_subscribe(callers[GUEST].c, &items, waiter_of(&following));
    run();
    assert_int_equal(commons->relays.count, 2);
    for (size_t i = 0; i < WORKERS + CALLERS; i++) {
        part(&links[WORKERS + CALLERS - 1 - i]); /* those who ask, too */
        run();
    }
    assert_int_equal(held.told, 1);
    assert_int_equal(following.told, 1);
    left = node_count(hub.node);
    assert_int_equal(left.streams + left.pending + left.served + left.bytes, 0);
    assert_int_equal(commons->relays.count, 0);
    assert_int_equal(commons->served.count, 0);
    assert_int_equal(commons->connections.count, 0);
    assert_null(commons->overlays.first);
    assert_int_equal(node_deadline(hub.node), NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_is_the_first_and_specific_is_each,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            who_goes_in_a_call_fails_it_once_and_comes_back_as_himself, set_up,
            tear_down),
        cmocka_unit_test_setup_teardown(
            an_abort_goes_to_the_one_worker_it_is_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_caller_is_told_what_it_may_call,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_all_have_gone_nothing_is_left,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Two nodes over real QUIC in memory, with a clock that is a number: what goes
 * into one side's session comes out of the other's, in both directions, and
 * every waiter hears of the end.
 */
#include "ref/quic/adapter.h"
#include "ref/quic/tls_cert.h"
#include "ref/test/pair.h"

#include "ref/test/offer.h"
#include "ref/test/waiter.h"

struct world {
    struct registry registry;
    struct auth_policy policy;
    struct node *node;
    struct adapter *adapter;
    struct adapter_link *link; /* the last one that opened, while it is open */
    int opened, closed;
    struct adapter_end end; /* how the last one ended */
};

static struct world dialler, acceptor;

static void on_opened(void *self, struct adapter_link *link)
{
    struct world *w = self;

    w->opened++;
    w->link = link;
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct world *w = self;

    (void)link;
    w->closed++;
    w->link = NULL;
    w->end = *end;
}

static void start_echo(void *self, const struct context *context,
                       struct slice input, struct handler_call call)
{
    (void)self;
    (void)context;
    handler_respond(call, input);
}

static void start_nothing(void *self, const struct context *context,
                          struct slice input, struct handler_call call)
{
    int *started = self;

    (void)context;
    (void)input;
    (void)call;
    ++*started;
}

static int started;

static void furnish(struct world *w, struct endpoint *endpoint)
{
    const struct handler echo = {.start = start_echo};
    const struct handler hold = {.start = start_nothing, .self = &started};
    struct adapter_watcher watcher = {on_opened, on_closed, w};

    *w = (struct world){.opened = 0};
    offer(&w->registry, "{\"name\":\"t/echo\"}", true, echo);
    offer(&w->registry, "{\"name\":\"t/unmarked\"}", false, echo);
    offer(&w->registry, "{\"name\":\"t/hold\"}", true, hold);
    w->node = node_new(&(struct node_config){
        .registry = &w->registry,
        .policy = &w->policy,
        .entropy = pair_entropy(),
        .serve_timeout_ns = 600 * PAIR_S, /* so that callers give up first */
    });
    w->adapter = adapter_new(w->node, endpoint, &watcher);
}

static int begin(void **state)
{
    pair_begin(state);
    started = 0;
    furnish(&dialler, pair.dialler.endpoint);
    furnish(&acceptor, pair.acceptor.endpoint);
    return 0;
}

static void clear(struct world *w)
{
    adapter_free(w->adapter);
    node_free(w->node);
    registry_clear(&w->registry);
}

static int end(void **state)
{
    clear(&dialler);
    clear(&acceptor);
    return pair_end(state);
}

/* Carries the datagrams of one side to the other, at once. */
static bool carry(struct pair_side *from, struct pair_side *to)
{
    struct datagram d;
    bool has_moved = false;

    while (endpoint_send(from->endpoint, &d, pair.now_ns)) {
        has_moved = true;
        if (!pair.is_cut)
            endpoint_receive(to->endpoint, &from->address, d.bytes,
                             pair.now_ns);
    }
    return has_moved;
}

static void turn(void)
{
    bool has_moved = true;

    while (has_moved) {
        adapter_turn(dialler.adapter, pair.now_ns);
        adapter_turn(acceptor.adapter, pair.now_ns);
        has_moved = carry(&pair.dialler, &pair.acceptor);
        has_moved = carry(&pair.acceptor, &pair.dialler) || has_moved;
    }
}

/* Lets time pass, deadline by deadline. */
static void pass(uint64_t by_ns)
{
    uint64_t until_ns = pair.now_ns + by_ns;

    turn();
    while (pair.now_ns < until_ns) {
        uint64_t a = adapter_deadline(dialler.adapter);
        uint64_t b = adapter_deadline(acceptor.adapter);
        uint64_t next_ns = a < b ? a : b;

        if (next_ns <= pair.now_ns)
            next_ns = pair.now_ns + 1000;
        pair.now_ns = next_ns < until_ns ? next_ns : until_ns;
        turn();
    }
}

static void dial_with(const struct adapter_dial *more)
{
    struct adapter_dial how = *more;
    struct failure f;

    how.to = pair.acceptor.address;
    how.key = pair.dialler.key;
    how.quic = quic_config_default(pair_entropy());
    assert_non_null(adapter_dial(dialler.adapter, &how, pair.now_ns, &f));
    pass(PAIR_S);
}

static void dial_as(struct adapter_dial *more)
{
    struct fingerprint pin = fingerprint_of(tls_key_spki(pair.acceptor.key));

    more->pin = fingerprint_slice(&pin);
    dial_with(more);
    assert_int_equal(dialler.opened, 1);
    assert_int_equal(acceptor.opened, 1);
}

static void dial(void)
{
    dial_as(&(struct adapter_dial){.stays = false});
}

static void call(struct world *from, const char *operation, const char *input,
                 struct waiter *w)
{
    const struct client_request request = {.operation = slice_of(operation),
                                           .input = slice_of(input)};

    client_call(from->link->connection, &request, waiter_of(w));
}

static void both_sides_call_whoever_dialled(void **state)
{
    struct waiter there = {0}, back = {0};

    (void)state;
    dial();
    call(&dialler, "t/echo", "1", &there);
    call(&acceptor, "t/echo", "2", &back);
    turn();
    waiter_heard(&there, "ok 1");
    waiter_heard(&back, "ok 2"); /* [SY-1] */
}

static void each_learns_what_the_other_has_proven(void **state)
{
    struct fingerprint own;

    (void)state;
    dial();
    own = fingerprint_of(tls_key_spki(pair.dialler.key));
    assert_string_equal(acceptor.link->fingerprint.text, own.text);
    own = fingerprint_of(tls_key_spki(pair.acceptor.key));
    assert_string_equal(dialler.link->fingerprint.text, own.text);
}

/* [LG-2, LG-4] the dialler filters, the acceptor does not. */
static void a_dialler_hides_what_is_not_marked(void **state)
{
    struct waiter there = {0}, back = {0};

    (void)state;
    dial();
    call(&dialler, "t/unmarked", "1", &there);
    call(&acceptor, "t/unmarked", "2", &back);
    turn();
    waiter_heard(&there, "ok 1");
    waiter_heard(&back, "NOT_FOUND operation not found: t/unmarked");
}

/* [CC-10, CC-14] the filter is on, and it makes no difference */
static void a_wrong_pin_never_opens(void **state)
{
    struct fingerprint wrong = fingerprint_of(tls_key_spki(pair.dialler.key));

    (void)state;
    dial_with(&(struct adapter_dial){.pin = fingerprint_slice(&wrong),
                                     .filter = {.is_open = true}});
    assert_int_equal(dialler.opened, 0);
    assert_int_equal(acceptor.opened, 0);
    assert_int_equal(dialler.closed, 1);
    assert_int_equal(dialler.end.layer, QUIC_LAYER_TLS);
    assert_int_equal(dialler.end.by, QUIC_BY_US);
}

/* [CC-8] no pin is a real state, and nobody is taken on trust. */
static void without_a_pin_nobody_is_accepted(void **state)
{
    (void)state;
    dial_with(&(struct adapter_dial){.filter = {.is_open = true}});
    assert_int_equal(dialler.opened, 0);
    assert_int_equal(dialler.closed, 1);
}

/* Their certificate beside their key; the DER of it. */
static struct slice certify(struct buf *der)
{
    static uint8_t seed[TLS_SEED_LEN] = {5};
    const struct tls_cert_form form = {
        .seed = seed, .name = "good.example", .ends_s = TLS_CERT_NEVER};
    struct tls_certificate c = {.secret = slice_make(seed, sizeof seed)};
    struct failure f;

    buf_init(der, 1 << 20);
    assert_true(tls_cert_make(&form, der, &f));
    c.chain = buf_slice(der);
    assert_true(tls_key_add_x509(pair.acceptor.key, &c, &f));
    return c.chain;
}

static void a_certificate_is_pinned_by_its_hash(void **state)
{
    struct buf der;
    struct fingerprint pin = fingerprint_of(certify(&der));

    (void)state;
    dial_with(&(struct adapter_dial){.pin = fingerprint_slice(&pin),
                                     .filter = {.is_open = true}});
    assert_int_equal(dialler.opened, 1);
    assert_string_equal(dialler.link->fingerprint.text, pin.text);
    pin.text[FINGERPRINT_MAX - 2] ^= 1;
    dial_with(&(struct adapter_dial){.pin = fingerprint_slice(&pin),
                                     .filter = {.is_open = true}});
    assert_int_equal(dialler.opened, 1);
    assert_int_equal(dialler.closed, 1);
    buf_clear(&der);
}

/* [CC-9] and with a pin the authority is not asked. */
static void an_authority_is_enough_without_a_pin(void **state)
{
    struct buf der;
    struct failure f;
    struct tls_roots *roots = tls_roots_new(certify(&der), &f);
    struct adapter_dial how = {
        .to = pair.acceptor.address,
        .trust = {roots, slice_of("good.example"), 1},
        .quic = quic_config_default(pair_entropy()),
    };

    (void)state;
    assert_non_null(roots);
    assert_non_null(adapter_dial(dialler.adapter, &how, pair.now_ns, &f));
    pass(PAIR_S);
    assert_int_equal(dialler.opened, 1);
    how.pin = slice_of("SHA256:00");
    assert_non_null(adapter_dial(dialler.adapter, &how, pair.now_ns, &f));
    pass(PAIR_S);
    assert_int_equal(dialler.opened, 1);
    assert_int_equal(dialler.closed, 1);
    tls_roots_free(roots);
    buf_clear(&der);
}

static void a_large_body_arrives_whole(void **state)
{
    size_t len = 3u << 20;
    char *input = malloc(len + 1);
    struct waiter w = {0};

    (void)state;
    dial();
    memset(input, 'a', len);
    input[0] = input[len - 1] = '"';
    input[len] = '\0';
    call(&dialler, "t/echo", input, &w);
    pass(5 * PAIR_S);
    assert_int_equal(w.told, 1);
    assert_memory_equal(w.text, "ok \"aaa", 7);
    free(input);
}

/* [SM-25] more calls than there is credit at first. */
static void five_hundred_calls_one_after_the_other(void **state)
{
    struct connection_stats left;

    (void)state;
    dial();
    for (int i = 0; i < 500; i++) {
        struct waiter w = {0};

        call(i % 2 ? &dialler : &acceptor, "t/echo", "0", &w);
        turn();
        waiter_heard(&w, "ok 0");
    }
    pass(PAIR_S);
    left = node_count(acceptor.node);
    assert_int_equal(left.streams + left.pending + left.served, 0);
    left = node_count(dialler.node);
    assert_int_equal(left.streams + left.pending + left.served, 0);
}

static void three_hundred_calls_at_once(void **state)
{
    static struct waiter w[300];

    (void)state;
    memset(w, 0, sizeof w);
    dial();
    for (size_t i = 0; i < 300; i++)
        call(&dialler, "t/echo", "0", &w[i]);
    pass(PAIR_S);
    for (size_t i = 0; i < 300; i++)
        waiter_heard(&w[i], "ok 0");
}

/* [CN-6] both sides, each waiter once. */
static void closing_tells_the_waiters_of_both_sides(void **state)
{
    struct waiter there = {0}, back = {0};

    (void)state;
    dial();
    call(&dialler, "t/hold", "1", &there);
    call(&acceptor, "t/hold", "2", &back);
    turn();
    assert_int_equal(started, 2);
    adapter_close(dialler.link);
    pass(PAIR_S);
    waiter_heard(&there, "INTERNAL connection closed");
    waiter_heard(&back, "INTERNAL connection closed");
    assert_int_equal(dialler.closed, 1);
    assert_int_equal(acceptor.closed, 1);
    assert_int_equal(dialler.end.by, QUIC_BY_US);
    assert_int_equal(acceptor.end.by, QUIC_BY_THEM);
    assert_int_equal(acceptor.end.layer, QUIC_LAYER_APP);
}

/* [CN-6] a cable that is cut is noticed by silence. */
static void a_cut_wire_ends_everything_within_the_idle_time(void **state)
{
    struct waiter w = {0};

    (void)state;
    dial();
    call(&dialler, "t/hold", "1", &w);
    turn();
    pair.is_cut = true;
    pass(90 * PAIR_S);
    assert_int_equal(w.told, 1);
    assert_int_equal(dialler.closed, 1);
    assert_int_equal(acceptor.closed, 1);
    assert_int_equal(acceptor.end.by, QUIC_BY_LOST);
}

/* [CN-2] whoever waits keeps the connection alive; nobody waiting lets go. */
static void a_pending_call_outlives_the_idle_time(void **state)
{
    const struct client_request request = {.operation = slice_of("t/hold"),
                                           .input = slice_of("1"),
                                           .timeout_ns = 120 * PAIR_S};
    struct waiter w = {0};

    (void)state;
    dial();
    client_call(dialler.link->connection, &request, waiter_of(&w));
    pass(110 * PAIR_S);
    assert_int_equal(w.told, 0);
    assert_int_equal(dialler.closed, 0);
    pass(20 * PAIR_S);
    waiter_heard(&w, "TIMEOUT+ request timed out");
}

/* Whoever wants to be reachable stays, also after a call has come and gone. */
static void a_link_that_stays_outlives_silence(void **state)
{
    struct waiter w = {0};

    (void)state;
    dial_as(&(struct adapter_dial){.stays = true});
    pass(100 * PAIR_S);
    call(&acceptor, "t/echo", "1", &w);
    pass(100 * PAIR_S);
    waiter_heard(&w, "ok 1");
    assert_int_equal(dialler.closed, 0);
    assert_int_equal(acceptor.closed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(both_sides_call_whoever_dialled),
        TEST(each_learns_what_the_other_has_proven),
        TEST(a_dialler_hides_what_is_not_marked),
        TEST(a_wrong_pin_never_opens),
        TEST(without_a_pin_nobody_is_accepted),
        TEST(a_certificate_is_pinned_by_its_hash),
        TEST(an_authority_is_enough_without_a_pin),
        TEST(a_large_body_arrives_whole),
        TEST(five_hundred_calls_one_after_the_other),
        TEST(three_hundred_calls_at_once),
        TEST(closing_tells_the_waiters_of_both_sides),
        TEST(a_cut_wire_ends_everything_within_the_idle_time),
        TEST(a_pending_call_outlives_the_idle_time),
        TEST(a_link_that_stays_outlives_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * A few nodes that know each other, over any carrier, for its tests: each
 * echoes ("t/echo") and holds what it is asked ("t/hold"). All that passes is
 * hashed, with the time it passed at. A program names the carrier first; each
 * VILLAGE_TEST of it then has a village of its own, in clean weather.
 */
#ifndef NETSIM_TEST_VILLAGE_H
#define NETSIM_TEST_VILLAGE_H

#include "netsim/carrier.h"
#include "ref/test/offer.h"
#include "ref/test/waiter.h"

#define VILLAGE_NODES 5
#define VILLAGE_TIES 12
#define VILLAGE_MS 1000000ull
#define VILLAGE_S (1000 * VILLAGE_MS)

struct village_end {
    struct connection *c; /* while it is open */
    int opened, closed;   /* how often that was told */
    char who[8];          /* as whom its peer is known: an id, or "" */
};

static struct village {
    struct carrier carrier;
    struct registry registry;
    struct auth_policy policy;
    struct node *nodes[VILLAGE_NODES];
    struct prng_stream chance[VILLAGE_NODES];
    struct village_end ends[VILLAGE_TIES][2];
    uint64_t now_ns;
    uint64_t hash;            /* of all that passed, and when */
    uint64_t passed;          /* datagrams, or pieces of streams */
    uint64_t stirred;         /* how often that was told */
    int held;                 /* calls that nobody will answer */
    struct waiter forever[2]; /* for one of them from each side of a tie */
} village;

/* What the village is built on. */
static struct carrier (*village_carrier)(const struct carrier_config *config);

static const struct link_config village_clean = {.delay_ns = 10 * VILLAGE_MS};
static const struct link_config village_rough = {.delay_ns = 10 * VILLAGE_MS,
                                                 .jitter_ns = 3 * VILLAGE_MS,
                                                 .loss_ppm = 60000,
                                                 .duplicate_ppm = 30000,
                                                 .corrupt_ppm = 10000};

static inline void village_echo(void *self, const struct context *context,
                                struct slice input, struct handler_call call)
{
    (void)self, (void)context;
    handler_respond(call, input);
}

static inline void village_hold(void *self, const struct context *context,
                                struct slice input, struct handler_call call)
{
    (void)self, (void)context, (void)input, (void)call;
    village.held++;
}

/* --------------------------------------------------------------- watching */

static inline struct village_end *village_end(struct carrier_end end)
{
    assert_true(end.tie < VILLAGE_TIES && end.side < 2);
    return &village.ends[end.tie][end.side];
}

static inline void village_opened(void *self, struct carrier_end end,
                                  struct connection *c)
{
    struct village_end *e = village_end(end);
    const struct identity *who = c->serving.identity;

    (void)self;
    e->opened++;
    e->c = c;
    if (who)
        snprintf(e->who, sizeof e->who, "%.*s", (int)who->id.len,
                 (const char *)who->id.data);
}

static inline void village_closed(void *self, struct carrier_end end)
{
    struct village_end *e = village_end(end);

    (void)self;
    e->closed++;
    e->c = NULL;
}

static inline void village_stirred(void *self, uint32_t node)
{
    (void)self;
    assert_true(node < VILLAGE_NODES);
    village.stirred++;
}

static inline void village_mix(const void *data, size_t len)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < len; i++)
        village.hash = (village.hash ^ bytes[i]) * 0x100000001b3u;
}

static inline void village_passed(void *self, struct carrier_end from,
                                  struct slice bytes)
{
    (void)self;
    village.passed++;
    village_mix(&village.now_ns, sizeof village.now_ns);
    village_mix(&from, sizeof from);
    village_mix(bytes.data, bytes.len);
}

/* --------------------------------------------------------- set up, and end */

/* The secret of node number `at`, the `nth` it has. */
static inline const uint8_t *village_key(uint32_t at, uint32_t nth)
{
    static uint8_t key[CARRIER_KEY_LEN];

    memset(key, (int)(at + 1), sizeof key);
    key[0] = (uint8_t)nth;
    return key;
}

/* Everybody's first key is known to all, as "n0", "n1" … */
static inline void village_meet(void)
{
    struct failure f;
    json_t *tree;
    struct buf text;

    buf_init(&text, 65536);
    buf_put(&text, "{\"peers\":[");
    for (uint32_t i = 0; i < VILLAGE_NODES; i++) {
        struct fingerprint key = village.carrier.fingerprint(
            village.carrier.self, village_key(i, 0));
        char line[200];

        snprintf(line, sizeof line,
                 "%s{\"peer_id\":\"n%u\",\"fingerprints\":[\"%s\"]}",
                 i ? "," : "", (unsigned)i, key.text);
        buf_put(&text, line);
    }
    buf_put(&text, "]}");
    tree = value_parse(buf_slice(&text), &f);
    assert_non_null(tree);
    if (!auth_policy_read(tree, &village.policy, &f))
        fail_msg("%s", f.sentence);
    json_decref(tree);
    buf_clear(&text);
}

static inline void village_start(uint32_t at, uint32_t nth_key)
{
    struct node_config config = {.registry = &village.registry,
                                 .policy = &village.policy,
                                 .serve_timeout_ns = 3600 * VILLAGE_S};

    village.chance[at].key = (struct prng_key){.seed = 7, .link = at};
    config.entropy = prng_entropy(&village.chance[at]);
    village.nodes[at] = node_new(&config);
    village.carrier.start(village.carrier.self, at, village.nodes[at],
                          village_key(at, nth_key));
}

static inline void village_crash(uint32_t at)
{
    village.carrier.crash(village.carrier.self, at);
    node_free(village.nodes[at]);
    village.nodes[at] = NULL;
}

/* Of that weather; a seam's config with everything else in it. */
static inline struct carrier_config village_config(struct link_config weather)
{
    return (struct carrier_config){
        .watcher = {village_opened, village_closed, village_stirred,
                    village_passed, NULL},
        .weather = weather,
        .seed = 1,
        .idle_ns = 30 * VILLAGE_S,
        .keep_alive_ns = 8 * VILLAGE_S,
    };
}

static inline void village_begin(const struct carrier_config *config)
{
    const struct handler echo = {.start = village_echo};
    const struct handler hold = {.start = village_hold};

    memset(&village, 0, sizeof village);
    village.hash = 0xcbf29ce484222325u;
    village.carrier = village_carrier(config);
    offer(&village.registry, "{\"name\":\"t/echo\"}", true, echo);
    offer(&village.registry, "{\"name\":\"t/hold\"}", true, hold);
    village_meet();
    for (uint32_t i = 0; i < VILLAGE_NODES; i++)
        village_start(i, 0);
}

static inline void village_end_all(void)
{
    village.carrier.free(village.carrier.self);
    for (uint32_t i = 0; i < VILLAGE_NODES; i++)
        node_free(village.nodes[i]);
    registry_clear(&village.registry);
    auth_policy_clear(&village.policy);
}

static inline void village_begin_again(const struct carrier_config *config)
{
    village_end_all();
    village_begin(config);
}

static inline void village_begin_again_in(struct link_config weather)
{
    const struct carrier_config config = village_config(weather);

    village_begin_again(&config);
}

static inline int village_setup(void **state)
{
    const struct carrier_config config = village_config(village_clean);

    (void)state;
    village_begin(&config);
    return 0;
}

static inline int village_teardown(void **state)
{
    (void)state;
    village_end_all();
    return 0;
}

#define VILLAGE_TEST(name)                                                     \
    cmocka_unit_test_setup_teardown(name, village_setup, village_teardown)

/* ------------------------------------------------------------------- doing */

/* Lets so much time pass. */
static inline void village_pass(uint64_t for_ns)
{
    const struct carrier *c = &village.carrier;
    uint64_t until_ns = village.now_ns + for_ns, next_ns;

    while ((next_ns = c->next_ns(c->self)) <= until_ns) {
        assert_true(next_ns >= village.now_ns);
        village.now_ns = next_ns;
        c->run(c->self, next_ns);
    }
    village.now_ns = until_ns;
    c->run(c->self, until_ns);
}

static inline void village_dial(uint32_t tie, uint32_t from, uint32_t to)
{
    const struct carrier_dial dial = {.tie = tie,
                                      .from = from,
                                      .to = to,
                                      .filter = {true},
                                      .shows_key = true};

    village.carrier.dial(village.carrier.self, &dial, village.now_ns);
}

static inline void village_ask(uint32_t tie, uint32_t side,
                               const char *operation, const char *input,
                               struct waiter *w)
{
    const struct client_request request = {.operation = slice_of(operation),
                                           .input = slice_of(input),
                                           .timeout_ns = 600 * VILLAGE_S};
    struct connection *c = village.ends[tie][side].c;

    assert_non_null(c);
    for (uint32_t i = 0; i < VILLAGE_NODES; i++)
        if (village.nodes[i])
            node_advance(village.nodes[i], village.now_ns);
    client_call(c, &request, waiter_of(w));
    for (uint32_t i = 0; i < VILLAGE_NODES; i++)
        village.carrier.touch(village.carrier.self, i);
}

/* Both ends were told so often, and no other way. */
#define village_told(tie, side, opened_count, closed_count)                    \
    do {                                                                       \
        assert_int_equal(village.ends[tie][side].opened, opened_count);        \
        assert_int_equal(village.ends[tie][side].closed, closed_count);        \
    } while (0)

/* Nodes 0 and 1 have tie 0 now. */
static inline void village_connect(void)
{
    village_dial(0, 0, 1);
    village_pass(5 * VILLAGE_S);
    village_told(0, 0, 1, 0);
    village_told(0, 1, 1, 0);
}

/* Over tie 0 each side asks what the other does not answer. */
static inline void village_hold_both_ways(void)
{
    village_ask(0, 0, "t/hold", "1", &village.forever[0]);
    village_ask(0, 1, "t/hold", "2", &village.forever[1]);
    village_pass(VILLAGE_S);
    assert_int_equal(village.held, 2);
}

/* That side was told that nobody will ever answer what it asked. */
static inline void village_lost(uint32_t side)
{
    waiter_heard(&village.forever[side], "INTERNAL connection closed");
}

#define VILLAGE_CALLS 40

/* Calls both ways at once over that tie, four every 50 ms, all answered. */
static inline void village_chat(uint32_t tie)
{
    static struct waiter waiters[VILLAGE_CALLS];

    memset(waiters, 0, sizeof waiters);
    for (uint32_t i = 0; i < VILLAGE_CALLS; i++) {
        village_ask(tie, i % 2, "t/echo", i % 2 ? "1" : "0", &waiters[i]);
        if (i % 4 == 3)
            village_pass(50 * VILLAGE_MS);
    }
    village_pass(8 * VILLAGE_S);
    for (uint32_t i = 0; i < VILLAGE_CALLS; i++)
        waiter_heard(&waiters[i], i % 2 ? "ok 1" : "ok 0");
}

/* That way, or none when nobody is left. */
static inline struct link *village_way(uint32_t tie, uint32_t side)
{
    return village.carrier.way(village.carrier.self, tie, side);
}

/* A short life with that config, from its beginning to its end; its hash. */
static inline uint64_t village_live(const struct carrier_config *config)
{
    uint64_t hash;

    village_begin(config);
    village_dial(0, 0, 1);
    village_dial(1, 2, 1);
    village_pass(5 * VILLAGE_S);
    village_chat(0);
    village_chat(1);
    village.carrier.rebind(village.carrier.self, 0);
    village_crash(2);
    village_pass(100 * VILLAGE_S);
    assert_true(village.passed > 100);
    hash = village.hash;
    village_end_all();
    return hash;
}

/* Nobody waits, nobody works, and nothing is kept. */
static inline void village_is_quiet(void)
{
    for (uint32_t i = 0; i < VILLAGE_NODES; i++) {
        struct connection_stats left = {0};

        if (village.nodes[i])
            left = node_count(village.nodes[i]);
        assert_int_equal(left.streams + left.pending + left.served, 0);
        assert_int_equal(left.bytes, 0);
    }
}

#endif

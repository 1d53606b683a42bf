/* SPDX-License-Identifier: MIT */
/*
 * How fast virtual time goes by: many connections over 20 ms there and back and
 * 2 % loss, on each of which somebody calls once a second, as pairs of nodes or
 * as clients of one hub. What it takes to set them up does not count.
 *
 *     sim-bench [--carrier quic|streams] [--shape pairs|hub]
 *               [--connections N] [--seconds N] [--seed N]
 *
 * Prints one line. Its hash is that of all that passed and when, so that two
 * builds can be held against each other.
 */
#include "netsim/pipe.h"
#include "netsim/quic_host.h"
#include "ref/base/reminder.h"
#include "ref/base/xalloc.h"
#include "ref/bin/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MS 1000000ull
#define S (1000 * MS)

#define SETUP_MAX_NS (120 * S)
#define LATE_NS (20 * S) /* for the last answers */

enum shape { PAIRS, HUB };

static const char *const shape_names[] = {"pairs", "hub"};

static const struct bench_carrier {
    const char *name;
    struct carrier (*make)(const struct carrier_config *config);
} carriers[] = {{"quic", quic_host_carrier}, {"streams", pipe_carrier}};

/* Whoever calls over one tie. */
struct asker {
    struct bench *bench;  /* borrowed */
    struct connection *c; /* borrowed; NULL until it is open */
    uint32_t at;          /* its node */
    struct reminder due;  /* the next call */
};

struct bench {
    const struct bench_carrier *kind;
    enum shape shape;
    uint64_t connections, seconds, seed;
    struct carrier carrier;
    struct registry registry;
    struct auth_policy policy;
    struct prng_stream chance;
    struct node **nodes;  /* owned */
    uint32_t node_count;  /* of them */
    struct asker *askers; /* owned; by tie */
    struct agenda agenda; /* of askers */
    uint64_t now_ns, until_ns;
    uint64_t opened;               /* ends */
    uint64_t asked, answered;      /* calls */
    uint64_t passed, bytes, turns; /* over links; of nodes */
    uint64_t hash;
};

static void fail(const char *why)
{
    fprintf(stderr, "sim-bench: %s\n", why);
    exit(OPTIONS_EXIT_ERROR);
}

/* --------------------------------------------------------------- the folk */

static void echo(void *self, const struct context *context, struct slice input,
                 struct handler_call call)
{
    (void)self, (void)context;
    handler_respond(call, input);
}

static void on_answer(void *self, const struct pending_outcome *outcome)
{
    struct bench *b = self;

    if (!outcome->is_ok)
        fail("a call failed");
    b->answered++;
}

/* Once a second, as long as anybody does. */
static void ask(void *self)
{
    static const struct client_request request = {
        .operation = {(const uint8_t *)"b/echo", 6},
        .input = {(const uint8_t *)"{\"n\":1}", 7}};
    struct asker *a = self;
    struct bench *b = a->bench;

    node_advance(b->nodes[a->at], b->now_ns);
    client_call(a->c, &request,
                (struct pending_waiter){.tell = on_answer, .self = b});
    b->asked++;
    b->carrier.touch(b->carrier.self, a->at);
    if (b->now_ns + S < b->until_ns)
        reminder_set(&b->agenda, &a->due, b->now_ns + S);
}

static void mix(struct bench *b, uint64_t number)
{
    b->hash = (b->hash ^ number) * 0x9e3779b97f4a7c15u;
    b->hash ^= b->hash >> 29;
}

static void on_opened(void *self, struct carrier_end end, struct connection *c)
{
    struct bench *b = self;

    b->opened++;
    if (end.side == 0)
        b->askers[end.tie].c = c;
}

static void on_closed(void *self, struct carrier_end end)
{
    (void)self, (void)end;
    fail("a connection was lost");
}

static void on_stirred(void *self, uint32_t node)
{
    struct bench *b = self;

    (void)node; /* whoever looks at nodes does it here */
    b->turns++;
}

static void on_passed(void *self, struct carrier_end from, struct slice bytes)
{
    struct bench *b = self;

    b->passed++;
    b->bytes += bytes.len;
    mix(b, b->now_ns);
    mix(b, (uint64_t)from.tie << 1 | from.side);
    mix(b, slice_hash(bytes, 0));
}

/* ------------------------------------------------------------ set up, and end
 */

static void furnish(struct bench *b)
{
    struct registration r = {.spec = spec_plain(slice_of("b/echo")),
                             .handler = {.start = echo},
                             .is_remote_safe = true};
    const struct carrier_config config = {
        .watcher = {on_opened, on_closed, on_stirred, on_passed, b},
        .weather = {.delay_ns = 10 * MS, .loss_ppm = LINK_PPM / 50},
        .seed = b->seed,
        .idle_ns = 30 * S,
        .keep_alive_ns = 10 * S};
    struct failure failure;

    if (!registry_add_take(&b->registry, &r, &failure))
        fail(failure.sentence);
    b->chance.key = (struct prng_key){b->seed, UINT32_MAX, 2};
    b->carrier = b->kind->make(&config);
    b->nodes = xalloc(b->node_count, sizeof(struct node *));
    b->askers = xalloc((size_t)b->connections, sizeof *b->askers);
}

static void start(struct bench *b, uint32_t at)
{
    const struct node_config config = {.registry = &b->registry,
                                       .policy = &b->policy,
                                       .entropy = prng_entropy(&b->chance)};
    uint8_t key[CARRIER_KEY_LEN] = {(uint8_t)(at >> 24), (uint8_t)(at >> 16),
                                    (uint8_t)(at >> 8), (uint8_t)at};

    b->nodes[at] = node_new(&config);
    b->carrier.start(b->carrier.self, at, b->nodes[at], key);
}

static void dial(struct bench *b, uint32_t tie)
{
    const bool is_hub = b->shape == HUB;
    const struct carrier_dial dial = {.tie = tie,
                                      .from = is_hub ? tie + 1 : 2 * tie,
                                      .to = is_hub ? 0 : 2 * tie + 1,
                                      .shows_key = true};

    b->askers[tie] = (struct asker){.bench = b, .at = dial.from};
    b->askers[tie].due =
        (struct reminder){.ring = ask, .self = &b->askers[tie]};
    b->carrier.dial(b->carrier.self, &dial, b->now_ns);
}

/* Until then, or until all ends are open. */
static void pass(struct bench *b, uint64_t until_ns, bool is_setup)
{
    const struct carrier *c = &b->carrier;

    while (!is_setup || b->opened < 2 * b->connections) {
        uint64_t next_ns = c->next_ns(c->self);

        if (agenda_next_ns(&b->agenda) < next_ns)
            next_ns = agenda_next_ns(&b->agenda);
        if (next_ns > until_ns)
            break;
        b->now_ns = next_ns;
        reminder_ring(&b->agenda, next_ns);
        c->run(c->self, next_ns);
    }
}

static void set_up(struct bench *b)
{
    for (uint32_t at = 0; at < b->node_count; at++)
        start(b, at);
    for (uint32_t tie = 0; tie < b->connections; tie++) {
        dial(b, tie);
        pass(b, b->now_ns + MS, true);
    }
    pass(b, SETUP_MAX_NS, true);
    if (b->opened < 2 * b->connections)
        fail("not all connections came about");
}

/* Everybody begins at a moment of its own. */
static void begin(struct bench *b)
{
    b->passed = b->bytes = b->turns = 0;
    b->until_ns = b->now_ns + b->seconds * S;
    for (uint32_t i = 0; i < b->connections; i++)
        reminder_set(&b->agenda, &b->askers[i].due,
                     b->now_ns + i * S / b->connections);
}

static void clear(struct bench *b)
{
    b->carrier.free(b->carrier.self);
    for (uint32_t at = 0; at < b->node_count; at++)
        node_free(b->nodes[at]);
    xalloc_free(b->nodes);
    xalloc_free(b->askers);
    agenda_clear(&b->agenda);
    registry_clear(&b->registry);
}

/* --------------------------------------------------------------- the program
 */

static uint64_t cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * S + (uint64_t)t.tv_nsec;
}

static void print(const struct bench *b, uint64_t spent_ns)
{
    uint64_t spent_ms = spent_ns / MS ? spent_ns / MS : 1;

    printf("%s, %s: %llu connections, %llu s, %llu calls, %llu pieces "
           "(%llu bytes), %llu turns in %llu ms of CPU: "
           "%llu connection-seconds/s; hash %016llx\n",
           b->kind->name, shape_names[b->shape],
           (unsigned long long)b->connections, (unsigned long long)b->seconds,
           (unsigned long long)b->answered, (unsigned long long)b->passed,
           (unsigned long long)b->bytes, (unsigned long long)b->turns,
           (unsigned long long)spent_ms,
           (unsigned long long)(b->connections * b->seconds * 1000 / spent_ms),
           (unsigned long long)b->hash);
}

static void measure(struct bench *b)
{
    uint64_t begun_ns;

    furnish(b);
    set_up(b);
    begin(b);
    begun_ns = cpu_ns();
    pass(b, b->until_ns, false);
    begun_ns = cpu_ns() - begun_ns;
    pass(b, b->until_ns + LATE_NS, false);
    if (b->answered < b->asked)
        fail("not all calls were answered");
    print(b, begun_ns);
    clear(b);
}

static bool choose(struct bench *b, const char *carrier, const char *shape,
                   struct failure *f)
{
    b->kind = NULL;
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (strcmp(carriers[i].name, carrier) == 0)
            b->kind = &carriers[i];
    if (!b->kind)
        return failure_say(f, "--carrier: expected quic or streams");
    if (strcmp(shape, "pairs") != 0 && strcmp(shape, "hub") != 0)
        return failure_say(f, "--shape: expected pairs or hub");
    b->shape = strcmp(shape, "hub") == 0 ? HUB : PAIRS;
    return true;
}

static bool count(const char *name, const char *text, uint64_t otherwise,
                  uint64_t *ret, struct failure *f)
{
    *ret = otherwise;
    return !text || options_count(name, text, ret, f);
}

static bool read(struct bench *b, int argc, char **argv, struct failure *f)
{
    const char *carrier = NULL, *shape = NULL, *connections = NULL,
               *seconds = NULL, *seed = NULL;
    const struct options_word words[] = {
        {"--carrier", OPTIONS_MAYBE, NULL, &carrier},
        {"--shape", OPTIONS_MAYBE, NULL, &shape},
        {"--connections", OPTIONS_MAYBE, NULL, &connections},
        {"--seconds", OPTIONS_MAYBE, NULL, &seconds},
        {"--seed", OPTIONS_MAYBE, NULL, &seed},
    };

    if (!options_read(argc, argv, 1, words, sizeof words / sizeof *words, f) ||
        !count("--connections", connections, 1000, &b->connections, f) ||
        !count("--seconds", seconds, 60, &b->seconds, f) ||
        !count("--seed", seed, 1, &b->seed, f) ||
        !choose(b, carrier ? carrier : "quic", shape ? shape : "pairs", f))
        return false;
    if (b->connections > 50000 || b->seconds > 100000)
        return failure_say(f, "at most 50000 connections, and 100000 seconds");
    b->node_count =
        (uint32_t)(b->shape == HUB ? b->connections + 1 : 2 * b->connections);
    return true;
}

int main(int argc, char **argv)
{
    struct bench b = {.opened = 0};
    struct failure failure;

    if (!read(&b, argc, argv, &failure)) {
        fprintf(stderr, "sim-bench: %s\n", failure.sentence);
        return OPTIONS_EXIT_USAGE;
    }
    measure(&b);
    return OPTIONS_EXIT_OK;
}

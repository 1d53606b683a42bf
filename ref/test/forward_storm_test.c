/* SPDX-License-Identifier: MIT */
/*
 * Calls that are passed on, twice in a row even, while peers are lost, come
 * back and are imported anew, callers give up, subscribers stall, streams and
 * deadlines end, and whom a node knows changes. Node 0 asks the hub 1, which
 * has the worker 2, the far node 3 and itself for peers; the worker has the far
 * one, too; and each of two may import from the other. "o/…" is done where it
 * is, "x/…" offers a peer's "o/…", and "y/…" a peer's "x/…".
 *
 * Whatever happens: every waiter and every import is told once, every handler
 * that was started answers or is stopped once, items come in order, and a
 * subscription that is complete has had all of them.
 *
 * By hand: forward_storm_test SEED ROUNDS plays others.
 */
#define MESH_LINKS 5
#define MESH_STREAMS 16384
#include "ref/test/mesh.h"

#include "ref/rules/discovery.h"

#define ROUNDS 80
#define STEPS 2500 /* of one round */
#define ASKERS (2 * STEPS)

/* Whoever asked; its number is the input of what it asked for. */
struct asker {
    int generation;  /* of the link it asked over; 0: composed */
    uint64_t ticket; /* there */
    int told, items;
    bool is_subscription, is_paused;
};

/* A handler that runs, or has run. */
struct job {
    struct handler_call call;
    int asker, items;
    bool is_stream, is_asked;
    int answered, stopped;
};

static struct asker askers[ASKERS];
static struct job jobs[ASKERS];
static struct mesh_import imports[STEPS];
static int asker_count, job_count, import_count;
static int generation[MESH_LINKS]; /* how often it was tied */
static uint64_t seed, now_ns;
static int rounds = ROUNDS;
static struct auth_policy nobody;                /* who knows nobody */
static int passed_on, completed, lost, imported; /* in all rounds */

static const int pairs[MESH_LINKS][2] = {
    {0, 1}, {1, 2}, {1, 3}, {2, 3}, {1, 1}};

static size_t chance(size_t n)
{
    return t_below(&seed, n);
}

static int number_of(struct slice text)
{
    char digits[20];

    snprintf(digits, sizeof digits, "%.*s", (int)text.len,
             (const char *)text.data);
    return atoi(digits);
}

/* ----------------------------------------------------------------- askers */

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct asker *a = self;

    a->told++;
    assert_int_equal(a->told, 1);
    if (!outcome->is_ok || !a->is_subscription)
        return;
    completed++;
    for (int i = 0; i < job_count; i++)
        if (jobs[i].asker == a - askers)
            assert_int_equal(a->items, jobs[i].items);
}

static bool take_item(void *self, struct slice output)
{
    struct asker *a = self;

    assert_false(a->is_paused);
    assert_int_equal(a->told, 0);
    assert_int_equal(number_of(output), ++a->items);
    a->is_paused = chance(3) == 0;
    return !a->is_paused;
}

static struct pending_waiter waiter_for(struct asker *a)
{
    return (struct pending_waiter){tell, take_item, a};
}

static struct asker *new_asker(bool is_subscription, char *input)
{
    struct asker *a = &askers[asker_count];

    assert_true(asker_count < ASKERS);
    *a = (struct asker){.is_subscription = is_subscription};
    snprintf(input, 20, "%d", asker_count++);
    return a;
}

static struct connection *client(void)
{
    return mesh_at(0, 0)->c;
}

static void ask(void)
{
    static const char *const names[][2] = {
        {"o/job", "o/feed"}, {"x/job", "x/feed"}, {"y/job", "y/feed"}};
    bool is_feed = chance(2);
    char input[20];
    struct asker *a = new_asker(is_feed, input);
    const struct client_request request = {
        .operation = slice_of(names[chance(3)][is_feed]),
        .input = slice_of(input),
        .timeout_ns = chance(8) == 0 ? 1 + chance(100) : 0};

    a->generation = generation[0];
    a->ticket = is_feed ? client_subscribe(client(), &request, waiter_for(a))
                        : client_call(client(), &request, waiter_for(a));
}

static void meddle_with(struct asker *a)
{
    if (a->generation != generation[0] || !client())
        return;
    if (chance(20) == 0) {
        client_abort(client(), a->ticket);
    } else if (a->is_paused) {
        a->is_paused = false;
        client_resume(client(), a->ticket);
    }
}

/* --------------------------------------------------------------- handlers */

static bool is_live(const struct job *j)
{
    return j->answered + j->stopped == 0;
}

static struct job *job_of(struct handler_call call)
{
    for (int i = 0; i < job_count; i++)
        if (jobs[i].call.desk == call.desk &&
            jobs[i].call.serial == call.serial)
            return &jobs[i];
    fail_msg("no such call");
    return NULL;
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    assert_true(job_count < ASKERS);
    jobs[job_count++] = (struct job){
        .call = call,
        .asker = number_of(input),
        .is_stream = slice_equal(context->operation, slice_of("o/feed")),
    };
    passed_on += self != &mesh_nodes[1];
}

static void pull(void *self, struct handler_call call)
{
    struct job *j = job_of(call);

    (void)self;
    assert_true(is_live(j) && !j->is_asked);
    j->is_asked = true;
}

static void stop(void *self, struct handler_call call)
{
    struct job *j = job_of(call);

    (void)self;
    assert_true(is_live(j));
    j->stopped++;
}

static void give_item(struct job *j)
{
    char output[2100]; /* so that windows count */
    size_t blanks = chance(2) ? chance(2000) : 0;

    memset(output, ' ', sizeof output);
    snprintf(output + blanks, 20, "%d", ++j->items);
    j->is_asked = false;
    handler_item(j->call, slice_skip(slice_of(output), chance(blanks + 1)));
}

static void compose(const struct job *j)
{
    static const char *const names[] = {"o/job", "x/job", "y/job", "o/feed",
                                        "p/o/job"};
    static const char *const ids[] = {"n2", "n3"};
    char input[20];
    struct asker *a = new_asker(false, input);
    const struct composing_request request = {
        .operation = slice_of(names[chance(T_COUNT(names))]),
        .peer = {chance(3) ? slice_make(NULL, 0) : slice_of(ids[chance(2)])},
        .input = slice_of(input),
        .policy =
            chance(2) ? CALLTREE_CONTINUE_RUNNING : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = chance(3) != 0};

    node_invoke(j->call, &request, waiter_for(a));
}

/* Counted before it is said: what follows may ask. */
static void finish(struct job *j)
{
    const struct call_error error = {.code = slice_of("E"),
                                     .message = slice_of("m")};

    j->answered++;
    if (chance(4) == 0)
        handler_fail(j->call, &error);
    else if (j->is_stream)
        handler_complete(j->call);
    else
        handler_respond(j->call, slice_of("0"));
}

static void work(void)
{
    struct job *j = job_count ? &jobs[chance((size_t)job_count)] : NULL;
    size_t what = chance(20);

    for (int tries = 0; j && !is_live(j) && tries < 10; tries++)
        j = &jobs[chance((size_t)job_count)];
    if (!j || !is_live(j))
        return;
    if (j->is_asked && what < 17)
        give_item(j);
    else if (what < 9 && !j->is_stream)
        compose(j);
    else if (!j->is_stream || what == 17)
        finish(j);
}

/* ------------------------------------------------------------------ rounds */

static void offer_all(struct wire *w)
{
    static const char *const reach[] = {"o/job", "o/feed",  "x/job", "x/feed",
                                        "y/job", "p/o/job", NULL};
    static const struct {
        const char *name, *offered;
    } offers[] = {{"x", "o"}, {"y", "x"}};
    struct handler job = {.start = start, .stop = stop, .self = w};
    struct handler feed = job;
    struct failure f;
    char spec[100], name[20];

    feed.pull = pull;
    assert_true(discovery_register(&w->registry, &f));
    offer_composer(&w->registry, "{\"name\":\"o/job\"}", NULL, reach, job);
    offer(&w->registry, "{\"name\":\"o/feed\",\"op_type\":\"subscription\"}",
          false, feed);
    for (size_t i = 0; i < T_COUNT(offers); i++)
        for (int is_feed = 0; is_feed < 2; is_feed++) {
            enum spec_op_type type = is_feed ? SPEC_SUBSCRIPTION : SPEC_QUERY;
            const char *last = is_feed ? "feed" : "job";

            snprintf(spec, sizeof spec,
                     "{\"name\":\"%s/%s\",\"op_type\":\"%s\"}", offers[i].name,
                     last, is_feed ? "subscription" : "query");
            snprintf(name, sizeof name, "%s/%s", offers[i].offered, last);
            offer_composer(&w->registry, spec, NULL, reach,
                           forward_offer((struct peer_ref){{NULL, 0}},
                                         slice_of(name), type));
        }
}

/* All of it mostly; or some, or under other names. */
static void import_over(int link, int side)
{
    static struct slice wanted[] = {{(const uint8_t *)"o/job", 5},
                                    {(const uint8_t *)"no/such", 7}};
    static const struct strings filter = {wanted, 2};
    const struct from_call_terms terms = {.prefix =
                                              slice_of(chance(6) ? "" : "p"),
                                          .filter = chance(6) ? NULL : &filter};

    if (link == 0 || !mesh_at(link, side)->c || import_count == STEPS)
        return;
    from_call_import(mesh_at(link, side)->c, &terms,
                     mesh_import_waiter(&imports[import_count++]));
}

static void tie(int link)
{
    mesh_join(link, pairs[link][0], pairs[link][1]);
    generation[link]++;
    import_over(link, 0);
}

/* Connections that are there stay whose they are; the next one may be nobody's.
 */
static void know_others(void)
{
    struct wire *w = &mesh_nodes[chance(MESH_NODES)];

    node_set_policy(w->node, chance(3) ? &w->policy : &nobody);
}

/* Lost; mostly it comes back at once. */
static void shake(int link)
{
    lost++;
    if (chance(3) == 0 && mesh_at(link, 0)->c) /* one side knows it first */
        connection_on_closed(mesh_at(link, (int)chance(2))->c);
    mesh_cut(link);
    tie(link);
}

static void lose_a_stream(void)
{
    struct mesh_end *e = mesh_at((int)chance(MESH_LINKS), (int)chance(2));
    int64_t stream = (int64_t)chance(200);

    if (!e->c)
        return;
    if (chance(2))
        connection_on_stop(e->c, stream);
    else
        connection_on_gone(e->c, stream);
}

static void pass_time(void)
{
    now_ns += chance(4) == 0 ? chance(30) : 0;
    for (int i = 0; i < MESH_NODES; i++)
        node_advance(mesh_nodes[i].node, now_ns);
}

static void step(void)
{
    size_t what = chance(60);

    if (what < 3)
        ask();
    else if (what < 14)
        work();
    else if (what < 20 && asker_count)
        meddle_with(&askers[chance((size_t)asker_count)]);
    else if (what == 20)
        pass_time();
    else if (what == 21 && chance(10) == 0)
        import_over(1 + (int)chance(MESH_LINKS - 1), (int)chance(2));
    else if (what == 22 && chance(12) == 0)
        shake((int)chance(MESH_LINKS));
    else if (what == 23 && chance(10) == 0)
        lose_a_stream();
    else if (what == 24 && chance(10) == 0)
        know_others();
    else
        (void)mesh_step((int)chance(MESH_LINKS), (int)chance(2));
}

static void begin_round(void)
{
    asker_count = job_count = import_count = 0;
    now_ns = 0;
    memset(imports, 0, sizeof imports);
    mesh_begin();
    for (int i = 1; i < MESH_NODES; i++)
        offer_all(&mesh_nodes[i]);
    for (int link = 0; link < MESH_LINKS; link++)
        tie(link);
    mesh_run();
}

static void check_ends(void)
{
    for (int i = 0; i < asker_count; i++)
        assert_int_equal(askers[i].told, 1);
    for (int i = 0; i < job_count; i++)
        assert_int_equal(jobs[i].answered + jobs[i].stopped, 1);
    for (int i = 0; i < import_count; i++) {
        assert_int_equal(imports[i].told, 1);
        imported += imports[i].is_ok;
    }
}

static void play_a_round(void)
{
    begin_round();
    for (int i = 0; i < STEPS; i++)
        step();
    if (chance(2))
        mesh_run();
    for (int link = 0; chance(2) && link < MESH_LINKS; link++)
        mesh_cut(link);
    mesh_end();
    check_ends();
}

static void everything_ends_once_wherever_it_is_done(void **state)
{
    (void)state;
    for (int i = 0; i < rounds; i++)
        play_a_round();
    print_message("%d rounds: %d handlers ran at peers, %d subscriptions were "
                  "complete, %d links lost, %d imports\n",
                  rounds, passed_on, completed, lost, imported);
    assert_true(passed_on > 6 * rounds && completed > rounds);
    assert_true(lost > rounds && imported > 3 * rounds);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_ends_once_wherever_it_is_done),
    };

    seed = argc > 1 ? (uint64_t)atoll(argv[1]) : 1;
    rounds = argc > 2 ? atoi(argv[2]) : ROUNDS;
    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * Two nodes that ask each other, compose, stall, give up, abort and lose
 * streams at random, many times over. Whatever happens: every waiter is told
 * once, every handler that was started answers or is stopped once, items come
 * in order, and a subscription that is complete has had all of them.
 */
#include "ref/session/node.h"
#include "ref/test/ends.h"

#define ROUNDS 100
#define STEPS 1500 /* of one round */

/* Whoever asked; the number of it is the input of what it asked for. */
struct asker {
    int side;
    uint64_t ticket; /* 0: composed */
    int told;
    bool is_subscription, is_paused;
    int items; /* that it was given, numbered from 1 */
};

/* A handler that runs, or has run. */
struct job {
    int side, asker;
    struct handler_call call;
    struct context_origin origin;
    bool is_stream, is_asked;
    int items; /* that it has given */
    int answered, stopped;
};

static struct asker askers[2 * STEPS];
static struct job jobs[2 * STEPS];
static size_t asker_count, job_count;

static size_t chance(size_t n)
{
    return t_below(&ends_seed, n);
}

static int number_of(struct slice text)
{
    char digits[20];

    snprintf(digits, sizeof digits, "%.*s", (int)text.len,
             (const char *)text.data);
    return atoi(digits);
}

/* ----------------------------------------------------------------- askers */

static struct job *job_of(const struct asker *asker)
{
    for (size_t i = 0; i < job_count; i++)
        if (jobs[i].asker == asker - askers)
            return &jobs[i];
    return NULL;
}

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct asker *asker = self;

    asker->told++;
    assert_int_equal(asker->told, 1);
    if (!outcome->is_ok || !asker->is_subscription)
        return;
    assert_non_null(job_of(asker));
    assert_int_equal(asker->items, job_of(asker)->items);
}

static bool take_item(void *self, struct slice output)
{
    struct asker *asker = self;

    assert_false(asker->is_paused);
    assert_int_equal(asker->told, 0);
    assert_int_equal(number_of(output), ++asker->items);
    asker->is_paused = chance(3) == 0;
    return !asker->is_paused;
}

static struct asker *new_asker(int side, bool is_subscription, char *input)
{
    struct asker *asker = &askers[asker_count];

    *asker = (struct asker){.side = side, .is_subscription = is_subscription};
    snprintf(input, 20, "%zu", asker_count++);
    return asker;
}

static void ask(int side)
{
    static const char *const names[] = {"t/job", "t/feed", "t/none"};
    size_t which = chance(10) == 0 ? 2 : chance(2);
    char input[20];
    struct asker *asker = new_asker(side, which == 1, input);
    struct pending_waiter waiter = {tell, take_item, asker};
    const struct client_request request = {
        .operation = slice_of(names[which]),
        .input = slice_of(input),
        .timeout_ns = chance(4) == 0 ? 1 + chance(100) : 0};

    asker->ticket = asker->is_subscription
                        ? client_subscribe(ends[side].c, &request, waiter)
                        : client_call(ends[side].c, &request, waiter);
}

/* --------------------------------------------------------------- handlers */

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    const struct wire *w = self;

    jobs[job_count++] = (struct job){
        .side = (int)(w - ends),
        .asker = number_of(input),
        .call = call,
        .origin = context->origin,
        .is_stream = slice_equal(context->operation, slice_of("t/feed"))};
}

static struct job *find(int side, struct handler_call call)
{
    for (size_t i = 0; i < job_count; i++)
        if (jobs[i].side == side && jobs[i].call.serial == call.serial)
            return &jobs[i];
    fail_msg("no such call");
    return NULL;
}

static bool is_live(const struct job *j)
{
    return j->answered + j->stopped == 0;
}

static void pull(void *self, struct handler_call call)
{
    struct job *j = find((int)((struct wire *)self - ends), call);

    assert_true(is_live(j));
    assert_false(j->is_asked); /* [SU-8] one at a time */
    j->is_asked = true;
}

static void stop(void *self, struct handler_call call)
{
    struct job *j = find((int)((struct wire *)self - ends), call);

    assert_true(is_live(j));
    j->stopped++;
}

static void give_item(struct job *j)
{
    char output[20];

    snprintf(output, sizeof output, "%d", ++j->items);
    j->is_asked = false;
    handler_item(j->call, slice_of(output));
}

static void compose(const struct job *j)
{
    char input[20];
    struct asker *asker = new_asker(j->side, false, input);
    const struct composing_request request = {
        .operation = slice_of(chance(8) ? "t/job" : "t/feed"),
        .input = slice_of(input),
        .policy =
            chance(2) ? CALLTREE_CONTINUE_RUNNING : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = chance(3) != 0};

    node_invoke(j->call, &request,
                (struct pending_waiter){tell, take_item, asker});
}

/* Counted before it is said: what follows may ask. */
static void finish(struct job *j)
{
    struct call_error error = {.code = slice_of("E"), .message = slice_of("m")};

    j->answered++;
    if (chance(6) == 0)
        handler_break_down(j->call);
    else if (chance(4) == 0)
        handler_fail(j->call, &error);
    else if (j->is_stream)
        handler_complete(j->call);
    else
        handler_respond(j->call, slice_of("0"));
}

/* One that runs if there is any; now and then one that has run. */
static struct job *any_job(void)
{
    size_t first = chance(job_count);

    for (size_t i = 0; i < job_count && chance(100); i++)
        if (is_live(&jobs[(first + i) % job_count]))
            return &jobs[(first + i) % job_count];
    return &jobs[first];
}

static void work(struct job *j)
{
    size_t what = chance(20);

    if (!is_live(j))
        handler_break_down(j->call); /* too late: nothing */
    else if (j->is_asked && what < 16)
        give_item(j);
    else if (what == 16)
        compose(j);
    else if (!j->is_stream || what == 17)
        finish(j);
}

/* ------------------------------------------------------------------ rounds */

static void offer_all(int i)
{
    static const char *const reach[] = {"t/job", "t/feed", NULL};
    struct handler job = {.start = start, .stop = stop, .self = &ends[i]};
    struct handler feed = job;

    feed.pull = pull;
    offer_composer(&ends[i].registry, "{\"name\":\"t/job\"}", NULL, reach, job);
    offer_composer(&ends[i].registry,
                   "{\"name\":\"t/feed\",\"op_type\":\"subscription\"}", NULL,
                   reach, feed);
}

/* A stream that the peer wants no more of; the rest is carried as usual. */
static void lose_a_stream(int side)
{
    connection_on_stop(ends[side].c, (int64_t)chance(100));
}

static void meddle_with(struct asker *asker)
{
    if (asker->ticket && chance(20) == 0) {
        client_abort(ends[asker->side].c, asker->ticket);
    } else if (asker->is_paused) {
        asker->is_paused = false;
        client_resume(ends[asker->side].c, asker->ticket);
    }
}

static void step(uint64_t *now_ns)
{
    switch (chance(24)) {
    case 0:
        ask((int)chance(2));
        break;
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        if (job_count)
            work(any_job());
        break;
    case 6:
    case 7:
        if (asker_count)
            meddle_with(&askers[chance(asker_count)]);
        break;
    case 8:
        *now_ns += chance(4) == 0 ? chance(30) : 0;
        node_advance(ends[0].node, *now_ns);
        node_advance(ends[1].node, *now_ns);
        break;
    case 9:
        if (chance(20) == 0)
            lose_a_stream((int)chance(2));
        break;
    default:
        (void)ends_step((int)chance(2));
        break;
    }
}

/* Both ends are quiet: the books say what is true. */
static void check_books(void)
{
    struct connection_stats stats[2];
    size_t waiting = 0, running = 0;

    for (int i = 0; i < 2; i++)
        stats[i] = node_count(ends[i].node);
    for (size_t i = 0; i < asker_count; i++)
        waiting += askers[i].ticket && !askers[i].told;
    for (size_t i = 0; i < job_count; i++)
        running += is_live(&jobs[i]);
    assert_int_equal(stats[0].pending + stats[1].pending, waiting);
    assert_int_equal(stats[0].served + stats[1].served, running);
}

static void check_ends(void)
{
    for (size_t i = 0; i < asker_count; i++)
        assert_int_equal(askers[i].told, 1);
    for (size_t i = 0; i < job_count; i++)
        assert_int_equal(jobs[i].answered + jobs[i].stopped, 1);
}

static void play_a_round(void)
{
    uint64_t now_ns = 0;

    asker_count = job_count = 0;
    for (int i = 0; i < 2; i++) {
        wire_begin(&ends[i], 0);
        ends[i].entropy = (uint8_t)chance(256);
        offer_all(i);
    }
    ends_connect_nodes();
    for (int i = 0; i < STEPS; i++)
        step(&now_ns);
    ends_run();
    check_books();
    if (chance(2))
        connection_close(ends[chance(2)].c);
    ends_run();
    wire_end(&ends[0]);
    wire_end(&ends[1]);
    check_ends();
}

static void everything_ends_once_whatever_happens(void **state)
{
    (void)state;
    ends_seed = 1;
    for (int i = 0; i < ROUNDS; i++)
        play_a_round();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_ends_once_whatever_happens),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

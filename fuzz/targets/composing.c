/* SPDX-License-Identifier: MIT */
/*
 * One node whose handlers compose: somebody asks over a connection, and trees
 * of calls grow, some under abort-dependents, some under continue-running. A
 * request is aborted, its stream is refused, its time is up, the connection
 * goes; a handler ends while what it composed still runs, or was not started
 * yet; who went on without the others composes once more; who is over does.
 *
 * All that is said is well-formed, so everything is foretold: by crew.h where a
 * call gets to, by kin.h who ends with whom and what each composer hears, by
 * task.h what a handler is told: whose it is, as whom it may go on, until when,
 * with which secret and claim. What is owed at once is there at once, and
 * nobody hears, runs or is stopped but as it is owed.
 *
 * The first two bytes: who the peer is; whether the node is traced, and whether
 * it keeps who owns what. Then steps.
 */
#include "fuzz/broken.h"
#include "fuzz/peers/stock.h"
#include "fuzz/peers/task.h"
#include "fuzz/target.h"

#define STEPS_MAX 28
#define ASKS_MAX                                                               \
    3 /* requests of the peer's; it is about what hangs on them                \
       */
#define TEXT_MAX 512
#define SECOND 1000000000u
#define SERVED_NS (30ull * SECOND)

static struct feed feed;
static struct port port;
static struct node *node;
static struct tasks tasks;
static uint64_t now_ns;
static uint32_t who, asks, drawn;
static bool has_owners;

static uint32_t place_of(const struct task *t)
{
    return task_place(&tasks, t);
}

static bool is_in(const struct task *t, enum kin_state state)
{
    return task_kin(&tasks, t)->state == state;
}

/* ------------------------------------------------------------- what is heard
 */

static enum kin_word word_of(struct slice code, bool is_aborted)
{
    if (is_aborted)
        return KIN_ABORTED;
    return slice_equal(code, slice_of("TIMEOUT")) ? KIN_TIMEOUT : KIN_ERROR;
}

static void react(struct task *t);

/* Whoever composed it. */
static void told(void *self, const struct pending_outcome *o)
{
    struct task *t = self;
    const struct call_error *e = &o->error;
    const struct task_word w = {o->is_ok ? KIN_ANSWER
                                         : word_of(e->code, o->is_aborted),
                                e->code, e->details, e->retryable};

    task_hear(&tasks, t, &w);
    if (o->is_ok)
        broken_unless(task_named(&tasks, o->output, "\"n\":") == t, "AB-8",
                      "the result of another call");
    react(&tasks.all[t->by]);
}

/* Whoever asked over the wire; and nobody else hears of anything. */
static void said(void *self, struct port_stream *s, const struct event *e)
{
    struct task *t = task_named(&tasks, e->id, "r");
    const struct task_word w = {event_is(e, "error") ? word_of(e->code, false)
                                                     : KIN_ANSWER,
                                e->code, e->details, e->is_retryable};

    (void)self;
    (void)s;
    broken_unless(t && !t->is_composed, "AB-32", "an answer to nobody");
    task_hear(&tasks, t, &w);
    if (event_is(e, "responded"))
        broken_unless(task_named(&tasks, e->output, "\"n\":") == t, "ID-1",
                      "the answer to another request");
}

/* ------------------------------------------------------------- composing */

/* What is to be composed, and whom from. */
static struct crew_request wish(uint32_t what)
{
    static const uint32_t peers[] = {CREW_ANYBODY,
                                     CREW_ANYBODY,
                                     CREW_ANYBODY,
                                     CREW_ANYBODY,
                                     CREW_ANYBODY,
                                     0,
                                     1,
                                     CREW_STRANGER};
    const uint32_t how = feed_byte(&feed);

    return (struct crew_request){
        .op = (what & 15) % CREW_OPS,
        .peer = peers[how & 7],
        .input = (enum crew_input)((how >> 5 & 3) % 3),
        .thing = how >> 3 & 3,
    };
}

static void invoke(struct task *t, const struct task *by,
                   enum kin_policy policy)
{
    const struct composing_request request = {
        .operation = crew_name(t->request.op),
        .peer = {crew_peer(t->request.peer)},
        .input = task_input(&tasks, t),
        .policy = policy == KIN_GOES_ON ? CALLTREE_CONTINUE_RUNNING
                                        : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = policy != KIN_AS_ABOVE,
    };
    const struct pending_waiter waiter = {.tell = told, .self = t};
    const bool is_let = is_in(t, KIN_WAITS);

    node_invoke(by->call, &request, waiter);
    broken_unless(is_let || !task_kin(&tasks, t)->owed, task_rule(&tasks, t),
                  "%s composes %s, and is not told that it must not",
                  task_name(by), task_name(t));
}

/* The handler of `by` composes, whether it may or not. Who is to run has a
 * number in its input. */
static void compose(struct task *by)
{
    static const enum kin_policy policies[] = {KIN_AS_ABOVE, KIN_DEPENDS,
                                               KIN_GOES_ON, KIN_GOES_ON};
    const uint32_t what = feed_byte(&feed);
    const enum kin_policy policy = policies[what >> 4 & 3];
    const bool may = kin_may_compose(&tasks.kin, place_of(by));
    struct task t = {.request = wish(what),
                     .is_composed = true,
                     .by = place_of(by),
                     .user = by->user};
    struct task *fresh;

    t.end = crew_of_composing(by->request.op, &t.request, has_owners);
    if (t.end == GATE_RUNS && t.request.input == CREW_NULL)
        t.request.input = CREW_LACKS;
    fresh = task_new(&tasks, &t);
    if (!fresh)
        return;
    (void)kin_compose(&tasks.kin, t.by, policy);
    if (!may)
        kin_refuse(&tasks.kin, place_of(fresh), KIN_ABORTED);
    else if (t.end != GATE_RUNS)
        kin_refuse(&tasks.kin, place_of(fresh), KIN_ERROR);
    invoke(fresh, by, policy);
}

/* ------------------------------------------------------------- handlers */

static void answer(struct task *t)
{
    kin_end(&tasks.kin, place_of(t), KIN_ANSWER);
    if (crew_ops[t->request.op].is_feed)
        handler_complete(t->call);
    else
        handler_respond(t->call, task_answer(&tasks, t));
}

/* [HF-1, EC-6] An error is told as it was raised. */
static void fail(struct task *t)
{
    const struct call_error ouch = {.code = slice_of("OUCH"),
                                    .message = slice_of("it hurts"),
                                    .retryable = true,
                                    .details = task_answer(&tasks, t)};

    t->code = "OUCH";
    t->is_retryable = true;
    kin_end(&tasks.kin, place_of(t), KIN_ERROR);
    handler_fail(t->call, &ouch);
}

/* [HF-2] */
static void break_down(struct task *t)
{
    t->code = "INTERNAL";
    kin_end(&tasks.kin, place_of(t), KIN_ERROR);
    handler_break_down(t->call);
}

static void act(struct task *t, uint32_t what)
{
    static void (*const acts[])(struct task *) = {answer,  fail,    break_down,
                                                  compose, compose, compose};

    task_check_context(&tasks, t);
    acts[what % (sizeof acts / sizeof *acts)](t);
}

/* A call that it composed came to its end, or it was stopped itself: mostly
 * that is all. Who is over may try to compose, too. */
static void react(struct task *t)
{
    const uint32_t what = feed_byte(&feed);

    if (what < 224)
        return;
    if (is_in(t, KIN_RUNS))
        act(t, what);
    else
        compose(t);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct task *t = task_named(&tasks, input, "\"n\":");
    uint32_t what;

    broken_unless(t != NULL, "OC-2", "who has no number runs");
    task_check_start(&tasks, t, self);
    kin_start(&tasks.kin, place_of(t));
    t->call = call;
    t->context = context;
    task_check_context(&tasks, t);
    what = feed_byte(&feed);
    if (what >= 160)
        act(t, what);
}

/* Items are not what this is about. */
static void pull(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
}

static void stop(void *self, struct handler_call call)
{
    struct task *t = task_find(&tasks, call);

    (void)self;
    broken_unless(t && task_kin(&tasks, t)->owes_stop, "AB-7",
                  "%s is stopped, and nothing has happened to it",
                  t ? task_name(t) : "somebody");
    task_kin(&tasks, t)->owes_stop = false;
    react(t);
}

/* ------------------------------------------------------------- the peer */

/* An event of that task, its payload still open. */
static struct buf *event_of(const struct task *t, const char *type)
{
    static struct buf body;

    body.len_max = TEXT_MAX;
    buf_reset(&body);
    buf_put(&body, "{\"type\":\"call.");
    buf_put(&body, type);
    buf_put(&body, "\",\"id\":\"");
    buf_put_slice(&body, task_id(&tasks, t));
    buf_put(&body, "\",\"payload\":{");
    return &body;
}

static void say(struct port_stream *s, struct buf *body, bool fin)
{
    uint8_t prefix[4] = {0};

    buf_put(body, "}}");
    prefix[2] = (uint8_t)(body->len >> 8);
    prefix[3] = (uint8_t)body->len;
    port_hear(s, slice_make(prefix, 4), false);
    port_hear(s, buf_slice(body), fin);
    port_arrive(&port, s, SIZE_MAX);
}

/* A member of a payload, or nothing where there is no value. */
static void put_member(struct buf *body, const char *name, struct slice value,
                       const char *quote)
{
    if (!value.data)
        return;
    buf_put(body, name);
    buf_put(body, quote);
    buf_put_slice(body, value);
    buf_put(body, quote);
}

static void say_request(const struct task *t, uint32_t token, bool fin)
{
    struct buf *body = event_of(t, "requested");

    buf_put(body, "\"operationId\":\"/");
    buf_put(body, task_name(t));
    buf_put(body, "\"");
    if (t->request.input != CREW_ABSENT)
        put_member(body, ",\"input\":", task_input(&tasks, t), "");
    put_member(body, ",\"auth_token\":", stock_token(token), "\"");
    if (t->has_claim)
        put_member(body, ",\"forwarded_for\":", stock_claim(), "");
    port_expect(t->way, task_id(&tasks, t), crew_ops[t->request.op].is_feed);
    say(t->way, body, fin);
}

/* It has to run, or to be refused, before anything else happens. */
static void ask(void)
{
    const uint32_t what = feed_byte(&feed), how = feed_byte(&feed),
                   token =
                       how & 4 ? feed_below(&feed, GATE_KNOWN) : GATE_NOBODY;
    struct task t = {.request = {.op = (what & 15) % CREW_OPS,
                                 .peer = CREW_ANYBODY,
                                 .input = (enum crew_input)(what >> 4 & 3)},
                     .has_claim = (how & 1) != 0,
                     .who = how & 4 ? token : who,
                     .user = tasks.kin.count};
    struct task *fresh;

    t.end = crew_of_wire(&t.request, t.who);
    if (t.end == GATE_RUNS)
        t.request.input = CREW_FITS;
    fresh = asks < ASKS_MAX ? task_new(&tasks, &t) : NULL;
    if (!fresh || !(fresh->way = port_opens(&port)))
        return;
    asks++;
    (void)kin_ask(&tasks.kin, crew_ops[t.request.op].is_feed
                                  ? UINT64_MAX
                                  : now_ns + SERVED_NS);
    if (t.end != GATE_RUNS)
        kin_refuse(&tasks.kin, t.user, KIN_ERROR);
    say_request(fresh, token, (how & 2) != 0);
    broken_unless(!is_in(fresh, KIN_WAITS), "CL-1",
                  "a request is let in, and does not run");
}

/* One that came over this connection, ended or not; NULL: there is none. */
static struct task *some_request(uint32_t which)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < tasks.kin.count; i++)
        count += tasks.all[i].way != NULL;
    which = count ? which % count : 0;
    for (uint32_t i = 0; i < tasks.kin.count; i++)
        if (tasks.all[i].way && which-- == 0)
            return &tasks.all[i];
    return NULL;
}

/* Nobody hears of it any more, whatever is said. */
static void give_up(const struct task *t, const char *rule)
{
    if (!is_in(t, KIN_OVER))
        kin_stop(&tasks.kin, place_of(t), 0, rule);
}

/* [AB-14] On a stream of its own, or behind the request. */
static void say_abort(const struct task *t, bool is_behind)
{
    const bool can_be = t->way->is_there && !t->way->is_in_over;
    struct port_stream *s = is_behind && can_be ? t->way : port_opens(&port);

    if (!s)
        return;
    give_up(t, "AB-9");
    port_expect_abort(&port, task_id(&tasks, t));
    say(s, event_of(t, "aborted"), true);
}

static void abort_one(void)
{
    const uint32_t what = feed_byte(&feed);
    const struct task *t = some_request(what >> 2);

    if (!t)
        return;
    if ((what & 3) < 3) {
        say_abort(t, (what & 3) == 2);
    } else if (t->way->is_there && !t->way->is_out_over) {
        give_up(t, "AB-9");
        task_kin(&tasks, t)->owed = 0;
        port_stop(&port, t->way);
    }
}

/* ------------------------------------------------------------- the connection
 */

/* It goes, and what it had to say with it. */
static void lose(void)
{
    for (uint32_t i = 0; i < tasks.kin.count; i++) {
        if (tasks.all[i].is_composed)
            continue;
        give_up(&tasks.all[i], "AB-24");
        tasks.kin.calls[i].owed = 0;
        tasks.all[i].way = NULL;
    }
    port_cut(&port);
    port_end(&port);
}

static void connect(void)
{
    struct connection *c =
        node_add(node, stock_key(who), (struct peer_filter){true});

    port_begin(&port, node, c, 1);
}

static void reconnect(void)
{
    if (feed_byte(&feed) & 3)
        return;
    lose();
    connect();
}

/* ------------------------------------------------------------- the node */

static void work(void)
{
    const uint32_t what = feed_byte(&feed), which = feed_byte(&feed),
                   place = kin_pick(&tasks.kin, KIN_RUNS, which);

    if (place != KIN_NONE)
        act(&tasks.all[place], what);
}

/* [SU-4, SU-5] Who is over says something, or composes. */
static void say_more(void)
{
    const uint32_t what = feed_byte(&feed),
                   place = kin_pick(&tasks.kin, KIN_OVER, what >> 2);

    if (place == KIN_NONE || !tasks.all[place].call.serial)
        return;
    if (what & 3)
        compose(&tasks.all[place]);
    else
        handler_break_down(tasks.all[place].call);
}

/* Whoever waits is started, and whatever is to be written is. */
static void turn(void)
{
    (void)node_stirred(node);
    while (port_poll(&port, SIZE_MAX, true))
        ;
    port_check(&port, 0);
    tasks_check_calm(&tasks);
}

static void wait(void)
{
    static const uint64_t spans[] = {SECOND / 10, 7ull * SECOND, 29ull * SECOND,
                                     SERVED_NS};

    now_ns += spans[feed_byte(&feed) & 3];
    kin_expire(&tasks.kin, now_ns);
    node_advance(node, now_ns);
}

/* [AB-21] As many calls are there as there should be. */
static void check(void)
{
    const struct connection_stats stats = node_count(node);

    tasks_check(&tasks);
    broken_unless(stats.served == kin_living(&tasks.kin) && !stats.pending,
                  "AB-21", "%zu calls are there, and %u should be",
                  stats.served, kin_living(&tasks.kin));
}

/* ------------------------------------------------------------- the program */

static void step(void)
{
    static void (*const steps[])(void) = {
        ask,  ask,  work,      work,      work, work,     work,      turn,
        turn, turn, abort_one, abort_one, wait, say_more, reconnect,
    };

    steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)]();
    check();
}

static void trace_line(void *self, struct slice line)
{
    (void)self;
    broken_unless(slice_find(line, slice_of(STOCK_SECRET)) == line.len, "CP-7",
                  "a secret stands in the trace");
}

static void begin(struct slice input)
{
    struct node_config config = {.registry = crew_registry(),
                                 .policy = stock_policy(),
                                 .entropy = stock_ids(&drawn),
                                 .serve_timeout_ns = SERVED_NS};
    uint32_t how;

    feed = (struct feed){input};
    tasks.kin.count = asks = drawn = 0;
    now_ns = 0;
    who = feed_below(&feed, GATE_KNOWN + 1);
    how = feed_byte(&feed);
    has_owners = (how & 1) == 0;
    config.owners = has_owners ? crew_owners() : NULL;
    if (how & 2)
        config.trace = (struct trace_sink){trace_line, NULL};
    node = node_new(&config);
    connect();
    crew_serve(port.c);
}

/* The connection goes, and then the node: who went on till now is stopped. */
static void finish(void)
{
    feed.rest.len = 0;
    turn();
    lose();
    check();
    for (uint32_t i = 0; i < tasks.kin.count; i++)
        if (tasks.kin.calls[i].state != KIN_OVER)
            kin_stop(&tasks.kin, i, KIN_ABORTED, "CN-17");
    node_free(node);
    tasks_check(&tasks);
}

static void run(struct slice input)
{
    begin(input);
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    finish();
}

static void setup(void)
{
    const struct handler handler = {.start = start, .pull = pull, .stop = stop};

    stock_setup();
    crew_setup(&handler);
    port.said = said;
}

const struct target target_composing = {
    .name = "composing",
    .promise = "What handlers compose runs as whom, with what and until when "
               "it has to, ends with whom it has to and nobody else, and each "
               "composer is told once.",
    .rules =
        "AB-4 AB-5 AB-7 AB-8 AB-9 AB-20 AB-21 AB-24 AB-32 AU-2 CA-3 CK-2 "
        "CL-1 CN-3 CN-8 CN-17 CP-6 CP-7 CX-1 CX-2 CX-4 CX-5 CX-6 CX-7 "
        "CX-12 EC-2 EV-1 EV-2 EV-4 EV-6 FF-4 FF-6 FL-13 FR-1 FR-3 FR-4 "
        "FR-8 FR-14 HF-1 ID-1 ID-2 LY-2 OC-2 PE-10 SE-3 SE-6 SM-2 SM-12 SM-25 "
        "SM-26 SU-9 TO-6a",
    .setup = setup,
    .run = run,
};

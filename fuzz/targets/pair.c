/* SPDX-License-Identifier: MIT */
/*
 * Two nodes tied in memory. The input decides what each offers, who each is to
 * the other and what either may see; then who asks what, gives up, pauses; how
 * the network cuts, delays and loses; when handlers do what. Request ids are
 * the same in both directions.
 *
 * It is foretold of each question where it gets to (forecast.h): who is refused
 * gets exactly that code and nobody runs; who is not refused never gets one of
 * those codes; an answer carries the number of its question, items come in
 * order, and all of them before the end. When all is calm everybody was told.
 *
 * The second node may import what the first one serves; its last operation may
 * offer one of those again.
 */
#include "fuzz/broken.h"
#include "fuzz/peers/forecast.h"
#include "fuzz/peers/tie.h"
#include "fuzz/target.h"

#define STEPS_MAX 32
#define IMPORTS_MAX 2
#define CALM_MAX 1000
#define CARRY_MAX 200
#define QUESTIONS_MAX (2 * PARTY_ASKS_MAX)

static struct feed feed;
static struct party parties[2];
static struct port ports[2];
static struct forecast forecast;
/* Each node has somebody else, on other terms, who says nothing. [LG-7] */
static struct connection *bystanders[2];
static bool is_disturbed; /* not everything can come to its end */
static struct question questions[QUESTIONS_MAX];
static uint32_t question_count, import_count;

static uint32_t side_of(const struct party *p)
{
    return p == &parties[1];
}

static uint32_t note(struct question q)
{
    if (question_count == QUESTIONS_MAX)
        return PARTY_STRANGER;
    questions[question_count] = q;
    return question_count++;
}

static struct question *question_of(uint32_t number)
{
    return number < question_count ? &questions[number] : NULL;
}

/* ------------------------------------------------------------- the judge */

static uint32_t asks(void *self, struct party *p, const struct party_job *by,
                     uint32_t op, bool is_composed, bool is_fit)
{
    const uint32_t other = !side_of(p);

    (void)self;
    return note(is_composed
                    ? forecast_composed(&forecast, p, by->op, op, is_fit)
                    : forecast_wire(&forecast, &parties[other], op,
                                    forecast.known_as[!other], is_fit));
}

static bool is_id_of(const struct identity *identity, uint32_t who)
{
    uint32_t number = 0;

    if (!identity)
        return who == GATE_NOBODY;
    for (size_t i = 1; i < identity->id.len; i++)
        number = number * 10 + (uint32_t)(identity->id.data[i] - '0');
    return who == number;
}

static void started(void *self, struct party *p, const struct party_job *job,
                    const struct context *context)
{
    struct question *q = question_of(job->number);

    (void)self;
    if (!q)
        return;
    broken_unless(q->end == GATE_RUNS, "CK-3", "o/%u runs where %s is due",
                  job->op, gate_code(q->end));
    broken_unless(q->at == p && q->op == job->op, "ID-4",
                  "a question runs as o/%u, and was for o/%u", job->op, q->op);
    broken_unless(!q->has_run, "CL-1", "a question runs twice");
    broken_unless(context->is_internal == q->is_composed &&
                      is_id_of(context->identity, q->who),
                  "SY-5", "a question runs for somebody else");
    broken_unless(capabilities_get(context->capabilities, slice_of("key")).len,
                  "CK-3", "a handler without its secret");
    q->has_run = true;
}

static void item(void *self, const struct party_ask *a, struct slice output)
{
    (void)self;
    if (a->number == PARTY_STRANGER)
        return;
    broken_unless(party_number(output) == a->number, "ID-7",
                  "an item for somebody else");
    broken_unless(party_place(output) == a->items, "SU-7",
                  "item %u where %u is due", party_place(output), a->items);
}

static const struct party_job *job_of(uint32_t number)
{
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t i = 0; i < parties[side].job_count; i++)
            if (parties[side].jobs[i].number == number)
                return &parties[side].jobs[i];
    return NULL;
}

static void told_well(const struct party_ask *a, const struct question *q,
                      struct slice output)
{
    const struct party_job *job = job_of(a->number);

    broken_unless(q->end == GATE_RUNS && job, "CK-3",
                  "an answer where %s is due", gate_code(q->end));
    if (!a->is_feed)
        broken_unless(party_number(output) == a->number, "ID-7",
                      "an answer for somebody else");
    else
        broken_unless(job->is_done && a->items == job->items, "PM-10",
                      "complete with %u items of %u", a->items, job->items);
}

static bool is_refusal(struct slice code)
{
    for (enum gate_end end = GATE_NOT_FOUND; end < GATE_ENDS; end++)
        if (slice_equal(code, slice_of(gate_code(end))))
            return true;
    return false;
}

static const char *due(const struct question *q)
{
    return q->end == GATE_RUNS ? "an answer" : gate_code(q->end);
}

/* A refusal is exactly the one that is due. Who is refused hears nothing else,
 * unless it was lost, or the handler that composed it was. */
static void told_ill(const struct party_ask *a, const struct question *q,
                     struct slice code)
{
    const bool is_due =
        slice_equal(code, slice_of(gate_code(q->end))) ||
        (q->may_be_absent && slice_equal(code, slice_of("NOT_FOUND")));
    const bool may_be_lost = is_disturbed || q->end == GATE_RUNS || !a->port;

    broken_unless(is_due || !is_refusal(code), "CK-2", "%.*s where %s is due",
                  (int)code.len, (const char *)code.data, due(q));
    broken_unless(is_due || may_be_lost, "CK-4", "%.*s where %s is due",
                  (int)code.len, (const char *)code.data, due(q));
}

/* It was asked over one of our ports, by no handler. */
static bool is_ours(const struct party_ask *a)
{
    return a->port == &ports[0] || a->port == &ports[1];
}

static void told(void *self, const struct party_ask *a,
                 const struct pending_outcome *outcome)
{
    const struct question *q = question_of(a->number);

    (void)self;
    broken_unless(!outcome->is_aborted || a->is_given_up || !is_ours(a),
                  "AB-29", "a question was aborted that nobody gave up");
    if (q && outcome->is_ok)
        told_well(a, q, outcome->output);
    else if (q)
        told_ill(a, q, outcome->error.code);
}

/* ------------------------------------------------------------- asking */

/* One in four has a claim, which is as long to read as half a call. */
static void ask(void)
{
    const uint32_t how = feed_byte(&feed), what = feed_byte(&feed),
                   side = how & 1, which = what % FORECAST_NAMES,
                   token =
                       how & 4 ? feed_below(&feed, GATE_KNOWN) : GATE_NOBODY,
                   who = how & 4 ? token : forecast.known_as[side];
    struct party *there = &parties[!side];
    const bool is_feed = which < GATE_OPS && there->ops[which].exists &&
                         there->ops[which].is_feed,
               is_fit = (how & 2) != 0;
    struct party_ask *a;

    if (!ports[side].c || ports[side].is_closed ||
        question_count == QUESTIONS_MAX)
        return;
    a = party_ask(&parties[side], &ports[side],
                  note(forecast_wire(&forecast, there, which, who, is_fit)),
                  is_feed);
    if (a)
        party_send(a, which, is_fit, token, (how & 24) == 24);
}

static void change_mind(void)
{
    const uint32_t what = feed_byte(&feed);
    struct party_ask *a = party_waiting(&parties[what & 1], what / 4);

    if (!a)
        return;
    if (what & 2) {
        party_resume(a);
    } else {
        is_disturbed = true;
        party_abort(a);
    }
}

static void work(void)
{
    const uint32_t what = feed_byte(&feed);
    struct party *p = &parties[what & 1];
    struct party_job *job = party_running(p, what / 2);

    if (job)
        party_work(p, job);
}

static void told_import(void *self,
                        const struct operation_adapter_outcome *outcome)
{
    (void)self;
    (void)outcome;
    broken_unless(parties[1].talks-- > 0, "AD-1", "an import is told twice");
}

/* All of it, or what is offered again; not often, and not where nothing is
 * offered, since it is a long talk. */
static void import(void)
{
    const struct gate_op *offer = &parties[1].ops[GATE_OPS - 1];
    const bool is_all = feed_once_in(&feed, 8);
    struct slice name = {
        (const uint8_t *)"o/0\0o/1\0o/2\0o/3\0o/4" + 4 * offer->offered, 3};
    const struct strings filter = {.items = &name, .count = 1};
    const struct from_call_terms terms = {.prefix = slice_of(STOCK_PREFIX),
                                          .filter = is_all ? NULL : &filter};

    if (!ports[1].c || ports[1].is_closed || !offer->is_offer ||
        import_count == IMPORTS_MAX)
        return;
    import_count++;
    parties[1].talks++;
    from_call_import(ports[1].c, &terms,
                     (struct operation_adapter_waiter){told_import, NULL});
}

/* [LG-8] What is listed is what could be called. */
static void told_list(void *self, const struct pending_outcome *outcome)
{
    struct party *p = self;
    const uint32_t there = !side_of(p);

    p->talks--;
    for (uint32_t i = 0; i < GATE_OPS && outcome->is_ok; i++) {
        const char name[] = {'"', 'o', '/', (char)('0' + i), '"', '\0'};
        const bool is_there =
            slice_find(outcome->output, slice_of(name)) < outcome->output.len;

        broken_unless(
            is_there ==
                (gate_of_wire(&parties[there].ops[i], forecast.known_as[!there],
                              forecast.is_open[there], true) == GATE_RUNS),
            "LG-8", "o/%u is %s", i, is_there ? "listed" : "hidden");
    }
    broken_unless(forecast.is_open[there] ||
                      slice_find(outcome->output, slice_of(STOCK_PREFIX "/")) ==
                          outcome->output.len,
                  "SL-7", "an import is listed to whom it is hidden from");
}

/* Every second time: a list is as long a talk as three calls. */
static void look(void)
{
    const uint32_t how = feed_byte(&feed), side = how & 1;
    const struct client_request request = {
        .operation =
            slice_of(how & 2 ? "services/list-peers" : "services/list"),
        .input = slice_of("{}")};

    if (!ports[side].c || ports[side].is_closed || how & 4)
        return;
    parties[side].talks++;
    (void)client_call(ports[side].c, &request,
                      (struct pending_waiter){told_list, NULL, &parties[side]});
}

/* ------------------------------------------------------------- the network */

static struct port_stream *some_stream(struct port *p, uint32_t wish)
{
    const bool is_ours = (wish & 1) != 0;

    return p->opened[is_ours]
               ? port_at(p, is_ours, wish / 2 % p->opened[is_ours])
               : NULL;
}

static void arrive(void)
{
    const uint32_t which = feed_byte(&feed), len = feed_byte(&feed);
    struct port *p = &ports[which & 1];
    struct port_stream *s = some_stream(p, which / 2);

    if (s)
        port_arrive(p, s, len < 128 ? len : SIZE_MAX);
}

static void disturb(void)
{
    const uint32_t what = feed_byte(&feed), which = feed_byte(&feed);
    struct port *p = &ports[which & 1];
    struct port_stream *s = some_stream(p, which / 2);

    if (!s)
        return;
    is_disturbed = true;
    if (what % 3 == 0)
        port_reset(p, s);
    else if (what % 3 == 1)
        port_stop(p, s);
    else
        tie_lose(p, s);
}

static void poll_some(void)
{
    const uint32_t how = feed_byte(&feed);
    const size_t room = how & 2 ? feed_byte(&feed) : SIZE_MAX;

    for (uint32_t i = 1 + (how >> 3); i > 0; i--)
        if (!port_poll(&ports[how & 1], room, true))
            return;
}

static void carry_all(void)
{
    for (int i = 0; i < CARRY_MAX && tie_carry(&ports[0]); i++)
        ;
}

static void connect(void)
{
    for (uint32_t side = 0; side < 2; side++) {
        struct node *node = parties[side].node;
        const bool is_open = forecast.is_open[side];
        struct connection *c =
            node_add(node, stock_key(forecast.known_as[!side]),
                     (struct peer_filter){is_open});

        port_begin(&ports[side], node, c, side);
        bystanders[side] = node_add(node, stock_key(GATE_NOBODY),
                                    (struct peer_filter){!is_open});
    }
    tie(&ports[0], &ports[1]);
    for (uint32_t side = 0; side < 2; side++)
        port_grant(&ports[side], 8);
}

static void disconnect(void)
{
    for (uint32_t side = 0; side < 2; side++) {
        port_cut(&ports[side]);
        node_remove(parties[side].node, bystanders[side]);
    }
}

static void cut(void)
{
    const uint32_t how = feed_byte(&feed);

    if (how & 3)
        return;
    is_disturbed = true;
    disconnect();
    for (uint32_t side = 0; side < 2; side++)
        port_end(&ports[side]);
    connect();
}

static void wait(void)
{
    static const uint64_t spans[] = {1000000, 400000000, 31000000000};
    const uint64_t span = spans[feed_byte(&feed) % 3];

    is_disturbed = is_disturbed || parties[0].now_ns + span >= 1000000000;
    for (uint32_t side = 0; side < 2; side++)
        party_wait(&parties[side], span);
}

/* ------------------------------------------------------------- the program */

static void step(void)
{
    static void (*const steps[])(void) = {
        ask,     ask,    ask,    ask,       carry_all, carry_all, work,
        work,    arrive, arrive, poll_some, poll_some, poll_some, change_mind,
        disturb, import, look,   wait,      cut,
    };

    steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)]();
    party_check(&parties[0]);
    party_check(&parties[1]);
}

/* A handler goes on, and who had enough has it no more. Was there anybody? */
static bool go_on(struct party *p)
{
    struct party_job *job = party_running(p, 0);
    bool is_busy = job != NULL;

    if (job)
        party_work(p, job);
    for (uint32_t i = 0; i < p->ask_count; i++) {
        if (p->asks[i].told || !p->asks[i].is_paused)
            continue;
        party_resume(&p->asks[i]);
        is_busy = true;
    }
    return is_busy;
}

/* Everybody who has something to do does it. */
static void calm(void)
{
    bool is_busy = true;

    for (int i = 0; i < CALM_MAX && is_busy; i++) {
        is_busy = tie_carry(&ports[0]);
        is_busy = go_on(&parties[0]) || is_busy;
        is_busy = go_on(&parties[1]) || is_busy;
    }
}

static void check_calm(void)
{
    for (uint32_t side = 0; side < 2; side++) {
        const struct port *p = &ports[side];

        if (p->opened[0] == PORT_STREAMS_MAX ||
            p->opened[1] == PORT_STREAMS_MAX)
            return;
    }
    for (uint32_t side = 0; side < 2; side++) {
        const struct connection_stats stats = node_count(parties[side].node);

        broken_unless(!parties[side].waiting && !parties[side].running, "CL-1",
                      "%u wait and %u run when all is done",
                      parties[side].waiting, parties[side].running);
        broken_unless(!stats.pending && !stats.served && !stats.bytes, "PM-1",
                      "%zu pending, %zu served, %zu bytes when all is done",
                      stats.pending, stats.served, stats.bytes);
        port_check(&ports[side], 0);
    }
}

/* Who it is, what it lets be seen, how many operations it has, and each of
 * them; the second node's last one may be an offer. */
static void furnish(uint32_t side)
{
    const uint32_t trust = feed_byte(&feed),
                   count = 1 + (trust >> 5) % GATE_OPS;
    struct gate_op ops[GATE_OPS];

    memset(ops, 0, sizeof ops);
    forecast.known_as[side] = feed_below(&feed, GATE_KNOWN + 1);
    forecast.is_open[side] = (trust & 1) != 0;
    for (uint32_t i = 0; i < count; i++)
        ops[i] = gate_feed(&feed);
    if (side == 1 && (trust & 2)) {
        ops[GATE_OPS - 1] = gate_feed(&feed);
        ops[GATE_OPS - 1].is_offer = true;
        ops[GATE_OPS - 1].offered = (trust >> 2 & 7) % GATE_OPS;
    }
    party_offer(&parties[side], ops);
    party_begin(&parties[side], &feed);
    forecast.parties = parties;
}

static void begin(struct slice input)
{
    feed = (struct feed){input};
    question_count = import_count = 0;
    is_disturbed = false;
    for (uint32_t side = 0; side < 2; side++) {
        ports[side].input = input;
        furnish(side);
    }
    connect();
}

/* Who waits for a stream when there are no more of them is lost. */
static void finish(void)
{
    is_disturbed = true;
    disconnect();
    for (uint32_t side = 0; side < 2; side++) {
        party_end(&parties[side]);
        party_withdraw(&parties[side]);
        port_end(&ports[side]);
    }
    broken_unless(!parties[0].talks && !parties[1].talks, "AD-1",
                  "an import or a list is never told");
}

static void run(struct slice input)
{
    begin(input);
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    feed.rest.len = 0;
    calm();
    check_calm();
    finish();
}

static bool is_feed(void *self, const struct event *request)
{
    const struct party *p = self;
    const uint32_t op = stock_op_of(request->operation);

    return op < GATE_OPS && p->ops[op].exists && p->ops[op].is_feed;
}

static void setup(void)
{
    stock_setup();
    for (uint32_t side = 0; side < 2; side++) {
        parties[side].eyes = (struct party_eyes){
            .started = started, .item = item, .told = told, .asks = asks};
        ports[side].is_feed = is_feed;
        ports[side].self = &parties[!side];
    }
}

const struct target target_pair = {
    .name = "pair",
    .promise = "Between two nodes who is refused is refused as foretold and "
               "runs nothing, everybody else gets his own answer, in both "
               "directions, and is told his end once.",
    .rules = "AB-9 AB-24 AB-29 AB-32 AD-1 CK-2 CK-3 CK-4 CL-1 CN-3 CN-6 CN-8 "
             "CN-17 EV-1 EV-2 EV-4 EV-6 FL-13 FR-1 FR-3 FR-4 FR-8 FR-14 ID-2 "
             "ID-4 ID-7 LG-8 PM-1 PM-8 PM-10 PM-13 SL-7 SM-2 SM-12 SM-25 "
             "SM-26 SU-4 SU-7 SU-8 SU-9 SU-13 SY-5",
    .setup = setup,
    .run = run,
};

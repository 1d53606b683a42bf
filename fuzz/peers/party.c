/* SPDX-License-Identifier: MIT */
/* See party.h. Whoever asked or runs stays in its list until the end, so that a
 * word too many finds somebody to complain. */
#include "fuzz/peers/party.h"

#include <stdio.h>

#include "fuzz/broken.h"
#include "ref/rules/discovery.h"

#define TEXT_MAX 4096
#define PAD_MAX 3000

/* ------------------------------------------------------------- asking */

static void forget(struct party *p, struct party_ask *a)
{
    a->told++;
    broken_unless(a->told == 1, "PM-8", "somebody is told his end %u times",
                  a->told);
    if (a->port)
        p->waiting--;
}

static void answer_for(struct party_ask *a);

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct party_ask *a = self;
    struct party *p = a->party;

    forget(p, a);
    a->is_ok = outcome->is_ok;
    if (p->eyes.told)
        p->eyes.told(p->eyes.self, a, outcome);
    if (a->is_for_call)
        answer_for(a);
}

static bool take_item(void *self, struct slice output)
{
    struct party_ask *a = self;
    struct party *p = a->party;

    broken_unless(a->told == 0, "SU-4", "an item behind the end");
    broken_unless(!a->is_paused, "PM-13", "an item for whom had enough");
    if (p->eyes.item)
        p->eyes.item(p->eyes.self, a, output);
    a->items++;
    a->is_paused = feed_once_in(p->feed, 4);
    return !a->is_paused;
}

static struct pending_waiter waiter_of(struct party_ask *a)
{
    return (struct pending_waiter){tell, take_item, a};
}

struct party_ask *party_ask(struct party *p, struct port *port, uint32_t number,
                            bool is_feed)
{
    struct party_ask *a;

    if (p->ask_count == PARTY_ASKS_MAX)
        return NULL;
    a = &p->asks[p->ask_count++];
    *a = (struct party_ask){
        .party = p, .number = number, .port = port, .is_feed = is_feed};
    p->waiting += port != NULL;
    return a;
}

/* Static, until it is asked for again. */
static struct slice input_of(uint32_t number, bool is_fit)
{
    static char input[48];

    (void)snprintf(input, sizeof input, "{\"n\":%u%s}", number,
                   is_fit ? ",\"must\":1" : "");
    return slice_of(input);
}

void party_send(struct party_ask *a, uint32_t op, bool is_fit, uint32_t who,
                bool has_claim)
{
    const struct client_request request = {
        .operation = stock_name(op),
        .input = input_of(a->number, is_fit),
        .auth_token = stock_token(who),
        .forwarded_for = has_claim ? stock_claim() : slice_make(NULL, 0),
        .timeout_ns = feed_once_in(a->party->feed, 8) ? 1000000000u : 0,
    };

    a->ticket = a->is_feed
                    ? client_subscribe(a->port->c, &request, waiter_of(a))
                    : client_call(a->port->c, &request, waiter_of(a));
}

void party_abort(struct party_ask *a)
{
    a->is_given_up = true;
    if (a->port && a->port->c)
        client_abort(a->port->c, a->ticket);
}

void party_resume(struct party_ask *a)
{
    if (!a->is_paused || !a->port || !a->port->c)
        return;
    a->is_paused = false;
    client_resume(a->port->c, a->ticket);
}

/* ------------------------------------------------------------- working */

static void done(struct party *p, struct party_job *job)
{
    job->is_done = true;
    p->running--;
}

/* The answer to that question, or one item; some are long. */
static struct slice output_of(struct party *p, const struct party_job *job)
{
    static char text[TEXT_MAX];
    const int pad = feed_once_in(p->feed, 16) ? PAD_MAX : 0;

    (void)snprintf(text, sizeof text, "{\"n\":%u,\"i\":%u,\"p\":\"%*s\"}",
                   job->number, job->items, pad, "");
    return slice_of(text);
}

static void give(struct party *p, struct party_job *job)
{
    struct slice output = output_of(p, job);

    job->is_asked = false;
    job->items++;
    handler_item(job->call, output);
}

static void finish(struct party *p, struct party_job *job)
{
    done(p, job);
    if (job->is_feed)
        handler_complete(job->call);
    else
        handler_respond(job->call, output_of(p, job));
}

static void fail(struct party *p, struct party_job *job)
{
    const struct call_error ouch = {.code = slice_of("OUCH"),
                                    .message = slice_of("it hurts"),
                                    .retryable = true};

    done(p, job);
    if (feed_once_in(p->feed, 2))
        handler_break_down(job->call);
    else
        handler_fail(job->call, &ouch);
}

static struct party_job *find_job(struct party *p, struct handler_call call)
{
    for (uint32_t i = p->job_count; i > 0; i--)
        if (p->jobs[i - 1].call.serial == call.serial)
            return &p->jobs[i - 1];
    return NULL;
}

/* What it asked for came to its end: it may do the same. */
static void answer_for(struct party_ask *a)
{
    struct party *p = a->party;
    struct party_job *job = find_job(p, a->call);

    if (!job || job->is_done || job->is_stopped)
        return;
    if (a->is_ok)
        finish(p, job);
    else
        fail(p, job);
}

static struct party_ask *ask_for(struct party *p, struct party_job *job,
                                 uint32_t op, bool is_composed, bool is_fit)
{
    struct party_ask *a = NULL;
    uint32_t number;

    if (p->ask_count == PARTY_ASKS_MAX)
        return NULL;
    number = p->eyes.asks
                 ? p->eyes.asks(p->eyes.self, p, job, op, is_composed, is_fit)
                 : PARTY_STRANGER;
    a = party_ask(p, NULL, number, false);
    a->call = job->call;
    a->is_for_call = true;
    return a;
}

static void compose(struct party *p, struct party_job *job)
{
    const uint32_t wish = feed_byte(p->feed), op = (wish & 15) % GATE_OPS;
    const bool is_fit = (wish & 16) != 0;
    struct party_ask *a = ask_for(p, job, op, true, is_fit);
    const struct composing_request request = {
        .operation = stock_name(op),
        .input = a ? input_of(a->number, is_fit) : slice_of("null"),
        .policy =
            wish & 32 ? CALLTREE_CONTINUE_RUNNING : CALLTREE_ABORT_DEPENDENTS,
        .has_policy = (wish & 64) != 0,
    };

    if (a)
        node_invoke(job->call, &request, waiter_of(a));
    else
        fail(p, job);
}

/* Whoever calls back waits like everybody else: `port` stands for the wire, and
 * which one it is is not known here. */
static void call_back(struct party *p, struct party_job *job)
{
    static struct port wire;
    const uint32_t wish = feed_byte(p->feed), op = (wish & 15) % GATE_OPS;
    const bool is_fit = (wish & 16) != 0;
    struct party_ask *a = ask_for(p, job, op, false, is_fit);
    struct client_request request = {.operation = stock_name(op)};

    if (!a) {
        fail(p, job);
        return;
    }
    request.input = input_of(a->number, is_fit);
    a->port = &wire;
    p->waiting++;
    (void)node_call(job->origin, &request, waiter_of(a));
}

/* At the end of the input everybody comes to his own, or it had none. */
void party_work(struct party *p, struct party_job *job)
{
    const bool is_last = feed_is_over(p->feed);
    const uint32_t what = feed_byte(p->feed) % 16;

    if (what < 6 && !is_last && job->is_feed && job->is_asked)
        give(p, job);
    else if (what < 8)
        finish(p, job);
    else if (what < 10)
        fail(p, job);
    else if (what < 12)
        compose(p, job);
    else if (what < 14)
        call_back(p, job);
}

/* The number that stands behind `mark`. */
static uint32_t number_at(struct slice text, struct slice mark)
{
    size_t at = slice_find(text, mark) + mark.len;
    uint32_t number = 0;

    for (size_t i = at; i < text.len && i < at + 9; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return i > at ? number : PARTY_STRANGER;
        number = number * 10 + (uint32_t)(text.data[i] - '0');
    }
    return PARTY_STRANGER;
}

uint32_t party_number(struct slice text)
{
    return number_at(text, slice_of("{\"n\":"));
}

uint32_t party_place(struct slice text)
{
    return number_at(text, slice_of(",\"i\":"));
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    const struct party_op *op = self;
    struct party *p = op->party;
    struct party_job *job;

    if (p->job_count == PARTY_JOBS_MAX) {
        handler_break_down(call);
        return;
    }
    job = &p->jobs[p->job_count++];
    *job = (struct party_job){.call = call,
                              .origin = context->origin,
                              .op = op->op,
                              .number = party_number(input),
                              .is_feed = p->ops[op->op].is_feed,
                              .is_composed = context->is_internal};
    p->running++;
    if (p->eyes.started)
        p->eyes.started(p->eyes.self, p, job, context);
    if (!job->is_feed)
        party_work(p, job);
}

static void pull(void *self, struct handler_call call)
{
    struct party *p = ((struct party_op *)self)->party;
    struct party_job *job = find_job(p, call);

    if (!job)
        return;
    broken_unless(!job->is_done && !job->is_stopped, "SU-13",
                  "a handler is asked behind its end");
    broken_unless(!job->is_asked, "SU-8", "a handler is asked twice");
    job->is_asked = true;
    party_work(p, job);
}

static void stop(void *self, struct handler_call call)
{
    struct party *p = ((struct party_op *)self)->party;
    struct party_job *job = find_job(p, call);

    if (!job)
        return;
    broken_unless(!job->is_done && !job->is_stopped, "AB-9",
                  "a handler is stopped behind its end");
    job->is_stopped = true;
    p->running--;
    if (p->eyes.stopped)
        p->eyes.stopped(p->eyes.self, job);
}

struct party_job *party_running(struct party *p, uint32_t which)
{
    which = p->running ? which % p->running : 0;
    for (uint32_t i = 0; i < p->job_count; i++)
        if (!p->jobs[i].is_done && !p->jobs[i].is_stopped && which-- == 0)
            return &p->jobs[i];
    return NULL;
}

struct party_ask *party_waiting(struct party *p, uint32_t which)
{
    which = p->waiting ? which % p->waiting : 0;
    for (uint32_t i = 0; i < p->ask_count; i++)
        if (!p->asks[i].told && p->asks[i].port && which-- == 0)
            return &p->asks[i];
    return NULL;
}

/* ------------------------------------------------------------- offering */

static void offer(struct party *p, uint32_t which)
{
    const struct gate_op *op = &p->ops[which];
    struct registration r;
    struct failure f;
    bool is_good;

    p->selves[which] = (struct party_op){p, which};
    r = stock_op(op, which,
                 (struct handler){.start = start,
                                  .pull = op->is_feed ? pull : NULL,
                                  .stop = stop,
                                  .self = &p->selves[which]});
    is_good = registry_add_take(&p->registry, &r, &f);
    assert(is_good);
    (void)is_good;
}

/* For everybody, as the rest of discovery is. [LP-7] */
static void offer_peers(struct party *p)
{
    struct registration r = {.spec =
                                 spec_plain(slice_of("services/list-peers")),
                             .handler = discovery_list_peers(&p->registry),
                             .is_remote_safe = true};
    struct failure f;
    bool is_good = registry_add_take(&p->registry, &r, &f);

    assert(is_good);
    (void)is_good;
}

void party_offer(struct party *p, const struct gate_op ops[GATE_OPS])
{
    struct failure f;
    bool is_good;

    is_good = discovery_register(&p->registry, &f);
    assert(is_good);
    (void)is_good;
    offer_peers(p);
    memcpy(p->ops, ops, sizeof p->ops);
    for (uint32_t i = 0; i < GATE_OPS; i++)
        if (ops[i].exists)
            offer(p, i);
}

void party_withdraw(struct party *p)
{
    registry_clear(&p->registry);
}

/* ------------------------------------------------------------- its life */

void party_begin(struct party *p, struct feed *feed)
{
    const struct node_config config = {.registry = &p->registry,
                                       .policy = stock_policy(),
                                       .owners = p->owners,
                                       .call_timeout_ns = p->call_timeout_ns,
                                       .serve_timeout_ns = p->serve_timeout_ns,
                                       .entropy = stock_ids(&p->drawn)};

    p->feed = feed;
    p->now_ns = 0;
    p->drawn = p->ask_count = p->job_count = 0;
    p->waiting = p->running = p->talks = 0;
    p->node = node_new(&config);
}

void party_wait(struct party *p, uint64_t for_ns)
{
    p->now_ns += for_ns;
    node_advance(p->node, p->now_ns);
}

size_t party_paused(const struct party *p)
{
    size_t paused = 0;

    for (uint32_t i = 0; i < p->ask_count; i++)
        paused += p->asks[i].is_paused && !p->asks[i].told;
    return paused;
}

static bool has_offers(const struct party *p)
{
    for (uint32_t i = 0; i < GATE_OPS; i++)
        if (p->ops[i].exists && p->ops[i].is_offer)
            return true;
    return false;
}

void party_check(struct party *p)
{
    struct connection_stats stats;
    size_t strange;

    (void)node_stirred(p->node);
    stats = node_count(p->node);
    strange = stats.served - p->running;
    broken_unless(stats.served >= p->running, "AB-24",
                  "%u handlers run for %zu calls", p->running, stats.served);
    broken_unless(
        strange == 0 || has_offers(p) || p->job_count == PARTY_JOBS_MAX, "PM-1",
        "%zu calls are served, and %u handlers run", stats.served, p->running);
    broken_unless(stats.pending >= p->waiting &&
                      stats.pending <= p->waiting + p->talks + strange,
                  "PM-1", "%zu requests wait, and %u asked", stats.pending,
                  p->waiting);
}

static void check_all_over(const struct party *p)
{
    for (uint32_t i = 0; i < p->ask_count; i++)
        broken_unless(p->asks[i].told == 1, "CN-6",
                      "somebody is never told his end");
    for (uint32_t i = 0; i < p->job_count; i++)
        broken_unless(p->jobs[i].is_done != p->jobs[i].is_stopped, "CN-17",
                      "a handler neither ended nor was stopped");
}

void party_end(struct party *p)
{
    struct connection_stats stats = node_count(p->node);

    broken_unless(!stats.pending && !stats.streams && !stats.bytes, "CN-6",
                  "something waits where there is no connection");
    node_free(p->node);
    p->node = NULL;
    check_all_over(p);
}

/* SPDX-License-Identifier: MIT */
/*
 * A node between others: somebody asks it, over one connection, and peers serve
 * what it has imported from them. Two of the four connections to them belong to
 * one peer, and one to nobody. All speak well, and do as they like: serve anew,
 * answer, fail, give up, go; the caller has no room, changes its mind, goes.
 *
 * It is foretold of each question whether it is refused, and why, or which peer
 * is asked over which connection (route.h), under which name, with which input,
 * for whom; then that whatever the peer says is what the caller hears, items
 * held back for want of room included; and that a peer is told when nobody
 * waits any more, once, and never else. And what is listed of peers, to whom.
 */
#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/errand.h"
#include "fuzz/peers/importing.h"
#include "fuzz/peers/route.h"
#include "fuzz/target.h"

#define STEPS_MAX 24
#define ERRANDS_MAX 12
#define IMPORTS_MAX 4 /* over one connection */
#define SECOND 1000000000ull
#define SERVED_NS                                                              \
    (20 * SECOND) /* how long a query may take; calls of the                   \
                     node's own longer */
#define LIST_MAX 4096
#define NARROW 10 /* bytes that a caller takes who has no room */

struct place {
    struct port port;
    struct importing importing;
    uint32_t imports;
    bool is_importing;
};

static struct feed feed;
static struct party party; /* the node, and nobody else of it */
static struct port caller;
static struct place places[ROUTE_PLACES];
static struct route route;
static struct errand errands[ERRANDS_MAX];
static uint32_t errand_count;
static struct handler_call composing[ERRANDS_MAX]; /* for these */
static uint32_t known_as;                          /* who the caller is … */
static bool is_open;           /* … and may it see everything? */
static bool is_narrow;         /* has it no room … */
static bool is_asleep;         /* … and does not even look? */
static struct errand *asking;  /* at this very moment … */
static uint32_t wish;          /* … of a composer: this */
static char listing[LIST_MAX]; /* … or how the list of peers ends; one at a
                                  time */

/* ------------------------------------------------------------- the peers */

static void hear_request(struct place *at, struct port_stream *s,
                         const struct event *e)
{
    struct errand *q = asking;

    broken_unless(q != NULL, "FW-1", "a peer is asked, and nobody has asked");
    broken_unless(q->is_waiting && !q->there, q->rule,
                  "a peer is asked where '%s' is due", q->text);
    broken_unless(at == &places[q->place], "LY-2",
                  "p%u is asked over %u, and p%u has to be over %u",
                  route.places[at - places].who, (unsigned)(at - places),
                  route.places[q->place].who, q->place);
    errand_asked(q, e);
    q->there = s;
    q->which = at->port.ours_count - 1;
}

static struct errand *errand_of(const struct place *at, struct slice id)
{
    for (uint32_t i = 0; i < errand_count; i++) {
        struct errand *q = &errands[i];

        if (q->there && at == &places[q->place] &&
            slice_equal(id, slice_make(at->port.ours[q->which], UUID_LEN)))
            return q;
    }
    return NULL;
}

static void hear_abort(const struct place *at, struct slice id)
{
    struct errand *q = errand_of(at, id);

    broken_unless(q != NULL, "AB-32",
                  "a peer is told to stop it knows not what");
    errand_aborted(q);
}

static void peer_said(void *self, struct port_stream *s, const struct event *e)
{
    struct place *at = self;

    if (at->is_importing)
        importing_said(&at->importing, s, e);
    else if (event_is(e, "requested"))
        hear_request(at, s, e);
    else
        hear_abort(at, e->id);
}

static void caller_said(void *self, struct port_stream *s,
                        const struct event *e)
{
    uint32_t i = 0;

    (void)self;
    (void)s;
    while (i < errand_count && !slice_equal(e->id, slice_of(errands[i].id)))
        i++;
    broken_unless(i < errand_count, "EV-2", "somebody unknown is told");
    errand_told(&errands[i], e);
}

/* ------------------------------------------------------------- all is done */

static bool poll_port(struct port *p, size_t room)
{
    bool has_any = false;

    while (port_poll(p, room, true))
        has_any = true;
    return has_any;
}

static void check(void)
{
    const struct connection_stats stats = node_count(party.node);
    uint32_t waiting = 0, composed = 0;

    for (uint32_t i = 0; i < errand_count; i++) {
        errand_check(&errands[i], !is_narrow);
        waiting += errands[i].is_waiting || errand_is_unread(&errands[i]);
        composed += errands[i].is_waiting && errands[i].is_composed;
    }
    broken_unless(stats.passed == waiting, "FW-8",
                  "%zu calls are at peers, and %u wait", stats.passed, waiting);
    broken_unless(
        stats.pending == waiting && stats.served == waiting + composed, "PM-1",
        "%zu requests wait and %zu calls, and %u were handed on", stats.pending,
        stats.served, waiting);
    if (is_narrow)
        return;
    port_check(&caller, 0);
    for (uint32_t i = 0; i < ROUTE_PLACES; i++)
        port_check(&places[i].port, 0);
}

/* Everybody does what he has to do: what is due is done. */
static void settle(void)
{
    bool is_busy = true;

    while (is_busy) {
        (void)node_stirred(party.node); /* which starts what was composed */
        is_busy =
            !is_asleep && poll_port(&caller, is_narrow ? NARROW : SIZE_MAX);
        for (uint32_t i = 0; i < ROUTE_PLACES; i++)
            is_busy = poll_port(&places[i].port, SIZE_MAX) || is_busy;
    }
    check();
}

/* ------------------------------------------------------------- asking */

/* The handler of what the node does itself, and of what composes. */
static void start_own(void *self, const struct context *context,
                      struct slice input, struct handler_call call)
{
    (void)self;
    (void)context;
    (void)input;
    handler_respond(call, slice_of("\"own\""));
}

static void tell(void *self, const struct pending_outcome *outcome)
{
    const struct handler_call *call = self;

    if (outcome->is_ok)
        handler_respond(*call, outcome->output);
    else
        handler_fail(*call, &outcome->error);
}

static void start_composing(void *self, const struct context *context,
                            struct slice input, struct handler_call call)
{
    const uint32_t peer = wish / HUB_NAMES % HUB_PEERS;
    char id[8];
    struct composing_request request = {
        .operation = slice_of(hub_name(wish % HUB_NAMES)), .input = input};

    (void)self;
    (void)context;
    (void)snprintf(id, sizeof id, "p%u", hub_who(peer));
    if (peer)
        request.peer.id = slice_of(id);
    broken_unless(asking && asking->is_composed, "CK-3",
                  "a handler runs for whom nobody asked");
    composing[asking->number] = call;
    node_invoke(
        call, &request,
        (struct pending_waiter){tell, NULL, &composing[asking->number]});
}

static void foretell_route(struct errand *q, struct route_end end)
{
    const struct catalogue *c;

    q->rule = end.rule;
    if (end.end != GATE_RUNS) {
        errand_end(q, ERRAND_CODE, end.rule, gate_code(end.end));
    } else if (end.is_own) {
        errand_end(q, ERRAND_OUTPUT, "LY-2", "\"own\"");
    } else {
        c = route.places[end.place].sells;
        q->is_waiting = true;
        q->place = end.place;
        q->name = (const char *)catalogue_name(c->entries[end.entry].name).data;
        q->until_ns = q->is_feed ? UINT64_MAX : party.now_ns + SERVED_NS;
        q->text = "nothing yet";
    }
}

static void foretell_op(struct errand *q, const struct hub_op *op)
{
    const enum gate_end end = gate_of_wire(&op->op, q->who, is_open, true);

    q->is_feed = op->op.is_feed;
    q->is_composed = op->kind == HUB_COMPOSES;
    if (end != GATE_RUNS)
        errand_end(q, ERRAND_CODE, "CK-2", gate_code(end));
    else if (op->kind == HUB_OWN)
        errand_end(q, ERRAND_OUTPUT, "OC-6", "\"own\"");
    else if (op->kind == HUB_OFFER)
        foretell_route(q, route_offered(&route, op));
    else
        foretell_route(q, route_composed(&route, op, wish % HUB_NAMES,
                                         wish / HUB_NAMES % HUB_PEERS));
}

/* One of the node's operations; the list of peers; what is a peer's and not
 * offered. */
static const char *foretell(struct errand *q, uint32_t which)
{
    if (which < HUB_OPS) {
        foretell_op(q, hub_op(which));
        return hub_op(which)->name;
    }
    if (which == HUB_OPS && !is_narrow) {
        route_list(&route, is_open, q->who, listing, sizeof listing);
        errand_end(q, ERRAND_LIST, "LP-1", listing);
        return "services/list-peers";
    }
    errand_end(q, ERRAND_CODE, "OC-6", "NOT_FOUND");
    return "peer/o/0";
}

static void print_input(struct errand *q, uint32_t how)
{
    static const char *const forms[] = {"null", "{\"n\":%u}",
                                        "{\"n\":%u,\"must\":1}", "[%u]"};

    (void)snprintf(q->input, sizeof q->input, forms[how % 4], q->number);
}

/* The caller says that, an event, on that stream. */
static void hear(struct port_stream *s, const char *text, bool fin)
{
    const size_t len = strlen(text);
    char frame[4];

    for (int i = 0; i < 4; i++)
        frame[i] = (char)(len >> (24 - 8 * i));
    port_hear(s, slice_make(frame, 4), false);
    port_hear(s, slice_make(text, len), fin);
    port_arrive(&caller, s, SIZE_MAX);
}

static void send(struct errand *q, const char *name, uint32_t how,
                 struct slice token)
{
    char text[512];
    const char *form = token.len ? ",\"auth_token\":\"%.*s\"" : "%.*s";
    size_t len = (size_t)snprintf(
        text, sizeof text,
        "{\"type\":\"call.requested\",\"id\":\"%s\",\"payload\":{"
        "\"operationId\":\"/%s\",\"input\":%s",
        q->id, name, q->input);

    len += (size_t)snprintf(text + len, sizeof text - len, form, (int)token.len,
                            (const char *)token.data);
    if (how & 8)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                ",\"forwarded_for\":%s",
                                (const char *)stock_claim().data);
    (void)snprintf(text + len, sizeof text - len, "}}");
    q->stream = port_opens(&caller);
    port_expect(q->stream, slice_of(q->id), q->is_feed);
    hear(q->stream, text, (how & 4) == 0);
}

static void ask(void)
{
    const uint32_t which = feed_byte(&feed) % (HUB_OPS + 2),
                   how = feed_byte(&feed);
    const bool is_known = how >= 192; /* by a token */
    struct errand *q = &errands[errand_count];

    if (errand_count == ERRANDS_MAX)
        return;
    *q = (struct errand){.number = errand_count++,
                         .who = is_known ? how >> 2 & 15 : known_as};
    (void)snprintf(q->id, sizeof q->id, "q%02u", q->number);
    if (which >= 1 && which <= HUB_COMPOSERS)
        wish = feed_byte(&feed);
    print_input(q, how);
    asking = q;
    send(q, foretell(q, which), how,
         is_known ? stock_token(q->who)
                  : slice_of(how >= 160 ? "token-of-nobody" : ""));
    settle();
    asking = NULL;
}

/* ------------------------------------------------------------- the caller's */

static struct errand *some(bool (*is_one)(const struct errand *q))
{
    uint32_t count = 0, which = feed_byte(&feed);

    for (uint32_t i = 0; i < errand_count; i++)
        count += is_one(&errands[i]);
    which = count ? which % count : 0;
    for (uint32_t i = 0; i < errand_count; i++)
        if (is_one(&errands[i]) && which-- == 0)
            return &errands[i];
    return NULL;
}

static bool is_waiting_for_peer(const struct errand *q)
{
    return q->is_waiting;
}

/* [AB-13] What had no room yet may still come, up to where the caller's word
 * found it. */
static void abort_it(struct errand *q)
{
    char text[80];

    (void)snprintf(text, sizeof text,
                   "{\"type\":\"call.aborted\",\"id\":\"%s\","
                   "\"payload\":{}}",
                   q->id);
    errand_drop(q, ERRAND_SILENCE, "AB-13", "nothing");
    port_expect_abort(&caller, slice_of(q->id));
    hear(port_opens(&caller), text, true);
}

static void change_mind(void)
{
    const uint32_t how = feed_byte(&feed) % 4;
    struct errand *q = some(is_waiting_for_peer);

    if (!q)
        return;
    if (how < 2) {
        abort_it(q);
    } else if (how == 2) {
        errand_drop(q, ERRAND_SILENCE, "AB-13", "nothing");
        port_stop(&caller, q->stream);
    } else if (!q->stream->is_in_over) {
        if (q->is_feed) /* [AB-9b] which ends subscriptions alone */
            errand_drop(q, ERRAND_SILENCE, "AB-13", "nothing");
        port_reset(&caller, q->stream);
    }
    settle();
}

static void narrow(void)
{
    const uint32_t how = feed_byte(&feed) % 3;

    is_narrow = how > 0;
    is_asleep = how > 1;
    for (size_t i = 0; i < caller.opened[false] && !is_narrow; i++)
        port_room(&caller, port_at(&caller, false, i));
    settle();
}

static void connect(void)
{
    const uint32_t how = feed_byte(&feed);
    struct connection *c;

    known_as = how & 16 ? GATE_NOBODY : how & 15;
    is_open = (how & 32) == 0;
    is_narrow = is_asleep = false;
    c = node_add(party.node, stock_key(known_as),
                 (struct peer_filter){is_open});
    port_begin(&caller, party.node, c, 1);
    port_grant(&caller, PORT_STREAMS_MAX);
}

static void reconnect(void)
{
    port_cut(&caller);
    port_end(&caller);
    for (uint32_t i = 0; i < errand_count; i++)
        errand_drop(&errands[i], ERRAND_SILENCE, "CN-6", "nothing");
    connect();
    settle();
}

/* ------------------------------------------------------------- the peers' */

/* It is at its peer, who has not said the last word; nor knows, perhaps, that
 * nobody waits. */
static bool is_at_work(const struct errand *q)
{
    return q->there && !q->is_answered && q->there->is_there &&
           !q->there->is_in_over && !q->there->is_fin_coming &&
           places[q->place].port.c;
}

static void answer(void)
{
    const uint32_t how = feed_byte(&feed);
    struct errand *q = some(is_at_work);

    if (!q)
        return;
    errand_answer(q, &places[q->place].port, how);
    settle();
}

/* Over that connection something is imported; it is there from now on. */
static void serve(void)
{
    const uint32_t which = feed_byte(&feed) % ROUTE_PLACES;
    struct place *at = &places[which];
    enum operation_adapter_error ignored;

    if (!at->port.c) {
        port_begin(&at->port, party.node,
                   node_add(party.node, stock_key(route.places[which].who),
                            (struct peer_filter){true}),
                   0);
        port_grant(&at->port, PORT_STREAMS_MAX);
        importing_begin(&at->importing, &party, &at->port);
        at->imports = 0;
    }
    if (at->imports++ >= IMPORTS_MAX)
        return;
    catalogue_feed(&at->importing.said, &feed);
    at->importing.said.fault = CATALOGUE_FINE;
    at->is_importing = true;
    importing_run(&at->importing);
    at->is_importing = false;
    if (catalogue_end(&at->importing.said, &ignored))
        route_serve(&route, which);
    settle();
}

static void cut(struct place *at)
{
    port_cut(&at->port);
    port_end(&at->port);
}

/* [LY-5] Whoever waits for it learns so. */
static void lose(void)
{
    const uint32_t how = feed_byte(&feed), which = how % ROUTE_PLACES;

    if (!places[which].port.c)
        return;
    for (uint32_t i = 0; i < errand_count; i++) {
        struct errand *q = &errands[i];

        if (q->place != which || !(q->is_waiting || errand_is_unread(q)))
            continue;
        errand_lose(q, "LY-5");
    }
    route_lose(&route, which);
    if (how & 4) {
        port_close(&places[which].port);
        settle();
    }
    cut(&places[which]);
    for (uint32_t i = 0; i < errand_count; i++)
        if (errands[i].place == which)
            errands[i].there = NULL;
    settle();
}

/* [TO-6] A query has its time, [TO-9] and a subscription all of it. */
static void wait(void)
{
    static const uint64_t spans[] = {SECOND, 10 * SECOND, SERVED_NS - 1,
                                     SERVED_NS, 10 * SERVED_NS};

    party_wait(&party, spans[feed_byte(&feed) % 5]);
    for (uint32_t i = 0; i < errand_count; i++)
        if (errands[i].is_waiting && errands[i].until_ns <= party.now_ns)
            errand_drop(&errands[i], ERRAND_CODE, "TO-6", "TIMEOUT");
    settle();
}

/* ------------------------------------------------------------- the program */

static void setup(void)
{
    static const uint32_t whose[ROUTE_PLACES] = {1, 12, 1, GATE_NOBODY};

    stock_setup();
    party.owners = hub_owners();
    party.serve_timeout_ns = SERVED_NS;
    party.call_timeout_ns = 5 * SERVED_NS;
    hub_setup(&party.registry, (struct handler){.start = start_own},
              (struct handler){.start = start_composing});
    caller.said = caller_said;
    for (uint32_t i = 0; i < ROUTE_PLACES; i++) {
        places[i].port.said = peer_said;
        places[i].port.self = &places[i];
        route.places[i] = (struct route_place){
            .who = whose[i], .sells = &places[i].importing.served};
    }
}

static void step(void)
{
    static void (*const steps[])(void) = {
        ask,   ask,   ask,  ask,  answer,      answer, answer,    answer,
        serve, serve, lose, wait, change_mind, narrow, reconnect,
    };

    steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)]();
}

static void finish(void)
{
    feed.rest.len = 0;
    narrow();
    port_cut(&caller);
    port_end(&caller);
    for (uint32_t i = 0; i < ROUTE_PLACES; i++) {
        if (!places[i].port.c)
            continue;
        route_lose(&route, i);
        cut(&places[i]);
    }
    party_end(&party);
}

static void run(struct slice input)
{
    feed = (struct feed){input};
    caller.input = input;
    errand_count = 0;
    route.clock = 0;
    party_begin(&party, &feed);
    connect();
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    finish();
}

const struct target target_forward = {
    .name = "forward",
    .promise = "A node between others asks the peer that is due, for whom it "
               "is, and hands on whatever comes of it, both ways.",
    .rules = "AB-13 AB-29 AB-31 AB-32 AD-1 AD-3 CK-2 CK-3 CL-1 CL-5 CN-3 "
             "CN-6 CN-8 EC-2 ES-4 EV-1 EV-2 EV-4 EV-6 FC-1 FC-2 FC-3 FC-4 "
             "FC-6 FF-7 FF-8 FL-13 FR-1 FR-3 FR-4 FR-8 FR-14 FW-1 FW-6 FW-8 "
             "FW-10 FW-13 ID-2 LP-1 LY-2 LY-5 OC-2 OC-6 PE-4 PM-1 PM-10 RS-4 "
             "SE-4 SM-2 SM-12 SM-18 SM-25 SM-26 SU-7 SU-9 SU-17 TO-6 TO-9 "
             "VI-6",
    .setup = setup,
    .run = run,
};

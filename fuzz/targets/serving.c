/* SPDX-License-Identifier: MIT */
/*
 * One node that serves, and one peer who speaks correctly. So it can be
 * foretold what becomes of each request (docket.h), and that is what happens:
 * who runs, who is refused, who is stopped when, what comes back, and that
 * streams end and their credit is given back.
 *
 * The peer asks, on this stream and that, aborts, ends its half or stops ours,
 * takes much or little; handlers do their part; time goes by; other people are
 * known. The first byte says who the peer is, the second what it sees, how long
 * requests may take, and whether at the end all is answered or the connection
 * lost; 255 is a story of few steps with very much of something. Behind a step
 * everything is polled, unless it is one above 127.
 */
#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/speaker.h"
#include "fuzz/peers/stock.h"
#include "fuzz/target.h"

#define STEPS_MAX 12
#define PATIENT_STEPS_MAX 3

static struct feed feed;
static struct docket docket;
static struct port port;
static struct registry registry;
static struct node *node;
static struct handler_call calls[DOCKET_REQUESTS];
static struct speaker speaker;
static bool is_lost; /* the connection, at the end */
static uint32_t drawn;

static const struct gate_op ops[GATE_OPS] = {
    {.exists = true, .is_safe = true},
    {.exists = true, .is_safe = true, .is_feed = true},
    {.exists = true, .is_safe = true, .has_errors = true, .scopes = 1},
    {.exists = true,
     .is_safe = true,
     .is_feed = true,
     .has_errors = true,
     .has_any = true,
     .any = 2},
    {.exists = true, .is_checked = true, .has_action = true, .action = 1},
};

/* ------------------------------------------------------------- handlers */

static uint32_t place_of(const struct docket_request *r)
{
    return (uint32_t)(r - docket.requests);
}

/* What is said to that request, at that place: "07-003", or null. */
static struct slice text_of(uint32_t request, uint32_t item)
{
    static char text[] = "\"00-000\"";

    if ((request + item) % 4 == 3)
        return slice_of("null");
    text[1] = (char)('0' + request / 10);
    text[2] = (char)('0' + request % 10);
    text[4] = (char)('0' + item / 100);
    text[5] = (char)('0' + item / 10 % 10);
    text[6] = (char)('0' + item % 10);
    return slice_of(text);
}

static void fail(const struct docket_part *part, struct handler_call call)
{
    static const char *const codes[] = {[DOCKET_OUCH] = "OUCH",
                                        [DOCKET_OTHER] = "OTHER",
                                        [DOCKET_OWN] = "FORBIDDEN"};
    const struct call_error error = {
        .code = slice_of(codes[part->end]),
        .message = slice_of(DOCKET_MESSAGE),
        .retryable = part->is_retryable,
        .details = slice_of(part->has_details ? DOCKET_DETAILS : "")};

    handler_fail(call, &error);
}

static void perform(const struct docket_request *r, enum docket_deed deed)
{
    const struct handler_call call = calls[place_of(r)];

    if (deed == DOCKET_NOTHING)
        return;
    if (deed == DOCKET_GIVES)
        handler_item(call, text_of(place_of(r), r->given - 1));
    else if (r->part.end == DOCKET_BREAKS)
        handler_break_down(call);
    else if (r->part.end != DOCKET_ENDS)
        fail(&r->part, call);
    else if (r->is_feed)
        handler_complete(call);
    else
        handler_respond(call, text_of(place_of(r), 0));
}

static struct docket_request *request_of(struct slice input)
{
    const uint32_t number = speaker_number(input);

    broken_unless(number < docket.request_count, "CK-3", "nobody's number");
    return &docket.requests[number];
}

static struct docket_request *request_by(struct handler_call call)
{
    uint32_t i = 0;

    while (i < docket.request_count && calls[i].serial != call.serial)
        i++;
    broken_unless(i < docket.request_count, "SU-13", "a handler of nobody");
    return &docket.requests[i];
}

/* [AU-1] [AU-3] */
static void check_identity(const struct identity *got, struct docket_who who)
{
    char name[16];

    (void)snprintf(name, sizeof name, "p%u", who.name);
    if (who.rights == GATE_NOBODY) {
        broken_unless(!got, "AU-2", "nobody is taken for somebody");
        return;
    }
    broken_unless(got && slice_equal(got->id, slice_of(who.name == DOCKET_KEY
                                                           ? STOCK_KEY_NAME
                                                           : name)),
                  "AU-1", "somebody is taken for somebody else");
    broken_unless(got->scopes.count == (who.rights & 1) + (who.rights >> 1 & 1),
                  "IP-7", "%s has other rights than he had", name);
}

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    struct docket_request *r = request_of(input);

    (void)self;
    docket_started(&docket, r);
    check_identity(context->identity, r->who);
    broken_unless(slice_equal(context->request_id, speaker_id(r->id)), "ID-1",
                  "a handler is told another id");
    broken_unless(context->deadline_ns == r->due_ns,
                  r->is_feed ? "CX-12" : "TO-6",
                  "o/%u may run for another time", r->op);
    calls[place_of(r)] = call;
    if (!r->is_feed && r->part.end != DOCKET_WAITS)
        perform(r, DOCKET_COMES_TO_ITS_END);
}

static void pull(void *self, struct handler_call call)
{
    struct docket_request *r = request_by(call);
    const struct port_stream *s = port_at(&port, false, r->stream);

    (void)self;
    docket_asked(&docket, r, !s || s->is_blocked);
    perform(r, docket_go_on(&docket, r));
}

static void stop(void *self, struct handler_call call)
{
    (void)self;
    docket_stopped(&docket, request_by(call));
}

/* ------------------------------------------------------------- what is held */

static void answered(void *self, struct port_stream *s, const struct event *e)
{
    const struct docket_word *w =
        docket_hear(&docket, (uint32_t)(s->id / 4), speaker_id_of(e->id), e);

    (void)self;
    if (w->saying == DOCKET_ITEM || w->saying == DOCKET_ANSWER)
        broken_unless(slice_equal(e->output, text_of(w->request, w->item)),
                      w->saying == DOCKET_ITEM ? "SU-7" : "RS-1",
                      "%.*s instead of %s", (int)e->output.len,
                      (const char *)e->output.data,
                      (const char *)text_of(w->request, w->item).data);
}

/* [SM-20, SM-21] Our half ends behind the peer's and the last word, and not
 * before. */
static void check_half(const struct port_stream *s,
                       const struct docket_stream *d)
{
    const bool is_over = d->is_stopped || (s->is_in_over && !d->running);

    broken_unless(!s->is_stop_said, "FR-5", "a stream is read no further");
    broken_unless(s->consumed == s->came, "SM-25", "%u bytes are not let go",
                  (uint32_t)(s->came - s->consumed));
    if (s->is_blocked && !d->is_stopped)
        return;
    docket_check_calm(&docket, (uint32_t)(s->id / 4));
    broken_unless(s->is_out_over || !is_over, "SM-25", "a half never ends");
    broken_unless(!s->is_out_over || is_over, "SM-21", "a half ends early");
}

/* [SM-25] Nothing is owed there, or all of it is over. */
static bool is_free(const struct port_stream *s, const struct docket_stream *d)
{
    return speaker_is_met(s) &&
           (!s->is_there || (s->is_in_over && s->is_out_over) ||
            (d->has_heard && !d->running && !s->is_blocked));
}

static void check_streams(void)
{
    uint32_t freed = 0;

    for (uint32_t i = 0; i < port.opened[false]; i++) {
        const struct port_stream *s = &port.streams[i];
        struct docket_stream *d = &docket.streams[i];

        if (s->is_there && speaker_is_met(s))
            check_half(s, d);
        d->is_free = d->is_free || is_free(s, d);
        freed += d->is_free;
    }
    broken_unless(port.granted >= freed, "SM-25",
                  "credit for %u streams, and %u owe nothing",
                  (uint32_t)port.granted, freed);
}

/* [TO-6] The node waits for the first deadline and for nothing else. */
static void check_node(void)
{
    const struct connection_stats stats = node_count(node);

    docket_check_prompt(&docket);
    broken_unless(stats.served == docket.running && stats.pending == 0, "PM-1",
                  "%zu are served, and %u run", stats.served, docket.running);
    broken_unless(node_deadline(node) == docket_due(&docket), "TO-6",
                  "the node waits for another moment");
}

static void poll(void)
{
    while (port_poll(&port, speaker.room, true))
        ;
    check_streams();
    port_check(&port, 0);
}

/* ------------------------------------------------------------- the node */

static struct docket_request *running(uint32_t which)
{
    which = docket.running ? which % docket.running : 0;
    for (uint32_t i = 0; i < docket.request_count; i++)
        if (docket.requests[i].is_running && which-- == 0)
            return &docket.requests[i];
    return NULL;
}

static void go_on(struct docket_request *r, struct docket_part part)
{
    r->part = part;
    perform(r, docket_go_on(&docket, r));
}

static void work(struct speaker *p)
{
    struct docket_request *r = running(feed_byte(p->feed));

    if (r)
        go_on(r, speaker_part(p));
}

static void wait(struct speaker *p)
{
    static const uint64_t spans[] = {1000000, 999999999, 30000000000,
                                     3600000000000};
    const uint32_t which = feed_byte(p->feed) % 8;
    const uint64_t due = docket_due(&docket);
    uint64_t now = docket.now_ns;

    if (which < 4)
        now += spans[which];
    else if (due != DOCKET_NEVER)
        now = due - 1 + which % 3;
    docket_wait(&docket, now);
    node_advance(node, now);
}

/* The files are read again; or once more, and are as they were. */
static void reload(struct speaker *p)
{
    (void)p;
    docket.is_reloaded = !docket.is_reloaded;
    node_set_policy(node,
                    docket.is_reloaded ? stock_policy_later() : stock_policy());
}

/* ------------------------------------------------------------- the story */

static void step(void)
{
    static void (*const steps[])(struct speaker *) = {
        speaker_ask,
        speaker_ask,
        speaker_ask,
        speaker_give_up,
        speaker_give_up,
        speaker_make_noise,
        speaker_turn,
        speaker_turn,
        speaker_take,
        work,
        work,
        wait,
        wait,
        reload,
    };
    const uint32_t wish = feed_byte(&feed);

    steps[wish % 128 % (sizeof steps / sizeof *steps)](&speaker);
    docket_check_prompt(&docket);
    if (wish < 128)
        poll();
    check_node();
}

static void begin(void)
{
    static const uint64_t timeouts_ns[] = {0, 1000000000, 10000000000,
                                           45000000000};
    const uint32_t peer = feed_below(&feed, GATE_KNOWN + 1),
                   terms = feed_byte(&feed);
    const uint64_t timeout_ns = timeouts_ns[terms >> 1 & 3];
    const struct node_config config = {.registry = &registry,
                                       .policy = stock_policy(),
                                       .entropy = stock_ids(&drawn),
                                       .serve_timeout_ns = timeout_ns};
    const bool is_open = (terms & 1) == 0;

    drawn = 0;
    is_lost = (terms & 8) != 0;
    memset(calls, 0, sizeof calls);
    docket_begin(&docket, ops, is_open, peer,
                 timeout_ns ? timeout_ns : 30000000000);
    node = node_new(&config);
    port_begin(&port, node,
               node_add(node, stock_key(peer), (struct peer_filter){is_open}),
               0);
    port.is_wild = true; /* what is answered is held against the docket */
    port.said = answered;
    speaker_begin(&speaker, &feed, &docket, &port, terms == 255);
}

/* Everybody is answered, all streams end. */
static void end_well(void)
{
    struct connection_stats stats = {.streams = 0};
    uint32_t met = 0;

    speaker_give_room(&speaker);
    for (size_t i = 0; i < port.opened[false]; i++)
        if (port_at(&port, false, i))
            speaker_finish(&speaker, port_at(&port, false, i));
    while (docket.running)
        go_on(running(0), (struct docket_part){.end = DOCKET_ENDS});
    poll();
    check_node();
    for (size_t i = 0; i < port.opened[false]; i++)
        met += speaker_is_met(&port.streams[i]);
    connection_count(port.c, &stats);
    broken_unless(stats.streams == 0 && stats.bytes == 0, "SM-25",
                  "%zu streams are kept, and all are over", stats.streams);
    broken_unless(port.granted == met, "SM-25", "credit for %u streams of %u",
                  (uint32_t)port.granted, met);
}

/* [AB-24] [CN-17] */
static void end_badly(void)
{
    docket_lose(&docket);
    port_close(&port);
    check_node();
}

static void run(struct slice input)
{
    int left;

    feed = (struct feed){input};
    begin();
    left = speaker.is_patient ? PATIENT_STEPS_MAX : STEPS_MAX;
    while (left-- > 0 && !feed_is_over(&feed))
        step();
    if (is_lost)
        end_badly();
    else
        end_well();
    port_cut(&port);
    node_free(node);
    port_end(&port);
}

static void setup(void)
{
    const struct handler once = {.start = start, .stop = stop},
                         many = {.start = start, .pull = pull, .stop = stop};

    stock_setup();
    speaker_setup();
    for (uint32_t i = 0; i < GATE_OPS; i++) {
        struct registration r =
            stock_op(&ops[i], i, ops[i].is_feed ? many : once);
        struct failure f;
        bool is_good = registry_add_take(&registry, &r, &f);

        assert(is_good);
        (void)is_good;
    }
}

const struct target target_serving = {
    .name = "serving",
    .promise = "Of a peer who speaks correctly each request runs, is refused, "
               "stopped and answered exactly as foretold, and its stream ends "
               "and is given back.",
    .rules = "AB-7 AB-9 AB-9b AB-13 AB-15 AB-32 AU-1 AU-2 BA-2 CK-3 CL-1 CN-3 "
             "CN-17 CX-12 EC-2 ER-1 EV-1 EV-2 EV-4 EV-5 EV-6 FL-13 FR-1 FR-3 "
             "FR-4 FR-5 FR-8 FR-14 HF-1 ID-1 IP-7 PM-1 RS-1 RS-4 SM-2 SM-21 "
             "SM-25 SM-26 SM-28 SU-2 SU-7 SU-8 SU-9 SU-13 TO-6 TO-8",
    .setup = setup,
    .run = run,
};

/* SPDX-License-Identifier: MIT */
/*
 * One node and a peer that says and does what it likes. The input is a program:
 * frames that are built of pieces, and bytes that are no frames at all, arrive
 * whole or cut anywhere; streams are reset, stopped, gone; time goes by; our
 * side asks, gives up, imports; handlers do one thing or another; the transport
 * takes much or little. What must hold is held by port.h and party.h after each
 * step, and here at the end.
 *
 * The first three bytes: who the peer is; what it may see and how many streams
 * we may open; which of the operations are there.
 */
#include "fuzz/broken.h"
#include "fuzz/peers/party.h"
#include "fuzz/target.h"

#define STEPS_MAX 48
#define NAMES (GATE_OPS + 4)
#define TEXT_MAX 1024

static struct feed feed;
static struct party party;
static struct port port;
static bool is_open;
static uint32_t who;   /* the peer is */
static bool is_harmed; /* something has happened that may stop handlers */

/* Something of everything; "o/4" offers what the peer serves. */
static const struct gate_op ops[GATE_OPS] = {
    {.exists = true, .is_safe = true, .reach = 31, .composer = 15},
    {.exists = true, .is_safe = true, .is_feed = true, .reach = 31},
    {.exists = true,
     .is_internal = true,
     .is_safe = true,
     .has_errors = true,
     .reach = 7,
     .composer = GATE_NOBODY},
    {.exists = true,
     .is_checked = true,
     .scopes = 1,
     .has_any = true,
     .any = 2,
     .has_action = true,
     .reach = 31,
     .composer = 3},
    {.exists = true, .is_safe = true, .is_offer = true, .composer = 15},
};

/* ------------------------------------------------------------- the judge */

/* [CK-3] Who runs was not to be refused; who said which token is not known of
 * bytes that are no frame of ours. */
static void started(void *self, struct party *p, const struct party_job *job,
                    const struct context *context)
{
    const struct gate_op *op = &p->ops[job->op];
    struct slice secret =
        capabilities_get(context->capabilities, slice_of("key"));

    (void)self;
    broken_unless(secret.len > 0, "CK-3", "a handler without its secret");
    if (context->is_internal)
        return;
    broken_unless(op->exists && !op->is_internal, "VI-1",
                  "o/%u ran from the wire", job->op);
    broken_unless(is_open || op->is_safe, "LG-3",
                  "o/%u ran for whom it is hidden from", job->op);
    if (!port.is_wild)
        broken_unless(gate_of_wire(op, 15, is_open, true) == GATE_RUNS &&
                          (who != GATE_NOBODY || context->identity ||
                           gate_of_wire(op, who, is_open, true) == GATE_RUNS),
                      "CK-3", "o/%u ran for whom it is refused", job->op);
}

/* Whatever is answered to us, under whatever id. */
static void stopped(void *self, const struct party_job *job)
{
    (void)self;
    broken_unless(is_harmed || job->is_composed, "AB-29",
                  "o/%u was stopped, and nobody gave it up", job->op);
}

/* ------------------------------------------------------------- the peer */

static struct slice id_of(uint32_t wish)
{
    static const char *const theirs[] = {"a0", "a1", "a2", "a3", "a4", "a5"};

    if (wish % 16 < 6 || port.ours_count == 0)
        return slice_of(theirs[wish % 6]);
    wish = wish %
           (port.ours_count < PORT_OURS_MAX ? port.ours_count : PORT_OURS_MAX);
    return slice_make(port.ours[wish], UUID_LEN);
}

static const char *name_of(uint32_t which)
{
    static const char *const names[NAMES] = {"/o/0",
                                             "/o/1",
                                             "/o/2",
                                             "o/3",
                                             "/o/4",
                                             "/services/list",
                                             "services/schema",
                                             "//o/0",
                                             ""};

    return names[which % NAMES];
}

/* An old stream, or a new one; NULL: there is none. */
static struct port_stream *some_stream(uint32_t wish)
{
    size_t count = port.opened[0] + port.opened[1];

    if (wish < 64 || count == 0)
        return port_opens(&port);
    if (wish & 1 && port.opened[1])
        return port_at(&port, true, wish / 2 % port.opened[1]);
    return port.opened[0] ? port_at(&port, false, wish / 2 % port.opened[0])
                          : NULL;
}

/* One on which the peer may say more. */
static struct port_stream *open_stream(uint32_t wish)
{
    struct port_stream *s = some_stream(wish);

    return s && !s->is_in_over && !s->is_fin_coming ? s : NULL;
}

/* One frame on its way, its length before it. */
static void say(struct port_stream *s, struct slice body, bool fin)
{
    const uint8_t prefix[4] = {0, 0, (uint8_t)(body.len >> 8),
                               (uint8_t)body.len};

    port_hear(s, slice_make(prefix, 4), false);
    port_hear(s, body, fin);
}

/* One behind the other, and not by snprintf, which sanitizers make dear. */
static struct slice join(uint8_t *room, const struct slice *parts, size_t count)
{
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].len)
            memcpy(room + len, parts[i].data, parts[i].len);
        len += parts[i].len;
    }
    return slice_make(room, len);
}

static void say_event(struct port_stream *s, const char *type, struct slice id,
                      struct slice payload, bool fin)
{
    static uint8_t text[2 * TEXT_MAX];
    const struct slice parts[] = {slice_of("{\"type\":\"call."),
                                  slice_of(type),
                                  slice_of("\",\"id\":\""),
                                  id,
                                  slice_of("\",\"payload\":"),
                                  payload,
                                  slice_of("}")};

    say(s, join(text, parts, sizeof parts / sizeof *parts), fin);
}

/* What the peer asks, tokens and claims included. */
static void hear_request(void)
{
    struct port_stream *s = open_stream(feed_byte(&feed));
    const struct slice id = id_of(feed_byte(&feed));
    const uint32_t which = feed_byte(&feed), how = feed_byte(&feed);
    static const char *const inputs[] = {"{\"n\":1}", "{\"n\":2,\"must\":1}",
                                         "{\"name\":\"o/0\"}",
                                         "{\"name\":\"/o/2\"}"};
    static const char *const extras[] = {
        "", ",\"auth_token\":\"token-15\"", ",\"auth_token\":\"nobody\"",
        (",\"forwarded_for\":{\"id\":\"p15\",\"scopes\":[\"s0\",\"s1\"],"
         "\"resources\":{\"t\":[\"x0\",\"x1\"]}}")};
    const struct slice parts[] = {
        slice_of("{\"operationId\":\""), slice_of(name_of(which)),
        slice_of("\",\"input\":"),       slice_of(inputs[how & 3]),
        slice_of(extras[how >> 2 & 3]),  slice_of("}")};
    static uint8_t payload[TEXT_MAX];

    if (!s)
        return;
    port_expect(s, id, which % NAMES == 1);
    say_event(s, "requested", id,
              join(payload, parts, sizeof parts / sizeof *parts),
              (how >> 4 & 3) == 0);
    port_arrive(&port, s, how & 64 ? SIZE_MAX : feed_byte(&feed));
}

/* What it answers to somebody, not always to us; of what it serves, too. */
static void hear_answer(void)
{
    struct port_stream *s = open_stream(feed_byte(&feed) | 64);
    const struct slice id = id_of(feed_byte(&feed));
    const uint32_t what = feed_byte(&feed);
    static const char *const types[] = {"responded", "responded", "completed",
                                        "error",     "aborted",   "nonsense"};
    static const char *const payloads[] = {
        "{\"output\":1}",
        "{}",
        "{\"code\":\"OUCH\",\"message\":\"m\",\"retryable\":false}",
        "{\"output\":{\"operations\":[{\"name\":\"o/0\"}]}}",
        "{\"output\":{\"name\":\"o/0\",\"op_type\":\"query\"}}",
        "{\"output\":{\"name\":\"o/0\",\"op_type\":\"subscription\"}}",
        "null",
        "{\"code\":\"FORBIDDEN\",\"message\":\"\",\"retryable\":true}"};

    if (!s)
        return;
    if (what % 6 == 4) {
        port_expect_abort(&port, id);
        is_harmed = is_harmed || !s->is_ours;
    }
    say_event(s, types[what % 6], id, slice_of(payloads[what / 6 % 8]),
              what >= 224);
    port_arrive(&port, s, SIZE_MAX);
}

static void hear_abort(void)
{
    struct port_stream *s = open_stream(feed_byte(&feed));
    const struct slice id = id_of(feed_byte(&feed));

    if (!s)
        return;
    port_expect_abort(&port, id);
    say_event(s, "aborted", id, slice_of("{}"), true);
    port_arrive(&port, s, SIZE_MAX);
}

/* Bytes as they stand in the input; a frame, a payload, or neither. */
static void hear_anything(void)
{
    struct port_stream *s = open_stream(feed_byte(&feed));
    const uint32_t how = feed_byte(&feed);
    struct slice bytes = feed_piece(&feed);

    if (!s || bytes.len > TEXT_MAX)
        return;
    port.is_wild = true;
    if (how & 1)
        say(s, bytes, (how & 4) != 0);
    else
        port_hear(s, bytes, (how & 4) != 0);
    port_arrive(&port, s, how & 8 ? feed_byte(&feed) : SIZE_MAX);
}

static void hear_payload(void)
{
    static const char *const types[] = {"requested", "responded", "error",
                                        "aborted", "completed"};
    struct port_stream *s = open_stream(feed_byte(&feed));
    const uint32_t how = feed_byte(&feed);
    const struct slice id = id_of(feed_byte(&feed)), bytes = feed_piece(&feed);

    if (!s)
        return;
    port.is_wild = true;
    say_event(s, types[how % 5], id,
              slice_head(bytes, bytes.len < TEXT_MAX ? bytes.len : TEXT_MAX),
              how >= 128);
    port_arrive(&port, s, SIZE_MAX);
}

/* ------------------------------------------------------------- the network */

static void move(void)
{
    const uint32_t what = feed_byte(&feed);
    struct port_stream *s = some_stream(feed_byte(&feed) | 64);

    if (!s)
        return;
    switch (what % 8) {
    case 0:
    case 1:
        port_arrive(&port, s, feed_byte(&feed));
        break;
    case 2:
        port_reset(&port, s);
        break;
    case 3:
        port_stop(&port, s);
        break;
    case 4:
        port_gone(&port, s);
        break;
    case 5:
        port_hear(s, slice_make(NULL, 0), true);
        port_arrive(&port, s, SIZE_MAX);
        break;
    default:
        port_room(&port, s);
        break;
    }
}

static void poll_some(void)
{
    const uint32_t how = feed_byte(&feed);
    const size_t room = how & 1 ? SIZE_MAX : feed_byte(&feed);

    for (uint32_t i = how >> 2; i > 0; i--)
        if (!port_poll(&port, room, (how & 2) == 0))
            return;
}

static void poll_all(void)
{
    while (port_poll(&port, SIZE_MAX, true))
        ;
    port_check(&port, party_paused(&party));
}

static void connect(void)
{
    struct connection *c =
        node_add(party.node, stock_key(who), (struct peer_filter){is_open});

    port_begin(&port, party.node, c, 0);
    port.input = feed.rest;
}

/* The connection is lost, and there is another; not often, since one costs as
 * much as all that is said on some. */
static void reconnect(void)
{
    const uint32_t how = feed_byte(&feed);

    if (how & 6)
        return;
    if (how & 1)
        port_close(&port);
    port_cut(&port);
    port_end(&port);
    connect();
    port_grant(&port, 4);
}

/* ------------------------------------------------------------- our side */

static void told_import(void *self,
                        const struct operation_adapter_outcome *outcome)
{
    struct party *p = self;

    (void)outcome;
    broken_unless(p->talks > 0, "AD-1", "an import is told twice");
    p->talks--;
}

static void import(void)
{
    const struct from_call_terms terms = {.prefix = slice_of(STOCK_PREFIX)};

    party.talks++;
    from_call_import(port.c, &terms,
                     (struct operation_adapter_waiter){told_import, &party});
}

static void ask(void)
{
    const uint32_t what = feed_byte(&feed);
    struct party_ask *a;

    if (what % 8 == 7) {
        import();
        return;
    }
    a = party_ask(&party, &port, what, what % 2 == 1);
    if (a)
        party_send(a, what / 8, false, GATE_NOBODY, false);
}

static void change_mind(void)
{
    const uint32_t what = feed_byte(&feed);
    struct party_ask *a = party_waiting(&party, what / 2);

    if (!a)
        return;
    if (what & 1)
        party_abort(a);
    else
        party_resume(a);
}

static void work(void)
{
    struct party_job *job = party_running(&party, feed_byte(&feed));

    if (job)
        party_work(&party, job);
}

static void wait(void)
{
    static const uint64_t spans[] = {1000000, 999999999, 30000000000, 0};
    const uint32_t which = feed_byte(&feed) % 4;
    const uint64_t due = node_deadline(party.node);
    uint64_t span = spans[which];

    if (which == 3 && due != NEVER && due > party.now_ns)
        span = due - party.now_ns;
    party_wait(&party, span);
}

/* ------------------------------------------------------------- the program */

static void close_it(void)
{
    if (!feed_once_in(&feed, 4))
        return;
    port.is_closed = true;
    connection_close(port.c);
}

static void grant(void)
{
    port_grant(&port, feed_byte(&feed) % 4);
}

static void step(void)
{
    static void (*const steps[])(void) = {
        hear_request, hear_request,  hear_request, hear_answer, hear_answer,
        hear_abort,   hear_anything, hear_payload, move,        move,
        poll_some,    poll_all,      ask,          change_mind, work,
        wait,         grant,         reconnect,    close_it,    work,
    };

    void (*const next)(void) =
        steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)];

    is_harmed = is_harmed || next == hear_abort || next == hear_anything ||
                next == hear_payload || next == move || next == wait ||
                next == reconnect || next == close_it;
    next();
    party_check(&party);
}

static void setup(void)
{
    stock_setup();
    party_offer(&party, ops);
    party.eyes = (struct party_eyes){.started = started, .stopped = stopped};
}

static void run(struct slice input)
{
    feed = (struct feed){input};
    is_harmed = false;
    who = feed_below(&feed, GATE_KNOWN + 1);
    is_open = feed_byte(&feed) & 1;
    party_begin(&party, &feed);
    connect();
    port_grant(&port, feed_byte(&feed) % 16);
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    poll_all();
    is_harmed = true;
    port_close(&port);
    poll_all();
    port_cut(&port);
    party_end(&party);
    broken_unless(party.talks == 0, "AD-1", "an import is never told");
    port_end(&port);
}

const struct target target_connection = {
    .name = "connection",
    .promise = "Whatever a peer says and does, a connection does nothing that "
               "it may not, tells everybody his end once, and keeps no more "
               "than is open.",
    .rules = "AB-9 AB-24 AB-29 AB-32 AD-1 CK-3 CL-1 CN-3 CN-6 CN-8 CN-17 "
             "EV-1 EV-2 EV-4 EV-6 FL-13 FR-1 FR-3 FR-4 FR-8 FR-14 ID-2 LG-3 "
             "PM-1 PM-8 PM-13 SM-2 SM-12 SM-25 SM-26 SU-4 SU-8 SU-9 SU-13 "
             "VI-1",
    .setup = setup,
    .run = run,
};

/* SPDX-License-Identifier: MIT */
/*
 * One connection of one node, and a transport that writes down what it is
 * asked to do, one line of text for each poll until nothing is left:
 *
 *     open 0; 0 {"type":…} fin; 4 stop; credit 1
 *
 * Bodies of frames stand there as they are. What was consumed is only added
 * up. The ids of our requests come out of an entropy that counts: the first
 * is WIRE_ID0, the next WIRE_ID1.
 */
#ifndef REF_TEST_WIRE_H
#define REF_TEST_WIRE_H

#include "ref/base/bounds.h"
#include "ref/model/envelope.h"
#include "ref/session/node.h"
#include "ref/test/offer.h"
#include "ref/test/waiter.h"

#define WIRE_ID0 "00000000-0000-4000-8000-000000000000"
#define WIRE_ID1 "01010101-0101-4101-8101-010101010101"
#define WIRE_ID2 "02020202-0202-4202-8202-020202020202"

/* Texts of frames, as they are written in tests. */
#define WIRE_ASK(id, name, input)                                              \
    "{\"type\":\"call.requested\",\"id\":\"" id "\",\"payload\":{"             \
    "\"operationId\":\"" name "\",\"input\":" input "}}"
#define WIRE_OK(id, output)                                                    \
    "{\"type\":\"call.responded\",\"id\":\"" id                                \
    "\",\"payload\":{\"output\":" output "}}"
#define WIRE_NO(id, code, message)                                             \
    "{\"type\":\"call.error\",\"id\":\"" id "\",\"payload\":{\"code\":\"" code \
    "\",\"message\":\"" message "\",\"retryable\":false}}"
#define WIRE_DONE(id)                                                          \
    "{\"type\":\"call.completed\",\"id\":\"" id "\",\"payload\":{}}"
#define WIRE_ABORT(id)                                                         \
    "{\"type\":\"call.aborted\",\"id\":\"" id "\",\"payload\":{}}"

/* A call that a handler did not answer at once. */
struct wire_held {
    struct handler_call call;
    const struct context *context; /* good until the call is over */
    int pulled, stopped;           /* how often */
};

#define WIRE_HELD_MAX 16

struct wire {
    struct registry registry;
    struct auth_policy policy;
    struct node *node;
    struct connection *c;
    uint32_t entropy;   /* how often it was asked for */
    int64_t next;       /* the number of the next stream that we open */
    bool has_no_stream; /* the transport cannot open one after all */
    size_t room;        /* bytes that a WRITE takes */
    uint64_t consumed;  /* bytes that were reported */
    uint64_t credit;    /* streams that the peer was granted */
    struct buf said;    /* the actions of the last poll */
    struct wire_held held[WIRE_HELD_MAX];
    size_t held_count;
};

static inline void wire_fill(void *self, uint8_t *bytes, size_t len)
{
    struct wire *w = self;

    memset(bytes, (int)(w->entropy & 0xff), len);
    for (size_t i = 0; i < len && w->entropy >> 8 * (i + 1); i++)
        bytes[i] = (uint8_t)(bytes[i] + (w->entropy >> 8 * (i + 1)));
    w->entropy++;
}

/* ------------------------------------------------------------- handlers */

static inline void wire_echo(void *self, const struct context *context,
                             struct slice input, struct handler_call call)
{
    (void)self;
    (void)context;
    handler_respond(call, input);
}

static inline void wire_hold(void *self, const struct context *context,
                             struct slice input, struct handler_call call)
{
    struct wire *w = self;

    (void)input;
    if (w->held_count < WIRE_HELD_MAX)
        w->held[w->held_count] = (struct wire_held){call, context, 0, 0};
    w->held_count++;
}

static inline struct wire_held *wire_find(struct wire *w,
                                          struct handler_call call)
{
    static struct wire_held nobody;

    for (size_t i = 0; i < w->held_count && i < WIRE_HELD_MAX; i++)
        if (w->held[i].call.serial == call.serial)
            return &w->held[i];
    return &nobody;
}

static inline void wire_pull(void *self, struct handler_call call)
{
    wire_find(self, call)->pulled++;
}

static inline void wire_stop(void *self, struct handler_call call)
{
    wire_find(self, call)->stopped++;
}

/* ----------------------------------------------------------- set up, end */

/* A node with "t/echo", "t/hold" (answered later), "t/scoped" (needs "s", and
 * is held), "t/items" (a subscription, held), and whom it knows; no connection
 * yet. */
static inline void wire_begin(struct wire *w, size_t body_max)
{
    struct handler echo = {.start = wire_echo, .self = w};
    struct handler hold = {.start = wire_hold, .stop = wire_stop, .self = w};
    struct handler items = {
        .start = wire_hold, .pull = wire_pull, .stop = wire_stop, .self = w};
    struct node_config config = {
        .registry = &w->registry,
        .policy = &w->policy,
        .entropy = {wire_fill, w},
        .body_max = body_max,
    };

    *w = (struct wire){.room = SIZE_MAX};
    offer(&w->registry, "{\"name\":\"t/echo\"}", true, echo);
    offer(&w->registry, "{\"name\":\"t/hold\"}", false, hold);
    offer(&w->registry,
          "{\"name\":\"t/scoped\",\"access\":{\"required_scopes\":[\"s\"]}}",
          false, hold);
    offer(&w->registry, "{\"name\":\"t/items\",\"op_type\":\"subscription\"}",
          false, items);
    w->node = node_new(&config);
    buf_init(&w->said, 1 << 22);
}

/* The same with an open connection to a stranger, who may open all streams;
 * we may open none yet. */
static inline void wire_connect(struct wire *w)
{
    wire_begin(w, 0);
    w->c = node_add(w->node, slice_make(NULL, 0), (struct peer_filter){true});
}

static inline void wire_end(struct wire *w)
{
    node_free(w->node);
    registry_clear(&w->registry);
    auth_policy_clear(&w->policy);
    buf_clear(&w->said);
}

/* ---------------------------------------------------------------- saying */

/* One frame with this body, appended. */
static inline void wire_frame(struct buf *out, const char *body)
{
    size_t start = frame_begin(out);

    buf_put(out, body);
    assert_true(frame_end(out, start, BOUNDS_BODY_MAX));
}

/* The peer sends these frames (NULL at the end), and perhaps FIN. */
static inline void wire_hear(struct wire *w, int64_t stream, bool fin,
                             const char *const bodies[])
{
    struct slice bytes;
    struct buf out;

    buf_init(&out, 1 << 20);
    for (; *bodies; bodies++)
        wire_frame(&out, *bodies);
    bytes = t_exact(buf_slice(&out));
    buf_clear(&out);
    connection_on_data(w->c, stream, bytes, fin);
    t_free(bytes);
}

#define wire_hears(w, stream, fin, ...)                                        \
    wire_hear((w), (stream), (fin), (const char *const[]){__VA_ARGS__, NULL})

/* The next action. Whoever has one was among the stirred, and whoever has none
 * is not. */
static inline bool wire_next(struct connection *c, struct action *ret)
{
    bool is_stirred, has_more;

    composing_run(c->commons);
    is_stirred = c->turn.is_in;
    has_more = connection_poll(c, ret);
    assert_true(is_stirred || !has_more);
    assert_int_equal(c->turn.is_in, has_more);
    return has_more;
}

static inline void wire_note(struct wire *w, const char *format, int64_t n)
{
    char text[60];

    snprintf(text, sizeof text, format, (long long)n);
    buf_put(&w->said, w->said.len ? "; " : "");
    buf_put(&w->said, text);
}

static inline void wire_write(struct wire *w, const struct action *a)
{
    size_t len = a->bytes.len < w->room ? a->bytes.len : w->room;
    struct frame_reader r;
    struct slice rest = a->bytes, body;
    const char *why;

    wire_note(w, "%lld", a->stream);
    frame_reader_init(&r, BOUNDS_BODY_MAX);
    while (len == a->bytes.len && rest.len &&
           frame_read(&r, &rest, &body, &why) == FRAME_READY) {
        buf_put(&w->said, " ");
        buf_put_slice(&w->said, body);
    }
    frame_reader_clear(&r);
    if (len < a->bytes.len)
        buf_put(&w->said, " blocked");
    else
        buf_put(&w->said, a->fin ? " fin" : "");
    connection_wrote(w->c, a->stream, len);
}

static inline void wire_do(struct wire *w, const struct action *a)
{
    assert_int_equal(a->code, 0); /* [SM-26] */
    switch (a->kind) {
    case ACTION_OPEN:
        wire_note(w, w->has_no_stream ? "open none" : "open %lld", w->next);
        connection_opened(w->c, w->has_no_stream ? -1 : w->next);
        w->next += w->has_no_stream ? 0 : 4;
        break;
    case ACTION_WRITE:
        wire_write(w, a);
        break;
    case ACTION_RESET:
        wire_note(w, "%lld reset", a->stream);
        break;
    case ACTION_STOP:
        wire_note(w, "%lld stop", a->stream);
        break;
    case ACTION_CONSUMED:
        w->consumed += a->count;
        break;
    case ACTION_CREDIT:
        wire_note(w, "credit %lld", (int64_t)a->count);
        w->credit += a->count;
        break;
    case ACTION_CLOSE:
        wire_note(w, "close", 0);
        break;
    }
}

/* Everything the connection wants done now, done and in words. */
static inline const char *wire_poll(struct wire *w)
{
    struct action a;

    buf_reset(&w->said);
    while (wire_next(w->c, &a))
        wire_do(w, &a);
    buf_put_byte(&w->said, '\0');
    return (const char *)w->said.data;
}

/* ---------------------------------------------------------------- asking */

/* We ask for "t/x" with `input`, and `waiter` is told; the ticket. */
static inline uint64_t wire_call(struct wire *w, const char *input,
                                 struct waiter *waiter)
{
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of(input)};

    return client_call(w->c, &request, waiter_of(waiter));
}

/* The same, and many items are expected. */
static inline uint64_t wire_subscribe(struct wire *w, const char *input,
                                      struct waiter *waiter)
{
    struct client_request request = {.operation = slice_of("t/x"),
                                     .input = slice_of(input)};

    return client_subscribe(w->c, &request, waiter_of(waiter));
}

#define WIRE_CALLED(id, input) WIRE_ASK(id, "/t/x", input)

#endif

/* SPDX-License-Identifier: MIT */
/* See speaker.h. */
#include "fuzz/peers/speaker.h"

#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/stock.h"

#define INPUT "{\"n\":\"" /* so each begins */
#define LONG 600000       /* bytes of an input: two are more than a mebibyte */
#define NOISE 1200        /* frames that mean nothing, one after the other */
#define MANY 210          /* items, likewise */

/* ------------------------------------------------------------- ids, texts */

static char ids[DOCKET_IDS][257];

void speaker_setup(void)
{
    static const char *const short_ids[] = {
        "a",
        "A",
        "b",
        "ab",
        "c\xc3\xa9",
        "0b5c47a1-6a0e-4f5e-9d6b-2f8f3a1c77d2",
        "0B5C47A1-6A0E-4F5E-9D6B-2F8F3A1C77D2",
        "0b5c47a1-6a0e-4f5e-9d6b-2f8f3a1c77d2x",
        "0b5c47a1-6a0e-4f5e-9d6b-2f8f3a1c77d2y"};
    const size_t count = sizeof short_ids / sizeof *short_ids;

    for (size_t i = 0; i < count; i++)
        (void)snprintf(ids[i], sizeof *ids, "%s", short_ids[i]);
    for (size_t i = count; i < DOCKET_IDS; i++)
        memset(ids[i], 'k', 255); /* [EN-20] */
    ids[count][255] = '0';
    ids[count + 1][255] = '1';
}

struct slice speaker_id(uint32_t id)
{
    return slice_of(ids[id]);
}

uint32_t speaker_id_of(struct slice text)
{
    uint32_t id = 0;

    while (id < DOCKET_IDS && !slice_equal(slice_of(ids[id]), text))
        id++;
    broken_unless(id < DOCKET_IDS, "ID-1", "an answer under %zu other bytes",
                  text.len);
    return id;
}

/* Two digits stand behind the beginning that all have. */
uint32_t speaker_number(struct slice input)
{
    const struct slice mark = slice_of(INPUT);
    const uint8_t *digits = input.data + mark.len;

    broken_unless(input.len > mark.len + 2 && slice_starts(input, mark), "CK-3",
                  "an input of nobody");
    return (digits[0] - (uint32_t)'0') * 10 + digits[1] - (uint32_t)'0';
}

void speaker_begin(struct speaker *p, struct feed *feed, struct docket *docket,
                   struct port *port, bool is_patient)
{
    if (p->body.len_max == 0)
        buf_init(&p->body, 2 * LONG);
    memset(p->said, 0, sizeof p->said);
    p->feed = feed;
    p->docket = docket;
    p->port = port;
    p->is_patient = is_patient;
    p->room = SIZE_MAX;
}

/* ------------------------------------------------------------- frames */

static struct port_stream *some_stream(struct speaker *p)
{
    const uint32_t wish = feed_byte(p->feed);
    const size_t count = p->port->opened[false];

    if (count == 0 || (wish % 4 == 0 && count < DOCKET_STREAMS))
        return port_opens(p->port);
    return port_at(p->port, false, wish / 4 % count);
}

static uint32_t number_of(const struct port_stream *s)
{
    return (uint32_t)(s->id / 4);
}

static void arrive(struct speaker *p, struct port_stream *s, size_t len)
{
    len = len < s->coming.len ? len : s->coming.len;
    docket_arrive(p->docket, number_of(s), s->came + len);
    port_arrive(p->port, s, len);
    docket_check_prompt(p->docket);
}

/* The frame of that body is on its way. Where it ends. */
static uint64_t say_body(struct speaker *p, struct port_stream *s)
{
    const size_t len = p->body.len;
    const uint8_t prefix[4] = {0, (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                               (uint8_t)len};

    port_hear(s, slice_make(prefix, 4), false);
    port_hear(s, buf_slice(&p->body), false);
    p->said[number_of(s)] += len + 4;
    return p->said[number_of(s)];
}

/* Whether the peer ends its half there, and how much of it all arrives now. */
static void send(struct speaker *p, struct port_stream *s, uint32_t how)
{
    if ((how >> 2 & 3) == 3)
        port_hear(s, slice_make(NULL, 0), true);
    if ((how & 3) < 2)
        arrive(p, s, SIZE_MAX);
    else if ((how & 3) == 3 && s->coming.len)
        arrive(p, s, s->coming.len - 1);
}

static struct port_stream *open_stream(struct speaker *p)
{
    struct port_stream *s = some_stream(p);

    return s && !s->is_in_over && !s->is_fin_coming ? s : NULL;
}

struct docket_part speaker_part(struct speaker *p)
{
    static const enum docket_end ends[] = {
        DOCKET_WAITS, DOCKET_ENDS, DOCKET_WAITS, DOCKET_OUCH,
        DOCKET_OTHER, DOCKET_OWN,  DOCKET_ENDS,  DOCKET_BREAKS};
    const uint32_t wish = feed_byte(p->feed);

    return (struct docket_part){
        .end = ends[wish & 7],
        .is_retryable = (wish & 8) != 0,
        .has_details = (wish & 16) != 0,
        .items = p->is_patient && wish == 255 ? MANY : wish >> 5 & 3};
}

static struct slice token_of(uint32_t token)
{
    if (token == DOCKET_KEY)
        return stock_api_key();
    return token < GATE_KNOWN ? stock_token(token) : slice_of("of-nobody");
}

/* So far a frame of that type, under that id, with that payload before its
 * end. */
static void begin_body(struct speaker *p, const char *type, uint32_t id,
                       const char *payload)
{
    buf_reset(&p->body);
    buf_put(&p->body, "{\"type\":\"call.");
    buf_put(&p->body, type);
    buf_put(&p->body, "\",\"id\":\"");
    buf_put(&p->body, ids[id]);
    buf_put(&p->body, "\",\"payload\":{");
    buf_put(&p->body, payload);
}

static void say_request(struct speaker *p, struct port_stream *s,
                        const struct docket_request *r, size_t pad)
{
    static char padding[LONG];
    const char digits[] = {(char)('0' + p->docket->request_count / 10),
                           (char)('0' + p->docket->request_count % 10)};

    begin_body(p, "requested", r->id, "\"operationId\":\"/");
    buf_put_slice(&p->body, stock_name(r->op));
    if (r->token != DOCKET_NO_TOKEN) {
        buf_put(&p->body, "\",\"auth_token\":\"");
        buf_put_slice(&p->body, token_of(r->token));
    }
    buf_put(&p->body, "\",\"input\":" INPUT);
    buf_put_slice(&p->body, slice_make(digits, sizeof digits));
    memset(padding, '-', pad);
    buf_put_slice(&p->body, slice_make(padding, pad));
    buf_put(&p->body, r->is_fit ? "\",\"must\":1}}}" : "\"}}}");
    (void)docket_say_request(p->docket, r, say_body(p, s));
}

static bool has_room(const struct speaker *p)
{
    return p->docket->request_count < DOCKET_REQUESTS &&
           p->docket->frame_count < DOCKET_FRAMES;
}

/* One that is long comes alone. */
static uint32_t how_many(const struct speaker *p, uint32_t wish, bool is_long)
{
    if (wish < 240 || is_long)
        return 1;
    return 2 + wish % (p->is_patient ? 16 : 3);
}

/* One request, or many at once: of one id, or of one after the other. */
void speaker_ask(struct speaker *p)
{
    struct port_stream *s = open_stream(p);
    const uint32_t id = feed_byte(p->feed), op = feed_byte(p->feed);
    struct docket_request r = {.id = id % DOCKET_IDS,
                               .op = op % (GATE_OPS + 1),
                               .is_fit = op < 64,
                               .part = speaker_part(p)};
    const uint32_t token = feed_byte(p->feed), count = feed_byte(p->feed),
                   how = feed_byte(p->feed);
    const bool is_long = p->is_patient && how == 255;

    if (!s)
        return;
    r.stream = number_of(s);
    r.token = token % 4 == 3 ? token / 4 % DOCKET_TOKENS : DOCKET_NO_TOKEN;
    for (uint32_t i = how_many(p, count, is_long); i > 0 && has_room(p); i--) {
        say_request(p, s, &r, is_long ? LONG : 0);
        r.id = id < 128 ? r.id : (r.id + 1) % DOCKET_IDS;
    }
    send(p, s, how);
}

void speaker_give_up(struct speaker *p)
{
    struct port_stream *s = open_stream(p);
    const uint32_t id = feed_byte(p->feed) % DOCKET_IDS,
                   how = feed_byte(p->feed);

    if (!s || !has_room(p))
        return;
    begin_body(p, "aborted", id, "}}");
    (void)docket_say(p->docket, &(struct docket_frame){.kind = DOCKET_ABORT,
                                                       .stream = number_of(s),
                                                       .which = id,
                                                       .end = say_body(p, s)});
    send(p, s, how);
}

/* What nobody knows, and what was not asked for: both mean nothing. */
void speaker_make_noise(struct speaker *p)
{
    struct port_stream *s = open_stream(p);
    const uint32_t count = feed_byte(p->feed), how = feed_byte(p->feed);
    uint64_t end = 0;

    if (!s || !has_room(p))
        return;
    if (count & 1)
        begin_body(p, "paused", 0, "}}");
    else
        begin_body(p, "responded", 0, "\"output\":1}}");
    for (uint32_t i = p->is_patient && count == 255 ? NOISE : count % 4 + 1;
         i > 0; i--)
        end = say_body(p, s);
    (void)docket_say(p->docket, &(struct docket_frame){.kind = DOCKET_NOISE,
                                                       .stream = number_of(s),
                                                       .end = end});
    send(p, s, how);
}

/* ------------------------------------------------------------- streams */

bool speaker_is_met(const struct port_stream *s)
{
    return s->is_known || s->is_in_over;
}

static void reset(struct speaker *p, struct port_stream *s)
{
    if (!s->is_in_over)
        docket_reset(p->docket, number_of(s));
    port_reset(p->port, s);
}

static void stop_hearing(struct speaker *p, struct port_stream *s)
{
    if (!speaker_is_met(s) || s->is_out_over)
        return;
    docket_stop(p->docket, number_of(s));
    port_stop(p->port, s);
}

static void lose(struct speaker *p, struct port_stream *s)
{
    if (!speaker_is_met(s))
        return;
    docket_stop(p->docket, number_of(s));
    port_gone(p->port, s);
}

void speaker_finish(struct speaker *p, struct port_stream *s)
{
    port_hear(s, slice_make(NULL, 0), true);
    arrive(p, s, SIZE_MAX);
}

static void wait_for(struct speaker *p, struct port_stream *s)
{
    arrive(p, s, SIZE_MAX);
}

void speaker_turn(struct speaker *p)
{
    static void (*const turns[])(struct speaker *, struct port_stream *) = {
        speaker_finish, reset, stop_hearing, lose, wait_for, speaker_finish};
    const uint32_t what = feed_byte(p->feed) % (sizeof turns / sizeof *turns);
    struct port_stream *s = some_stream(p);

    if (s)
        turns[what](p, s);
}

/* So many have room again. */
static void give_room(struct speaker *p, size_t from, size_t count)
{
    for (size_t i = from; i < from + count && i < p->port->opened[false]; i++)
        if (port_at(p->port, false, i))
            port_room(p->port, port_at(p->port, false, i));
}

/* The peer takes much, or little at a time, of all streams or of one. */
void speaker_take(struct speaker *p)
{
    const uint32_t how = feed_byte(p->feed), which = feed_byte(p->feed);

    if (how % 4 == 0)
        p->room = SIZE_MAX;
    else if (how % 4 == 1)
        p->room = which;
    if (how % 4 != 2)
        give_room(p, 0, DOCKET_STREAMS);
    else
        give_room(p, which % DOCKET_STREAMS, 1);
}

void speaker_give_room(struct speaker *p)
{
    p->room = SIZE_MAX;
    give_room(p, 0, DOCKET_STREAMS);
}

/* SPDX-License-Identifier: MIT */
/* See port.h. Streams stand at the place that their number says, so that each
 * is found at once. */
#include "fuzz/peers/port.h"

#include "fuzz/broken.h"
#include "fuzz/peers/stock.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

#define IN_MEMORY (1u << 24) /* what a buffer of ours may hold */

/* ------------------------------------------------------------- streams */

static size_t slot_of(const struct port *p, int64_t id)
{
    const bool is_ours = (id & 1) == p->first;

    return (size_t)(id / 4) + (is_ours ? PORT_STREAMS_MAX : 0);
}

static struct port_stream *add(struct port *p, int64_t id)
{
    struct port_stream *s;
    const bool is_ours = (id & 1) == p->first;

    if (id / 4 >= PORT_STREAMS_MAX)
        return NULL;
    s = &p->streams[slot_of(p, id)];
    memset(s, 0, offsetof(struct port_stream, requests));
    s->request_count = 0;
    s->id = id;
    s->is_there = true;
    s->is_ours = is_ours;
    buf_init(&s->coming, IN_MEMORY);
    buf_init(&s->out, IN_MEMORY);
    p->opened[is_ours]++;
    return s;
}

static int64_t next_id(const struct port *p, bool is_ours)
{
    return (int64_t)p->opened[is_ours] * 4 + (is_ours ? p->first : !p->first);
}

struct port_stream *port_at(struct port *p, bool is_ours, size_t place)
{
    struct port_stream *s =
        &p->streams[place + (is_ours ? PORT_STREAMS_MAX : 0)];

    return place < p->opened[is_ours] && s->is_there ? s : NULL;
}

struct port_stream *port_opens(struct port *p)
{
    return p->c ? add(p, next_id(p, false)) : NULL;
}

struct port_stream *port_stream(struct port *p, int64_t id)
{
    const bool is_ours = (id & 1) == p->first;
    struct port_stream *s;

    if (id / 4 >= PORT_STREAMS_MAX)
        return NULL;
    while (!is_ours && p->opened[false] <= (size_t)id / 4)
        (void)add(p, next_id(p, false));
    s = &p->streams[slot_of(p, id)];
    return (size_t)id / 4 < p->opened[is_ours] && s->is_there ? s : NULL;
}

/* ------------------------------------------------------------- coming in */

void port_hear(struct port_stream *s, struct slice bytes, bool fin)
{
    if (s->is_fin_coming || s->is_in_over)
        return;
    buf_put_slice(&s->coming, bytes);
    s->is_fin_coming = fin;
}

/* In memory of exactly that size, so that a byte too many is seen. */
static void give(struct port *p, struct port_stream *s, struct slice bytes,
                 bool fin)
{
    uint8_t *exact = xalloc_grow(NULL, bytes.len ? bytes.len : 1, 1);

    if (bytes.len)
        memcpy(exact, bytes.data, bytes.len);
    s->is_known = true;
    s->came += bytes.len;
    s->is_in_over = fin;
    connection_on_data(p->c, s->id, slice_make(exact, bytes.len), fin);
    xalloc_free(exact);
}

void port_arrive(struct port *p, struct port_stream *s, size_t len)
{
    struct slice all = buf_slice(&s->coming);
    bool fin;

    if (!p->c || s->is_in_over || (!all.len && !s->is_fin_coming))
        return;
    len = len < all.len ? len : all.len;
    fin = s->is_fin_coming && len == all.len;
    give(p, s, slice_head(all, len), fin);
    buf_consume(&s->coming, len);
}

void port_reset(struct port *p, struct port_stream *s)
{
    if (!p->c || s->is_in_over)
        return;
    s->is_in_over = s->is_lossy = true;
    buf_clear(&s->coming);
    connection_on_reset(p->c, s->id);
}

void port_stop(struct port *p, struct port_stream *s)
{
    if (p->c && !s->is_out_over)
        connection_on_stop(p->c, s->id);
}

void port_gone(struct port *p, struct port_stream *s)
{
    if (!p->c)
        return;
    s->is_there = false;
    s->is_in_over = s->is_out_over = true;
    buf_clear(&s->coming);
    buf_clear(&s->out);
    connection_on_gone(p->c, s->id);
}

void port_room(struct port *p, struct port_stream *s)
{
    if (!p->c || !s->is_blocked)
        return;
    s->is_blocked = false;
    connection_on_writable(p->c, s->id);
}

void port_grant(struct port *p, uint64_t count)
{
    if (!p->c)
        return;
    p->credit += count;
    connection_on_credit(p->c, count);
}

/* ------------------------------------------------------------- frames */

static struct port_request *find_request(struct port_stream *s, struct slice id)
{
    for (size_t i = 0; i < s->request_count; i++)
        if (slice_equal(slice_make(s->requests[i].id, s->requests[i].id_len),
                        id))
            return &s->requests[i];
    return NULL;
}

void port_expect(struct port_stream *s, struct slice id, bool is_feed)
{
    struct port_request *r = find_request(s, id);

    if (!r && (s->request_count == PORT_IDS_MAX || id.len > UUID_LEN)) {
        s->is_wild = true;
        return;
    }
    if (!r) {
        r = &s->requests[s->request_count++];
        *r = (struct port_request){.id_len = id.len};
        if (id.len)
            memcpy(r->id, id.data, id.len);
    }
    *(is_feed ? &r->feeds : &r->calls) += 1;
}

/* Was it answered, or is it being served? */
static bool is_met(const struct port_stream *s, const struct port_request *r)
{
    return (!r->calls && !r->feeds) || (s->is_there && !s->is_lossy &&
                                        !s->is_out_over && s->coming.len == 0);
}

/* One that comes before its request may end that later on. */
void port_expect_abort(struct port *p, struct slice id)
{
    bool is_late = false;

    for (size_t i = 0; i < p->opened[false]; i++) {
        struct port_request *r = find_request(&p->streams[i], id);

        if (!r)
            continue;
        r->may_be_silent = true;
        is_late = is_late || is_met(&p->streams[i], r);
    }
    p->has_early_abort = p->has_early_abort || !is_late;
}

static bool is_one_of_ours(const struct port *p, struct slice id)
{
    uint32_t known =
        p->ours_count < PORT_OURS_MAX ? p->ours_count : PORT_OURS_MAX;

    if (p->ours_count > PORT_OURS_MAX)
        return true;
    for (uint32_t i = 0; i < known; i++)
        if (slice_equal(id, slice_make(p->ours[i], UUID_LEN)))
            return true;
    return false;
}

static void judge_request(struct port *p, struct port_stream *s,
                          const struct event *e)
{
    struct port_stream *there = p->other ? port_stream(p->other, s->id) : NULL;

    broken_unless(s->is_ours, "EV-4", "a request on a stream of the peer's");
    broken_unless(e->id.len == UUID_LEN && (p->ours_count >= PORT_OURS_MAX ||
                                            !is_one_of_ours(p, e->id)),
                  "ID-2", "a request of ours with the id of another");
    if (p->ours_count < PORT_OURS_MAX)
        memcpy(p->ours[p->ours_count], e->id.data, UUID_LEN);
    p->ours_count++;
    if (there)
        port_expect(there, e->id, p->is_feed && p->is_feed(p->self, e));
}

/* Not more ends than requests, items of subscriptions alone. Where both kinds
 * have one id nobody can say which of them was answered. */
static void judge_answer(const struct port *p, struct port_stream *s,
                         const struct event *e)
{
    struct port_request *r = find_request(s, e->id);

    broken_unless(!s->is_ours, "EV-4", "an answer on a stream of our own");
    if (s->is_wild || p->is_wild)
        return;
    broken_unless(r != NULL, "EV-2", "an answer with an id nobody asked with");
    broken_unless(r->calls || r->feeds, "CL-1",
                  "an answer behind the last word on its request");
    broken_unless(r->feeds || !event_is(e, "completed"), "CL-1",
                  "a call was completed");
    if (r->calls && r->feeds)
        s->is_wild = true;
    else if (r->calls)
        r->calls--;
    else if (!event_is(e, "responded"))
        r->feeds--;
}

static void judge_abort(struct port *p, const struct event *e)
{
    broken_unless(is_one_of_ours(p, e->id), "AB-32",
                  "an abort with an id we did not use");
    broken_unless(e->is_empty, "EV-6", "an abort that says more");
    if (p->other)
        port_expect_abort(p->other, e->id);
}

static void judge_event(struct port *p, struct port_stream *s,
                        const struct event *e)
{
    if (event_is(e, "requested"))
        judge_request(p, s, e);
    else if (event_is(e, "aborted"))
        judge_abort(p, e);
    else if (event_is(e, "responded") || event_is(e, "error"))
        judge_answer(p, s, e);
    else if (event_is(e, "completed") && e->is_empty)
        judge_answer(p, s, e);
    else
        broken_unless(false, "EV-1", "an event that does not exist");
}

static void judge_body(struct port *p, struct port_stream *s, struct slice body)
{
    const struct event e = event_read(&p->arena, body);
    const struct slice secret = slice_of(STOCK_SECRET);

    broken_unless(!e.why, "FR-3", "a frame of ours is no envelope: %s: %.*s",
                  e.why, (int)(body.len < 200 ? body.len : 200),
                  (const char *)body.data);
    broken_unless(slice_find(body, secret) == body.len ||
                      slice_find(p->input, secret) < p->input.len,
                  "FR-14", "a secret in a frame");
    judge_event(p, s, &e);
    if (p->said)
        p->said(p->self, s, &e);
}

/* Whole frames are judged, the rest of the bytes kept. */
static struct slice judge_frames(struct port *p, struct port_stream *s,
                                 struct slice bytes)
{
    while (bytes.len >= 4) {
        const uint8_t *b = bytes.data;
        size_t len = (size_t)b[0] << 24 | (size_t)b[1] << 16 |
                     (size_t)b[2] << 8 | (size_t)b[3];

        broken_unless(len > 0 && len <= p->body_max, "FR-1",
                      "a frame of ours has %zu bytes", len);
        if (bytes.len - 4 < len)
            break;
        judge_body(p, s, slice_make(b + 4, len));
        bytes = slice_skip(bytes, 4 + len);
    }
    return bytes;
}

static void judge_bytes(struct port *p, struct port_stream *s,
                        struct slice bytes)
{
    if (s->out.len == 0) {
        buf_put_slice(&s->out, judge_frames(p, s, bytes));
        return;
    }
    buf_put_slice(&s->out, bytes);
    buf_consume(&s->out,
                s->out.len - judge_frames(p, s, buf_slice(&s->out)).len);
}

/* ------------------------------------------------------------- actions */

static struct port_stream *opened(struct port *p, const struct action *a)
{
    const bool is_ours = (a->stream & 1) == p->first;

    broken_unless((size_t)a->stream / 4 < p->opened[is_ours], "SM-26",
                  "something is asked of a stream that never was");
    return &p->streams[slot_of(p, a->stream)];
}

static struct port_stream *known(struct port *p, const struct action *a)
{
    struct port_stream *s = opened(p, a);

    broken_unless(s->is_there, "SM-26",
                  "something is asked of a stream that "
                  "is gone");
    return s;
}

static void do_open(struct port *p, bool has_stream)
{
    const int64_t id = next_id(p, true);

    broken_unless(p->credit > 0, "SM-2", "a stream without credit");
    p->credit--;
    if (!has_stream || !add(p, id)) {
        p->credit = 0;
        connection_opened(p->c, -1);
        return;
    }
    if (p->other)
        (void)port_stream(p->other, id);
    connection_opened(p->c, id);
}

static void end_half(const struct port *p, struct port_stream *s)
{
    const bool is_clear = !s->is_ours && !s->is_wild && !p->is_wild &&
                          !s->is_lossy && !p->has_early_abort &&
                          !s->is_stop_said;

    s->is_out_over = true;
    broken_unless(s->out.len == 0, "FR-8", "a half ends inside a frame");
    for (size_t i = 0; i < s->request_count && is_clear; i++) {
        const struct port_request *r = &s->requests[i];

        broken_unless(r->may_be_silent || (!r->calls && !r->feeds), "SM-12",
                      "a half ends, and somebody on it has no answer");
    }
}

static void do_write(struct port *p, const struct action *a, size_t room)
{
    struct port_stream *s = known(p, a);
    size_t len = a->bytes.len < room ? a->bytes.len : room;
    const bool is_all = len == a->bytes.len;
    struct slice bytes = slice_head(a->bytes, len);

    broken_unless(!s->is_out_over, "FR-4", "bytes behind the end of a half");
    broken_unless(!s->is_blocked, "SU-9", "bytes where there is no room");
    broken_unless(a->bytes.len || a->fin, "FR-4", "a write of nothing");
    judge_bytes(p, s, bytes);
    if (p->other) {
        struct port_stream *there = port_stream(p->other, s->id);

        if (there)
            port_hear(there, bytes, a->fin && is_all);
    }
    s->is_blocked = !is_all;
    if (is_all && a->fin)
        end_half(p, s);
    connection_wrote(p->c, s->id, len);
}

static void do_reset(struct port *p, const struct action *a)
{
    struct port_stream *s = known(p, a);
    struct port_stream *there = p->other ? port_stream(p->other, s->id) : NULL;

    broken_unless(!s->is_out_over, "SM-26", "a reset behind the end of a half");
    s->is_out_over = true;
    buf_clear(&s->out);
    if (there)
        port_reset(p->other, there);
}

static void do_stop(struct port *p, const struct action *a)
{
    struct port_stream *s = known(p, a);
    struct port_stream *there = p->other ? port_stream(p->other, s->id) : NULL;

    broken_unless(!s->is_in_over, "SM-26", "a stop of what has ended");
    broken_unless(!s->is_stop_said, "SM-26", "a stop that was said already");
    s->is_stop_said = true;
    if (there)
        port_stop(p->other, there);
}

/* Also of a stream that is gone: a slow subscriber reads on. */
static void do_consumed(struct port *p, const struct action *a)
{
    struct port_stream *s = opened(p, a);

    broken_unless(a->count > 0 && a->count <= s->came - s->consumed, "FL-13",
                  "more is taken in than came");
    s->consumed += a->count;
    if (p->other && port_stream(p->other, s->id))
        port_room(p->other, port_stream(p->other, s->id));
}

/* [SM-25] of every stream once */
static void do_credit(struct port *p, const struct action *a)
{
    p->granted += a->count;
    broken_unless(a->count > 0 && p->granted <= p->opened[false], "SM-25",
                  "credit for more streams than there were");
    if (p->other)
        port_grant(p->other, a->count);
}

static void act(struct port *p, const struct action *a, size_t room,
                bool has_stream)
{
    broken_unless(a->code == 0, "SM-26", "a code that is not 0");
    broken_unless(!p->is_closed || a->kind == ACTION_CLOSE, "CN-8",
                  "something is done for a connection that is gone");
    switch (a->kind) {
    case ACTION_OPEN:
        do_open(p, has_stream);
        break;
    case ACTION_WRITE:
        do_write(p, a, room);
        break;
    case ACTION_RESET:
        do_reset(p, a);
        break;
    case ACTION_STOP:
        do_stop(p, a);
        break;
    case ACTION_CONSUMED:
        do_consumed(p, a);
        break;
    case ACTION_CREDIT:
        do_credit(p, a);
        break;
    case ACTION_CLOSE:
        if (p->other)
            port_close(p->other);
        break;
    }
}

bool port_poll(struct port *p, size_t room, bool has_stream)
{
    struct action a;

    if (!p->c || !connection_poll(p->c, &a))
        return false;
    act(p, &a, room, has_stream);
    return true;
}

/* ------------------------------------------------------------- its life */

void port_begin(struct port *p, struct node *node, struct connection *c,
                int64_t first)
{
    p->node = node;
    p->c = c;
    p->other = NULL;
    p->first = first;
    p->body_max = BOUNDS_BODY_MAX;
    p->opened[0] = p->opened[1] = 0;
    p->credit = p->granted = 0;
    p->is_wild = p->is_closed = p->has_early_abort = false;
    p->ours_count = 0;
    arena_init(&p->arena);
}

void port_close(struct port *p)
{
    p->is_closed = true;
    if (p->c)
        connection_on_closed(p->c);
}

void port_cut(struct port *p)
{
    if (p->c)
        node_remove(p->node, p->c);
    p->c = NULL;
}

static void clear(struct port *p, bool is_ours)
{
    for (size_t i = 0; i < p->opened[is_ours]; i++) {
        struct port_stream *s =
            &p->streams[i + (is_ours ? PORT_STREAMS_MAX : 0)];

        buf_clear(&s->coming);
        buf_clear(&s->out);
    }
    p->opened[is_ours] = 0;
}

void port_end(struct port *p)
{
    clear(p, false);
    clear(p, true);
    arena_clear(&p->arena);
}

/* What may be kept of that side's streams: those that are not over yet, and
 * what came on them. False: on one there is no room, so what we say is kept,
 * too. */
static bool add_up(const struct port *p, bool is_ours,
                   struct connection_stats *most)
{
    bool has_room = true;

    for (size_t i = 0; i < p->opened[is_ours]; i++) {
        const struct port_stream *s =
            &p->streams[i + (is_ours ? PORT_STREAMS_MAX : 0)];

        if (!s->is_there || (s->is_in_over && s->is_out_over))
            continue;
        most->streams += s->is_known || s->is_in_over || is_ours;
        most->bytes += s->came;
        has_room = has_room && !s->is_blocked;
    }
    return has_room;
}

void port_check(const struct port *p, size_t paused)
{
    struct connection_stats kept = {.streams = 0}, most = {.streams = paused};
    bool has_room;

    if (!p->c || p->is_closed)
        return;
    connection_count(p->c, &kept);
    has_room = add_up(p, false, &most);
    has_room = add_up(p, true, &most) && has_room;
    broken_unless(kept.streams <= most.streams, "CN-3",
                  "%zu streams are kept, and there are %zu", kept.streams,
                  most.streams);
    broken_unless(!has_room || paused || kept.bytes <= most.bytes, "FL-13",
                  "%zu bytes are kept, and %zu came", kept.bytes, most.bytes);
}

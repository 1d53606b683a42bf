/* SPDX-License-Identifier: MIT */
/*
 * Nobody tells a node that its peer is gone: each end listens, and one that
 * heard nothing for too long is over. An end hears its peer when something
 * arrives, and, because peers ping into silence, whenever both ways are open
 * as it looks up.
 *
 * An end sees a stream until it is done with it (lane.h), which is at another
 * moment than the peer is: what comes for it afterwards is not told.
 *
 * A person adding an action adds a line to carry() or carry_stream(), and one
 * to take_in() or take_in_stream().
 */
#include "netsim/pipe_end.h"
#include "ref/base/xalloc.h"

#define PATIENCE_NS 10000000000 /* a dialler waits so long */

static struct pipe_end *peer_of(struct pipe_end *e)
{
    return &e->tie->ends[!e->side];
}

static struct carrier_end name_of(const struct pipe_end *e)
{
    return (struct carrier_end){e->tie->number, e->side, e->node->at};
}

/* The stream of that number, as long as this end has not forgotten it. */
static struct lane *lane_of(const struct pipe_end *e, int64_t number)
{
    struct lane *l = e->tie->lanes;

    while (l && l->number != number)
        l = l->next;
    return l && !l->is_gone[e->side] ? l : NULL;
}

static void post(struct pipe_end *from, enum parcel_kind kind, int64_t stream,
                 uint64_t count)
{
    struct parcel *p =
        parcel_new(&from->road, &from->loose, kind, slice_make(NULL, 0));

    p->stream = stream;
    p->count = count;
    parcel_send(p);
}

/* --------------------------------------------------------------- opening */

static void tell_opened(struct pipe_end *e)
{
    const struct carrier_watcher *w = &e->tie->pipe->config.watcher;

    w->opened(w->self, name_of(e), e->c);
}

static void tell_closed(struct pipe_end *e)
{
    const struct carrier_watcher *w = &e->tie->pipe->config.watcher;

    w->closed(w->self, name_of(e));
}

static void wake(struct pipe_end *e)
{
    node_advance(e->node->node, e->tie->pipe->rota.now_ns);
    rota_touch(&e->node->turn);
}

static void hear(struct pipe_end *e)
{
    e->heard_ns = e->tie->pipe->rota.now_ns;
}

static void open_end(struct pipe_end *e)
{
    wake(e);
    e->state = PIPE_END_OPEN;
    e->stream_next = e->side;
    e->credit = e->tie->pipe->config.stream_count;
    e->c = node_add(e->node->node, fingerprint_slice(&peer_of(e)->shown),
                    e->filter);
    e->c->user = e;
    connection_on_credit(e->c, e->credit);
    tell_opened(e);
}

/* --------------------------------------------------------------- closing */

static void forget_lane(struct pipe_tie *t, struct lane *l)
{
    struct lane **at = &t->lanes;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    if (!*at)
        t->lanes_end = at;
    lane_free(l);
}

void pipe_tie_free(struct pipe_tie *t)
{
    struct pipe *p = t->pipe;
    uint64_t key = t->number;

    while (t->lanes)
        forget_lane(t, t->lanes);
    for (int side = 0; side < 2; side++) {
        struct pipe_end *e = &t->ends[side];

        parcel_free_all(&e->loose);
        reminder_set(&p->rota.agenda, &e->silence, NEVER);
        for (int i = 0; i < LINK_HARMS; i++)
            p->harmed[i] += e->road.way.harmed[i];
    }
    (void)table_remove(&p->ties, table_key(&key));
    xalloc_free(t);
}

void pipe_end_shut(struct pipe_end *e)
{
    queue_leave(&e->place);
    e->state = PIPE_END_CLOSED;
    e->c = NULL;
    reminder_set(&e->tie->pipe->rota.agenda, &e->silence, NEVER);
    parcel_free_lost(&e->loose);
    for (struct lane *l = e->tie->lanes; l; l = l->next)
        lane_abandon(l, e->side);
    if (peer_of(e)->state == PIPE_END_CLOSED)
        pipe_tie_free(e->tie);
}

/* The connection ends, waiters are told, and then the world. */
static void close_end(struct pipe_end *e)
{
    if (e->c) {
        wake(e);
        node_remove(e->node->node, e->c);
    }
    tell_closed(e);
    pipe_end_shut(e);
}

/* --------------------------------------------------------------- silence */

/* Its peer pings into silence, if it is there, and if it hears us itself. */
static bool would_hear(struct pipe_end *e)
{
    const struct pipe_end *p = peer_of(e);

    return p->state == PIPE_END_OPEN && !p->road.way.is_closed &&
           !e->road.way.is_closed;
}

static void on_silence(void *self)
{
    struct pipe_end *e = self;
    struct pipe *p = e->tie->pipe;
    uint64_t limit_ns =
        e->state == PIPE_END_DIALLING ? PATIENCE_NS : p->config.idle_ns;

    if (e->state == PIPE_END_OPEN && would_hear(e))
        hear(e);
    if (p->rota.now_ns - e->heard_ns < limit_ns)
        reminder_set(&p->rota.agenda, &e->silence, e->heard_ns + limit_ns);
    else
        close_end(e);
}

static void listen_for(struct pipe_end *e, uint64_t for_ns)
{
    hear(e);
    e->silence.ring = on_silence;
    e->silence.self = e;
    reminder_set(&e->tie->pipe->rota.agenda, &e->silence, e->heard_ns + for_ns);
}

/* --------------------------------------------------------------- arriving */

/* Nothing more will happen to it here? Then this end forgets it, and with the
 * second one it is gone. */
static void check_done(struct pipe_end *e, struct lane *l)
{
    int64_t number = l->number;

    if (!lane_is_done(l, e->side))
        return;
    l->is_gone[e->side] = true;
    if (l->is_gone[!e->side])
        forget_lane(e->tie, l);
    connection_on_gone(e->c, number);
}

/* The peer's half is over, and the peer is told that it is known. */
static void end_half(struct pipe_end *e, struct lane *l)
{
    lane_end_half(l, !e->side);
    post(e, PARCEL_ARRIVED, l->number, 0);
    check_done(e, l);
}

static void on_known(struct pipe_end *e, struct lane *l)
{
    l->halves[e->side].is_known = true;
    check_done(e, l);
}

/* The peer has taken bytes in: there is room for as many more. */
static void on_consumed(struct pipe_end *e, struct lane *l, uint64_t count)
{
    if (lane_consumed(l, e->side, count))
        connection_on_writable(e->c, l->number);
}

/* QUIC answers a stop with a reset by itself. */
static void on_stop(struct pipe_end *e, struct lane *l)
{
    if (!lane_reset(l, e->side))
        return;
    post(e, PARCEL_RESET, l->number, 0);
    connection_on_stop(e->c, l->number);
}

static void on_reset(struct pipe_end *e, struct lane *l)
{
    if (l->halves[!e->side].is_over)
        return;
    connection_on_reset(e->c, l->number);
    end_half(e, l);
}

/* Of what nobody wants any more nothing is told but that it has come. */
static void on_data(struct pipe_end *e, struct lane *l)
{
    bool is_stopped = l->halves[!e->side].is_stopped, is_fin = false;
    struct parcel *p;

    while (!is_fin && (p = lane_arrived(l, !e->side))) {
        is_fin = p->is_fin;
        if (!is_stopped)
            connection_on_data(e->c, l->number, slice_make(p->bytes, p->len),
                               is_fin);
        parcel_free(p);
    }
    if (is_fin)
        end_half(e, l);
}

/* What waited for the end to open. */
static void catch_up(struct pipe_end *e)
{
    struct lane *next;

    for (struct lane *l = e->tie->lanes; l; l = next) {
        next = l->next;
        on_data(e, l);
    }
}

/* [CC-10] Whoever dials knows whom, by its key. */
static void on_hello(struct pipe_end *e)
{
    e->shown = e->node->shown;
    if (!slice_equal(fingerprint_slice(&e->shown),
                     fingerprint_slice(&peer_of(e)->wanted))) {
        post(e, PARCEL_BYE, 0, 0);
        return;
    }
    queue_enter(&e->place);
    e->filter = (struct peer_filter){.is_open = true}; /* [LG-4] */
    open_end(e);
    listen_for(e, e->tie->pipe->config.idle_ns);
    post(e, PARCEL_WELCOME, 0, 0);
}

static void on_welcome(struct pipe_end *e)
{
    open_end(e);
    listen_for(e, e->tie->pipe->config.idle_ns);
    catch_up(e);
}

/* Of a stream that this end has not forgotten. */
static void take_in_stream(struct pipe_end *e, const struct parcel *p)
{
    struct lane *l = lane_of(e, p->stream);

    if (!l)
        return;
    if (p->kind == PARCEL_RESET)
        on_reset(e, l);
    else if (p->kind == PARCEL_STOP)
        on_stop(e, l);
    else if (p->kind == PARCEL_ARRIVED)
        on_known(e, l);
    else
        on_consumed(e, l, p->count);
}

static void on_credit(struct pipe_end *e, uint64_t count)
{
    e->credit += count;
    connection_on_credit(e->c, count);
}

/* Something for an end that is open. */
static void take_in(struct pipe_end *e, const struct parcel *p)
{
    wake(e);
    hear(e);
    if (p->kind == PARCEL_BYE)
        close_end(e);
    else if (p->kind == PARCEL_CREDIT)
        on_credit(e, p->count);
    else
        take_in_stream(e, p);
}

static void on_data_arrival(struct pipe_end *e, struct parcel *p)
{
    struct lane *l = lane_of(e, p->stream);

    p->has_arrived = true;
    if (e->state != PIPE_END_OPEN || !l)
        return;
    wake(e);
    hear(e);
    on_data(e, l);
}

/* Is `p` too early? Nobody is there yet, or it has overtaken the welcome. */
static bool is_early(const struct pipe_end *e, const struct parcel *p)
{
    if (p->kind == PARCEL_HELLO)
        return !e->node->node;
    return e->state == PIPE_END_DIALLING && p->kind != PARCEL_WELCOME &&
           p->kind != PARCEL_BYE;
}

static void on_loose_arrival(struct pipe_end *e, struct parcel *p)
{
    struct parcel copy = *p;

    parcel_free(p);
    if (copy.kind == PARCEL_HELLO)
        on_hello(e);
    else if (copy.kind == PARCEL_WELCOME && e->state == PIPE_END_DIALLING)
        on_welcome(e);
    else if (copy.kind == PARCEL_BYE && e->state == PIPE_END_DIALLING)
        close_end(e);
    else if (e->state == PIPE_END_OPEN)
        take_in(e, &copy);
}

static void on_arrival(void *self, struct parcel *p)
{
    struct pipe_end *e = peer_of(self);

    if (p->kind == PARCEL_DATA)
        on_data_arrival(e, p);
    else if (is_early(e, p))
        parcel_lose(p);
    else
        on_loose_arrival(e, p);
}

/* --------------------------------------------------------------- doing */

int64_t pipe_end_open_stream(struct pipe_end *e)
{
    struct pipe_tie *t = e->tie;
    struct lane *l;

    if (!e->credit)
        return -1;
    e->credit--;
    l = lane_new(e->stream_next, &t->terms);
    e->stream_next += 4;
    *t->lanes_end = l;
    t->lanes_end = &l->next;
    return l->number;
}

size_t pipe_end_write(struct pipe_end *e, int64_t stream, struct slice bytes,
                      bool fin)
{
    const struct carrier_watcher *w = &e->tie->pipe->config.watcher;
    struct lane *l = lane_of(e, stream);
    size_t len = l ? lane_room(l, e->side, bytes.len) : 0;

    if (!l)
        return 0;
    w->passed(w->self, name_of(e), slice_head(bytes, len));
    lane_write(l, e->side, &e->road, bytes, fin);
    return len;
}

/* It wants no more of what the peer sends there. */
static void stop(struct pipe_end *e, struct lane *l)
{
    struct lane_half *h = &l->halves[!e->side];

    if (!h->is_over && !h->is_stopped)
        post(e, PARCEL_STOP, l->number, 0);
    h->is_stopped = true;
}

/* Who has all that comes needs no more room. */
static void consume(struct pipe_end *e, struct lane *l, uint64_t count)
{
    if (!l->halves[!e->side].is_over)
        post(e, PARCEL_CONSUMED, l->number, count);
}

static void reset(struct pipe_end *e, struct lane *l)
{
    if (lane_reset(l, e->side))
        post(e, PARCEL_RESET, l->number, 0);
}

void pipe_end_lose_stream(struct pipe_end *e, int64_t stream)
{
    struct lane *l = lane_of(e, stream);

    if (!l)
        return;
    reset(e, l);
    stop(e, l);
}

static void carry_stream(struct pipe_end *e, const struct action *a)
{
    struct lane *l = lane_of(e, a->stream);

    if (!l)
        return;
    if (a->kind == ACTION_STOP)
        stop(e, l);
    else if (a->kind == ACTION_CONSUMED)
        consume(e, l, a->count);
    else
        reset(e, l);
}

static void leave(struct pipe_end *e)
{
    post(e, PARCEL_BYE, 0, 0);
    close_end(e);
}

/* True when the end is still there. */
static bool carry(struct pipe_end *e, const struct action *a)
{
    if (a->kind == ACTION_OPEN)
        connection_opened(e->c, pipe_end_open_stream(e));
    else if (a->kind == ACTION_WRITE)
        connection_wrote(e->c, a->stream,
                         pipe_end_write(e, a->stream, a->bytes, a->fin));
    else if (a->kind == ACTION_CREDIT)
        post(e, PARCEL_CREDIT, 0, a->count);
    else if (a->kind == ACTION_CLOSE)
        leave(e);
    else
        carry_stream(e, a);
    return a->kind != ACTION_CLOSE;
}

void pipe_end_pump(struct pipe_end *e)
{
    struct action a;

    while (connection_poll(e->c, &a) && carry(e, &a))
        ;
}

void pipe_end_dial(struct pipe_end *e)
{
    e->state = PIPE_END_DIALLING;
    queue_enter(&e->place);
    listen_for(e, PATIENCE_NS);
    post(e, PARCEL_HELLO, 0, 0);
}

void pipe_end_init(struct pipe_tie *t, uint32_t side, struct pipe_node *at)
{
    const struct carrier_config *config = &t->pipe->config;
    struct pipe_end *e = &t->ends[side];

    *e = (struct pipe_end){.tie = t, .side = side, .node = at};
    e->place = (struct queue_entry){.queue = &at->ends, .owner = e};
    e->road = (struct parcel_road){
        .way = {.config = config->weather,
                .key = {config->seed, t->number, side},
                .almanac = config->almanac},
        .agenda = &t->pipe->rota.agenda,
        .now_ns = &t->pipe->rota.now_ns,
        .arrived = on_arrival,
        .self = e,
    };
}

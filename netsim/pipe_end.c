/* SPDX-License-Identifier: MIT */
/*
 * Nobody tells a node that its peer is gone: each end listens, and one that
 * heard nothing for too long is over. An end hears its peer when something
 * arrives, and, because peers ping into silence, whenever both ways are open
 * as it looks up.
 *
 * A person adding an action adds a line to carry() and one to take_in().
 */
#include "netsim/pipe_end.h"
#include "ref/base/xalloc.h"

#define STREAMS_FIRST 100u      /* that a peer may open at first */
#define PATIENCE_NS 10000000000 /* a dialler waits so long */

static struct pipe_end *peer_of(struct pipe_end *e)
{
    return &e->tie->ends[!e->side];
}

static struct carrier_end name_of(const struct pipe_end *e)
{
    return (struct carrier_end){e->tie->number, e->side, e->node->at};
}

static struct lane *find_lane(const struct pipe_tie *t, int64_t number)
{
    uint64_t key = (uint64_t)number;

    return table_find(&t->lanes, table_key(&key));
}

static struct lane *lane_of(struct pipe_tie *t, int64_t number)
{
    uint64_t key = (uint64_t)number;
    struct lane *l = find_lane(t, number);

    if (l)
        return l;
    l = lane_new(number);
    table_add(&t->lanes, table_key(&key), l);
    return l;
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
    node_advance(e->node->node, e->tie->pipe->now_ns);
    queue_enter(&e->node->turn);
}

static void hear(struct pipe_end *e)
{
    e->heard_ns = e->tie->pipe->now_ns;
}

static void open_end(struct pipe_end *e)
{
    const uint64_t streams = e->tie->pipe->config.stream_count;

    wake(e);
    e->state = PIPE_END_OPEN;
    e->stream_next = e->side;
    e->c = node_add(e->node->node, fingerprint_slice(&peer_of(e)->shown),
                    e->filter);
    e->c->user = e;
    connection_on_credit(e->c, streams ? streams : STREAMS_FIRST);
    tell_opened(e);
}

/* --------------------------------------------------------------- closing */

static void forget_lane(struct pipe_tie *t, struct lane *l)
{
    uint64_t key = (uint64_t)l->number;

    (void)table_remove(&t->lanes, table_key(&key));
    lane_free(l);
}

void pipe_tie_free(struct pipe_tie *t)
{
    struct pipe *p = t->pipe;
    uint64_t key = t->number;

    while (table_first(&t->lanes))
        forget_lane(t, table_first(&t->lanes)->value);
    table_clear(&t->lanes);
    for (int side = 0; side < 2; side++) {
        struct pipe_end *e = &t->ends[side];

        parcel_free_all(&e->loose);
        reminder_set(&p->agenda, &e->silence, NEVER);
        for (int i = 0; i < LINK_HARMS; i++)
            p->harmed[i] += e->road.way.harmed[i];
    }
    (void)table_remove(&p->ties, table_key(&key));
    xalloc_free(t);
}

void pipe_end_shut(struct pipe_end *e)
{
    struct pipe_end **at = &e->node->ends;

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    e->state = PIPE_END_CLOSED;
    e->c = NULL;
    reminder_set(&e->tie->pipe->agenda, &e->silence, NEVER);
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
    if (p->now_ns - e->heard_ns < limit_ns)
        reminder_set(&p->agenda, &e->silence, e->heard_ns + limit_ns);
    else
        close_end(e);
}

static void listen_for(struct pipe_end *e, uint64_t for_ns)
{
    hear(e);
    e->silence.ring = on_silence;
    e->silence.self = e;
    reminder_set(&e->tie->pipe->agenda, &e->silence, e->heard_ns + for_ns);
}

/* --------------------------------------------------------------- arriving */

/* Both halves over: both ends may forget it. */
static void end_half(struct pipe_tie *t, struct lane *l, uint32_t side)
{
    int64_t number = l->number;

    if (!lane_end_half(l, side))
        return;
    forget_lane(t, l);
    for (int s = 0; s < 2; s++)
        if (t->ends[s].state == PIPE_END_OPEN) {
            wake(&t->ends[s]);
            connection_on_gone(t->ends[s].c, number);
        }
}

/* The peer has taken bytes in: there is room for as many more. */
static void on_consumed(struct pipe_end *e, const struct parcel *p)
{
    struct lane *l = find_lane(e->tie, p->stream);

    if (l && lane_consumed(l, e->side, p->count))
        connection_on_writable(e->c, p->stream);
}

/* QUIC answers a stop with a reset by itself. */
static void on_stop(struct pipe_end *e, int64_t number)
{
    if (!lane_of(e->tie, number)->halves[e->side].is_over)
        post(e, PARCEL_RESET, number, 0);
    connection_on_stop(e->c, number);
}

static void on_reset(struct pipe_end *e, int64_t number)
{
    struct lane *l = lane_of(e->tie, number);

    if (l->halves[!e->side].is_over)
        return;
    connection_on_reset(e->c, number);
    end_half(e->tie, l, !e->side);
}

static void on_data(struct pipe_end *e, struct lane *l)
{
    struct parcel *p;

    while (e->state == PIPE_END_OPEN && (p = lane_arrived(l, !e->side))) {
        bool is_fin = p->is_fin;

        connection_on_data(e->c, l->number, slice_make(p->bytes, p->len),
                           is_fin);
        parcel_free(p);
        if (is_fin) {
            end_half(e->tie, l, !e->side);
            return;
        }
    }
}

/* What waited for the end to open. */
static void catch_up(struct pipe_end *e)
{
    struct table_entry *entry = table_first(&e->tie->lanes);

    while (entry) {
        struct lane *l = entry->value;

        entry = table_next(entry);
        on_data(e, l);
    }
}

static void on_hello(struct pipe_end *e)
{
    if (e->state != PIPE_END_CLOSED || !e->node->node)
        return;
    e->next = e->node->ends;
    e->node->ends = e;
    e->filter = (struct peer_filter){.is_open = true}; /* [LG-4] */
    e->shown = e->node->shown;
    open_end(e);
    listen_for(e, e->tie->pipe->config.idle_ns);
    post(e, PARCEL_WELCOME, 0, 0);
}

static void on_welcome(struct pipe_end *e)
{
    if (e->state != PIPE_END_DIALLING)
        return;
    open_end(e);
    listen_for(e, e->tie->pipe->config.idle_ns);
    catch_up(e);
}

/* Something for an end that is open. */
static void take_in(struct pipe_end *e, const struct parcel *p)
{
    wake(e);
    hear(e);
    switch (p->kind) {
    case PARCEL_RESET:
        on_reset(e, p->stream);
        break;
    case PARCEL_STOP:
        on_stop(e, p->stream);
        break;
    case PARCEL_CONSUMED:
        on_consumed(e, p);
        break;
    case PARCEL_CREDIT:
        connection_on_credit(e->c, p->count);
        break;
    case PARCEL_BYE:
        close_end(e);
        break;
    default: /* said by whoever opens */
        break;
    }
}

static void on_data_arrival(struct pipe_end *e, struct parcel *p)
{
    p->has_arrived = true;
    if (e->state != PIPE_END_OPEN)
        return;
    wake(e);
    hear(e);
    on_data(e, lane_of(e->tie, p->stream));
}

static void on_arrival(void *self, struct parcel *p)
{
    struct pipe_end *e = peer_of(self);
    struct parcel copy = *p;

    if (p->kind == PARCEL_DATA) {
        on_data_arrival(e, p);
        return;
    }
    if (e->state == PIPE_END_DIALLING && p->kind != PARCEL_WELCOME) {
        parcel_send(p); /* it overtook the welcome */
        return;
    }
    parcel_free(p);
    if (copy.kind == PARCEL_HELLO)
        on_hello(e);
    else if (copy.kind == PARCEL_WELCOME)
        on_welcome(e);
    else if (e->state == PIPE_END_OPEN)
        take_in(e, &copy);
}

/* --------------------------------------------------------------- doing */

static void write_all(struct pipe_end *e, const struct action *a)
{
    const struct carrier_watcher *w = &e->tie->pipe->config.watcher;
    size_t len = lane_write(lane_of(e->tie, a->stream), e->side, &e->road,
                            a->bytes, a->fin);

    w->passed(w->self, name_of(e), slice_head(a->bytes, len));
    connection_wrote(e->c, a->stream, len);
}

static void reset(struct pipe_end *e, int64_t number)
{
    if (!lane_of(e->tie, number)->halves[e->side].is_over)
        post(e, PARCEL_RESET, number, 0);
}

/* True when the connection is still there. */
static bool carry(struct pipe_end *e, const struct action *a)
{
    switch (a->kind) {
    case ACTION_OPEN:
        connection_opened(e->c, e->stream_next);
        e->stream_next += 4;
        break;
    case ACTION_WRITE:
        write_all(e, a);
        break;
    case ACTION_RESET:
        reset(e, a->stream);
        break;
    case ACTION_STOP:
        post(e, PARCEL_STOP, a->stream, 0);
        break;
    case ACTION_CONSUMED:
        post(e, PARCEL_CONSUMED, a->stream, a->count);
        break;
    case ACTION_CREDIT:
        post(e, PARCEL_CREDIT, 0, a->count);
        break;
    case ACTION_CLOSE:
        post(e, PARCEL_BYE, 0, 0);
        close_end(e);
        return false;
    }
    return true;
}

bool pipe_end_pump(struct pipe_end *e)
{
    struct action a;
    bool has_moved = false;

    while (connection_poll(e->c, &a)) {
        has_moved = true;
        if (!carry(e, &a))
            break;
    }
    return has_moved;
}

void pipe_end_dial(struct pipe_end *e)
{
    e->state = PIPE_END_DIALLING;
    e->next = e->node->ends;
    e->node->ends = e;
    listen_for(e, PATIENCE_NS);
    post(e, PARCEL_HELLO, 0, 0);
}

void pipe_end_init(struct pipe_tie *t, uint32_t side, struct pipe_node *at)
{
    const struct carrier_config *config = &t->pipe->config;
    struct pipe_end *e = &t->ends[side];

    *e = (struct pipe_end){.tie = t, .side = side, .node = at};
    e->road = (struct parcel_road){
        .way = {.config = config->weather,
                .key = {config->seed, t->number, side},
                .almanac = config->almanac},
        .agenda = &t->pipe->agenda,
        .now_ns = &t->pipe->now_ns,
        .arrived = on_arrival,
        .self = e,
    };
}

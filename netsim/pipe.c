/* SPDX-License-Identifier: MIT */
/*
 * What a connection is asked to do becomes parcels: pieces of a stream of at
 * most one datagram's length, a reset, a stop, credit, a farewell. A parcel
 * goes over its link like a datagram. One that is lost or broken is sent again
 * a while later, as QUIC would; the parcels of one half of a stream are
 * delivered in their order, those of different streams as they come.
 *
 * Nobody tells a node that its peer is gone: each end listens, and one that
 * heard nothing for too long is over. An end hears its peer when something
 * arrives, and, because peers ping into silence, whenever both ways are open
 * as it looks up.
 *
 * A person adding an action adds a line to carry() and one to arrive().
 */
#include "netsim/pipe.h"
#include "ref/base/reminder.h"
#include "ref/base/xalloc.h"

#define PIECE_MAX 1200          /* bytes of one parcel */
#define HEAD 40                 /* and of its head, on the link */
#define WINDOW (64u * 1024)     /* bytes under way on a half of a stream */
#define STREAMS_FIRST 100u      /* that a peer may open at first */
#define PATIENCE_NS 10000000000 /* a dialler waits so long */
#define AGAIN_NS 30000000       /* and what was lost is sent again then, */
#define AGAIN_MAX_NS 2000000000 /* later and later, but never later than this  \
                                 */

enum parcel_kind {
    PARCEL_HELLO,   /* may I? */
    PARCEL_WELCOME, /* you may */
    PARCEL_DATA,
    PARCEL_RESET,
    PARCEL_STOP,
    PARCEL_CONSUMED,
    PARCEL_CREDIT,
    PARCEL_BYE
};

struct pipe_end;

struct parcel {
    struct reminder due;   /* it arrives, or is sent again */
    struct pipe_end *from; /* borrowed */
    struct parcels *list;  /* borrowed: where it stands */
    struct parcel *before; /* in its list */
    struct parcel *behind; /* likewise */
    enum parcel_kind kind;
    int64_t stream;
    uint64_t count;   /* CONSUMED, CREDIT */
    uint32_t tries;   /* so often it was sent */
    bool is_fin;      /* DATA: nothing comes behind it */
    bool has_arrived; /* DATA: but what is before it has not */
    size_t len;
    uint8_t bytes[];
};

/* Parcels under way, in the order in which they were sent. */
struct parcels {
    struct parcel *first, *last; /* owned */
};

/* One direction of one stream. */
struct half {
    size_t sent;  /* bytes that nobody has consumed yet */
    bool is_full; /* the sender was told that there is no room */
    bool is_over; /* its FIN has arrived, or it was reset */
    struct parcels parcels;
};

struct lane {
    int64_t number;
    struct half halves[2]; /* by the side that sends */
    bool is_gone[2];       /* that side was told so */
};

enum end_state { END_CLOSED, END_DIALLING, END_OPEN };

struct pipe_end {
    struct pipe_tie *tie;      /* borrowed: whose */
    struct pipe_node *node;    /* borrowed: where it is */
    struct connection *c;      /* the node's; NULL unless it is open */
    struct peer_filter filter; /* of that connection */
    struct fingerprint shown;  /* what it shows to the other end */
    struct link way;           /* from here */
    struct reminder silence;   /* when it has heard nothing for too long */
    uint64_t heard_ns;
    struct parcels loose; /* that have no order among them */
    int64_t stream_next;  /* the number of the next it opens */
    enum end_state state;
    uint32_t side;
    struct pipe_end *next; /* at the same node */
};

struct pipe_tie {
    struct pipe *pipe; /* borrowed */
    uint32_t number;
    struct pipe_end ends[2];
    struct table lanes; /* number -> struct lane, owned */
};

struct pipe_node {
    struct pipe *pipe; /* borrowed */
    uint32_t at;
    struct node *node;        /* borrowed; NULL: it is not there */
    struct fingerprint shown; /* made of its key */
    struct pipe_end *ends;    /* borrowed: all that are here */
    struct reminder due;      /* when time alone makes it act */
    bool is_touched;
    struct pipe_node *touched_next;
};

struct pipe {
    struct carrier_config config;
    struct table nodes; /* number -> struct pipe_node, owned */
    struct table ties;  /* number -> struct pipe_tie, owned */
    struct agenda agenda;
    struct pipe_node *touched_first, *touched_last;
    uint64_t now_ns;
    uint64_t harmed[LINK_HARMS]; /* by links that are gone */
};

/* --------------------------------------------------------------- finding */

static struct pipe_node *node_of(struct pipe *p, uint32_t at)
{
    uint64_t key = at;
    struct pipe_node *n = table_find(&p->nodes, table_key(&key));

    if (n)
        return n;
    n = xalloc(1, sizeof *n);
    n->pipe = p;
    n->at = at;
    table_add(&p->nodes, table_key(&key), n);
    return n;
}

static struct pipe_tie *tie_of(struct pipe *p, uint32_t number)
{
    uint64_t key = number;

    return table_find(&p->ties, table_key(&key));
}

static struct pipe_end *peer_of(struct pipe_end *e)
{
    return &e->tie->ends[!e->side];
}

static struct carrier_end name_of(const struct pipe_end *e)
{
    return (struct carrier_end){e->tie->number, e->side, e->node->at};
}

static struct lane *lane_of(struct pipe_tie *t, int64_t number)
{
    uint64_t key = (uint64_t)number;
    struct lane *s = table_find(&t->lanes, table_key(&key));

    if (s)
        return s;
    s = xalloc(1, sizeof *s);
    s->number = number;
    table_add(&t->lanes, table_key(&key), s);
    return s;
}

static void touch(struct pipe_node *n)
{
    struct pipe *p = n->pipe;

    if (n->is_touched)
        return;
    n->is_touched = true;
    n->touched_next = NULL;
    *(p->touched_last ? &p->touched_last->touched_next : &p->touched_first) = n;
    p->touched_last = n;
}

/* --------------------------------------------------------------- parcels */

static void take_out(struct parcel *p)
{
    *(p->before ? &p->before->behind : &p->list->first) = p->behind;
    *(p->behind ? &p->behind->before : &p->list->last) = p->before;
}

static void parcel_free(struct parcel *p)
{
    reminder_set(&p->from->tie->pipe->agenda, &p->due, NEVER);
    take_out(p);
    xalloc_free(p);
}

static void drop_all(struct parcels *list)
{
    while (list->first)
        parcel_free(list->first);
}

static void on_arrival(void *self);

/* A link that loses or breaks it delivers it later, when it is sent again; a
 * double says nothing new. */
static void send(void *self)
{
    struct parcel *p = self;
    struct pipe *pipe = p->from->tie->pipe;
    const size_t len = p->len + HEAD;
    struct link_fate fate = link_take(&p->from->way, len, pipe->now_ns);
    uint64_t wait_ns = (uint64_t)AGAIN_NS << (p->tries < 8 ? p->tries : 8);

    if (fate.count > 0 && !fate.is_corrupt && fate.len == len) {
        p->due.ring = on_arrival;
        reminder_set(&pipe->agenda, &p->due, fate.at_ns[0]);
        return;
    }
    p->tries++;
    p->due.ring = send;
    wait_ns = wait_ns < AGAIN_MAX_NS ? wait_ns : AGAIN_MAX_NS;
    reminder_set(&pipe->agenda, &p->due, pipe->now_ns + wait_ns);
}

/* Borrowed until it has arrived. */
static struct parcel *parcel_new(struct pipe_end *from, struct parcels *list,
                                 enum parcel_kind kind, struct slice bytes)
{
    struct parcel *p = xalloc(1, sizeof *p + bytes.len);

    p->due.self = p;
    p->from = from;
    p->list = list;
    p->kind = kind;
    p->len = bytes.len;
    if (bytes.len)
        memcpy(p->bytes, bytes.data, bytes.len);
    p->before = list->last;
    *(list->last ? &list->last->behind : &list->first) = p;
    list->last = p;
    return p;
}

static void post(struct pipe_end *from, enum parcel_kind kind, int64_t stream,
                 uint64_t count)
{
    struct parcel *p =
        parcel_new(from, &from->loose, kind, slice_make(NULL, 0));

    p->stream = stream;
    p->count = count;
    send(p);
}

/* --------------------------------------------------------------- ends */

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
    touch(e->node);
}

static void hear(struct pipe_end *e)
{
    e->heard_ns = e->tie->pipe->now_ns;
}

static void open_end(struct pipe_end *e)
{
    wake(e);
    e->state = END_OPEN;
    e->stream_next = e->side;
    e->c = node_add(e->node->node, fingerprint_slice(&peer_of(e)->shown),
                    e->filter);
    e->c->user = e;
    connection_on_credit(e->c, STREAMS_FIRST);
    tell_opened(e);
}

static void lane_free(struct pipe_tie *t, struct lane *s)
{
    uint64_t key = (uint64_t)s->number;

    (void)table_remove(&t->lanes, table_key(&key));
    drop_all(&s->halves[0].parcels);
    drop_all(&s->halves[1].parcels);
    xalloc_free(s);
}

static void tie_free(struct pipe_tie *t)
{
    struct pipe *p = t->pipe;
    uint64_t key = t->number;

    while (table_first(&t->lanes))
        lane_free(t, table_first(&t->lanes)->value);
    table_clear(&t->lanes);
    for (int side = 0; side < 2; side++) {
        struct pipe_end *e = &t->ends[side];

        drop_all(&e->loose);
        reminder_set(&p->agenda, &e->silence, NEVER);
        for (int i = 0; i < LINK_HARMS; i++)
            p->harmed[i] += e->way.harmed[i];
    }
    (void)table_remove(&p->ties, table_key(&key));
    xalloc_free(t);
}

/* Nothing more is done here. What is under way from here still arrives, as far
 * as it needs no order; with the second end the tie goes. */
static void shut(struct pipe_end *e)
{
    struct pipe_end **at = &e->node->ends;

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    e->state = END_CLOSED;
    e->c = NULL;
    reminder_set(&e->tie->pipe->agenda, &e->silence, NEVER);
    if (peer_of(e)->state == END_CLOSED)
        tie_free(e->tie);
}

/* The connection ends, waiters are told, and then the world. */
static void close_end(struct pipe_end *e)
{
    if (e->c) {
        wake(e);
        node_remove(e->node->node, e->c);
    }
    tell_closed(e);
    shut(e);
}

/* Its peer pings into silence, if it is there, and if it hears us itself. */
static bool would_hear(struct pipe_end *e)
{
    const struct pipe_end *p = peer_of(e);

    return p->state == END_OPEN && !p->way.is_closed && !e->way.is_closed;
}

static void on_silence(void *self)
{
    struct pipe_end *e = self;
    struct pipe *p = e->tie->pipe;
    uint64_t limit_ns =
        e->state == END_DIALLING ? PATIENCE_NS : p->config.idle_ns;

    if (e->state == END_OPEN && would_hear(e))
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
static void check_gone(struct pipe_tie *t, struct lane *s)
{
    int64_t number = s->number;

    if (!s->halves[0].is_over || !s->halves[1].is_over)
        return;
    lane_free(t, s);
    for (int side = 0; side < 2; side++)
        if (t->ends[side].state == END_OPEN) {
            wake(&t->ends[side]);
            connection_on_gone(t->ends[side].c, number);
        }
}

static void end_half(struct pipe_tie *t, struct lane *s, uint32_t side)
{
    s->halves[side].is_over = true;
    drop_all(&s->halves[side].parcels);
    check_gone(t, s);
}

/* The peer has taken bytes in: there is room for as many more. */
static void on_consumed(struct pipe_end *e, const struct parcel *p)
{
    uint64_t key = (uint64_t)p->stream;
    struct lane *s = table_find(&e->tie->lanes, table_key(&key));
    struct half *h = s ? &s->halves[e->side] : NULL;

    if (!h)
        return;
    h->sent -= p->count;
    if (h->is_full) {
        h->is_full = false;
        connection_on_writable(e->c, p->stream);
    }
}

/* QUIC answers a stop with a reset by itself. */
static void on_stop(struct pipe_end *e, int64_t number)
{
    struct lane *s = lane_of(e->tie, number);

    if (!s->halves[e->side].is_over)
        post(e, PARCEL_RESET, number, 0);
    connection_on_stop(e->c, number);
}

static void on_reset(struct pipe_end *e, int64_t number)
{
    struct lane *s = lane_of(e->tie, number);

    if (s->halves[!e->side].is_over)
        return;
    connection_on_reset(e->c, number);
    end_half(e->tie, s, !e->side);
}

/* Of the half that leads here, what has arrived in its order. */
static void on_data(struct pipe_end *e, int64_t number)
{
    struct lane *s = lane_of(e->tie, number);
    struct parcels *list = &s->halves[!e->side].parcels;

    while (list->first && list->first->has_arrived && e->state == END_OPEN) {
        struct parcel *p = list->first;
        bool is_fin = p->is_fin;

        connection_on_data(e->c, number, slice_make(p->bytes, p->len), is_fin);
        parcel_free(p);
        if (is_fin) {
            end_half(e->tie, s, !e->side);
            return;
        }
    }
}

/* What waited for the end to open. */
static void catch_up(struct pipe_end *e)
{
    struct table_entry *entry = table_first(&e->tie->lanes);

    while (entry) {
        struct lane *s = entry->value;

        entry = table_next(entry);
        on_data(e, s->number);
    }
}

static void on_hello(struct pipe_end *e)
{
    if (e->state != END_CLOSED || !e->node->node)
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
    if (e->state != END_DIALLING)
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
    if (e->state != END_OPEN)
        return;
    wake(e);
    hear(e);
    on_data(e, p->stream);
}

static void on_arrival(void *self)
{
    struct parcel *p = self, copy = *p;
    struct pipe_end *e = peer_of(p->from);

    if (p->kind == PARCEL_DATA) {
        on_data_arrival(e, p);
        return;
    }
    if (e->state == END_DIALLING && p->kind != PARCEL_WELCOME) {
        send(p); /* it overtook the welcome */
        return;
    }
    parcel_free(p);
    if (copy.kind == PARCEL_HELLO)
        on_hello(e);
    else if (copy.kind == PARCEL_WELCOME)
        on_welcome(e);
    else if (e->state == END_OPEN)
        take_in(e, &copy);
}

/* --------------------------------------------------------------- doing */

static void pass(struct pipe_end *e, struct slice bytes)
{
    const struct carrier_watcher *w = &e->tie->pipe->config.watcher;

    w->passed(w->self, name_of(e), bytes);
}

static void write_piece(struct pipe_end *e, struct lane *s,
                        struct slice bytes, bool is_fin)
{
    struct parcel *p =
        parcel_new(e, &s->halves[e->side].parcels, PARCEL_DATA, bytes);

    p->stream = s->number;
    p->is_fin = is_fin;
    send(p);
}

static void write_all(struct pipe_end *e, const struct action *a)
{
    struct lane *s = lane_of(e->tie, a->stream);
    struct half *h = &s->halves[e->side];
    size_t room = WINDOW - h->sent;
    size_t len = a->bytes.len < room ? a->bytes.len : room;
    struct slice rest = slice_head(a->bytes, len);
    bool is_fin = a->fin && len == a->bytes.len;

    h->sent += len;
    h->is_full = len < a->bytes.len;
    pass(e, rest);
    while (rest.len > PIECE_MAX) {
        write_piece(e, s, slice_head(rest, PIECE_MAX), false);
        rest = slice_skip(rest, PIECE_MAX);
    }
    if (rest.len || is_fin)
        write_piece(e, s, rest, is_fin);
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

static bool pump(struct pipe_end *e)
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

static bool pump_all(struct pipe_node *n)
{
    struct pipe_end *next;
    bool has_moved = false;

    for (struct pipe_end *e = n->ends; e; e = next) {
        next = e->next;
        if (e->state == END_OPEN)
            has_moved = pump(e) || has_moved;
    }
    return has_moved;
}

static void on_due(void *self)
{
    touch(self);
}

static void look_after(struct pipe_node *n)
{
    struct pipe *p = n->pipe;

    if (!n->node)
        return;
    node_advance(n->node, p->now_ns);
    while (pump_all(n))
        ;
    n->due.ring = on_due;
    n->due.self = n;
    reminder_set(&p->agenda, &n->due, node_deadline(n->node));
    p->config.watcher.stirred(p->config.watcher.self, n->at);
}

/* --------------------------------------------------------------- the carrier
 */

static struct fingerprint fingerprint(void *self,
                                      const uint8_t key[CARRIER_KEY_LEN])
{
    static const char digits[] = "0123456789abcdef";
    struct fingerprint f = {"ed25519:"};

    (void)self;
    for (size_t i = 0; i < CARRIER_KEY_LEN; i++) {
        f.text[8 + 2 * i] = digits[key[i] >> 4];
        f.text[9 + 2 * i] = digits[key[i] & 15];
    }
    return f;
}

static void start(void *self, uint32_t at, struct node *node,
                  const uint8_t key[CARRIER_KEY_LEN])
{
    struct pipe_node *n = node_of(self, at);

    n->node = node;
    n->shown = fingerprint(self, key);
}

static void rekey(void *self, uint32_t at, const uint8_t key[CARRIER_KEY_LEN])
{
    node_of(self, at)->shown = fingerprint(self, key);
}

static void crash(void *self, uint32_t at)
{
    struct pipe *p = self;
    struct pipe_node *n = node_of(p, at);

    while (n->ends) {
        struct pipe_end *e = n->ends;

        if (e->c)
            node_remove(n->node, e->c);
        shut(e);
    }
    n->node = NULL;
    reminder_set(&p->agenda, &n->due, NEVER);
}

static void set_way(struct pipe_end *e, struct pipe_tie *t, uint32_t side)
{
    const struct carrier_config *config = &t->pipe->config;

    e->tie = t;
    e->side = side;
    e->way.config = config->weather;
    e->way.key = (struct prng_key){config->seed, t->number, side};
    e->way.almanac = config->almanac;
}

static void dial(void *self, const struct carrier_dial *d, uint64_t now_ns)
{
    struct pipe *p = self;
    struct pipe_tie *t = xalloc(1, sizeof *t);
    struct pipe_end *e = &t->ends[0];
    uint64_t key = d->tie;

    p->now_ns = now_ns;
    t->pipe = p;
    t->number = d->tie;
    table_add(&p->ties, table_key(&key), t);
    set_way(&t->ends[0], t, 0);
    set_way(&t->ends[1], t, 1);
    t->ends[1].node = node_of(p, d->to);
    e->node = node_of(p, d->from);
    e->filter = d->filter;
    e->shown = d->shows_key ? e->node->shown : (struct fingerprint){""};
    e->state = END_DIALLING;
    e->next = e->node->ends;
    e->node->ends = e;
    listen_for(e, PATIENCE_NS);
    post(e, PARCEL_HELLO, 0, 0);
}

static void touch_node(void *self, uint32_t at)
{
    touch(node_of(self, at));
}

static struct link *way(void *self, uint32_t tie, uint32_t side)
{
    struct pipe_tie *t = tie_of(self, tie);

    return t ? &t->ends[side].way : NULL;
}

static void rebind(void *self, uint32_t tie)
{
    (void)self;
    (void)tie;
}

static uint64_t next_ns(void *self)
{
    const struct pipe *p = self;

    return p->touched_first ? p->now_ns : agenda_next_ns(&p->agenda);
}

static void run(void *self, uint64_t now_ns)
{
    struct pipe *p = self;

    p->now_ns = now_ns;
    while (next_ns(p) <= now_ns) {
        struct pipe_node *n = p->touched_first;

        if (!n) {
            reminder_ring(&p->agenda, now_ns);
            continue;
        }
        p->touched_first = n->touched_next;
        if (!p->touched_first)
            p->touched_last = NULL;
        n->is_touched = false;
        look_after(n);
    }
}

static void harm(void *self, uint64_t ret_harmed[LINK_HARMS])
{
    const struct pipe *p = self;

    memcpy(ret_harmed, p->harmed, sizeof p->harmed);
    for (struct table_entry *e = table_first(&p->ties); e; e = table_next(e))
        for (int i = 0; i < 2 * LINK_HARMS; i++) {
            const struct pipe_tie *t = e->value;

            ret_harmed[i / 2] += t->ends[i % 2].way.harmed[i / 2];
        }
}

static uint64_t handshakes(void *self)
{
    (void)self;
    return 0;
}

static void free_all(void *self)
{
    struct pipe *p = self;
    struct table_entry *e;

    for (e = table_first(&p->nodes); e; e = table_next(e))
        crash(p, ((struct pipe_node *)e->value)->at);
    while ((e = table_first(&p->ties)))
        tie_free(e->value);
    for (e = table_first(&p->nodes); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(&p->nodes);
    table_clear(&p->ties);
    agenda_clear(&p->agenda);
    xalloc_free(p);
}

struct carrier pipe_carrier(const struct carrier_config *config)
{
    struct pipe *p = xalloc(1, sizeof *p);

    p->config = *config;
    return (struct carrier){
        .fingerprint = fingerprint,
        .start = start,
        .rekey = rekey,
        .crash = crash,
        .dial = dial,
        .touch = touch_node,
        .way = way,
        .rebind = rebind,
        .next_ns = next_ns,
        .run = run,
        .harm = harm,
        .handshakes = handshakes,
        .free = free_all,
        .self = p,
    };
}

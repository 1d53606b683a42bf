/* SPDX-License-Identifier: MIT */
/*
 * What connections are asked to do becomes parcels (parcel.h) that go over
 * links: those of one half of a stream are delivered in their order (lane.h),
 * those of different streams as they come. Ends open, hear one another and
 * close (pipe_end.h). Here are the nodes, and what a carrier can be asked for.
 */
#include "netsim/pipe.h"
#include "netsim/pipe_end.h"
#include "ref/base/xalloc.h"

/* Where the configuration says nothing. */
#define STREAMS 100u        /* that a peer may open at first */
#define WINDOW (64u * 1024) /* bytes of a stream that nobody has consumed */
#define PIECE_MAX 1200u     /* bytes of a parcel */

/* --------------------------------------------------------------- nodes */

static struct pipe_node *node_of(struct pipe *p, uint32_t at)
{
    uint64_t key = at;
    struct pipe_node *n = table_find(&p->nodes, table_key(&key));

    if (n)
        return n;
    n = xalloc(1, sizeof *n);
    n->pipe = p;
    n->at = at;
    rota_enter(&p->rota, &n->turn, n);
    table_add(&p->nodes, table_key(&key), n);
    return n;
}

static struct pipe_tie *tie_of(struct pipe *p, uint32_t number)
{
    uint64_t key = number;

    return table_find(&p->ties, table_key(&key));
}

static void look_after(void *self)
{
    struct pipe_node *n = self;
    struct pipe *p = n->pipe;
    struct connection *c;

    if (!n->node)
        return;
    node_advance(n->node, p->rota.now_ns);
    while (!rota_is_held(&n->turn) && (c = node_stirred(n->node)))
        pipe_end_pump(c->user);
    rota_wake(&n->turn, node_deadline(n->node));
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
    rota_rest(&n->turn);
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
    struct pipe_end *e;

    while ((e = queue_first(&n->ends))) {
        if (e->c)
            node_remove(n->node, e->c);
        pipe_end_shut(e);
    }
    n->node = NULL;
    rota_rest(&n->turn);
}

static struct pipe_tie *tie_new(struct pipe *p, uint32_t number)
{
    struct pipe_tie *t = xalloc(1, sizeof *t);
    const struct carrier_config *c = &p->config;
    uint64_t key = number;

    t->pipe = p;
    t->number = number;
    t->lanes_end = &t->lanes;
    t->terms = (struct lane_terms){
        .window = c->window ? c->window : WINDOW,
        .piece_max = c->piece_max ? c->piece_max : PIECE_MAX,
        .is_cut = c->piece_max > 0,
        .chance = {c->seed, number, 2},
    };
    table_add(&p->ties, table_key(&key), t);
    return t;
}

static void dial(void *self, const struct carrier_dial *d, uint64_t now_ns)
{
    struct pipe *p = self;
    struct pipe_tie *t = tie_new(p, d->tie);
    struct pipe_end *e = &t->ends[0];

    p->rota.now_ns = now_ns;
    pipe_end_init(t, 0, node_of(p, d->from));
    pipe_end_init(t, 1, node_of(p, d->to));
    e->filter = d->filter;
    e->shown = d->shows_key ? e->node->shown : (struct fingerprint){""};
    e->wanted = t->ends[1].node->shown;
    pipe_end_dial(e);
}

static void touch(void *self, uint32_t at)
{
    rota_touch(&node_of(self, at)->turn);
}

static struct link *way(void *self, uint32_t tie, uint32_t side)
{
    struct pipe_tie *t = tie_of(self, tie);

    return t ? &t->ends[side].road.way : NULL;
}

static void rebind(void *self, uint32_t tie)
{
    (void)self;
    (void)tie;
}

/* NULL: it is not there. */
static struct pipe_end *end_of(struct pipe *p, uint32_t tie, uint32_t side)
{
    struct pipe_tie *t = tie_of(p, tie);

    return t && t->ends[side].state == PIPE_END_OPEN ? &t->ends[side] : NULL;
}

static int64_t open_stream(void *self, uint32_t tie, uint32_t side)
{
    struct pipe_end *e = end_of(self, tie, side);

    return e ? pipe_end_open_stream(e) : -1;
}

static size_t write_stream(void *self, uint32_t tie, uint32_t side,
                           int64_t stream, struct slice bytes, bool fin)
{
    struct pipe_end *e = end_of(self, tie, side);

    return e ? pipe_end_write(e, stream, bytes, fin) : 0;
}

static void lose_stream(void *self, uint32_t tie, uint32_t side, int64_t stream)
{
    struct pipe_end *e = end_of(self, tie, side);

    if (e)
        pipe_end_lose_stream(e, stream);
}

static void hold(void *self, uint32_t at, uint64_t until_ns)
{
    rota_hold(&node_of(self, at)->turn, until_ns);
}

static uint64_t next_ns(void *self)
{
    const struct pipe *p = self;

    return rota_next_ns(&p->rota);
}

static void run(void *self, uint64_t now_ns)
{
    struct pipe *p = self;

    rota_run(&p->rota, now_ns);
}

static void harm(void *self, uint64_t ret_harmed[LINK_HARMS])
{
    const struct pipe *p = self;

    memcpy(ret_harmed, p->harmed, sizeof p->harmed);
    for (struct table_entry *e = table_first(&p->ties); e; e = table_next(e))
        for (int i = 0; i < 2 * LINK_HARMS; i++) {
            const struct pipe_tie *t = e->value;

            ret_harmed[i / 2] += t->ends[i % 2].road.way.harmed[i / 2];
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
        pipe_tie_free(e->value);
    for (e = table_first(&p->nodes); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(&p->nodes);
    table_clear(&p->ties);
    rota_clear(&p->rota);
    xalloc_free(p);
}

struct carrier pipe_carrier(const struct carrier_config *config)
{
    struct pipe *p = xalloc(1, sizeof *p);

    p->config = *config;
    p->rota.turn = look_after;
    if (!p->config.stream_count)
        p->config.stream_count = STREAMS;
    return (struct carrier){
        .fingerprint = fingerprint,
        .start = start,
        .rekey = rekey,
        .crash = crash,
        .dial = dial,
        .touch = touch,
        .way = way,
        .rebind = rebind,
        .open_stream = open_stream,
        .write_stream = write_stream,
        .lose_stream = lose_stream,
        .hold = hold,
        .next_ns = next_ns,
        .run = run,
        .harm = harm,
        .handshakes = handshakes,
        .free = free_all,
        .self = p,
    };
}

/* SPDX-License-Identifier: MIT */
/*
 * Each node has one endpoint at its home, which lets others in and dials from
 * as many places as it has ties; so a datagram says by its addresses which tie
 * it belongs to, and over which link it goes. An acceptor learns the tie from
 * where its peer is.
 *
 * Whose turn it is the rota knows; a turn is that of any program with an
 * endpoint: the adapter ferries, what is to be sent is sent, and the next
 * deadline goes into the agenda, where the arrivals of datagrams stand as well.
 *
 * A tie stays until the end, also when nobody is left at it: what is still on
 * its way belongs to it, and its links have counted harm. So does a key, since
 * connections keep the one they were made with.
 */
#include "netsim/quic_host.h"
#include "netsim/flight.h"
#include "netsim/berth.h"
#include "netsim/rota.h"
#include "netsim/takeover.h"
#include "ref/base/table.h"
#include "ref/base/xalloc.h"
#include "ref/quic/adapter.h"

struct host_node {
    struct quic_host *host;    /* borrowed */
    uint32_t at;               /* its number */
    struct node *node;         /* borrowed; NULL: it is not there */
    const struct tls_key *key; /* borrowed: shown from now on; or NULL */
    struct endpoint *endpoint; /* owned, while it is there */
    struct adapter *adapter;   /* owned, likewise */
    struct rota_place turn;
};

struct host_tie {
    uint32_t number;
    uint32_t nodes[2];      /* by side */
    bool is_there[2];       /* that end, in the world's eyes */
    struct link ways[2];    /* from that side */
    uint16_t port;          /* by which side 0 is seen */
    struct fingerprint pin; /* what side 1 has to show */
};

/* Things by their numbers, which are counted from 0. */
struct row {
    void **things; /* owned array of owned things; NULL: there is none */
    size_t count;
};

struct quic_host {
    struct carrier_config config;
    struct prng_stream chance; /* of QUIC; TLS has its own */
    struct row nodes;          /* of struct host_node, owned */
    struct row ties;           /* of struct host_tie, owned */
    struct table keys;         /* secret -> struct tls_key, owned */
    struct rota rota;          /* of nodes */
    struct flights flights;
    uint64_t handshakes;
};

/* --------------------------------------------------------------- finding */

static void *row_find(const struct row *r, uint32_t number)
{
    return number < r->count ? r->things[number] : NULL;
}

static void row_put(struct row *r, uint32_t number, void *thing)
{
    size_t count = r->count;

    if (number >= count) {
        r->count = 2 * (size_t)number + 16;
        r->things = xalloc_grow(r->things, r->count, sizeof *r->things);
        memset(r->things + count, 0, (r->count - count) * sizeof *r->things);
    }
    r->things[number] = thing;
}

static void row_clear(struct row *r)
{
    for (size_t i = 0; i < r->count; i++)
        xalloc_free(r->things[i]);
    xalloc_free(r->things);
}

static struct host_node *node_of(struct quic_host *h, uint32_t at)
{
    struct host_node *n = row_find(&h->nodes, at);

    if (n)
        return n;
    n = xalloc(1, sizeof *n);
    n->host = h;
    n->at = at;
    rota_enter(&h->rota, &n->turn, n);
    row_put(&h->nodes, at, n);
    return n;
}

static struct host_tie *tie_of(const struct quic_host *h, uint32_t number)
{
    return row_find(&h->ties, number);
}

static const struct tls_key *key_of(struct quic_host *h,
                                    const uint8_t secret[CARRIER_KEY_LEN])
{
    const struct slice name = slice_make(secret, CARRIER_KEY_LEN);
    struct tls_key *key = table_find(&h->keys, name);
    struct failure failure;

    if (key)
        return key;
    key = tls_key_new(secret, &failure);
    assert(key); /* any bytes are one */
    table_add(&h->keys, name, key);
    return key;
}

static struct carrier_end end_of(const struct host_tie *t, uint32_t side)
{
    return (struct carrier_end){t->number, side, t->nodes[side]};
}

/* --------------------------------------------------------------- datagrams */

static void on_arrival(void *self, const struct datagram *d)
{
    struct quic_host *h = self;
    struct berth to = berth_of(&d->to);
    struct host_node *n = node_of(h, to.node);

    if (!n->endpoint)
        return;
    if (to.port != BERTH_HOME && to.port != tie_of(h, to.tie)->port)
        return; /* the router has forgotten that one */
    endpoint_receive(n->endpoint, &d->from, d->bytes, h->rota.now_ns);
    rota_touch(&n->turn);
}

/* Between two homes there is no way: nobody dials from there. */
static void post(struct quic_host *h, struct datagram *d)
{
    const struct carrier_watcher *w = &h->config.watcher;
    struct berth from = berth_of(&d->from), to = berth_of(&d->to);
    uint32_t side = from.port == BERTH_HOME;
    struct host_tie *t;

    if (from.port == BERTH_HOME && to.port == BERTH_HOME)
        return;
    t = tie_of(h, side ? to.tie : from.tie);
    if (!side) {
        from.port = t->port;
        d->from = berth_address(from);
    }
    w->passed(w->self, end_of(t, side), d->bytes);
    flight_send(&h->flights, &t->ways[side], d, h->rota.now_ns);
}

/* --------------------------------------------------------------- nodes */

static void on_opened(void *self, struct adapter_link *link)
{
    struct quic_host *h = ((struct host_node *)self)->host;
    const struct carrier_watcher *w = &h->config.watcher;
    struct address remote = quic_remote(link->quic);
    uint32_t side = !link->is_dialled;
    struct host_tie *t = side ? tie_of(h, berth_of(&remote).tie) : link->user;

    assert(side ? !t->is_there[1] : t->is_there[0]);
    link->user = t;
    t->is_there[side] = true;
    h->handshakes += link->is_dialled;
    w->opened(w->self, end_of(t, side), link->connection);
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    const struct carrier_watcher *w =
        &((struct host_node *)self)->host->config.watcher;
    struct host_tie *t = link->user;
    uint32_t side = !link->is_dialled;

    (void)end;
    t->is_there[side] = false;
    w->closed(w->self, end_of(t, side));
}

static struct quic_config quic_of(struct quic_host *h)
{
    struct quic_config quic = quic_config_default(prng_entropy(&h->chance));

    if (h->config.stream_count)
        quic.streams_max = h->config.stream_count;
    if (h->config.window)
        quic.stream_window = h->config.window;
    quic.idle_timeout_ns = h->config.idle_ns;
    quic.keep_alive_ns = h->config.keep_alive_ns;
    return quic;
}

/* While it is held, its time goes on, and nothing else does. */
static void look_after(void *self)
{
    struct host_node *n = self;
    struct quic_host *h = n->host;
    struct datagram d;

    if (!n->node)
        return;
    if (rota_is_held(&n->turn)) {
        node_advance(n->node, h->rota.now_ns);
        rota_wake(&n->turn, node_deadline(n->node));
        return;
    }
    adapter_turn(n->adapter, h->rota.now_ns);
    while (endpoint_send(n->endpoint, &d, h->rota.now_ns))
        post(h, &d);
    rota_wake(&n->turn, adapter_deadline(n->adapter));
    h->config.watcher.stirred(h->config.watcher.self, n->at);
}

/* --------------------------------------------------------------- the carrier
 */

static struct fingerprint fingerprint(void *self,
                                      const uint8_t key[CARRIER_KEY_LEN])
{
    return fingerprint_of(tls_key_spki(key_of(self, key)));
}

static void start(void *self, uint32_t at, struct node *node,
                  const uint8_t key[CARRIER_KEY_LEN])
{
    struct quic_host *h = self;
    struct host_node *n = node_of(h, at);
    const struct adapter_watcher watcher = {on_opened, on_closed, n};
    struct endpoint_config config = {.defaults = quic_of(h),
                                     .local = berth_address(berth_home(at)),
                                     .is_listening = true};

    assert(!n->node);
    n->node = node;
    rota_rest(&n->turn);
    n->key = config.defaults.key = key_of(h, key);
    n->endpoint = endpoint_new(&config);
    n->adapter = adapter_new(node, n->endpoint, &watcher);
}

static void rekey(void *self, uint32_t at, const uint8_t key[CARRIER_KEY_LEN])
{
    struct host_node *n = node_of(self, at);

    n->key = key_of(self, key);
    if (n->endpoint)
        endpoint_set_key(n->endpoint, n->key);
}

static void crash(void *self, uint32_t at)
{
    struct quic_host *h = self;
    struct host_node *n = row_find(&h->nodes, at);

    if (!n || !n->node)
        return;
    for (struct adapter_link *l = adapter_first(n->adapter); l;
         l = adapter_next(l))
        if (l->user)
            ((struct host_tie *)l->user)->is_there[!l->is_dialled] = false;
    adapter_free(n->adapter);
    endpoint_free(n->endpoint);
    n->adapter = NULL;
    n->endpoint = NULL;
    n->node = NULL;
    rota_rest(&n->turn);
}

static struct host_tie *tie_new(struct quic_host *h,
                                const struct carrier_dial *dial)
{
    struct host_tie *t = xalloc(1, sizeof *t);
    const struct tls_key *shown = node_of(h, dial->to)->key;

    assert(!tie_of(h, dial->tie));
    row_put(&h->ties, dial->tie, t);
    t->number = dial->tie;
    t->nodes[0] = dial->from;
    t->nodes[1] = dial->to;
    t->port = BERTH_FIRST;
    if (shown)
        t->pin = fingerprint_of(tls_key_spki(shown));
    for (uint32_t side = 0; side < 2; side++) {
        t->ways[side].config = h->config.weather;
        t->ways[side].key = (struct prng_key){h->config.seed, t->number, side};
        t->ways[side].almanac = h->config.almanac;
    }
    return t;
}

/* Whom nobody has ever seen has no key to be pinned: nobody is accepted. */
static void dial(void *self, const struct carrier_dial *d, uint64_t now_ns)
{
    struct quic_host *h = self;
    struct host_node *n = node_of(h, d->from);
    struct host_tie *t = tie_new(h, d);
    struct adapter_dial how = {
        .to = berth_address(berth_home(d->to)),
        .key = d->shows_key ? n->key : NULL,
        .pin = fingerprint_slice(&t->pin),
        .filter = d->filter,
        .quic = quic_of(h),
        .stays = true, /* as on streams: who is there is heard of */
        .user = t,
    };
    struct failure failure;
    struct adapter_link *link;

    assert(n->node && now_ns >= h->rota.now_ns);
    h->rota.now_ns = now_ns;
    how.quic.from = berth_address((struct berth){d->from, d->tie, BERTH_FIRST});
    link = adapter_dial(n->adapter, &how, now_ns, &failure);
    assert(link); /* TLS refuses no key that it has made itself */
    (void)link;
    t->is_there[0] = true;
    rota_touch(&n->turn);
}

static void touch(void *self, uint32_t at)
{
    rota_touch(&node_of(self, at)->turn);
}

static struct link *way(void *self, uint32_t tie, uint32_t side)
{
    struct host_tie *t = tie_of(self, tie);

    return t && (t->is_there[0] || t->is_there[1]) ? &t->ways[side] : NULL;
}

static void rebind(void *self, uint32_t tie)
{
    struct host_tie *t = tie_of(self, tie);

    if (t && t->port++ == UINT16_MAX)
        t->port = BERTH_FIRST;
}

/* NULL: it is not there. */
static struct quic *quic_at(struct quic_host *h, uint32_t tie, uint32_t side)
{
    struct host_tie *t = tie_of(h, tie);
    struct host_node *n = t ? node_of(h, t->nodes[side]) : NULL;
    struct adapter_link *l = n && n->node ? adapter_first(n->adapter) : NULL;

    while (l && !(l->user == t && l->is_dialled == !side && l->connection))
        l = adapter_next(l);
    return l ? l->quic : NULL;
}

static int64_t open_stream(void *self, uint32_t tie, uint32_t side)
{
    struct quic *q = quic_at(self, tie, side);
    int64_t stream;

    return q && quic_open(q, &stream) ? stream : -1;
}

static size_t write_stream(void *self, uint32_t tie, uint32_t side,
                           int64_t stream, struct slice bytes, bool fin)
{
    struct quic *q = quic_at(self, tie, side);

    return q ? quic_write(q, stream, bytes, fin) : 0;
}

static void lose_stream(void *self, uint32_t tie, uint32_t side, int64_t stream)
{
    struct quic *q = quic_at(self, tie, side);

    if (!q)
        return;
    quic_reset(q, stream, 0);
    quic_stop(q, stream, 0);
}

static void hold(void *self, uint32_t at, uint64_t until_ns)
{
    rota_hold(&node_of(self, at)->turn, until_ns);
}

static uint64_t next_ns(void *self)
{
    const struct quic_host *h = self;

    return rota_next_ns(&h->rota);
}

static void run(void *self, uint64_t now_ns)
{
    struct quic_host *h = self;

    rota_run(&h->rota, now_ns);
}

static void harm(void *self, uint64_t ret_harmed[LINK_HARMS])
{
    const struct quic_host *h = self;

    memset(ret_harmed, 0, LINK_HARMS * sizeof *ret_harmed);
    for (uint32_t number = 0; number < h->ties.count; number++) {
        const struct host_tie *t = tie_of(h, number);

        for (int i = 0; t && i < LINK_HARMS; i++)
            ret_harmed[i] += t->ways[0].harmed[i] + t->ways[1].harmed[i];
    }
}

static uint64_t handshakes(void *self)
{
    const struct quic_host *h = self;

    return h->handshakes;
}

static void keys_clear(struct table *keys)
{
    for (struct table_entry *e = table_first(keys); e; e = table_next(e))
        tls_key_free(e->value);
    table_clear(keys);
}

static void free_all(void *self)
{
    struct quic_host *h = self;

    for (uint32_t at = 0; at < h->nodes.count; at++)
        crash(h, at);
    flight_clear(&h->flights);
    rota_clear(&h->rota);
    row_clear(&h->nodes);
    row_clear(&h->ties);
    keys_clear(&h->keys);
    xalloc_free(h);
}

struct carrier quic_host_carrier(const struct carrier_config *config)
{
    struct quic_host *h = xalloc(1, sizeof *h);

    takeover_begin(config->seed);
    h->config = *config;
    h->rota.turn = look_after;
    h->chance.key = (struct prng_key){config->seed, UINT32_MAX, 1};
    h->flights = (struct flights){
        .agenda = &h->rota.agenda, .arrived = on_arrival, .self = h};
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
        .self = h,
    };
}

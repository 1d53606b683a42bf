/* SPDX-License-Identifier: MIT */
/*
 * Two small translations, from_quic() and to_quic(), each a switch without a
 * decision in it, and a turn that runs them until both sides are quiet.
 *
 * A person adding an event or an action adds a line to one of the switches.
 */
#include "ref/quic/adapter.h"
#include "ref/base/xalloc.h"

struct adapter {
    struct node *node;              /* borrowed */
    struct endpoint *endpoint;      /* borrowed */
    struct adapter_watcher watcher; /* who wants to know */
    struct queue links;             /* owned, in order of making */
};

static struct adapter_link *add_link(struct adapter *a, struct quic *q)
{
    struct adapter_link *link = xalloc(1, sizeof *link);

    link->adapter = a;
    link->place = (struct queue_entry){.queue = &a->links, .owner = link};
    queue_enter(&link->place);
    link->quic = q;
    if (q)
        quic_set_user(q, link);
    return link;
}

static void remove_link(struct adapter_link *link)
{
    queue_leave(&link->place);
    xalloc_free(link);
}

static void on_opened(struct adapter_link *link)
{
    struct adapter *a = link->adapter;

    if (quic_peer_kind(link->quic) != TLS_PEER_NONE)
        link->fingerprint = fingerprint_of(quic_peer_der(link->quic));
    link->connection =
        node_add(a->node, fingerprint_slice(&link->fingerprint), link->filter);
    link->connection->user = link;
    quic_keep_alive(link->quic, false);
    connection_on_credit(link->connection, quic_streams_left(link->quic));
    if (a->watcher.opened)
        a->watcher.opened(a->watcher.self, link);
}

static void on_closed(struct adapter_link *link, const struct quic_event *e)
{
    struct adapter *a = link->adapter;
    const struct adapter_end end = {e->by, e->layer, e->code};

    if (link->connection)
        node_remove(a->node, link->connection);
    link->connection = NULL;
    if (a->watcher.closed)
        a->watcher.closed(a->watcher.self, link, &end);
    endpoint_release(a->endpoint, link->quic);
    remove_link(link);
}

/* The session counts the same streams as QUIC does. */
static void on_credit(struct adapter_link *link)
{
    uint64_t left = quic_streams_left(link->quic);
    struct connection *c = link->connection;

    if (left > c->open_credit)
        connection_on_credit(c, left - c->open_credit);
}

/* True when the link is still there. */
static bool from_quic(struct adapter_link *link, const struct quic_event *e)
{
    struct connection *c = link->connection;

    switch (e->kind) {
    case QUIC_OPENED:
        on_opened(link);
        break;
    case QUIC_DATA:
        connection_on_data(c, e->stream, e->bytes, e->fin);
        break;
    case QUIC_RESET:
        connection_on_reset(c, e->stream);
        break;
    case QUIC_STOPPED:
        connection_on_stop(c, e->stream);
        break;
    case QUIC_WRITABLE:
        connection_on_writable(c, e->stream);
        break;
    case QUIC_CREDIT:
        on_credit(link);
        break;
    case QUIC_STREAM_CLOSED:
        connection_on_gone(c, e->stream);
        break;
    case QUIC_CLOSED:
        on_closed(link, e);
        return false;
    }
    return true;
}

static void open_stream(struct adapter_link *link)
{
    int64_t stream;

    if (!quic_open(link->quic, &stream))
        stream = -1;
    connection_opened(link->connection, stream);
}

static void to_quic(struct adapter_link *link, const struct action *a)
{
    struct quic *q = link->quic;

    switch (a->kind) {
    case ACTION_OPEN:
        open_stream(link);
        break;
    case ACTION_WRITE:
        connection_wrote(link->connection, a->stream,
                         quic_write(q, a->stream, a->bytes, a->fin));
        break;
    case ACTION_RESET:
        quic_reset(q, a->stream, a->code);
        break;
    case ACTION_STOP:
        quic_stop(q, a->stream, a->code);
        break;
    case ACTION_CONSUMED:
        quic_consumed(q, a->stream, a->count);
        break;
    case ACTION_CREDIT:
        quic_grant_streams(q, a->count);
        break;
    case ACTION_CLOSE:
        quic_close(q, a->code);
        break;
    }
}

/* [CN-2] A connection on which somebody waits, or which is to stay, must not
 * die of silence. */
static void keep_alive(struct adapter_link *link)
{
    const struct connection *c = link->connection;
    bool is_needed =
        link->stays || c->asking.pending.count > 0 || c->serving.count > 0;

    if (is_needed != link->is_kept_alive)
        quic_keep_alive(link->quic, is_needed);
    link->is_kept_alive = is_needed;
}

/* A handler asked on one connection may act on another that was quiet before:
 * that one is stirred by it. */
static bool pump(struct adapter *a)
{
    struct connection *c = node_stirred(a->node);
    struct action action;

    if (!c)
        return false;
    while (connection_poll(c, &action))
        to_quic(c->user, &action);
    keep_alive(c->user);
    return true;
}

static void accept_all(struct adapter *a)
{
    struct quic *q;

    while ((q = endpoint_accepted(a->endpoint)))
        add_link(a, q)->filter = (struct peer_filter){.is_open = true};
}

static bool hear(struct adapter *a)
{
    struct quic *q = endpoint_ready(a->endpoint);
    struct quic_event event;

    if (!q)
        return false;
    while (quic_poll(q, &event) && from_quic(quic_user(q), &event))
        ;
    return true;
}

void adapter_turn(struct adapter *a, uint64_t now_ns)
{
    bool has_moved = true;

    node_advance(a->node, now_ns);
    endpoint_advance(a->endpoint, now_ns);
    while (has_moved) {
        accept_all(a);
        has_moved = false;
        while (hear(a))
            has_moved = true;
        while (pump(a))
            has_moved = true;
    }
}

uint64_t adapter_deadline(const struct adapter *a)
{
    uint64_t transport_ns = endpoint_deadline(a->endpoint);
    uint64_t session_ns = node_deadline(a->node);

    return transport_ns < session_ns ? transport_ns : session_ns;
}

/* [CC-10] exactly this fingerprint; no name, no authority. [CC-8] without one
 * nobody is accepted, [CC-14] in either profile. */
static bool is_pinned(void *self, enum tls_peer_kind kind, struct slice der)
{
    const struct adapter_link *link = self;
    struct fingerprint shown = fingerprint_of(der);

    return kind != TLS_PEER_NONE && link->pin.text[0] &&
           slice_equal(fingerprint_slice(&shown), /* [FP-4] */
                       fingerprint_slice(&link->pin));
}

/* [CC-9] A pin says by itself which kind it is of, and only that is asked for;
 * an authority speaks for certificates alone. */
static void choose_verifier(struct quic_config *config,
                            const struct adapter_dial *dial,
                            struct adapter_link *link)
{
    const struct tls_trust nobody = {.roots = NULL};
    bool is_trusting = !dial->pin.len && dial->trust.roots;

    config->wanted = slice_starts(dial->pin, slice_of("ed25519:"))
                         ? TLS_PEER_RAW_KEY
                         : TLS_PEER_X509;
    config->trust = is_trusting ? dial->trust : nobody;
    config->verifier = is_trusting ? (struct tls_verifier){.accept = NULL}
                                   : (struct tls_verifier){is_pinned, link};
}

struct adapter_link *adapter_dial(struct adapter *a,
                                  const struct adapter_dial *dial,
                                  uint64_t now_ns, struct failure *ret_failure)
{
    struct adapter_link *link = add_link(a, NULL);
    struct quic_config config = dial->quic;

    link->is_dialled = true;
    link->filter = dial->filter;
    link->stays = dial->stays;
    link->user = dial->user;
    if (dial->pin.len && dial->pin.len <= FINGERPRINT_MAX)
        memcpy(link->pin.text, dial->pin.data, dial->pin.len);
    config.key = dial->key;
    choose_verifier(&config, dial, link);
    link->quic =
        endpoint_dial(a->endpoint, &dial->to, &config, now_ns, ret_failure);
    if (!link->quic) {
        remove_link(link);
        return NULL;
    }
    quic_set_user(link->quic, link);
    return link;
}

void adapter_close(struct adapter_link *link)
{
    if (link->connection)
        connection_close(link->connection);
    else
        quic_close(link->quic, 0);
}

struct adapter_link *adapter_first(const struct adapter *a)
{
    return queue_first(&a->links);
}

struct adapter_link *adapter_next(const struct adapter_link *link)
{
    return link->place.behind ? link->place.behind->owner : NULL;
}

struct adapter *adapter_new(struct node *node, struct endpoint *endpoint,
                            const struct adapter_watcher *watcher)
{
    struct adapter *a = xalloc(1, sizeof *a);

    a->node = node;
    a->endpoint = endpoint;
    a->watcher = *watcher;
    return a;
}

void adapter_free(struct adapter *a)
{
    struct adapter_link *link;

    if (!a)
        return;
    while ((link = queue_first(&a->links))) {
        if (link->connection)
            node_remove(a->node, link->connection);
        endpoint_release(a->endpoint, link->quic);
        remove_link(link);
    }
    xalloc_free(a);
}

/* SPDX-License-Identifier: MIT */
/* See station.h. Datagrams are drained first and answered once: a turn a
 * burst, not a turn a datagram.
 *
 * Each step of a turn looks at the clock anew. QUIC must not be told of an
 * earlier time than before; and as work takes longer than loopback delays an
 * acknowledgement, what is sent after it carries that along. */
#include "ref/bin/station.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

struct station {
    struct udp socket;            /* open */
    const struct tls_key *key;    /* borrowed, or NULL */
    struct node *node;            /* borrowed */
    struct endpoint *endpoint;    /* owned */
    struct adapter *adapter;      /* owned */
    struct loop_watch *datagrams; /* owned */
    struct loop_timer *timer;     /* owned */
    void (*turned)(void *self);   /* who cares, or NULL */
    void *self;                   /* of the watcher */
};

static void drain(struct station *s)
{
    uint8_t bytes[UDP_DATAGRAM_MAX];
    struct address from;
    size_t len;

    while (udp_receive(&s->socket, &from, bytes, sizeof bytes, &len))
        endpoint_receive(s->endpoint, &from, slice_make(bytes, len),
                         entropy_now_ns());
}

static void send_all(struct station *s)
{
    uint64_t now_ns = entropy_now_ns();
    struct datagram d;

    while (endpoint_send(s->endpoint, &d, now_ns))
        udp_send(&s->socket, &d.to, d.bytes);
}

void station_turn(struct station *s)
{
    drain(s);
    adapter_turn(s->adapter, entropy_now_ns());
    send_all(s);
    loop_timer_set(s->timer, adapter_deadline(s->adapter));
}

static void on_event(void *self)
{
    struct station *s = self;

    station_turn(s);
    if (s->turned)
        s->turned(s->self);
}

static struct endpoint *make_endpoint(const struct station *s,
                                      bool is_listening)
{
    struct endpoint_config config = {
        .defaults = quic_config_default(entropy_system()),
        .local = s->socket.local,
        .is_listening = is_listening,
    };

    config.defaults.key = s->key;
    return endpoint_new(&config);
}

struct station *station_open(const struct station_config *config,
                             struct failure *ret_failure)
{
    struct station *s = xalloc(1, sizeof *s);

    s->key = config->key;
    if (!udp_open(&s->socket, &config->local, ret_failure)) {
        xalloc_free(s);
        return NULL;
    }
    s->node = config->node;
    s->turned = config->turned;
    s->self = config->watcher.self;
    s->endpoint = make_endpoint(s, config->is_listening);
    s->adapter = adapter_new(config->node, s->endpoint, &config->watcher);
    s->datagrams = loop_watch(config->loop, s->socket.fd, on_event, s);
    s->timer = loop_timer(config->loop, on_event, s);
    node_advance(s->node, entropy_now_ns());
    return s;
}

void station_close(struct station *s)
{
    if (!s)
        return;
    for (struct adapter_link *l = adapter_first(s->adapter); l;
         l = adapter_next(l))
        adapter_close(l);
    adapter_turn(s->adapter, entropy_now_ns());
    send_all(s);
    adapter_free(s->adapter);
    endpoint_free(s->endpoint);
    loop_unwatch(s->datagrams);
    loop_timer_free(s->timer);
    udp_close(&s->socket);
    xalloc_free(s);
}

struct adapter_link *station_dial(struct station *s, struct adapter_dial *dial,
                                  struct failure *ret_failure)
{
    dial->key = s->key;
    return adapter_dial(s->adapter, dial, entropy_now_ns(), ret_failure);
}

const struct address *station_address(const struct station *s)
{
    return &s->socket.local;
}

/* Of nothing there is none. */
static struct fingerprint name_of(struct slice der)
{
    const struct fingerprint none = {""};

    return der.len ? fingerprint_of(der) : none;
}

struct fingerprint station_fingerprint(const struct station *s)
{
    return name_of(s->key ? tls_key_spki(s->key) : slice_make(NULL, 0));
}

struct fingerprint station_certificate(const struct station *s)
{
    return name_of(s->key ? tls_key_leaf(s->key) : slice_make(NULL, 0));
}

struct adapter_link *station_first(const struct station *s)
{
    return adapter_first(s->adapter);
}

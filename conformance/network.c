/* SPDX-License-Identifier: MIT */
/*
 * L2: real QUIC on loopback. Every datagram goes through the relay, which is
 * ours too. A post is a socket of ours with its QUIC endpoint: one from which
 * we dial, and one for each identity under which we let ourselves be dialled.
 *
 * Everything runs in one loop together with the testee's lines. Its callbacks
 * only take notes; nothing in them jumps.
 */
#include "conformance/network.h"

#include <inttypes.h>

#include "conformance/body.h"
#include "conformance/fingerprint.h"
#include "conformance/stage.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#define STREAMS_MAX 100
#define HANDSHAKE_NS 3000000000ull
#define HANDSHAKE_NET_NS 20000000000ull /* in weather: lost and sent again */

static void must(struct scene *s, const void *made,
                 const struct failure *failure)
{
    if (!made)
        scene_stop(s, VERDICT_HARNESS, "sockets and keys",
                   scene_text(s, "%s", failure->sentence));
}

static void stir(struct network *n)
{
    n->turns++;
    n->stirred_ns = entropy_now_ns();
}

static void on_readable(void *self)
{
    struct network *n = self;

    stir(n);
}

struct network *network_of(struct scene *s)
{
    struct network *n = s->network;
    struct failure failure;

    if (n)
        return n;
    n = xalloc(1, sizeof *n);
    s->network = n;
    n->loop = loop_new(&failure);
    must(s, n->loop, &failure);
    n->lines =
        loop_watch(n->loop, driver_fd(s->testee->driver), on_readable, n);
    n->complaints = loop_watch(n->loop, driver_stderr_fd(s->testee->driver),
                               on_readable, n);
    return n;
}

/* --- a post's turn */

static struct conn *waiting_for(struct post *p)
{
    for (struct conn *c = p->scene->conns; c; c = c->next) {
        if (c->dial == DIAL_THEM && c->post == p && !c->quic && !*c->end)
            return c;
    }
    return NULL;
}

static void take_accepted(struct post *p)
{
    struct quic *q;

    while ((q = endpoint_accepted(p->endpoint))) {
        struct conn *c = waiting_for(p);

        if (!c) {
            scene_blame(p->scene, VERDICT_FAIL,
                        "a connection that nobody asked for");
            endpoint_release(p->endpoint, q);
            continue;
        }
        c->quic = q;
        quic_set_user(q, c);
    }
}

/* Stands for events that nobody reports. */
static const struct json unreported = {.kind = JSON_OBJECT};

static void on_opened(struct conn *c)
{
    struct scene *s = c->scene;
    const char *own = quic_peer_kind(c->quic) == TLS_PEER_X509
                          ? stage_testee_certificate(s)
                          : stage_testee_fingerprint(s);

    c->shown = fingerprint_text(&s->arena, quic_peer_der(c->quic));
    c->is_up = true;
    if (scene_lacks(s, "witness"))
        c->opened = &unreported;
    quic_keep_alive(c->quic, true);
    if (strcmp(c->shown, own) != 0)
        scene_blame(s, VERDICT_FAIL,
                    "a testee that shows another key than its own");
}

static void on_closed(struct conn *c, const struct quic_event *event)
{
    static const char *const layers[] = {"app", "transport", "tls", "idle"};

    c->end = scene_text(c->scene, "%s %" PRIu64 "%s", layers[event->layer],
                        event->code, event->by == QUIC_BY_US ? " by us" : "");
    if (scene_lacks(c->scene, "witness"))
        c->closed = &unreported;
    endpoint_release(c->post->endpoint, c->quic);
    c->quic = NULL;
    c->is_up = false;
}

/* Gives QUIC what it had no room for before. */
static void write_on(struct stream *st)
{
    size_t len;

    if (!st->conn->quic || (st->unsent.len == 0 && !st->fin_waits))
        return;
    len = quic_write(st->conn->quic, st->number, buf_slice(&st->unsent),
                     st->fin_waits);
    buf_consume(&st->unsent, len);
    st->conn->scene->flowed += len;
    if (st->unsent.len == 0)
        st->fin_waits = false;
}

/* The testee takes no more there: what waits will never go. */
static void on_stopped(struct conn *c, int64_t number)
{
    struct stream *st = stream_find(c, number);

    stream_on_stop(c, number);
    if (st) {
        buf_reset(&st->unsent);
        st->fin_waits = false;
    }
}

static void on_writable(struct conn *c, int64_t number)
{
    struct stream *st = stream_find(c, number);

    if (st)
        write_on(st);
}

/* Bytes that came are taken at once, but where the stream is held. */
static void on_came(struct conn *c, int64_t number, size_t len)
{
    struct stream *st = stream_find(c, number);

    if (st && st->is_held)
        st->untaken += len;
    else
        quic_consumed(c->quic, number, len);
}

static void on_quic(struct conn *c, const struct quic_event *event)
{
    switch (event->kind) {
    case QUIC_OPENED:
        on_opened(c);
        break;
    case QUIC_DATA:
        c->scene->flowed += event->bytes.len;
        stream_on_data(c, event->stream, event->bytes, event->fin);
        on_came(c, event->stream, event->bytes.len);
        break;
    case QUIC_RESET:
        stream_on_reset(c, event->stream);
        break;
    case QUIC_STOPPED:
        on_stopped(c, event->stream);
        break;
    case QUIC_WRITABLE:
        on_writable(c, event->stream);
        break;
    case QUIC_STREAM_CLOSED:
        if ((event->stream & 1) == (c->dial == DIAL_US ? 1 : 0))
            quic_grant_streams(c->quic, 1);
        break;
    case QUIC_CLOSED:
        on_closed(c, event);
        break;
    case QUIC_CREDIT:
        break;
    }
}

static void poll_all(struct post *p)
{
    struct quic_event event;
    struct quic *q;

    while ((q = endpoint_ready(p->endpoint))) {
        struct conn *c = quic_user(q);

        while (c && c->quic == q && quic_poll(q, &event))
            on_quic(c, &event);
    }
}

static void send_all(struct post *p, uint64_t now_ns)
{
    struct datagram d;

    while (endpoint_send(p->endpoint, &d, now_ns))
        udp_send(&p->udp, &d.to, d.bytes);
}

void network_turn(struct post *p)
{
    static uint8_t bytes[UDP_DATAGRAM_MAX];
    uint64_t now_ns = entropy_now_ns();
    struct address from;
    size_t len;

    while (udp_receive(&p->udp, &from, bytes, sizeof bytes, &len))
        endpoint_receive(p->endpoint, &from, slice_make(bytes, len), now_ns);
    endpoint_advance(p->endpoint, now_ns);
    take_accepted(p);
    poll_all(p);
    send_all(p, now_ns);
    loop_timer_set(p->timer, endpoint_deadline(p->endpoint));
}

static void on_turn(void *self)
{
    struct post *p = self;

    stir(p->scene->network);
    network_turn(p);
}

/* --- posts and connections */

/* NULL: the one from which we dial. */
static struct post *open_post(struct scene *s, const struct conn_how *how)
{
    struct network *n = network_of(s);
    size_t which = how ? papers_kind(how) : DIALLER;
    struct endpoint_config config = {
        .defaults = quic_config_default(entropy_system()),
        .is_listening = how != NULL,
    };
    struct failure failure;
    struct address local;
    struct post *p;

    if (n->posts[which])
        return n->posts[which];
    if (how)
        config.defaults.key = papers_take(s, &n->papers, how);
    config.defaults.streams_max = STREAMS_MAX;
    (void)udp_address_parse(slice_of("127.0.0.1:0"), &local);
    p = n->posts[which] = xalloc(1, sizeof *p);
    p->scene = s;
    p->udp.fd = -1;
    must(s, udp_open(&p->udp, &local, &failure) ? p : NULL, &failure);
    config.local = p->udp.local;
    p->endpoint = endpoint_new(&config);
    p->watch = loop_watch(n->loop, p->udp.fd, on_turn, p);
    p->timer = loop_timer(n->loop, on_turn, p);
    return p;
}

/* Every instance has chances of its own, and so has every relay in it: or the
 * same few datagrams would be lost wherever one looks. */
static uint64_t weather_seed(const struct scene *s, uint32_t relay)
{
    struct prng_key key = {.seed = s->seed, .link = relay};

    for (const char *at = s->instance->name; *at; at++)
        key.seed = prng_draw(&key, (uint8_t)*at, 0);
    return key.seed;
}

static struct relay *relay_before(struct scene *s,
                                  const struct address *upstream)
{
    struct network *n = network_of(s);
    const struct weather *net = s->instance->net;
    const struct relay_config config = {
        .upstream = *upstream,
        .weather = net ? net : weather_clean(),
        .seed = weather_seed(s, n->relays++),
    };
    struct failure failure;
    struct relay *relay = relay_new(n->loop, &config, &failure);

    must(s, relay, &failure);
    return relay;
}

/* The testee listens, once, behind a relay of ours. */
static const struct address *testee_address(struct scene *s)
{
    struct network *n = network_of(s);
    struct address address;
    struct slice text = {0};
    const struct json *answer;

    if (n->relay)
        return relay_address(n->relay);
    answer = scene_verb(s, "listen", "");
    if (!json_get_text(json_find(answer, "addr"), &text) ||
        !udp_address_parse(text, &address))
        scene_stop(s, VERDICT_FAIL, "listen to answer with an address",
                   scene_text(s, "%.*s", (int)text.len,
                              text.len ? (const char *)text.data : ""));
    n->relay = relay_before(s, &address);
    return relay_address(n->relay);
}

static void dial(struct conn *c, const struct conn_how *how)
{
    struct scene *s = c->scene;
    struct quic_config config = quic_config_default(entropy_system());
    const struct address *to = testee_address(s);
    struct failure failure;

    c->post = open_post(s, NULL);
    config.key = papers_shown(s, &network_of(s)->papers, how);
    config.wanted = how->wants_certificate ? TLS_PEER_X509 : TLS_PEER_RAW_KEY;
    config.streams_max = STREAMS_MAX;
    config.handshake_timeout_ns =
        s->instance->net ? HANDSHAKE_NET_NS : HANDSHAKE_NS;
    if (how->alpn)
        config.alpn = slice_of(how->alpn);
    c->quic = endpoint_dial(c->post->endpoint, to, &config, entropy_now_ns(),
                            &failure);
    must(s, c->quic, &failure);
    quic_set_user(c->quic, c);
    network_turn(c->post);
}

/* By what the testee shall know us: members of the verb `dial`. */
static const char *proof_of(struct scene *s, const struct conn_how *how)
{
    struct slice der = papers_authority(s);

    if (how->server_name)
        return scene_text(s, "\"ca\":\"%s\",\"server_name\":\"%s\"",
                          papers_hex(s, der), how->server_name);
    return scene_text(
        s, "\"pin\":\"%s\"",
        how->pin ? how->pin
        : how->paper == CONN_RAW_KEY
            ? stage_fingerprint(s, how->key)
            : fingerprint_text(&s->arena,
                               papers_leaf(s, how->key, how->paper)));
}

static void be_dialled(struct conn *c, const struct conn_how *how)
{
    struct scene *s = c->scene;
    char address[UDP_TEXT_LEN_MAX];

    c->post = open_post(s, how);
    if (!c->post->relay)
        c->post->relay = relay_before(s, &c->post->udp.local);
    udp_address_print(relay_address(c->post->relay), address);
    (void)scene_send(s, "dial",
                     scene_text(s,
                                "\"addr\":\"%s\",\"conn\":\"%s\",%s,"
                                "\"trusted_peer\":%s",
                                address, c->name, proof_of(s, how),
                                how->is_trusted ? "true" : "false"));
}

static void network_open(struct conn *c, const struct conn_how *how)
{
    if (c->dial == DIAL_US)
        dial(c, how);
    else
        be_dialled(c, how);
}

/* --- streams */

static bool has_credit(void *what)
{
    const struct conn *c = what;

    return !c->quic || quic_streams_left(c->quic) > 0;
}

static void network_open_stream(struct stream *st)
{
    struct conn *c = st->conn;
    struct scene *s = c->scene;

    if (!scene_await(s, has_credit, c))
        scene_stop(s, VERDICT_FAIL, "credit for one more stream", "none");
    if (!c->quic || !quic_open(c->quic, &st->number))
        scene_stop(s, VERDICT_FAIL, "a connection to open a stream on",
                   "it has ended");
}

/* What was said elsewhere comes before what is said here. */
static void speak(const struct stream *st)
{
    struct scene *s = st->conn->scene;
    struct network *n = network_of(s);

    if (n->spoken != st)
        settle_arrive(s);
    n->spoken = st;
}

static void network_send(struct stream *st, struct slice bytes, bool fin)
{
    struct conn *c = st->conn;

    speak(st);
    if (!c->quic || st->was_stopped)
        return;
    buf_put_slice(&st->unsent, bytes);
    st->fin_waits = st->fin_waits || fin;
    write_on(st);
    network_turn(c->post);
}

static void network_reset(struct stream *st, uint64_t code)
{
    settle_arrive(st->conn->scene);
    if (!st->conn->quic)
        return;
    buf_reset(&st->unsent);
    st->fin_waits = false;
    quic_reset(st->conn->quic, st->number, code);
    network_turn(st->conn->post);
}

static void network_stop(struct stream *st, uint64_t code)
{
    settle_arrive(st->conn->scene);
    if (!st->conn->quic)
        return;
    quic_stop(st->conn->quic, st->number, code);
    network_turn(st->conn->post);
}

static void network_govern(struct stream *st)
{
    if (st->is_held || !st->conn->quic)
        return;
    quic_consumed(st->conn->quic, st->number, st->untaken);
    st->untaken = 0;
    network_turn(st->conn->post);
}

static void network_drop(struct conn *c)
{
    if (!c->quic)
        return;
    quic_close(c->quic, 0);
    network_turn(c->post);
}

/* --- the end */

static void set_weather(struct network *n, const struct weather *w)
{
    for (size_t i = 0; i < POSTS; i++) {
        if (n->posts[i] && n->posts[i]->relay)
            relay_set_weather(n->posts[i]->relay, w);
    }
    if (n->relay)
        relay_set_weather(n->relay, w);
}

/* Whoever closes says so once, and when that is lost the other side finds out
 * by its idle timeout, which no case waits for: while somebody takes his leave
 * the weather is clean. */
static void network_before(struct scene *s, const char *op)
{
    const struct weather *net = s->instance->net;

    settle_arrive(s);
    if (s->network && net)
        set_weather(s->network,
                    strcmp(op, "close") == 0 ? weather_clean() : net);
}

static void network_leave(struct conn *c)
{
    network_before(c->scene, "close");
    network_drop(c);
}

/* What it did is of interest where somebody asked for weather. */
static void free_relay(struct scene *s, struct relay *r)
{
    struct relay_counts counts;

    if (r && s->instance->net) {
        counts = relay_counts(r);
        relay_counts_add(&s->outcome.traffic, &counts);
    }
    relay_free(r);
}

static void free_post(struct post *p)
{
    if (!p)
        return;
    endpoint_free(p->endpoint);
    free_relay(p->scene, p->relay);
    loop_unwatch(p->watch);
    loop_timer_free(p->timer);
    udp_close(&p->udp);
    xalloc_free(p);
}

static void hang_up(struct scene *s)
{
    for (struct conn *c = s->conns; c; c = c->next) {
        if (c->quic)
            network_drop(c);
        c->quic = NULL;
    }
}

static void network_end(struct scene *s)
{
    struct network *n = s->network;

    if (!n)
        return;
    hang_up(s);
    for (size_t i = 0; i < POSTS; i++)
        free_post(n->posts[i]);
    free_relay(s, n->relay);
    papers_clear(&n->papers);
    loop_unwatch(n->lines);
    loop_unwatch(n->complaints);
    loop_free(n->loop);
    xalloc_free(n);
    s->network = NULL;
}

const struct transport network_transport = {
    .open = network_open,
    .open_stream = network_open_stream,
    .send = network_send,
    .reset = network_reset,
    .stop = network_stop,
    .govern = network_govern,
    .drop = network_leave,
    .wait = settle_wait,
    .settle = settle,
    .before = network_before,
    .end = network_end,
};

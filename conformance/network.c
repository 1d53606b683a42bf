/* SPDX-License-Identifier: MIT */
/*
 * L2: real QUIC on loopback. Every datagram goes through the relay, which is
 * ours too. A post is a socket of ours with its QUIC endpoint: one from which
 * we dial, and one for each key under which we let ourselves be dialled.
 *
 * Everything runs in one loop together with the testee's lines. Its callbacks
 * only take notes; nothing in them jumps.
 */
#include <inttypes.h>

#include "conformance/backstage.h"
#include "conformance/fingerprint.h"
#include "conformance/keyring.h"
#include "netsim/relay.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"
#include "ref/host/loop.h"
#include "ref/host/udp.h"
#include "ref/quic/endpoint.h"

#define POSTS (STAGE_KEYS + 1)
#define DIALLER STAGE_KEYS
#define STREAMS_MAX 100
#define QUIET_NS 250000000ull /* after that, ask the fence */
#define REST_NS 20000000ull   /* of quiet, where there is no fence to ask */
#define HANDSHAKE_NS 3000000000ull

struct post {
    struct scene *scene;       /* borrowed */
    struct udp udp;            /* open */
    struct endpoint *endpoint; /* owned */
    struct relay *relay;       /* owned: in front of it; NULL: it dials */
    struct loop_watch *watch;  /* owned */
    struct loop_timer *timer;  /* owned */
    enum stage_key key;        /* under which it listens */
};

struct network {
    struct loop *loop;             /* owned */
    struct loop_watch *lines;      /* owned: the testee's output */
    struct loop_watch *complaints; /* owned: its standard error */
    struct keyring keys;           /* owned */
    struct post *posts[POSTS];     /* owned; NULL until needed */
    struct relay *relay;           /* owned: in front of the testee */
    uint64_t turns;                /* callbacks so far */
    uint64_t stirred_ns;           /* when something last happened */
    bool is_proving;               /* settling, from within a wait */
};

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

static struct network *network_of(struct scene *s)
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

    c->shown = fingerprint_text(&s->arena, quic_peer_der(c->quic));
    c->is_up = true;
    if (scene_lacks(s, "witness"))
        c->opened = &unreported;
    quic_keep_alive(c->quic, true);
    if (strcmp(c->shown, stage_testee_fingerprint(s)) != 0)
        scene_blame(s, VERDICT_FAIL,
                    "a testee that shows another key than its own");
}

static void on_closed(struct conn *c, const struct quic_event *event)
{
    static const char *const layers[] = {"app", "transport", "tls", "idle"};

    c->end =
        scene_text(c->scene, "%s %" PRIu64, layers[event->layer], event->code);
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
    if (st->unsent.len == 0)
        st->fin_waits = false;
}

static void on_writable(struct conn *c, int64_t number)
{
    struct stream *st = conn_find_stream(c, number);

    if (st)
        write_on(st);
}

static void on_quic(struct conn *c, const struct quic_event *event)
{
    switch (event->kind) {
    case QUIC_OPENED:
        on_opened(c);
        break;
    case QUIC_DATA:
        stream_on_data(c, event->stream, event->bytes, event->fin);
        quic_consumed(c->quic, event->stream, event->bytes.len);
        break;
    case QUIC_RESET:
        stream_on_reset(c, event->stream);
        break;
    case QUIC_STOPPED:
        stream_on_stop(c, event->stream);
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

static void turn(struct post *p)
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
    turn(p);
}

/* --- posts and connections */

static struct post *open_post(struct scene *s, size_t which)
{
    struct network *n = network_of(s);
    bool is_listening = which != DIALLER;
    struct endpoint_config config = {
        .defaults = quic_config_default(entropy_system()),
        .is_listening = is_listening,
    };
    struct failure failure;
    struct address local;
    struct post *p;

    if (n->posts[which])
        return n->posts[which];
    if (is_listening)
        config.defaults.key = keyring_key(&n->keys, s, (enum stage_key)which);
    config.defaults.streams_max = STREAMS_MAX;
    (void)udp_address_parse(slice_of("127.0.0.1:0"), &local);
    p = n->posts[which] = xalloc(1, sizeof *p);
    p->scene = s;
    p->key = (enum stage_key)which;
    p->udp.fd = -1;
    must(s, udp_open(&p->udp, &local, &failure) ? p : NULL, &failure);
    config.local = p->udp.local;
    p->endpoint = endpoint_new(&config);
    p->watch = loop_watch(n->loop, p->udp.fd, on_turn, p);
    p->timer = loop_timer(n->loop, on_turn, p);
    return p;
}

static struct relay *relay_before(struct scene *s,
                                  const struct address *upstream)
{
    const struct relay_config config = {.upstream = *upstream, .seed = s->seed};
    struct failure failure;
    struct relay *relay = relay_new(network_of(s)->loop, &config, &failure);

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

    c->post = open_post(s, DIALLER);
    config.key = keyring_identity(&network_of(s)->keys, s, how);
    config.streams_max = STREAMS_MAX;
    config.handshake_timeout_ns = HANDSHAKE_NS;
    if (how->alpn)
        config.alpn = slice_of(how->alpn);
    c->quic = endpoint_dial(c->post->endpoint, to, &config, entropy_now_ns(),
                            &failure);
    must(s, c->quic, &failure);
    quic_set_user(c->quic, c);
    turn(c->post);
}

static void be_dialled(struct conn *c, const struct conn_how *how)
{
    struct scene *s = c->scene;
    char address[UDP_TEXT_LEN_MAX];

    c->post = open_post(s, how->key);
    if (!c->post->relay)
        c->post->relay = relay_before(s, &c->post->udp.local);
    udp_address_print(relay_address(c->post->relay), address);
    (void)scene_send(
        s, "dial",
        scene_text(s,
                   "\"addr\":\"%s\",\"conn\":\"%s\",\"pin\":\"%s\","
                   "\"trusted_peer\":%s",
                   address, c->name,
                   how->pin ? how->pin : stage_fingerprint(s, how->key),
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

static void network_send(struct stream *st, struct slice bytes, bool fin)
{
    struct conn *c = st->conn;

    if (!c->quic)
        return;
    buf_put_slice(&st->unsent, bytes);
    st->fin_waits = st->fin_waits || fin;
    write_on(st);
    turn(c->post);
}

static void network_reset(struct stream *st, uint64_t code)
{
    if (!st->conn->quic)
        return;
    buf_reset(&st->unsent);
    st->fin_waits = false;
    quic_reset(st->conn->quic, st->number, code);
    turn(st->conn->post);
}

static void network_stop(struct stream *st, uint64_t code)
{
    if (!st->conn->quic)
        return;
    quic_stop(st->conn->quic, st->number, code);
    turn(st->conn->post);
}

static void network_drop(struct conn *c)
{
    if (!c->quic)
        return;
    quic_close(c->quic, 0);
    turn(c->post);
}

/* --- waiting */

static uint64_t sooner(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Whether settling would show that no more can come: everything is open, and
 * the testee has both the fence and an answer for each connection. */
static bool can_prove(const struct scene *s)
{
    const struct network *n = s->network;

    if (n->is_proving || !s->conns || !scene_can(s, "fence") ||
        !scene_can(s, "serve"))
        return false;
    for (const struct conn *c = s->conns; c; c = c->next) {
        if (!c->is_up || !c->opened || c->closed || !c->quic)
            return false;
    }
    return true;
}

/* What is in vain is found out by the fence, not by waiting to the end: after
 * a quiet spell all is settled, and then whatever was to come has come. */
static bool network_wait(struct scene *s, uint64_t deadline_ns)
{
    struct network *n = network_of(s);
    uint64_t begun_ns = deadline_ns - s->patience_ns;
    uint64_t quiet_ns =
        (n->stirred_ns > begun_ns ? n->stirred_ns : begun_ns) + QUIET_NS;
    uint64_t now_ns = entropy_now_ns();

    if (now_ns >= deadline_ns)
        return false;
    if (testee_take(s->testee))
        return true;
    if (!can_prove(s))
        quiet_ns = deadline_ns;
    if (now_ns >= quiet_ns) {
        n->is_proving = true;
        scene_settle(s);
        n->is_proving = false;
        return false;
    }
    loop_run_once(n->loop, sooner(sooner(deadline_ns, quiet_ns),
                                  testee_deadline(s->testee)));
    (void)testee_take(s->testee);
    return true;
}

/* Lets everything happen that is due already. */
static void run_dry(struct scene *s)
{
    struct network *n = network_of(s);
    uint64_t before;

    do {
        before = n->turns;
        loop_run_once(n->loop, entropy_now_ns());
        (void)testee_take(s->testee);
    } while (n->turns != before);
}

static bool is_flushed(void *what)
{
    const struct conn *c = what;
    bool is_written = true;

    for (const struct stream *st = c->streams; st; st = st->next)
        is_written = is_written && st->unsent.len == 0 && !st->fin_waits;
    return !c->quic || (is_written && quic_is_flushed(c->quic));
}

/* Waits for the acknowledgement of all that was sent, which a peer may put off
 * unless it is hurried. */
static bool await_flushed(struct scene *s, struct conn *c)
{
    bool has_come;

    if (is_flushed(c))
        return true;
    quic_hurry(c->quic, true);
    turn(c->post);
    has_come = scene_await(s, is_flushed, c);
    if (c->quic)
        quic_hurry(c->quic, false);
    return has_come;
}

/* Without a fence the answer is all that bounds a silence before it. */
static void must_have_answered(struct conn *c)
{
    if (scene_lacks(c->scene, "absence") && !c->closed)
        scene_stop(c->scene, VERDICT_FAIL,
                   "an answer to a later request on the connection", "none");
}

/* A short while in which nothing happens, or ten of them in which it does. */
static void rest(struct scene *s)
{
    struct network *n = network_of(s);
    uint64_t latest_ns = entropy_now_ns() + 10 * REST_NS;
    uint64_t until_ns = entropy_now_ns() + REST_NS;

    n->stirred_ns = 0;
    while (entropy_now_ns() < until_ns) {
        loop_run_once(n->loop, until_ns);
        if (n->stirred_ns)
            until_ns = sooner(latest_ns, n->stirred_ns + REST_NS);
    }
}

static void network_settle(struct scene *s)
{
    for (struct conn *c = s->conns; c; c = c->next) {
        if (!c->is_up || !c->opened || c->closed)
            continue;
        if (!await_flushed(s, c))
            scene_stop(s, VERDICT_FAIL, "a testee that acknowledges", "none");
        if (scene_can(s, "fence") && c->is_up && !c->closed)
            (void)scene_try_verb(s, "fence",
                                 scene_text(s, "\"conn\":\"%s\"", c->name));
        if (scene_can(s, "serve") && c->quic &&
            quic_streams_left(c->quic) > 0 && !ask_round_trip(c))
            must_have_answered(c);
    }
    if (scene_lacks(s, "absence"))
        rest(s);
    run_dry(s);
}

/* --- the end */

static void free_post(struct post *p)
{
    if (!p)
        return;
    endpoint_free(p->endpoint);
    relay_free(p->relay);
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
    relay_free(n->relay);
    keyring_clear(&n->keys);
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
    .drop = network_drop,
    .wait = network_wait,
    .settle = network_settle,
    .end = network_end,
};

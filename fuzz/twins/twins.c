/* SPDX-License-Identifier: MIT */
/* See twins.h. */
#include "fuzz/twins/twins.h"
#include "fuzz/broken.h"
#include "fuzz/twins/signer.h"
#include "netsim/berth.h"
#include "netsim/takeover.h"
#include "ref/base/agenda.h"
#include "ref/quic/quic_wire.h"

#define SEED 7
#define THIEF 9
#define BEGIN_NS 1000000000ull
#define DIALLER_NODE 1
#define ACCEPTOR_NODE 2
#define STALLED_MAX 1000       /* turns at the same time */
#define TURNS_MAX 30000        /* in a story */
#define BURST_MAX 4000         /* datagrams in a turn */
#define TIMER_NS 1000000000ull /* nothing is due so soon, when all is calm */
#define RTT_MAX_NS (8 * STORM_DELAY_NS)
#define MARGIN_NS (10 * STORM_DELAY_NS)
#define DEAD_CALM_NS (1000 * BEGIN_NS) /* nothing is left, on a slow path */
#define FAREWELL 7                     /* the code of it */

struct twins_fate twins_fate;

static struct tls_key *honest[2], *stolen[2];

void twins_setup(void)
{
    if (honest[0])
        return;
    takeover_begin(SEED);
    ledger_setup();
    for (uint8_t side = 0; side < 2; side++) {
        honest[side] = signer_key(1 + side);
        stolen[side] = signer_stolen_key(THIEF, 1 + side);
    }
}

/* ------------------------------------------------------------ who is who */

static bool accept_it(const struct twins *t, uint32_t side,
                      enum tls_peer_kind kind, struct slice der)
{
    broken_unless(kind == TLS_PEER_RAW_KEY &&
                      slice_equal(der, tls_key_spki(honest[!side])),
                  "IR-1", "side %u is asked about a key nobody shows", side);
    return !t->terms.refuses[side];
}

static bool accept_acceptor(void *self, enum tls_peer_kind kind,
                            struct slice der)
{
    return accept_it(self, TWINS_DIALLER, kind, der);
}

static bool accept_dialler(void *self, enum tls_peer_kind kind,
                           struct slice der)
{
    return accept_it(self, TWINS_ACCEPTOR, kind, der);
}

/* Nobody is let in who may not be. */
static void check_admission(const struct twins_terms *terms)
{
    broken_unless(terms->is_nobody || !terms->is_stolen[TWINS_DIALLER], "AU-11",
                  "a dialler who cannot sign is let in");
    broken_unless(!terms->is_stolen[TWINS_ACCEPTOR], "CC-10",
                  "an acceptor who cannot sign is taken");
    broken_unless(!terms->refuses[TWINS_DIALLER], "CC-10",
                  "an acceptor is taken who is not the pinned one");
    broken_unless(terms->is_nobody || !terms->refuses[TWINS_ACCEPTOR], "CC-13",
                  "a dialler is let in who was refused");
    broken_unless(!terms->speaks_otherwise, "AL-6",
                  "there is a connection without a common ALPN");
}

static void check_peer(const struct twins *t, uint32_t side)
{
    const struct quic *q = t->sides[side].quic;
    const bool is_shown = side == TWINS_DIALLER || !t->terms.is_nobody;

    check_admission(&t->terms);
    broken_unless(
        quic_peer_kind(q) == (is_shown ? TLS_PEER_RAW_KEY : TLS_PEER_NONE),
        "IR-1", "side %u knows its peer by nothing it has shown", side);
    broken_unless(
        !is_shown || slice_equal(quic_peer_der(q), tls_key_spki(honest[!side])),
        "IR-1", "side %u knows its peer by another's key", side);
}

/* --------------------------------------------------------- what is told */

#define LONG_HEADER 0x80    /* RFC 9000, 17.2: not of an open connection */
#define NO_VIABLE_PATH 0x10 /* RFC 9000, 20.1 */

/* ngtcp2 0.12 gives a connection up when datagrams are lost that would prove
 * where a dialler is who has moved. */
static bool is_lost_on_the_way(const struct twins *t,
                               const struct quic_event *e)
{
    return t->has_wandered && e->layer == QUIC_LAYER_TRANSPORT &&
           e->code == NO_VIABLE_PATH;
}

/* That side's connection is over, whether it was told or not. */
static bool is_gone(const struct twin *us)
{
    return !us->quic || us->quic->phase == QUIC_PHASE_GONE;
}

/* On a connection that was open only those who close it, and silence, end it;
 * before, the other's refusal and the weather may. */
static void check_end(const struct twins *t, uint32_t side,
                      const struct quic_event *e)
{
    const struct twin *us = &t->sides[side], *them = &t->sides[!side];

    if (e->layer == QUIC_LAYER_APP) {
        const struct twin *who = e->by == QUIC_BY_US ? us : them;

        broken_unless(e->by != QUIC_BY_LOST && who->has_closed &&
                          e->code == who->close_code,
                      "CN-6", "side %u is told that somebody closed, %llu",
                      side, (unsigned long long)e->code);
        return;
    }
    if (!us->is_open || is_lost_on_the_way(t, e))
        return;
    broken_unless(e->layer == QUIC_LAYER_IDLE && e->by == QUIC_BY_LOST, "SM-25",
                  "side %u loses its connection, layer %d, code %llu", side,
                  (int)e->layer, (unsigned long long)e->code);
    broken_unless(is_gone(them) ||
                      t->now_ns + MARGIN_NS >= us->heard_ns + TWINS_IDLE_NS,
                  "SM-25", "side %u calls it silence after %llu ms", side,
                  (unsigned long long)((t->now_ns - us->heard_ns) / 1000000));
}

static void hear_end(struct twins *t, uint32_t side, const struct quic_event *e)
{
    struct twin *us = &t->sides[side];
    struct quic_event more;

    check_end(t, side, e);
    us->is_over = true;
    us->end = *e;
    broken_unless(!quic_poll(us->quic, &more), "CN-6",
                  "side %u is told something behind the end", side);
    endpoint_release(us->endpoint, us->quic);
    us->quic = NULL;
}

void twins_consume(struct twins *t, uint32_t side, struct ledger_stream *s,
                   size_t len)
{
    struct ledger_half *h = &s->says[!side];
    const uint32_t most = h->heard - h->consumed;

    if (len > most)
        len = most;
    h->consumed += (uint32_t)len;
    if (t->sides[side].quic)
        quic_consumed(t->sides[side].quic, s->id, len);
}

/* Whoever hears all he can gives room at once; and a stream of the other's that
 * is over makes room for another. */
static void answer(struct twins *t, uint32_t side, const struct quic_event *e)
{
    struct twin *us = &t->sides[side];
    const bool is_ours = (e->stream & 1) == side;

    if (e->kind == QUIC_DATA && us->is_greedy)
        twins_consume(t, side, ledger_find(&t->ledger, e->stream), SIZE_MAX);
    if (e->kind == QUIC_STREAM_CLOSED && !is_ours)
        quic_grant_streams(us->quic, 1);
}

static void hear(struct twins *t, uint32_t side, const struct quic_event *e)
{
    struct twin *us = &t->sides[side];

    if (e->kind == QUIC_CLOSED) {
        hear_end(t, side, e);
        return;
    }
    broken_unless(us->is_open != (e->kind == QUIC_OPENED), "IR-1",
                  "side %u is told %d %s it is open", side, (int)e->kind,
                  us->is_open ? "when" : "before");
    if (e->kind == QUIC_OPENED) {
        us->is_open = true;
        check_peer(t, side);
    } else if (e->kind != QUIC_CREDIT) {
        ledger_hear(&t->ledger, side, e);
        answer(t, side, e);
    }
}

/* ------------------------------------------------------------- the turn */

static void let_in(struct twins *t, uint32_t side)
{
    struct twin *us = &t->sides[side];
    struct quic *q;

    while ((q = endpoint_accepted(us->endpoint))) {
        broken_unless(side == TWINS_ACCEPTOR && !us->quic && !us->is_over,
                      "AU-11", "side %u lets in whom nobody sent", side);
        us->quic = q;
    }
}

static void be_told(struct twins *t, uint32_t side)
{
    struct twin *us = &t->sides[side];
    struct quic_event e;
    struct quic *q;

    while (!us->is_deaf && (q = endpoint_ready(us->endpoint))) {
        broken_unless(q == us->quic, "CN-6",
                      "side %u is told of a connection that is over", side);
        while (us->quic && quic_poll(q, &e))
            hear(t, side, &e);
    }
}

/* The dialler's datagrams come from where it is seen. */
static void speak(struct twins *t, uint32_t side)
{
    struct twin *us = &t->sides[side];
    uint32_t count = 0;
    struct datagram d;

    while (endpoint_send(us->endpoint, &d, t->now_ns)) {
        broken_unless(++count < BURST_MAX, "TO-1",
                      "side %u never ceases to send", side);
        d.from = us->address;
        storm_send(&t->storm, &d, t->now_ns);
    }
}

static void turn(struct twins *t, uint32_t side)
{
    const struct endpoint *e = t->sides[side].endpoint;

    be_told(t, side);
    if (endpoint_deadline(e) > t->now_ns)
        return;
    endpoint_advance(t->sides[side].endpoint, t->now_ns);
    let_in(t, side);
    be_told(t, side);
    speak(t, side);
    broken_unless(
        endpoint_count(e) <= 1 + t->strangers + (size_t)t->storm.harmed, "CN-3",
        "side %u has %zu connections", side, endpoint_count(e));
}

/* ---------------------------------------------------------------- time */

/* NULL: nobody is there, or no more. */
static struct twin *twin_at(struct twins *t, const struct address *a)
{
    for (uint32_t side = 0; side < 2; side++)
        if (address_equal(a, &t->sides[side].address))
            return &t->sides[side];
    return NULL;
}

static void wander_if(struct twins *t, bool is_elsewhere)
{
    t->wanders = t->wanders || is_elsewhere;
    t->has_wandered = t->has_wandered || is_elsewhere;
}

static void arrive(struct twins *t)
{
    const struct storm_flight *f;

    while ((f = storm_arrived(&t->storm, t->now_ns))) {
        struct twin *to = twin_at(t, &f->to);

        if (!to)
            continue;
        wander_if(t, !twin_at(t, &f->from));
        if (f->is_fair && !(f->bytes[0] & LONG_HEADER))
            to->heard_ns = t->now_ns;
        endpoint_receive(to->endpoint, &f->from, slice_make(f->bytes, f->len),
                         t->now_ns);
    }
}

static uint64_t next_ns(const struct twins *t)
{
    uint64_t next = storm_next_ns(&t->storm);

    for (uint32_t side = 0; side < 2; side++) {
        const uint64_t due_ns = endpoint_deadline(t->sides[side].endpoint);

        next = due_ns < next ? due_ns : next;
    }
    return next;
}

void twins_run(struct twins *t, uint64_t span_ns)
{
    const uint64_t end_ns = t->now_ns + span_ns;
    uint32_t stalled = 0;

    for (;;) {
        uint64_t due_ns;

        arrive(t);
        turn(t, TWINS_DIALLER);
        turn(t, TWINS_ACCEPTOR);
        due_ns = next_ns(t);
        if (due_ns > end_ns)
            break;
        stalled = due_ns > t->now_ns ? 0 : stalled + 1;
        broken_unless(stalled < STALLED_MAX && ++t->turns < TURNS_MAX, "TO-1",
                      "there is always something due");
        if (due_ns > t->now_ns)
            t->now_ns = due_ns;
    }
    t->now_ns = end_ns;
}

void twins_strike(struct twins *t, uint32_t side, const struct address *from,
                  struct slice bytes)
{
    t->strangers++;
    wander_if(t, !address_equal(from, &t->sides[!side].address));
    endpoint_receive(t->sides[side].endpoint, from, bytes, t->now_ns);
}

void twins_move(struct twins *t)
{
    struct twin *dialler = &t->sides[TWINS_DIALLER];
    struct berth at = berth_of(&dialler->address);

    wander_if(t, true);
    at.port++;
    if (at.port == BERTH_HOME)
        at.port = BERTH_FIRST;
    dialler->address = berth_address(at);
}

void twins_close(struct twins *t, uint32_t side, uint64_t code)
{
    struct twin *us = &t->sides[side];

    if (!us->quic || us->has_closed)
        return;
    us->has_closed = true;
    us->close_code = code;
    quic_close(us->quic, code);
}

/* ------------------------------------------------------------ a life */

static struct quic_config config_of(struct twins *t, uint32_t side)
{
    const struct twins_terms *terms = &t->terms;
    struct quic_config c = quic_config_default(prng_entropy(&t->chance));

    c.key = terms->is_stolen[side] ? stolen[side] : honest[side];
    c.verifier.self = t;
    c.verifier.accept =
        side == TWINS_DIALLER ? accept_acceptor : accept_dialler;
    c.idle_timeout_ns = terms->is_patient ? 0 : TWINS_IDLE_NS;
    c.handshake_timeout_ns = TWINS_HANDSHAKE_NS;
    c.streams_max = terms->streams_max;
    c.stream_window = terms->window;
    return c;
}

static void stand(struct twins *t, uint32_t side)
{
    struct endpoint_config e = {.defaults = config_of(t, side),
                                .is_listening = side == TWINS_ACCEPTOR};

    e.local = berth_address(side == TWINS_ACCEPTOR
                                ? berth_home(ACCEPTOR_NODE)
                                : (struct berth){DIALLER_NODE, 0, BERTH_FIRST});
    t->sides[side] = (struct twin){.endpoint = endpoint_new(&e),
                                   .address = e.local,
                                   .heard_ns = t->now_ns};
}

void twins_begin(struct twins *t, const struct twins_terms *terms)
{
    struct twin *dialler = &t->sides[TWINS_DIALLER];
    struct quic_config how;
    struct failure failure;

    takeover_begin(SEED);
    t->chance = (struct prng_stream){.key = {.seed = SEED}};
    t->terms = *terms;
    t->now_ns = BEGIN_NS;
    t->has_wandered = t->wanders = false;
    t->strangers = t->turns = 0;
    storm_begin(&t->storm);
    ledger_open_book(&t->ledger, terms->window);
    stand(t, TWINS_DIALLER);
    stand(t, TWINS_ACCEPTOR);
    how = config_of(t, TWINS_DIALLER);
    if (terms->is_nobody)
        how.key = NULL;
    if (terms->speaks_otherwise)
        how.alpn = slice_of("alknet/call2");
    dialler->quic =
        endpoint_dial(dialler->endpoint, &t->sides[TWINS_ACCEPTOR].address,
                      &how, t->now_ns, &failure);
    assert(dialler->quic);
}

void twins_turn_page(struct twins *t)
{
    t->wanders = false;
    t->strangers = t->turns = t->storm.harmed = 0;
    ledger_turn_page(&t->ledger);
}

void twins_end(struct twins *t)
{
    for (uint32_t side = 0; side < 2; side++)
        endpoint_free(t->sides[side].endpoint);
}

bool twins_are_together(const struct twins *t)
{
    for (uint32_t side = 0; side < 2; side++)
        if (!t->sides[side].is_open || t->sides[side].is_over ||
            t->sides[side].has_closed)
            return false;
    return true;
}

bool twins_limp(const struct twins *t)
{
    for (uint32_t side = 0; side < 2 && t->has_wandered; side++) {
        const struct twin *us = &t->sides[side];

        if (us->quic && quic_stream_count(us->quic) &&
            endpoint_deadline(us->endpoint) >= t->now_ns + TIMER_NS)
            return true;
    }
    return false;
}

/* Does the acceptor see the dialler where it is? */
static bool is_found(const struct twins *t)
{
    const struct address seen = quic_remote(t->sides[TWINS_ACCEPTOR].quic);

    return address_equal(&seen, &t->sides[TWINS_DIALLER].address);
}

bool twins_are_in_touch(const struct twins *t)
{
    const struct quic *them = t->sides[TWINS_ACCEPTOR].quic;

    return !t->has_wandered || !them ||
           (is_found(t) && quic_stream_count(them) == 0);
}

bool twins_are_calm(const struct twins *t)
{
    if (t->storm.count || !twins_are_together(t) || !is_found(t))
        return false;
    for (uint32_t side = 0; side < 2; side++) {
        const struct twin *us = &t->sides[side];

        if (quic_wire_has_events(us->quic) || quic_stream_count(us->quic) ||
            !quic_is_flushed(us->quic) || endpoint_count(us->endpoint) != 1 ||
            endpoint_deadline(us->endpoint) < t->now_ns + TIMER_NS)
            return false;
    }
    return true;
}

bool twins_are_as_new(const struct twins *t)
{
    if (!twins_are_calm(t))
        return false;
    for (uint32_t side = 0; side < 2; side++) {
        const struct quic *q = t->sides[side].quic;
        ngtcp2_conn_info info;

        ngtcp2_conn_get_conn_info(q->conn, &info);
        if (info.smoothed_rtt > RTT_MAX_NS ||
            quic_streams_left(q) != t->terms.streams_max)
            return false;
    }
    return true;
}

void twins_remember(const struct twins *t, uint32_t age)
{
    twins_fate = (struct twins_fate){
        .heard = ledger_hash(&t->ledger), .sent = t->storm.hash, .age = age};
    for (uint32_t side = 0; side < 2; side++) {
        const struct twin *us = &t->sides[side];

        twins_fate.heard = twins_fate.heard * 31 + us->is_open +
                           2u * us->is_over + 4u * us->end.by +
                           16u * us->end.layer + 64u * us->end.code;
    }
}

static void check_gone(const struct twins *t)
{
    for (uint32_t side = 0; side < 2; side++) {
        const struct twin *us = &t->sides[side];

        broken_unless(!us->quic, "CN-6", "side %u never hears of the end",
                      side);
        broken_unless(!endpoint_count(us->endpoint), "CN-3",
                      "side %u still has %zu connections", side,
                      endpoint_count(us->endpoint));
        broken_unless(endpoint_deadline(us->endpoint) == NEVER, "CN-3",
                      "side %u waits for something, and for nobody", side);
    }
}

void twins_part(struct twins *t)
{
    const struct twin *them = &t->sides[TWINS_ACCEPTOR];
    const bool are_together = twins_are_together(t);

    twins_close(t, TWINS_DIALLER, FAREWELL);
    twins_run(t, DEAD_CALM_NS);
    check_gone(t);
    broken_unless(!are_together || them->end.by == QUIC_BY_THEM, "CN-6",
                  "a farewell in fair weather is not heard");
    twins_end(t);
}

/* SPDX-License-Identifier: MIT */
/*
 * Every client has a session: a number, and a socket towards the upstream. The
 * weather of a datagram depends on the seed, the session's number, the way and
 * how many went that way before, so a run with one client sees the same losses
 * every time its traffic is the same.
 *
 * What is to be delivered now is sent from within the receiving, so that clean
 * weather costs no timer; what is delayed waits in an agenda.
 *
 * Towards the upstream a session has doors: sockets, and so addresses. It goes
 * out by the latest. A client is seen elsewhere when its session gets one more:
 * QUIC allows that to nobody who is still shaking hands, so it waits for a row
 * of datagrams without a long header (RFC 8999, 5.1). Nobody tells the upstream
 * of a connection that is silent, so what it sends to an earlier door still
 * comes in there; but it is counted when it should have known better.
 */
#include "netsim/relay.h"
#include "ref/base/agenda.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"
#include "ref/host/udp.h"

/* More clients than any case has; a socket each. */
#define SESSIONS_MAX 256

/* Datagrams on the way: 20 ms of 100 MB/s, and no more memory than that. */
#define PARCELS_MAX 2048

#define LONG_HEADER 0x80 /* in the first byte */

/* Addresses of one client: a file descriptor each. */
#define DOORS_MAX 32

/* After so many datagrams from the latest door the upstream should know. */
#define STRAY_AFTER 16

/* With so many in a row, whatever was seen of a handshake is long over. */
#define CALM_ENOUGH 30

enum way { THERE, BACK, WAYS };

/* The last handshake: over, or who has said something of it. */
enum greeting { GREETING_OVER, GREETING_ASKED, GREETING_ANSWERED };

struct door {
    struct session *session;  /* borrowed: whose it is */
    struct udp udp;           /* towards the upstream */
    struct loop_watch *watch; /* owned: of that socket */
    struct door *next;        /* owned: the one before */
};

struct session {
    struct relay *relay;     /* borrowed: whose it is */
    struct session *next;    /* owned: the one before */
    struct address client;   /* whose datagrams go through it */
    struct door *doors;      /* owned: the latest first */
    uint32_t door_count;     /* of them */
    struct link links[WAYS]; /* what becomes of them, each way */
    enum greeting greeting;  /* as far as the relay sees */
    uint32_t calm;           /* datagrams there, in a row, of no handshake */
};

struct parcel {
    struct agenda_entry entry; /* when it is delivered */
    struct session *session;   /* borrowed: whose it is */
    enum way way;              /* where it goes */
    size_t len;                /* of the bytes */
    uint8_t bytes[];
};

struct relay {
    struct loop *loop;                /* borrowed */
    struct relay_config config;       /* the weather may change */
    struct relay_counts counts;       /* what was done */
    struct udp udp;                   /* towards the clients */
    struct loop_watch *watch;         /* owned: of that socket */
    struct loop_timer *timer;         /* owned: for the next delivery */
    struct session *sessions;         /* owned: the latest first */
    uint32_t session_count;           /* of them */
    struct agenda agenda;             /* owned, with the parcels in it */
    uint8_t buffer[UDP_DATAGRAM_MAX]; /* what was received last */
};

static void hand_over(struct session *s, enum way way, struct slice bytes)
{
    struct relay *r = s->relay;

    r->counts.forwarded++;
    if (way == THERE)
        udp_send(&s->doors->udp, &r->config.upstream, bytes);
    else
        udp_send(&r->udp, &s->client, bytes);
}

/* ----------------------------------------------------------------- parcels */

/* It goes that way then, unless too many are on theirs. */
static void parcel_new(struct session *s, enum way way, struct slice bytes,
                       uint64_t at_ns)
{
    struct relay *r = s->relay;
    struct parcel *p;

    if (r->agenda.count == PARCELS_MAX) {
        r->counts.dropped++;
        return;
    }
    p = xalloc(1, sizeof *p + bytes.len);
    p->entry.owner = p;
    p->session = s;
    p->way = way;
    p->len = bytes.len;
    if (bytes.len)
        memcpy(p->bytes, bytes.data, bytes.len);
    agenda_set(&r->agenda, &p->entry, at_ns);
}

/* What was due before counts as the weather's time, not as ours. */
static void on_timer(void *self)
{
    struct relay *r = self;
    uint64_t now_ns = entropy_now_ns();
    struct parcel *p;

    while ((p = agenda_take(&r->agenda, now_ns))) {
        hand_over(p->session, p->way, slice_make(p->bytes, p->len));
        xalloc_free(p);
    }
    loop_timer_set(r->timer, agenda_next_ns(&r->agenda));
}

static void bend(struct relay *r, const struct link_fate *fate)
{
    if (fate->is_corrupt)
        r->buffer[fate->bit / 8] ^= (uint8_t)(1 << fate->bit % 8);
}

/* It was sent on as it came: how long did we have it? */
static void note_prompt(struct relay_counts *c, uint64_t since_ns)
{
    uint64_t ns = entropy_now_ns() - since_ns;

    c->prompt++;
    c->prompt_ns += ns;
    if (c->prompt_max_ns < ns)
        c->prompt_max_ns = ns;
}

/* A datagram meets the weather. */
static void forward(struct session *s, enum way way, size_t len)
{
    struct relay *r = s->relay;
    uint64_t now_ns = entropy_now_ns();
    struct link_fate fate = link_take(&s->links[way], len, now_ns);
    struct slice bytes = slice_make(r->buffer, fate.len);

    r->counts.dropped += fate.count == 0;
    bend(r, &fate);
    for (size_t i = 0; i < fate.count; i++) {
        if (fate.at_ns[i] <= now_ns)
            hand_over(s, way, bytes);
        else
            parcel_new(s, way, bytes, fate.at_ns[i]);
    }
    if (fate.count && fate.at_ns[0] <= now_ns)
        note_prompt(&r->counts, now_ns);
}

/* ---------------------------------------------------------------- sessions */

/* A datagram of one goes that way. Over it is with the second word there. */
static void note_greeting(struct session *s, enum way way)
{
    s->calm = 0;
    if (way == BACK && s->greeting == GREETING_ASKED)
        s->greeting = GREETING_ANSWERED;
    else if (way == THERE)
        s->greeting =
            s->greeting == GREETING_ANSWERED ? GREETING_OVER : GREETING_ASKED;
}

/* What is in the buffer is of one. */
static bool is_handshake(const struct relay *r, size_t len)
{
    return !len || (r->buffer[0] & LONG_HEADER);
}

static void on_upstream(void *self)
{
    struct door *d = self;
    struct session *s = d->session;
    struct relay *r = s->relay;
    bool is_left = d != s->doors && s->calm >= STRAY_AFTER;
    struct address from;
    size_t len;

    while (udp_receive(&d->udp, &from, r->buffer, sizeof r->buffer, &len)) {
        if (!address_equal(&from, &r->config.upstream))
            continue;
        r->counts.strayed += is_left;
        if (is_handshake(r, len))
            note_greeting(s, BACK);
        forward(s, BACK, len);
    }
    loop_timer_set(r->timer, agenda_next_ns(&r->agenda));
}

/* One more, on a port that the upstream has not seen; false when there are
 * enough of them. */
static bool door_open(struct session *s)
{
    struct relay *r = s->relay;
    struct address any = udp_address_any(&r->config.upstream);
    struct door *d = xalloc(1, sizeof *d);
    struct failure ignored;

    if (s->door_count == DOORS_MAX || !udp_open(&d->udp, &any, &ignored)) {
        xalloc_free(d);
        return false;
    }
    d->session = s;
    d->watch = loop_watch(r->loop, d->udp.fd, on_upstream, d);
    d->next = s->doors;
    s->doors = d;
    s->door_count++;
    return true;
}

static void door_free(struct door *d)
{
    loop_unwatch(d->watch);
    udp_close(&d->udp);
    xalloc_free(d);
}

static void session_free(struct session *s)
{
    while (s->doors) {
        struct door *d = s->doors;

        s->doors = d->next;
        door_free(d);
    }
    xalloc_free(s);
}

static void session_key(struct session *s, uint32_t number)
{
    const struct relay_config *config = &s->relay->config;

    for (uint32_t way = 0; way < WAYS; way++) {
        s->links[way].config = config->weather->link;
        s->links[way].key = (struct prng_key){config->seed, number, way};
    }
}

static struct session *session_new(struct relay *r,
                                   const struct address *client)
{
    struct session *s = xalloc(1, sizeof *s);

    s->relay = r;
    s->client = *client;
    if (r->session_count == SESSIONS_MAX || !door_open(s)) {
        xalloc_free(s);
        return NULL;
    }
    session_key(s, r->session_count++);
    s->next = r->sessions;
    return r->sessions = s;
}

static struct session *session_of(struct relay *r, const struct address *client)
{
    struct session *s = r->sessions;

    while (s && !address_equal(&s->client, client))
        s = s->next;
    return s ? s : session_new(r, client);
}

/* A datagram of no handshake has gone there: is it time to be seen elsewhere?
 */
static void look_for_calm(struct session *s)
{
    uint32_t most = s->relay->config.weather->rebind_after;
    bool is_over = s->greeting == GREETING_OVER || s->calm >= CALM_ENOUGH;

    s->calm++;
    if (!most || s->calm < most || !is_over || !door_open(s))
        return;
    s->calm = 0;
    s->relay->counts.rebinds++;
}

static void on_client(void *self)
{
    struct relay *r = self;
    struct session *s;
    struct address from;
    size_t len;

    while (udp_receive(&r->udp, &from, r->buffer, sizeof r->buffer, &len)) {
        bool is_greeting = is_handshake(r, len);

        s = session_of(r, &from);
        if (!s) {
            r->counts.dropped++;
            continue;
        }
        forward(s, THERE, len);
        if (is_greeting)
            note_greeting(s, THERE);
        else
            look_for_calm(s);
    }
    loop_timer_set(r->timer, agenda_next_ns(&r->agenda));
}

/* --------------------------------------------------------------- the relay */

struct relay *relay_new(struct loop *l, const struct relay_config *config,
                        struct failure *ret_failure)
{
    struct relay *r = xalloc(1, sizeof *r);
    struct address local;
    bool is_known = udp_address_parse(slice_of("127.0.0.1:0"), &local);

    assert(is_known);
    (void)is_known;
    r->loop = l;
    r->config = *config;
    if (!udp_open(&r->udp, &local, ret_failure)) {
        xalloc_free(r);
        return NULL;
    }
    r->watch = loop_watch(l, r->udp.fd, on_client, r);
    r->timer = loop_timer(l, on_timer, r);
    return r;
}

void relay_free(struct relay *r)
{
    struct parcel *p;

    if (!r)
        return;
    while ((p = agenda_take(&r->agenda, NEVER)))
        xalloc_free(p);
    while (r->sessions) {
        struct session *s = r->sessions;

        r->sessions = s->next;
        session_free(s);
    }
    loop_timer_free(r->timer);
    loop_unwatch(r->watch);
    udp_close(&r->udp);
    agenda_clear(&r->agenda);
    xalloc_free(r);
}

const struct address *relay_address(const struct relay *r)
{
    return &r->udp.local;
}

void relay_set_weather(struct relay *r, const struct weather *weather)
{
    r->config.weather = weather;
    for (struct session *s = r->sessions; s; s = s->next)
        for (int way = 0; way < WAYS; way++)
            s->links[way].config = weather->link;
}

/* Links count their harm themselves. */
struct relay_counts relay_counts(const struct relay *r)
{
    struct relay_counts counts = r->counts;

    for (const struct session *s = r->sessions; s; s = s->next)
        for (int way = 0; way < WAYS; way++)
            for (int harm = 0; harm < LINK_HARMS; harm++)
                counts.harmed[harm] += s->links[way].harmed[harm];
    return counts;
}

void relay_counts_add(struct relay_counts *sum, const struct relay_counts *c)
{
    sum->forwarded += c->forwarded;
    sum->dropped += c->dropped;
    for (int harm = 0; harm < LINK_HARMS; harm++)
        sum->harmed[harm] += c->harmed[harm];
    sum->rebinds += c->rebinds;
    sum->strayed += c->strayed;
    sum->prompt += c->prompt;
    sum->prompt_ns += c->prompt_ns;
    if (sum->prompt_max_ns < c->prompt_max_ns)
        sum->prompt_max_ns = c->prompt_max_ns;
}

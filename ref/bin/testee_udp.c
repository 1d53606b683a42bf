/* SPDX-License-Identifier: MIT */
/*
 * L2: a real endpoint on loopback. Lines and datagrams are read by one loop;
 * after each, the station takes a turn.
 */
#include "ref/bin/testee_udp.h"
#include "ref/base/xalloc.h"
#include "ref/bin/station.h"
#include "ref/bin/testee_hex.h"
#include "ref/host/entropy.h"

#include <stdio.h>
#include <unistd.h>

struct testee_udp {
    struct loop *loop;        /* owned; lives as long as the testee */
    struct loop_watch *lines; /* owned; NULL while nobody may speak */
    loop_fn *read;            /* called when there are lines … */
    void *reader;             /* … with this */
    struct tls_key *key;      /* owned; what we show, or NULL */
    struct station *station;  /* owned; NULL until listen or dial */
    size_t accepted;          /* connections that came in, for names */
};

/* A link in the testee's eyes. */
struct line {
    char *name;               /* owned */
    struct tls_roots *roots;  /* owned: whom it was dialled with, or NULL */
    struct testee_conn *conn; /* borrowed; NULL until it is open */
};

/* ------------------------------------------------------------- events out */

static struct line *line_new(struct slice name)
{
    struct line *l = xalloc(1, sizeof *l);

    l->name = xalloc_copy(name);
    return l;
}

static void line_free(struct line *l)
{
    if (!l)
        return;
    tls_roots_free(l->roots);
    xalloc_free(l->name);
    xalloc_free(l);
}

static void on_opened(void *self, struct adapter_link *link)
{
    struct testee *t = self;
    struct line *l = link->user;

    if (!l) {
        char name[32];

        (void)snprintf(name, sizeof name, "in%zu", ++t->udp->accepted);
        l = link->user = line_new(slice_of(name));
    }
    l->conn = testee_add(t, slice_of(l->name), link->connection,
                         fingerprint_slice(&link->fingerprint));
}

/* In the contract's words: us is the harness, them is this program. */
static json_t *describe(const struct adapter_end *end)
{
    static const char *const by[] = {
        [QUIC_BY_US] = "them", [QUIC_BY_THEM] = "us", [QUIC_BY_LOST] = "lost"};
    static const char *const layers[] = {[QUIC_LAYER_APP] = "app",
                                         [QUIC_LAYER_TRANSPORT] = "transport",
                                         [QUIC_LAYER_TLS] = "tls"};
    json_t *closed = json_pack("{s:s}", "by", by[end->by]);

    if (end->layer != QUIC_LAYER_IDLE) {
        json_object_set_new(closed, "layer", json_string(layers[end->layer]));
        json_object_set_new(closed, "code",
                            json_integer((json_int_t)end->code));
    }
    return closed;
}

static void on_closed(void *self, struct adapter_link *link,
                      const struct adapter_end *end)
{
    struct testee *t = self;
    struct line *l = link->user;

    if (l && l->conn) {
        testee_end(t, l->conn, describe(end));
    } else if (l) {
        json_t *closed = describe(end);

        json_object_set_new(closed, "ev", json_string("closed"));
        json_object_set_new(closed, "conn", json_string(l->name));
        testee_event(t, closed);
    }
    line_free(l);
}

/* ------------------------------------------------------------- turns */

void testee_udp_turn(struct testee *t)
{
    if (t->udp && t->udp->station)
        station_turn(t->udp->station);
}

static void on_turned(void *self)
{
    (void)self;
    (void)fflush(stdout);
}

void testee_udp_reset(struct testee *t)
{
    if (!t->udp)
        return;
    t->is_mute = true;
    station_close(t->udp->station);
    tls_key_free(t->udp->key);
    t->udp->station = NULL;
    t->udp->key = NULL;
    t->udp->accepted = 0;
}

/* [FP-1, FP-2] a raw key always, and a certificate when there is one. */
static bool make_key(struct testee *t, struct failure *f)
{
    const struct tls_certificate certificate = {
        .chain = buf_slice(&t->leaf), .secret = buf_slice(&t->leaf_key)};

    tls_key_free(t->udp->key); /* of a try that went wrong */
    t->udp->key = tls_key_new(t->key_seed, f);
    return t->udp->key &&
           (!t->leaf.len || tls_key_add_x509(t->udp->key, &certificate, f));
}

static bool open_station(struct testee *t, bool is_listening, struct failure *f)
{
    struct station_config config = {
        .loop = t->udp->loop,
        .node = testee_node(t),
        .is_listening = is_listening,
        .watcher = {on_opened, on_closed, t},
        .turned = on_turned,
    };

    if (!make_key(t, f))
        return false;
    config.key = t->udp->key;
    udp_address_parse(slice_of("127.0.0.1:0"), &config.local);
    t->udp->station = station_open(&config, f);
    return t->udp->station != NULL;
}

/* ------------------------------------------------------------- verbs in */

static bool run_listen(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    struct fingerprint own;
    char address[UDP_TEXT_LEN_MAX];

    if (!value_fields(line, NULL, 0, f))
        return false;
    if (t->udp->station)
        return failure_say(f, "listen comes before dial, and once");
    if (!open_station(t, true, f))
        return false;
    own = station_fingerprint(t->udp->station);
    udp_address_print(station_address(t->udp->station), address);
    json_object_set_new(answer, "addr", json_string(address));
    json_object_set_new(answer, "fingerprint", json_string(own.text));
    return true;
}

/* [CC-9] by a pin, or else by the word of an authority for a name. */
static bool read_trust(const json_t *pin, const json_t *ca,
                       const json_t *server_name, struct adapter_dial *dial,
                       struct line *l, struct failure *f)
{
    struct buf der;

    if ((pin != NULL) == (ca != NULL) || (ca != NULL) != (server_name != NULL))
        return failure_say(f, "expected either pin, or ca and server_name");
    if (pin) {
        dial->pin = value_string(pin);
        return fingerprint_is_valid(dial->pin) ||
               failure_say(f, "pin: expected a fingerprint");
    }
    if (!testee_hex(ca, &der, f))
        return failure_wrap(f, "ca: ");
    l->roots = tls_roots_new(buf_slice(&der), f);
    buf_clear(&der);
    dial->trust = (struct tls_trust){l->roots, value_string(server_name),
                                     entropy_wall_s()};
    return l->roots || failure_wrap(f, "ca: ");
}

static bool run_dial(struct testee *t, const json_t *line, json_t *answer,
                     struct failure *f)
{
    const json_t *addr, *conn, *pin, *ca, *server_name, *trusted;
    const struct value_field fields[] = {
        {"addr", VALUE_STRING, true, &addr},
        {"conn", VALUE_STRING, true, &conn},
        {"pin", VALUE_STRING, false, &pin},
        {"ca", VALUE_STRING, false, &ca},
        {"server_name", VALUE_STRING, false, &server_name},
        {"trusted_peer", VALUE_BOOL, false, &trusted},
    };
    struct adapter_dial dial = {.key = NULL};
    struct line *l;

    (void)answer;
    if (!value_fields(line, fields, 6, f))
        return false;
    if (!udp_address_parse(value_string(addr), &dial.to))
        return failure_say(f, "addr: expected ADDRESS:PORT");
    if (!t->udp->station && !open_station(t, false, f))
        return false;
    dial.filter = testee_filter(t, true, json_is_true(trusted));
    dial.quic = quic_config_default(entropy_system());
    dial.user = l = line_new(value_string(conn));
    if (read_trust(pin, ca, server_name, &dial, l, f) &&
        station_dial(t->udp->station, &dial, f))
        return true;
    line_free(l);
    return false;
}

static struct adapter_link *find_link(const struct testee *t,
                                      const struct testee_conn *c)
{
    struct adapter_link *l = station_first(t->udp->station);

    while (l && l->connection != c->connection)
        l = adapter_next(l);
    return l;
}

static bool run_close(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    const json_t *code;
    const struct value_field more = {"code", VALUE_INTEGER, true, &code};
    struct testee_conn *c = testee_read_conn(t, line, &more, 1, f);

    (void)answer;
    if (c)
        adapter_close(find_link(t, c));
    return c != NULL;
}

static void listen_to_lines(struct testee_udp *u)
{
    u->lines = loop_watch(u->loop, STDIN_FILENO, u->read, u->reader);
}

/* Nobody may speak meanwhile: verbs are carried out one after the other. */
static bool run_fence(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    (void)answer;
    if (!testee_read_conn(t, line, NULL, 0, f))
        return false;
    loop_unwatch(t->udp->lines);
    testee_udp_turn(t);
    while (!stage_is_quiet(t->stage))
        loop_run_once(t->udp->loop, NEVER);
    listen_to_lines(t->udp);
    return true;
}

static const struct testee_verb verbs[] = {
    {"listen", TESTEE_L2, run_listen},
    {"dial", TESTEE_L2, run_dial},
    {"close", TESTEE_L2, run_close},
    {"fence", TESTEE_L2, run_fence},
};

struct testee_verbs testee_udp_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}

void testee_udp_open(struct testee *t, void (*read)(void *self), void *self)
{
    struct failure f;

    t->udp = xalloc(1, sizeof *t->udp);
    t->udp->loop = loop_new(&f);
    assert(t->udp->loop);
    t->udp->read = read;
    t->udp->reader = self;
    listen_to_lines(t->udp);
}

void testee_udp_wait(struct testee *t)
{
    loop_run_once(t->udp->loop, NEVER);
}

void testee_udp_close(struct testee *t)
{
    if (!t->udp)
        return;
    testee_udp_reset(t);
    loop_unwatch(t->udp->lines);
    loop_free(t->udp->loop);
    xalloc_free(t->udp);
    t->udp = NULL;
}

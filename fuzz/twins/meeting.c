/* SPDX-License-Identifier: MIT */
/* See meeting.h. What can be shown is made once; what is wanted is chosen among
 * the same, mostly, and then changed somewhere. */
#include "fuzz/twins/meeting.h"

#include "conformance/fingerprint.h"
#include "fuzz/broken.h"
#include "fuzz/twins/signer.h"
#include "netsim/berth.h"
#include "netsim/prng.h"
#include "netsim/takeover.h"
#include "ref/quic/adapter.h"
#include "ref/quic/tls_cert.h"

#define SEED 7
#define BEGIN_NS 1000000000ull
#define PATIENCE_NS (100 * BEGIN_NS) /* then nobody is told any more */
#define BEGINS_S 1000000000ll        /* a certificate is valid from then on */
#define ENDS_S 1500000000ll          /* and still then */
#define TURNS_MAX 1000
#define CALLER 1   /* as a node, and his key */
#define LISTENER 2 /* likewise */
/* Keys are made of one byte each. */
#define PAPER 0x10     /* of certificates, from here on */
#define AUTHORITY 0xa0 /* of two authorities */
#define THIEF 0xff
#define PIN_MAX 100 /* more than a fingerprint has */

/* ------------------------------------------------------- what is shown */

enum { RAW_KEYS = 3, PAPERS = 5 };

/* Raw keys; the last one belongs to the first's owner, who alone can sign. */
static const struct {
    uint8_t signer, shown;
} raw_keys[RAW_KEYS] = {{1, 1}, {2, 2}, {THIEF, 1}};

/* Certificates, each for a key of its own. */
static const struct {
    const char *name;
    uint8_t authority; /* whose key signs it; 0: its own */
    bool is_stolen;    /* whoever shows it has another key */
} papers[PAPERS] = {{"node.example", AUTHORITY, false},
                    {"node.example", AUTHORITY + 1, false},
                    {"other.example", AUTHORITY, false},
                    {"node.example", 0, false},
                    {"node.example", AUTHORITY, true}};

static struct buf authorities[2], leaves[PAPERS];          /* DER */
static struct tls_key *holdings[RAW_KEYS + 1][PAPERS + 1]; /* the last: none */
static struct tls_key *callers_key;

static void *must(void *made)
{
    if (!made)
        abort();
    return made;
}

/* Takes what differs from others, and makes the DER. */
static void make(struct tls_cert_form form, uint8_t key, uint8_t authority,
                 struct buf *ret)
{
    struct failure why;

    form.seed = signer_seed(key);
    if (authority) {
        form.issuer = buf_slice(&authorities[authority - AUTHORITY]);
        form.issuer_seed = signer_seed(authority);
    }
    buf_init(ret, SIZE_MAX);
    if (!tls_cert_make(&form, ret, &why))
        abort();
}

/* Both are called the same. */
static void make_authorities(void)
{
    const struct tls_cert_form form = {
        .name = "authority", .is_authority = true, .ends_s = TLS_CERT_NEVER};

    for (uint8_t i = 0; i < 2; i++)
        make(form, AUTHORITY + i, 0, &authorities[i]);
}

static void make_papers(void)
{
    for (uint8_t i = 0; i < PAPERS; i++)
        make((struct tls_cert_form){.name = papers[i].name,
                                    .begins_s = BEGINS_S,
                                    .ends_s = ENDS_S},
             PAPER + i, papers[i].authority, &leaves[i]);
}

static struct tls_key *make_raw(uint32_t raw)
{
    return raw_keys[raw].signer == raw_keys[raw].shown
               ? signer_key(raw_keys[raw].shown)
               : signer_stolen_key(raw_keys[raw].signer, raw_keys[raw].shown);
}

static struct tls_key *make_holding(uint32_t raw, uint32_t paper)
{
    struct tls_certificate c = {.secret = slice_make(NULL, TLS_SEED_LEN)};
    struct tls_key *key = raw < RAW_KEYS ? make_raw(raw) : NULL;
    struct failure why;

    if (paper == PAPERS)
        return key;
    c.chain = buf_slice(&leaves[paper]);
    c.is_stolen = papers[paper].is_stolen;
    c.secret.data = signer_seed(c.is_stolen ? THIEF : (uint8_t)(PAPER + paper));
    if (!key)
        return must(tls_key_new_x509(&c, &why));
    if (!tls_key_add_x509(key, &c, &why))
        abort();
    return key;
}

void meeting_setup(void)
{
    takeover_begin(SEED);
    callers_key = signer_key(CALLER);
    make_authorities();
    make_papers();
    for (uint32_t raw = 0; raw <= RAW_KEYS; raw++)
        for (uint32_t paper = 0; paper <= PAPERS; paper++)
            holdings[raw][paper] = make_holding(raw, paper);
}

/* ------------------------------------------------------- what is due */

struct wish {
    char pin[PIN_MAX]; /* empty: none */
    bool is_trusting;  /* the first authority */
    const char *name;
    int64_t today_s;
};

struct meeting {
    uint32_t raw, paper; /* what is shown; beyond the last: none of them */
    struct wish wish;
    struct prng_stream chance;
    struct adapter_link *link; /* open, and whose it is */
    uint32_t opened, closed;
};

static bool is_called(const char *name, struct slice der)
{
    struct arena arena = {NULL, 0};
    bool is = strcmp(name, fingerprint_text(&arena, der)) == 0;

    arena_clear(&arena);
    return is;
}

static bool has_key(const struct meeting *m)
{
    return m->raw < RAW_KEYS &&
           raw_keys[m->raw].signer == raw_keys[m->raw].shown;
}

static bool has_paper(const struct meeting *m)
{
    return m->paper < PAPERS && !papers[m->paper].is_stolen;
}

/* [CC-10] By the pin alone where there is one: exactly that, and it can be
 * signed for. [CC-9] Else by the authority, the name and the day; [CC-8] else
 * nobody. */
static bool is_due(const struct meeting *m)
{
    const struct tls_key *shown = holdings[m->raw][m->paper];
    const struct wish *w = &m->wish;

    if (w->pin[0])
        return (has_key(m) && is_called(w->pin, tls_key_spki(shown))) ||
               (has_paper(m) && is_called(w->pin, tls_key_leaf(shown)));
    return w->is_trusting && has_paper(m) &&
           papers[m->paper].authority == AUTHORITY &&
           strcmp(papers[m->paper].name, w->name) == 0 &&
           w->today_s >= BEGINS_S && w->today_s <= ENDS_S;
}

static const char *rule_of(const struct wish *w)
{
    return w->pin[0] ? "CC-10" : w->is_trusting ? "CC-9" : "CC-8";
}

/* ------------------------------------------------------- what is wanted */

/* A bit of it changed, or it is cut there; mostly neither. */
static void spoil(char *pin, struct feed *feed)
{
    const uint32_t how = feed_byte(feed), at = feed_byte(feed);
    const size_t len = strlen(pin);

    if (how >= 0xc0 && len)
        pin[at % len] ^= (char)(1 << (how & 7));
    else if (how >= 0xb0 && len)
        pin[at % len] = '\0';
}

/* What the other shows, mostly: his key, his certificate; or another's. */
static void choose_pin(struct meeting *m, struct feed *feed)
{
    const uint32_t whose = feed_below(feed, 8);
    const struct tls_key *key =
        whose & 4 ? holdings[1][0] : holdings[m->raw][m->paper];
    struct slice der = whose & 1 ? tls_key_spki(key) : tls_key_leaf(key);
    struct arena arena = {NULL, 0};

    if (whose > 1 && der.len)
        (void)snprintf(m->wish.pin, PIN_MAX, "%s",
                       fingerprint_text(&arena, der));
    spoil(m->wish.pin, feed);
    arena_clear(&arena);
}

static void choose(struct meeting *m, struct feed *feed)
{
    static const char *const names[] = {"node.example", "other.example",
                                        "node.example.org", "ode.example"};
    static const int64_t days_s[] = {(BEGINS_S + ENDS_S) / 2,
                                     BEGINS_S - 1,
                                     BEGINS_S,
                                     BEGINS_S + 1,
                                     ENDS_S - 1,
                                     ENDS_S,
                                     ENDS_S + 1,
                                     4000000000};
    uint32_t how;

    m->raw = feed_below(feed, RAW_KEYS + 1);
    m->paper = feed_below(feed, PAPERS + (m->raw < RAW_KEYS));
    choose_pin(m, feed);
    how = feed_byte(feed);
    m->wish.is_trusting = (how & 1) == 0;
    m->wish.name = names[how & 8 ? how >> 1 & 3 : 0];
    m->wish.today_s = days_s[how & 0x80 ? how >> 4 & 7 : 0];
}

/* ------------------------------------------------------- how it goes */

static void told_opened(void *self, struct adapter_link *link)
{
    struct meeting *m = self;
    const char *name = link->fingerprint.text;
    const struct tls_key *shown = holdings[m->raw][m->paper];

    m->opened++;
    m->link = link;
    broken_unless(is_due(m), rule_of(&m->wish), "somebody else is taken");
    broken_unless(
        (m->raw < RAW_KEYS && is_called(name, tls_key_spki(shown))) ||
            (m->paper < PAPERS && is_called(name, tls_key_leaf(shown))),
        "IR-1", "the other is known as %s, which he is not", name);
}

static void told_closed(void *self, struct adapter_link *link,
                        const struct adapter_end *end)
{
    struct meeting *m = self;

    (void)link;
    (void)end;
    m->closed++;
    m->link = NULL;
}

static bool carry(struct endpoint *from, struct endpoint *to, uint64_t now_ns)
{
    struct datagram d;
    bool has_moved = false;

    for (; endpoint_send(from, &d, now_ns); has_moved = true)
        endpoint_receive(to, &d.from, d.bytes, now_ns);
    return has_moved;
}

/* Whoever listens takes everybody, and says nothing. */
static void listen(struct endpoint *e, uint64_t now_ns)
{
    struct quic_event event;
    struct quic *q;

    endpoint_advance(e, now_ns);
    while (endpoint_accepted(e))
        ;
    while ((q = endpoint_ready(e)))
        while (quic_poll(q, &event))
            if (event.kind == QUIC_CLOSED) {
                endpoint_release(e, q);
                break;
            }
}

struct place {
    struct endpoint *caller, *listener;
    struct adapter *adapter;
    uint64_t now_ns;
};

/* Until the caller has been told so often, or nothing more is to come. */
static void pass(struct place *p, const struct meeting *m, uint32_t told)
{
    uint32_t turns = 0;

    while (m->opened + m->closed < told && p->now_ns < PATIENCE_NS) {
        uint64_t ours_ns, theirs_ns;
        bool has_moved;

        broken_unless(++turns < TURNS_MAX, "TO-1", "a dial never ends");
        adapter_turn(p->adapter, p->now_ns);
        listen(p->listener, p->now_ns);
        has_moved = carry(p->caller, p->listener, p->now_ns);
        if (carry(p->listener, p->caller, p->now_ns) || has_moved)
            continue;
        ours_ns = adapter_deadline(p->adapter);
        theirs_ns = endpoint_deadline(p->listener);
        p->now_ns = ours_ns < theirs_ns ? ours_ns : theirs_ns;
    }
}

/* NULL: refused before the first datagram. */
static struct adapter_link *dial(struct place *p, struct meeting *m,
                                 const struct tls_roots *roots)
{
    const struct adapter_dial how = {
        .to = berth_address(berth_home(LISTENER)),
        .key = callers_key,
        .pin = slice_of(m->wish.pin),
        .trust = {.roots = m->wish.is_trusting ? roots : NULL,
                  .server_name = slice_of(m->wish.name),
                  .today_s = m->wish.today_s},
        .quic = quic_config_default(prng_entropy(&m->chance))};
    struct failure why;

    return adapter_dial(p->adapter, &how, p->now_ns, &why);
}

/* Told once of the beginning, if that is due, and once of the end. */
static void meet(struct place *p, struct meeting *m)
{
    pass(p, m, 1);
    broken_unless(m->opened == is_due(m), rule_of(&m->wish),
                  "whom he asked for is not taken");
    if (m->link)
        adapter_close(m->link);
    pass(p, m, m->opened + 1);
    broken_unless(m->closed == 1 && m->opened <= 1, "CN-6",
                  "a dial opened %u times and ended %u times", m->opened,
                  m->closed);
}

static struct endpoint *stand(struct meeting *m, struct berth at,
                              const struct tls_key *key)
{
    struct endpoint_config e = {
        .defaults = quic_config_default(prng_entropy(&m->chance)),
        .local = berth_address(at),
        .is_listening = key != NULL};

    e.defaults.key = key;
    return endpoint_new(&e);
}

void meeting_run(struct feed *feed)
{
    static const struct auth_policy nobody;
    struct registry nothing = {.by_name = {.count = 0}};
    struct meeting m = {.chance = {.key = {.seed = SEED}}};
    const struct adapter_watcher watcher = {told_opened, told_closed, &m};
    struct place p = {.now_ns = BEGIN_NS};
    struct tls_roots *roots;
    struct failure why;
    struct node *node;

    takeover_begin(SEED);
    roots = must(tls_roots_new(buf_slice(&authorities[0]), &why));
    choose(&m, feed);
    p.listener = stand(&m, berth_home(LISTENER), holdings[m.raw][m.paper]);
    p.caller = stand(&m, (struct berth){CALLER, 0, BERTH_FIRST}, NULL);
    node = node_new(&(struct node_config){.registry = &nothing,
                                          .policy = &nobody,
                                          .entropy = prng_entropy(&m.chance)});
    p.adapter = adapter_new(node, p.caller, &watcher);
    must(dial(&p, &m, roots));
    meet(&p, &m);
    adapter_free(p.adapter);
    node_free(node);
    endpoint_free(p.caller);
    endpoint_free(p.listener);
    registry_clear(&nothing);
    tls_roots_free(roots);
}

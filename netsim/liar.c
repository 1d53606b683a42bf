/* SPDX-License-Identifier: MIT */
/*
 * See liar.h. A mischief is a trick over one end of a liar's, with dice of its
 * own. A person adding one adds a function and a line to the table at the end.
 *
 * What is made up is well known: a request that may reach a handler is a
 * question that nobody waits for (ask_behind), and everything else reaches
 * none.
 */
#include "netsim/liar.h"

#include <stdio.h>

#include "netsim/job.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

#define ABOUT_MISCHIEF 0x10000u /* its dice begin there */

#define SAID_MAX (1024u * 1024)     /* bytes that are said at once */
#define JOBS_BACK 16                /* so far a liar remembers */
#define HOLD_MS 8000                /* less than a connection's patience */
#define DEEP (2 * BOUNDS_DEPTH_MAX) /* levels of nesting */

/* A stream on which a liar has begun something and not ended it. */
struct ruse {
    uint32_t tie, side;
    int64_t stream;
    struct ruse *next;
};

struct mischief {
    struct world *world; /* borrowed */
    struct end *e;       /* borrowed: over which */
    uint32_t number;     /* of the step … */
    uint32_t thrown;     /* … and so many dice were */
};

static uint64_t roll(struct mischief *m, uint64_t bound)
{
    return world_number(m->world, m->number, ABOUT_MISCHIEF + m->thrown++,
                        bound);
}

static void count(const struct mischief *m, enum tally_kind kind)
{
    m->world->tally.of[kind]++;
}

/* --------------------------------------------------------------- saying */

static void remember(struct mischief *m, int64_t stream)
{
    struct ruse *r = xalloc(1, sizeof *r);

    *r = (struct ruse){m->e->tie->number, m->e->side, stream, m->world->ruses};
    m->world->ruses = r;
}

static size_t write_on(struct mischief *m, int64_t stream, struct slice bytes,
                       bool fin)
{
    const struct carrier *c = &m->world->carrier;
    size_t len = c->write_stream(c->self, m->e->tie->number, m->e->side, stream,
                                 bytes, fin);

    m->world->lied += len;
    return len;
}

/* On a stream of its own. False: there is no credit for one. */
static bool say_alone(struct mischief *m, struct slice bytes, bool fin)
{
    const struct carrier *c = &m->world->carrier;
    int64_t stream = c->open_stream(c->self, m->e->tie->number, m->e->side);

    if (stream < 0)
        return false;
    if (write_on(m, stream, bytes, fin) < bytes.len || !fin)
        remember(m, stream);
    return true;
}

/* A stream on which the victim waits for answers; negative: none. Who writes
 * where the connection waits for room takes the word of it away. */
static int64_t awaited_stream(struct mischief *m)
{
    const struct streams *all = &m->e->c->streams;
    int64_t found = -1;

    for (struct table_entry *t = table_first(&all->by_id); t;
         t = table_next(t)) {
        const struct stream *s = t->value;

        if (s->owed && !s->is_blocked && (found < 0 || roll(m, 2)))
            found = s->id;
    }
    return found;
}

/* There, now and then, with the answers that are no lies behind it. */
static void say(struct mischief *m, struct slice bytes, bool fin)
{
    int64_t stream = roll(m, 3) ? -1 : awaited_stream(m);

    if (stream < 0)
        (void)say_alone(m, bytes, fin);
    else
        (void)write_on(m, stream, bytes, fin);
}

/* --------------------------------------------------------------- no frames */

static const char *const nonsense[] = {
    "no JSON",
    "{}",
    "[]",
    "null",
    "\"call.requested\"",
    "\xff\xfe",
    "{\"type\":5,\"id\":\"x\",\"payload\":{}}",
    "{\"type\":\"call.requested\",\"id\":7,\"payload\":{}}",
    "{\"type\":\"call.requested\",\"id\":\"x\",\"payload\":[]}",
    "{\"type\":\"call.requested\",\"id\":\"x\",\"payload\":{\"operationId\":5}"
    "}",
    "{\"type\":\"call.requested\",\"id\":\"x\",\"payload\":{\"operationId\":"
    "\"/",
    "{\"type\":\"call.requested\",\"id\":\"\",\"payload\":{\"operationId\":"
    "\"\"}}",
    "{\"type\":\"call.aborted\",\"id\":\"\\ud800\",\"payload\":{}}",
    "{\"type\":\"call.error\",\"id\":\"x\",\"payload\":{\"code\":[]}}",
    "{\"type\":\"call.responded\",\"id\":\"x\"}",
    "{\"type\":\"call.dance\",\"id\":\"x\",\"payload\":{}}",
    "{\"type\":\"call.aborted\",\"id\":\"x\",\"payload\":{}} and more",
};

#define NONSENSE (sizeof nonsense / sizeof *nonsense)

static void put_prefix(struct buf *out, uint32_t len)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_put_byte(out, (uint8_t)(len >> shift));
}

static void put_times(struct buf *out, char what, uint32_t times)
{
    for (uint32_t i = 0; i < times; i++)
        buf_put_byte(out, (uint8_t)what);
}

/* A body like those above, or one that is too deep. */
static void put_nonsense(struct mischief *m, struct buf *out)
{
    const uint64_t which = roll(m, NONSENSE + 2);

    if (which < NONSENSE) {
        buf_put(out, nonsense[which]);
        return;
    }
    if (which == NONSENSE)
        buf_put(out, "{\"type\":\"call.requested\",\"id\":\"x\",\"payload\":"
                     "{\"operationId\":\"/o/9\",\"input\":");
    put_times(out, '[', DEEP);
    put_times(out, ']', DEEP);
    if (which == NONSENSE)
        buf_put(out, "}}");
}

/* What the prefix says of a body of that length. */
static uint32_t announce(struct mischief *m, size_t len)
{
    const uint32_t lies[] = {0,
                             UINT32_MAX,
                             BOUNDS_BODY_MAX + 1,
                             BOUNDS_BODY_MAX,
                             (uint32_t)len + 1,
                             (uint32_t)len - 1,
                             1000};
    const uint64_t which = roll(m, 2 * sizeof lies / sizeof *lies);

    return which < sizeof lies / sizeof *lies ? lies[which] : (uint32_t)len;
}

static void malformed(struct mischief *m)
{
    struct buf body, said;
    size_t len;

    buf_init(&body, SAID_MAX);
    buf_init(&said, SAID_MAX);
    put_nonsense(m, &body);
    put_prefix(&said, announce(m, body.len));
    buf_put_slice(&said, buf_slice(&body));
    len = roll(m, 4) ? said.len : 1 + roll(m, said.len);
    count(m, TALLY_MALFORMED);
    say(m, slice_head(buf_slice(&said), len), roll(m, 2));
    buf_clear(&body);
    buf_clear(&said);
}

/* --------------------------------------------------------------- answers */

/* That nobody gave. */
static void put_answer(struct mischief *m, struct slice id, struct buf *out)
{
    const struct call_error refused =
        call_error_make(CALL_ERROR_NOT_FOUND, slice_of("so a liar says"));
    const struct slice lie =
        slice_of("{\"ask\":0,\"item\":0,\"operations\":1}");

    switch (roll(m, 5)) {
    case 0:
        (void)envelope_print_error(id, &refused, SAID_MAX, out);
        break;
    case 1:
        (void)envelope_print(ENVELOPE_COMPLETED, id, slice_of("{}"), SAID_MAX,
                             out);
        break;
    case 2:
        (void)envelope_print(ENVELOPE_ABORTED, id, slice_of("{}"), SAID_MAX,
                             out);
        break;
    default:
        (void)envelope_print_responded(id, lie, SAID_MAX, out);
    }
}

static void answer(struct mischief *m, struct slice id, uint64_t times)
{
    struct buf said;

    buf_init(&said, SAID_MAX);
    while (times--)
        put_answer(m, id, &said);
    say(m, buf_slice(&said), roll(m, 4) != 0);
    buf_clear(&said);
}

/* Of what that end waits for, one; empty: nothing. */
static struct slice pending_id(struct mischief *m, const struct end *e)
{
    const struct pending_entry *p = e->c ? e->c->asking.pending.first : NULL;
    struct slice id = {NULL, 0};

    for (; p; p = p->next)
        if (p->stream != PENDING_NO_STREAM && (!id.len || roll(m, 2)))
            id = p->id;
    return id;
}

/* Of what the victim asks or is asked over another connection; of what the
 * liar asked himself; or of nothing. */
static struct slice foreign_id(struct mischief *m)
{
    struct place *victim = world_peer(m->e)->place;
    struct end *other = world_end_at(victim, (uint32_t)roll(m, CAST_NODES_MAX));
    const uint64_t kind = roll(m, 4);

    if (kind == 0)
        return pending_id(m, m->e);
    if (kind < 3 && other && other->tie != m->e->tie)
        return pending_id(m, kind == 1 ? other : world_peer(other));
    return slice_of("7f2b6c1e-0000-4000-8000-000000000000");
}

static void foreign(struct mischief *m)
{
    const struct slice id = foreign_id(m);

    if (!id.len)
        return;
    count(m, TALLY_FOREIGN_IDS);
    answer(m, id, 1 + roll(m, 3));
}

/* What a liar was asked for, and by whom it may be told more of. */
static bool is_any(const struct job *j)
{
    (void)j;
    return true;
}

static bool is_answered(const struct job *j)
{
    return j->answered > 0;
}

static bool is_given_up(const struct job *j)
{
    return j->stopped > 0 && j->ask->told;
}

/* One that came over that end, not long ago. */
static const struct job *job_before(struct mischief *m,
                                    bool (*fits)(const struct job *j))
{
    const struct job *found = NULL;
    uint32_t seen = 0;

    for (const struct job *j = m->world->jobs; j && seen < JOBS_BACK;
         j = j->next)
        if (j->end == m->e && j->id[0] && fits(j)) {
            seen++;
            found = !found || roll(m, 3) == 0 ? j : found;
        }
    return found;
}

static void answer_again(struct mischief *m, bool (*fits)(const struct job *j),
                         enum tally_kind kind)
{
    const struct job *j = job_before(m, fits);

    if (!j) {
        foreign(m);
        return;
    }
    count(m, kind);
    answer(m, slice_of(j->id), 1 + roll(m, 3));
}

static void twice(struct mischief *m)
{
    answer_again(m, is_answered, TALLY_DOUBLE);
}

static void late(struct mischief *m)
{
    answer_again(m, is_given_up, TALLY_LATE);
}

/* One answer before the true one. */
static void early(struct mischief *m)
{
    answer_again(m, job_is_live, TALLY_DOUBLE);
}

/* --------------------------------------------------------------- too much */

/* Requests, each good, and in one breath; some under the same id. */
static void flood_requests(struct mischief *m)
{
    uint64_t left = 20 + roll(m, 180);
    struct buf said;
    char id[40];

    buf_init(&said, SAID_MAX);
    while (left--) {
        const uint64_t act = roll(m, UINT64_MAX);
        const uint32_t name = (uint32_t)roll(m, CAST_NAMES);

        (void)snprintf(id, sizeof id, "flood-%u-%u", m->number,
                       (uint32_t)roll(m, 150));
        (void)ask_behind(m->e, act, name, slice_of(id), &said);
    }
    (void)say_alone(m, buf_slice(&said), roll(m, 2));
    buf_clear(&said);
}

/* Items and ends for whatever the victim asked, or nobody. */
static void flood_answers(struct mischief *m)
{
    const struct job *j = job_before(m, is_any);

    answer(m, j ? slice_of(j->id) : slice_of("nobody's"), 100 + roll(m, 400));
}

static void flood_aborts(struct mischief *m)
{
    struct buf said;
    char id[40];

    buf_init(&said, SAID_MAX);
    for (uint64_t i = 0; i < 4 * BOUNDS_OVERTAKEN_MAX; i++) {
        (void)snprintf(id, sizeof id, "nobody-%u", (uint32_t)i);
        (void)envelope_print(ENVELOPE_ABORTED, slice_of(id), slice_of("{}"),
                             SAID_MAX, &said);
    }
    (void)say_alone(m, buf_slice(&said), true);
    buf_clear(&said);
}

/* As many as there is credit for, each with next to nothing on it. */
static void flood_streams(struct mischief *m)
{
    const struct slice bytes = slice_head(slice_of("xxxxx"), roll(m, 6));
    const bool fin = roll(m, 3) != 0;

    while (say_alone(m, bytes, fin))
        ;
}

static void flood(struct mischief *m)
{
    static void (*const floods[])(struct mischief *) = {
        flood_requests, flood_answers, flood_aborts, flood_streams};

    count(m, TALLY_FLOODS);
    floods[roll(m, sizeof floods / sizeof *floods)](m);
}

/* --------------------------------------------------------------- too little
 */

/* Begins a few frames and ends none; then it is silent. */
static void stall(struct mischief *m)
{
    const struct carrier *c = &m->world->carrier;
    uint64_t halves = roll(m, 12);

    count(m, TALLY_STALLED_PEERS);
    while (halves--)
        (void)say_alone(m, slice_make("\0\1\0\0{\"type\":", 12), false);
    if (!m->world->is_clear)
        c->hold(c->self, m->e->place->at,
                m->world->now_ns + (500 + roll(m, HOLD_MS - 500)) * WORLD_MS);
}

/* Takes back what it owes, or what it has said. */
static void tear(struct mischief *m)
{
    const struct carrier *c = &m->world->carrier;
    const int64_t awaited = awaited_stream(m);

    count(m, TALLY_RESETS);
    world_tear(m->e->tie);
    if (awaited >= 0)
        c->lose_stream(c->self, m->e->tie->number, m->e->side, awaited);
    if (say_alone(m, slice_of("x"), false))
        c->lose_stream(c->self, m->e->tie->number, m->e->side,
                       m->world->ruses->stream);
}

/* --------------------------------------------------------------- the table */

static void (*const tricks[])(struct mischief *) = {
    malformed, malformed, malformed, foreign, foreign, twice, twice,
    late,      late,      early,     flood,   stall,   tear,
};

/* The which-th liar; NULL: there is none. */
static struct place *liar(struct world *w, uint32_t which)
{
    uint32_t count = 0;

    for (uint32_t at = 0; at < w->cast.node_count; at++)
        count += w->cast.nodes[at].role == CAST_LIAR;
    if (!count)
        return NULL;
    which %= count;
    for (uint32_t at = 0;; at++)
        if (w->cast.nodes[at].role == CAST_LIAR && which-- == 0)
            return &w->places[at];
}

void liar_do(struct world *w, const struct step *s)
{
    struct place *p = liar(w, s->who);
    struct mischief m = {.world = w, .number = s->number};

    m.e = p && p->node ? world_end_at(p, s->tie) : NULL;
    if (!m.e)
        return;
    world_enter(p);
    p->has_lied = true;
    tricks[roll(&m, sizeof tricks / sizeof *tricks)](&m);
    world_touch(p);
}

/* --------------------------------------------------------------- doubt */

bool liar_has_lied(const struct place *p)
{
    return p->has_lied;
}

/* Has anybody who lied ever served that place? */
static bool is_misled(const struct place *p)
{
    for (uint32_t at = 0; at < p->world->cast.node_count; at++)
        if (p->ever_served >> at & 1 && p->world->places[at].has_lied)
            return true;
    return false;
}

/* Only the hub passes calls on by itself, handlers do it anywhere. */
bool liar_may_have_said(const struct ask *a)
{
    const struct place *hub = &a->world->places[0];
    const struct place *there = a->end ? world_peer(a->end)->place : a->from;
    const struct cast_op *op =
        a->q.name < CAST_NAMES ? &a->world->cast.nodes[there->at].ops[a->q.name]
                               : NULL;

    if (a->from->has_lied || there->has_lied)
        return true;
    if (a->end && !(op && op->is_offer))
        return false;
    return is_misled(there) || is_misled(hub);
}

/* --------------------------------------------------------------- the whole */

void liar_clear_weather(struct world *w)
{
    const struct carrier *c = &w->carrier;

    for (const struct ruse *r = w->ruses; r; r = r->next) {
        const struct end *e = &w->ties[r->tie]->ends[r->side];

        c->lose_stream(c->self, r->tie, r->side, r->stream);
        c->touch(c->self, e->place->at);
    }
    for (uint32_t at = 0; at < w->cast.node_count; at++)
        if (w->places[at].has_lied)
            c->hold(c->self, at, w->now_ns);
}

void liar_clear(struct world *w)
{
    while (w->ruses) {
        struct ruse *r = w->ruses;

        w->ruses = r->next;
        xalloc_free(r);
    }
}

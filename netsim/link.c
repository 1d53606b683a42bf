/* SPDX-License-Identifier: MIT */
/*
 * Every question about a datagram draws its own number, so that more jitter
 * does not change what is lost; and it is only drawn when the configuration
 * asks, so that clean weather costs no chance at all.
 *
 * Two things look back: a burst goes on until a draw ends it, and the bound of
 * losses counts. Both count what chance said, never what came of it: neither a
 * full queue nor a closed way changes what is decided about later datagrams.
 */
#include "netsim/link.h"

#define SECOND_NS 1000000000u

enum draw {
    DRAW_BURST,
    DRAW_LOSS,
    DRAW_DUPLICATE,
    DRAW_REORDER,
    DRAW_CORRUPT,
    DRAW_BIT,
    DRAW_TRUNCATE,
    DRAW_KEPT,
    DRAW_JITTER,
    DRAW_JITTER_DOUBLE
};

static const char *const harm_names[LINK_HARMS] = {
    [LINK_LOST] = "lost",           [LINK_BURST] = "burst",
    [LINK_DOUBLED] = "doubled",     [LINK_REORDERED] = "reordered",
    [LINK_CORRUPTED] = "corrupted", [LINK_TRUNCATED] = "truncated",
    [LINK_CROWDED] = "crowded",     [LINK_TOO_LONG] = "too-long",
    [LINK_CLOSED] = "closed",
};

const char *link_harm_name(enum link_harm harm)
{
    return harm_names[harm];
}

bool link_decision_is_plain(const struct link_decision *d)
{
    return !d->is_lost && !d->is_doubled && !d->is_reordered &&
           !d->is_corrupt && !d->is_truncated && !d->late_ns[0];
}

/* ------------------------------------------------------------------ chance */

static uint64_t drawn(const struct link *l, enum draw draw)
{
    return prng_draw(&l->key, l->packets, draw);
}

static bool happens(const struct link *l, enum draw draw, uint32_t ppm)
{
    return ppm && prng_below(drawn(l, draw), LINK_PPM) < ppm;
}

static uint64_t jitter(const struct link *l, enum draw draw)
{
    uint64_t most_ns = l->config.jitter_ns;

    return most_ns ? prng_below(drawn(l, draw), most_ns + 1) : 0;
}

/* Gilbert–Elliott: from good to bad and back, one draw for each datagram. */
static void burst_step(struct link *l)
{
    const struct link_config *c = &l->config;

    if (!c->burst_begin_ppm)
        l->is_in_burst = false;
    else if (l->is_in_burst)
        l->is_in_burst = !happens(l, DRAW_BURST, c->burst_end_ppm);
    else
        l->is_in_burst = happens(l, DRAW_BURST, c->burst_begin_ppm);
}

static bool is_lost(struct link *l)
{
    const struct link_config *c = &l->config;
    bool is_lost =
        happens(l, DRAW_LOSS, l->is_in_burst ? c->burst_loss_ppm : c->loss_ppm);

    if (c->losses_max && l->losses >= c->losses_max)
        is_lost = false;
    l->losses = is_lost ? l->losses + 1 : 0;
    return is_lost;
}

static void chance(struct link *l, struct link_decision *d)
{
    const struct link_config *c = &l->config;

    burst_step(l);
    d->is_lost = is_lost(l);
    d->is_burst = d->is_lost && l->is_in_burst;
    if (d->is_lost)
        return;
    d->is_reordered = happens(l, DRAW_REORDER, c->reorder_ppm);
    d->late_ns[0] =
        jitter(l, DRAW_JITTER) + (d->is_reordered ? c->reorder_ns : 0);
    d->is_doubled = happens(l, DRAW_DUPLICATE, c->duplicate_ppm);
    if (d->is_doubled)
        d->late_ns[1] = jitter(l, DRAW_JITTER_DOUBLE);
    d->is_corrupt = happens(l, DRAW_CORRUPT, c->corrupt_ppm);
    if (d->is_corrupt)
        d->bit = (uint32_t)drawn(l, DRAW_BIT);
    d->is_truncated = happens(l, DRAW_TRUNCATE, c->truncate_ppm);
    if (d->is_truncated)
        d->kept = (uint32_t)drawn(l, DRAW_KEPT);
}

static struct link_decision decide(struct link *l)
{
    const struct link_almanac *a = l->almanac;
    struct link_decision d = {.link = l->key.link,
                              .direction = l->key.direction,
                              .packet = l->packets};

    if (!a || !a->recorded)
        chance(l, &d);
    else
        a->recorded(a->self, &d);
    l->packets++;
    if (a && a->decided && !link_decision_is_plain(&d))
        a->decided(a->self, &d);
    return d;
}

/* ---------------------------------------------------------------- the road */

/* How long the road is busy with so many bytes. */
static uint64_t passage_ns(const struct link_config *c, uint64_t bytes)
{
    return bytes / c->rate_bytes * SECOND_NS +
           bytes % c->rate_bytes * SECOND_NS / c->rate_bytes;
}

/* Takes its place behind those that wait. False: there is none. */
static bool queue_up(struct link *l, size_t len, uint64_t now_ns)
{
    const struct link_config *c = &l->config;

    if (!c->rate_bytes) {
        l->busy_until_ns = now_ns;
        return true;
    }
    if (l->busy_until_ns < now_ns)
        l->busy_until_ns = now_ns;
    if (c->queue_bytes &&
        l->busy_until_ns - now_ns > passage_ns(c, c->queue_bytes))
        return false;
    l->busy_until_ns += passage_ns(c, len);
    return true;
}

/* What loses it; LINK_HARMS: nothing does. */
static enum link_harm obstacle(struct link *l, const struct link_decision *d,
                               size_t len, uint64_t now_ns)
{
    if (l->is_closed)
        return LINK_CLOSED;
    if (l->config.mtu && len > l->config.mtu)
        return LINK_TOO_LONG;
    if (d->is_lost)
        return d->is_burst ? LINK_BURST : LINK_LOST;
    return queue_up(l, len, now_ns) ? LINK_HARMS : LINK_CROWDED;
}

/* What arrives of its bytes. An empty one has nothing to lose. */
static void bend(struct link *l, const struct link_decision *d,
                 struct link_fate *f)
{
    if (d->is_truncated && f->len) {
        f->len = d->kept % f->len;
        l->harmed[LINK_TRUNCATED]++;
    }
    if (d->is_corrupt && f->len) {
        f->is_corrupt = true;
        f->bit = d->bit % (f->len * 8);
        l->harmed[LINK_CORRUPTED]++;
    }
}

static void deliver(struct link *l, struct link_fate *f, uint64_t late_ns)
{
    uint64_t at_ns = l->busy_until_ns + l->config.delay_ns + late_ns;

    if (at_ns < l->paused_until_ns)
        at_ns = l->paused_until_ns;
    f->at_ns[f->count++] = at_ns;
}

struct link_fate link_take(struct link *l, size_t len, uint64_t now_ns)
{
    struct link_decision d = decide(l);
    struct link_fate fate = {.len = len};
    enum link_harm harm = obstacle(l, &d, len, now_ns);

    if (harm != LINK_HARMS) {
        l->harmed[harm]++;
        return fate;
    }
    deliver(l, &fate, d.late_ns[0]);
    if (d.is_doubled)
        deliver(l, &fate, d.late_ns[1]);
    l->harmed[LINK_DOUBLED] += d.is_doubled;
    l->harmed[LINK_REORDERED] += d.is_reordered;
    bend(l, &d, &fate);
    return fate;
}

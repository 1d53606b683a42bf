/* SPDX-License-Identifier: MIT */
/* See lane.h. */
#include "netsim/lane.h"
#include "ref/base/xalloc.h"

struct lane *lane_new(int64_t number, const struct lane_terms *terms)
{
    struct lane *l = xalloc(1, sizeof *l);

    l->number = number;
    l->terms = terms;
    return l;
}

void lane_free(struct lane *l)
{
    parcel_free_all(&l->halves[0].parcels);
    parcel_free_all(&l->halves[1].parcels);
    xalloc_free(l);
}

/* --------------------------------------------------------------- sending */

size_t lane_room(const struct lane *l, uint32_t side, size_t len)
{
    const struct lane_half *h = &l->halves[side];
    uint64_t room = l->terms->window - h->sent;

    if (h->is_ended || h->is_reset)
        return 0;
    return len < room ? len : (size_t)room;
}

/* How long the next piece is: one half of them are as long as they may be. */
static size_t cut(const struct lane *l, uint32_t side, size_t len)
{
    const struct lane_terms *t = l->terms;
    uint64_t which = (uint64_t)l->number << 1 | side;
    uint64_t piece = t->piece_max;

    if (t->is_cut && len > 1)
        piece = 1 + prng_below(prng_draw(&t->chance, which,
                                         (uint32_t)l->halves[side].pieces),
                               2 * piece);
    piece = piece < t->piece_max ? piece : t->piece_max;
    return len < piece ? len : (size_t)piece;
}

static void send_piece(struct lane *l, uint32_t side, struct parcel_road *road,
                       struct slice bytes, bool is_fin)
{
    struct lane_half *h = &l->halves[side];
    struct parcel *p = parcel_new(road, &h->parcels, PARCEL_DATA, bytes);

    h->pieces++;
    p->stream = l->number;
    p->is_fin = is_fin;
    parcel_send(p);
}

void lane_write(struct lane *l, uint32_t side, struct parcel_road *road,
                struct slice bytes, bool is_fin)
{
    struct lane_half *h = &l->halves[side];
    struct slice rest = slice_head(bytes, lane_room(l, side, bytes.len));
    size_t len;

    if (h->is_ended || h->is_reset)
        return;
    h->sent += rest.len;
    h->is_full = rest.len < bytes.len;
    h->is_ended = is_fin && !h->is_full;
    while ((len = cut(l, side, rest.len)) < rest.len) {
        send_piece(l, side, road, slice_head(rest, len), false);
        rest = slice_skip(rest, len);
    }
    if (rest.len || h->is_ended)
        send_piece(l, side, road, rest, h->is_ended);
}

/* What is behind a gap will never be of use. */
void lane_abandon(struct lane *l, uint32_t side)
{
    struct queue_entry *next;
    bool is_gap = false;

    for (struct queue_entry *e = l->halves[side].parcels.first; e; e = next) {
        struct parcel *p = e->owner;

        next = e->behind;
        is_gap = is_gap || p->is_lost;
        if (is_gap)
            parcel_free(p);
    }
}

bool lane_reset(struct lane *l, uint32_t side)
{
    struct lane_half *h = &l->halves[side];

    if (h->is_reset || h->is_known)
        return false;
    h->is_reset = true;
    lane_abandon(l, side);
    return true;
}

bool lane_consumed(struct lane *l, uint32_t side, uint64_t count)
{
    struct lane_half *h = &l->halves[side];
    bool was_full = h->is_full && !h->is_reset;

    assert(count <= h->sent);
    h->sent -= count;
    h->is_full = false;
    return was_full;
}

/* --------------------------------------------------------------- receiving */

struct parcel *lane_arrived(const struct lane *l, uint32_t side)
{
    struct parcel *p = queue_first(&l->halves[side].parcels);

    return p && p->has_arrived ? p : NULL;
}

void lane_end_half(struct lane *l, uint32_t side)
{
    l->halves[side].is_over = true;
    parcel_free_all(&l->halves[side].parcels);
}

bool lane_is_done(const struct lane *l, uint32_t side)
{
    return l->halves[side].is_known && l->halves[!side].is_over;
}

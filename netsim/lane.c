/* SPDX-License-Identifier: MIT */
/* See lane.h. */
#include "netsim/lane.h"
#include "ref/base/xalloc.h"

#define PIECE_MAX 1200      /* bytes of one parcel */
#define WINDOW (64u * 1024) /* bytes under way on a half */

struct lane *lane_new(int64_t number)
{
    struct lane *l = xalloc(1, sizeof *l);

    l->number = number;
    return l;
}

static void write_piece(struct lane *l, uint32_t side, struct parcel_road *road,
                        struct slice bytes, bool is_fin)
{
    struct parcel *p =
        parcel_new(road, &l->halves[side].parcels, PARCEL_DATA, bytes);

    p->stream = l->number;
    p->is_fin = is_fin;
    parcel_send(p);
}

size_t lane_write(struct lane *l, uint32_t side, struct parcel_road *road,
                  struct slice bytes, bool is_fin)
{
    struct lane_half *h = &l->halves[side];
    size_t room = WINDOW - h->sent;
    size_t len = bytes.len < room ? bytes.len : room;
    struct slice rest = slice_head(bytes, len);
    bool is_last = is_fin && len == bytes.len;

    h->sent += len;
    h->is_full = len < bytes.len;
    while (rest.len > PIECE_MAX) {
        write_piece(l, side, road, slice_head(rest, PIECE_MAX), false);
        rest = slice_skip(rest, PIECE_MAX);
    }
    if (rest.len || is_last)
        write_piece(l, side, road, rest, is_last);
    return len;
}

bool lane_consumed(struct lane *l, uint32_t side, uint64_t count)
{
    struct lane_half *h = &l->halves[side];
    bool was_full = h->is_full;

    h->sent -= count;
    h->is_full = false;
    return was_full;
}

struct parcel *lane_arrived(const struct lane *l, uint32_t side)
{
    struct parcel *p = l->halves[side].parcels.first;

    return p && p->has_arrived ? p : NULL;
}

bool lane_end_half(struct lane *l, uint32_t side)
{
    l->halves[side].is_over = true;
    parcel_free_all(&l->halves[side].parcels);
    return l->halves[!side].is_over;
}

void lane_free(struct lane *l)
{
    parcel_free_all(&l->halves[0].parcels);
    parcel_free_all(&l->halves[1].parcels);
    xalloc_free(l);
}

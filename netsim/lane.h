/* SPDX-License-Identifier: MIT */
/*
 * One stream of a tie: two halves, one each way, of which each has its order, a
 * window and an end. Parcels of one half are delivered in the order in which
 * they were written; of other streams a lane knows nothing.
 */
#ifndef NETSIM_LANE_H
#define NETSIM_LANE_H

#include "netsim/parcel.h"

/* One direction. */
struct lane_half {
    size_t sent;  /* bytes that nobody has consumed yet */
    bool is_full; /* the sender was told that there is no room */
    bool is_over; /* its FIN has arrived, or it was reset */
    struct parcels parcels;
};

struct lane {
    int64_t number;
    struct lane_half halves[2]; /* by the side that sends */
};

/* Owned by the caller, given back with lane_free(). */
struct lane *lane_new(int64_t number);

/* Takes as many of these bytes as there is room for, and says how many; with
 * `is_fin` and all of them, that half ends behind them. */
size_t lane_write(struct lane *l, uint32_t side, struct parcel_road *road,
                  struct slice bytes, bool is_fin);

/* So many bytes of that half are done with. True when its sender had been told
 * that there is no room, and now there is. */
bool lane_consumed(struct lane *l, uint32_t side, uint64_t count);

/* What has arrived of that half in its order, first come; NULL: nothing. */
struct parcel *lane_arrived(const struct lane *l, uint32_t side);

/* That half is over, and what was under way is of no interest any more. True
 * when so is the other half. */
bool lane_end_half(struct lane *l, uint32_t side);

void lane_free(struct lane *l);

#endif

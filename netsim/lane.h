/* SPDX-License-Identifier: MIT */
/*
 * One stream of a tie: two halves, one each way, of which each has its order, a
 * window and an end. Parcels of one half are delivered in the order in which
 * they were written; of other streams a lane knows nothing.
 *
 * Both ends see the same stream at different moments. A half has ended for its
 * sender when it has said so, is over for the other one when that has arrived
 * with all before it, and known to be when word of that is back. A side is done
 * with a stream when the peer's half is over and its own is known to be.
 */
#ifndef NETSIM_LANE_H
#define NETSIM_LANE_H

#include "netsim/parcel.h"

/* What holds for all streams of a tie. */
struct lane_terms {
    uint64_t window;        /* bytes of a half that nobody has consumed */
    uint32_t piece_max;     /* bytes of one parcel */
    bool is_cut;            /* at random into shorter ones, too, … */
    struct prng_key chance; /* … by this */
};

/* One direction. */
struct lane_half {
    uint64_t sent;        /* bytes that nobody has consumed yet */
    uint64_t pieces;      /* made so far */
    bool is_full;         /* its sender was told that there is no room */
    bool is_ended;        /* FIN was written … */
    bool is_reset;        /* … or it was ended at once */
    bool is_stopped;      /* the receiver wants no more of it */
    bool is_over;         /* the receiver has its end */
    bool is_known;        /* and its sender knows that */
    struct queue parcels; /* owned, in the order in which they were made */
};

struct lane {
    int64_t number;
    const struct lane_terms *terms; /* borrowed */
    struct lane_half halves[2];     /* by the side that sends */
    bool is_gone[2];                /* that side has forgotten it */
    struct lane *next;              /* owned: a later one of the same tie */
};

/* Owned by the caller, given back with lane_free(). */
struct lane *lane_new(int64_t number, const struct lane_terms *terms);
void lane_free(struct lane *l);

/* --- the sender of half `side` --- */

/* How many of so many bytes there is room for: none when that half has ended.
 */
size_t lane_room(const struct lane *l, uint32_t side, size_t len);

/* Sends those of the bytes for which there is room; with `is_fin`, and all of
 * them, that half ends behind them. */
void lane_write(struct lane *l, uint32_t side, struct parcel_road *road,
                struct slice bytes, bool is_fin);

/* It ends that half at once: what was lost is not sent again. True when the
 * other side is to be told. */
bool lane_reset(struct lane *l, uint32_t side);

/* Nobody is there any more to send again what was lost. */
void lane_abandon(struct lane *l, uint32_t side);

/* So many bytes were consumed. True when there was no room, and now there is.
 */
bool lane_consumed(struct lane *l, uint32_t side, uint64_t count);

/* --- the receiver of half `side` --- */

/* What has arrived in its order, first come; NULL: nothing. */
struct parcel *lane_arrived(const struct lane *l, uint32_t side);

/* The end of that half is here, and nothing else of it is of interest. */
void lane_end_half(struct lane *l, uint32_t side);

/* --- either --- */

/* Is there nothing more to happen to it, in the eyes of `side`? */
bool lane_is_done(const struct lane *l, uint32_t side);

#endif

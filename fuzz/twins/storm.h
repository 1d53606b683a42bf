/* SPDX-License-Identifier: MIT */
/*
 * Datagrams on their way in virtual time. In fair weather each arrives whole,
 * once and a millisecond later. In a storm one byte of the input decides what
 * becomes of the next: lost, doubled, late, flipped, cut, longer, from
 * somewhere else. A storm ends with the input.
 *
 * What was sent stays known for a while, to be sent again by somebody who
 * overheard it: the first few datagrams, which are the handshake, and the
 * latest.
 */
#ifndef FUZZ_TWINS_STORM_H
#define FUZZ_TWINS_STORM_H

#include "fuzz/feed.h"
#include "ref/quic/endpoint.h"

#define STORM_DELAY_NS 1000000ull /* of one way, in fair weather */
#define STORM_FLIGHTS 64          /* at once; one more is lost */
#define STORM_LEN_MAX 1500        /* bytes of a datagram */
#define STORM_FIRST 6             /* that stay overheard */
#define STORM_PAST 16             /* with the latest */

struct storm_flight {
    uint64_t at_ns; /* when it arrives */
    struct address from, to;
    bool is_fair; /* nothing befell it */
    size_t len;
    uint8_t bytes[STORM_LEN_MAX];
};

struct storm {
    struct feed *feed;            /* borrowed; NULL: the weather is fair */
    uint32_t harmed;              /* so many were not left alone */
    uint64_t hash;                /* of all that was sent, to the last byte */
    size_t count;                 /* on their way */
    uint8_t order[STORM_FLIGHTS]; /* places: of those, as they arrive; of
                                     the free ones */
    struct storm_flight flights[STORM_FLIGHTS];
    uint32_t sent; /* datagrams */
    struct storm_flight past[STORM_PAST];
};

/* Nothing is on its way. */
void storm_begin(struct storm *s);

void storm_send(struct storm *s, const struct datagram *d, uint64_t now_ns);

/* The next that has arrived, good until the next is sent; or NULL. */
const struct storm_flight *storm_arrived(struct storm *s, uint64_t now_ns);

/* When that will be, or NEVER. */
uint64_t storm_next_ns(const struct storm *s);

/* One that was overheard; NULL: nothing was sent yet. */
const struct storm_flight *storm_overheard(const struct storm *s,
                                           uint32_t which);

/* An address where nobody is. */
struct address storm_nowhere(uint32_t which);

#endif

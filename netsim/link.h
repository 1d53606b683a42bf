/* SPDX-License-Identifier: MIT */
/*
 * One way of a link, and what becomes of the datagrams that go there: when each
 * is delivered, how many times, and whether whole. It holds no datagram and
 * knows no clock: whoever has a datagram asks, and does as he is told.
 *
 * What befalls a datagram is decided in two steps. A *decision* is what chance
 * says of datagram number n: lost, doubled, late, bent. It depends on the seed,
 * the link, the direction and n alone, so that taking one decision away leaves
 * all others where they were. Its *fate* is that, on a road that has a length,
 * a width and a queue, and may be closed.
 *
 * A schedule of decisions that were written down takes the place of chance:
 * what it does not speak of goes its way unharmed.
 */
#ifndef NETSIM_LINK_H
#define NETSIM_LINK_H

#include "netsim/prng.h"

#define LINK_PPM 1000000u     /* "always", in parts per million */
#define LINK_DELIVERIES_MAX 2 /* a datagram, and its double */

/* All zero is clean weather: everything arrives, at once, once. */
struct link_config {
    uint64_t delay_ns;        /* every datagram takes at least so long */
    uint64_t jitter_ns;       /* and up to so much longer, evenly spread */
    uint32_t loss_ppm;        /* so many in a million are lost */
    uint32_t burst_begin_ppm; /* after so many a burst begins … */
    uint32_t burst_end_ppm;   /* … and after so many of its own it ends; */
    uint32_t burst_loss_ppm;  /* so many are lost in one (Gilbert–Elliott) */
    uint32_t losses_max;      /* chance never loses more in a row than these;
                                 0: no bound */
    uint32_t duplicate_ppm;   /* so many of those that arrive come twice */
    uint32_t reorder_ppm;     /* so many are held up … */
    uint64_t reorder_ns;      /* … for so long, and others overtake them */
    uint32_t corrupt_ppm;     /* of so many one bit is turned */
    uint32_t truncate_ppm;    /* so many lose their tail */
    uint64_t rate_bytes;      /* a second, below 2^34; 0: as many as come */
    uint64_t queue_bytes;     /* that wait for their turn, before the next is
                                 lost; 0: as many as come */
    uint32_t mtu;             /* bytes; longer ones are lost; 0: any length */
};

/* The ways in which a link harms a datagram; for counting. */
enum link_harm {
    LINK_LOST,      /* by chance */
    LINK_BURST,     /* likewise, within a burst */
    LINK_DOUBLED,   /* came twice */
    LINK_REORDERED, /* was held up */
    LINK_CORRUPTED, /* a bit was turned */
    LINK_TRUNCATED, /* lost its tail */
    LINK_CROWDED,   /* lost: the queue was full */
    LINK_TOO_LONG,  /* lost: longer than the mtu */
    LINK_CLOSED,    /* lost: the way was closed */
    LINK_HARMS
};

/* "lost", "burst" and so on. Static. */
const char *link_harm_name(enum link_harm harm);

/* What chance says of one datagram. Zeroed but for the first three: nothing. */
struct link_decision {
    uint32_t link;      /* of the key */
    uint32_t direction; /* of the key */
    uint64_t packet;    /* from 0 */
    bool is_lost;       /* and nothing below counts */
    bool is_burst;      /* lost in a burst */
    bool is_doubled;    /* comes twice */
    bool is_reordered;  /* held up; its time is in `late_ns` */
    bool is_corrupt;    /* bit number `bit`, modulo its length, is turned */
    bool is_truncated;  /* cut to `kept` bytes, modulo its length */
    uint64_t late_ns[LINK_DELIVERIES_MAX]; /* behind the delay of the link; the
                                              second counts when doubled */
    uint32_t bit;
    uint32_t kept;
};

/* Is it worth a word? Being late by jitter alone is, too. */
bool link_decision_is_plain(const struct link_decision *d);

/* Where decisions come from, or go. A seam; each may be NULL. */
struct link_almanac {
    /* What was written down of that datagram. False: nothing, so nothing
     * happens to it. NULL: chance decides. */
    bool (*recorded)(void *self, struct link_decision *ret);
    /* A decision that is not plain was made, or found written down. */
    void (*decided)(void *self, const struct link_decision *d);
    void *self; /* the almanac's own */
};

struct link {
    struct link_config config;          /* may be changed at any time */
    struct prng_key key;                /* whose chances */
    const struct link_almanac *almanac; /* borrowed; NULL: chance, unheard */
    bool is_closed;                     /* a blackhole: nothing comes through */
    uint64_t paused_until_ns;           /* nothing is delivered before that */
    uint64_t packets;                   /* asked about so far */
    uint64_t busy_until_ns;             /* the last byte has left by then */
    uint32_t losses;                    /* by chance in a row, the last ones */
    bool is_in_burst;                   /* Gilbert–Elliott: the bad state */
    uint64_t harmed[LINK_HARMS];        /* datagrams, by harm */
};

/* When a datagram arrives; `count` is 0 when it is lost. */
struct link_fate {
    uint64_t at_ns[LINK_DELIVERIES_MAX]; /* absolute; in no order */
    size_t count;                        /* deliveries */
    size_t len;                          /* so many of its bytes arrive */
    bool is_corrupt;                     /* bit `bit` of them is turned */
    size_t bit;                          /* bit % 8 of byte bit / 8 */
};

/* The fate of the next datagram, of `len` bytes, handed in at `now_ns`. */
struct link_fate link_take(struct link *l, size_t len, uint64_t now_ns);

#endif

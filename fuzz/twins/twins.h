/* SPDX-License-Identifier: MIT */
/*
 * Two endpoints, one of which has dialled the other, with the weather between
 * them, in virtual time. Both are what they are in the daemon: ngtcp2 and
 * GnuTLS, which draws its chances from the same seed in every life
 * (netsim/takeover.h). So the life of two twins follows from what is done to
 * them, to the last byte.
 *
 * Each has an owner who takes the turns that endpoint.h asks for, checks what
 * he is told against the ledger and against what may be told at all: who may
 * be let in, what may end a connection, that this is told once.
 */
#ifndef FUZZ_TWINS_TWINS_H
#define FUZZ_TWINS_TWINS_H

#include "fuzz/twins/ledger.h"
#include "fuzz/twins/storm.h"
#include "netsim/prng.h"

enum { TWINS_DIALLER, TWINS_ACCEPTOR };

#define TWINS_IDLE_NS 30000000000ull      /* of silence, then lost */
#define TWINS_HANDSHAKE_NS 10000000000ull /* then given up */

/* Who they are to each other. All zero: two who know and trust each other. */
struct twins_terms {
    bool is_nobody;        /* the dialler shows no key */
    bool is_stolen[2];     /* that side shows a key it cannot sign for */
    bool refuses[2];       /* that side wants another key than it is shown */
    bool speaks_otherwise; /* the dialler has another ALPN */
    bool is_patient;       /* no silence is too long */
    uint64_t streams_max;  /* that each may open at first */
    uint64_t window;       /* of a stream */
};

struct twin {
    struct endpoint *endpoint; /* owned */
    struct quic *quic;         /* borrowed; NULL: not yet, or no more */
    struct address address;    /* where the other sees it */
    bool is_greedy;            /* is done with bytes at once */
    bool is_deaf;              /* has no ear for what happened, for now */
    bool is_open;              /* was told so */
    bool is_over;              /* was told so */
    bool has_closed;           /* by itself, with that code: */
    uint64_t close_code;
    struct quic_event end; /* what it was told then */
    uint64_t heard_ns;     /* when a packet came that nothing befell */
};

struct twins {
    struct twins_terms terms;
    struct twin sides[2];
    struct ledger ledger;
    struct storm storm;
    struct prng_stream chance; /* QUIC's; TLS has its own */
    uint64_t now_ns;
    bool has_wandered;  /* the dialler was, or seemed to be, elsewhere */
    bool wanders;       /* likewise, in this story */
    uint32_t strangers; /* datagrams from elsewhere than a twin */
    uint32_t turns;     /* of which a story may not have too many */
};

/* What has become of them, as numbers, for who compares lives. */
struct twins_fate {
    uint64_t
        heard;     /* on which stream was what said, what heard; who ended it */
    uint64_t sent; /* all datagrams of this life, to the last byte */
    uint32_t age;  /* in stories */
};

/* Of the story that was told last. */
extern struct twins_fate twins_fate;

/* Before the first life; once more does nothing. */
void twins_setup(void);

/* A new life, in which the dialler has dialled. The caller ends it. */
void twins_begin(struct twins *t, const struct twins_terms *terms);
void twins_end(struct twins *t);

/* All was calm: what comes is a new story on the same connection. */
void twins_turn_page(struct twins *t);

/* Lets so much time pass. */
void twins_run(struct twins *t, uint64_t span_ns);

/* A datagram arrives there, whoever sent it. */
void twins_strike(struct twins *t, uint32_t side, const struct address *from,
                  struct slice bytes);

/* The dialler is seen at another place from now on. */
void twins_move(struct twins *t);

/* That side closes, if it can. */
void twins_close(struct twins *t, uint32_t side, uint64_t code);

/* So many more bytes of what the other says there are done with. */
void twins_consume(struct twins *t, uint32_t side, struct ledger_stream *s,
                   size_t len);

/* Has everybody who should be let in been, and nobody left? */
bool twins_are_together(const struct twins *t);

/* Does the acceptor see the dialler where it is, and has it got through with
 * all streams? Not before the dialler has been heard there for a while. */
bool twins_are_in_touch(const struct twins *t);

/* Does one of them wait for something, without a timer, where the dialler has
 * moved? With ngtcp2 0.12 who has more under way than he may have at a new
 * address sets none, and what was lost is never sent again. */
bool twins_limp(const struct twins *t);

/* Nothing is on its way, nothing waits to be sent, no stream is open. */
bool twins_are_calm(const struct twins *t);

/* Calm, as many streams may be opened as at first, and the path is not slow: a
 * new story is told as on a new connection. */
bool twins_are_as_new(const struct twins *t);

/* The story is over, and had that many before it in this life. */
void twins_remember(const struct twins *t, uint32_t age);

/* Both go, are told what they have to be, and nothing is left of it. Ends the
 * life. */
void twins_part(struct twins *t);

#endif

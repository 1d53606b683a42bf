/* SPDX-License-Identifier: MIT */
/*
 * The requests that one peer makes of one node, and what has to become of each:
 * who runs, as whom, and who is refused; who is stopped, at which moment, and
 * nobody else; every word that comes back, and none besides.
 *
 * It is told what the peer says, how much of it has arrived, and what becomes
 * of streams and time, always before the node is; and it foretells. Then the
 * node's handlers and frames are held against it.
 *
 * Here ids are numbers: two of one number are the same, any others are not.
 * Times are of the node, and so are bytes: counted on each stream from its
 * beginning.
 */
#ifndef FUZZ_PEERS_DOCKET_H
#define FUZZ_PEERS_DOCKET_H

#include "fuzz/peers/event.h"
#include "fuzz/peers/gate.h"

#define DOCKET_STREAMS 10
#define DOCKET_IDS 12
#define DOCKET_REQUESTS 96
#define DOCKET_FRAMES 192 /* that the peer says */
#define DOCKET_WORDS 1024 /* that come back */
#define DOCKET_NEVER UINT64_MAX
#define DOCKET_MESSAGE "it hurts"
#define DOCKET_DETAILS "{\"d\":[1,null]}"

/* Tokens: of those that gate.h knows, of a key that ends, and of nobody. */
enum docket_token {
    DOCKET_KEY = GATE_KNOWN,
    DOCKET_UNKNOWN,
    DOCKET_NO_TOKEN,
    DOCKET_TOKENS
};

/* What a handler comes to. */
enum docket_end {
    DOCKET_WAITS,
    DOCKET_ENDS,  /* with its answer, or without more items */
    DOCKET_OUCH,  /* fails with a code that some operations declare, … */
    DOCKET_OTHER, /* … that none does, … */
    DOCKET_OWN,   /* … that is the protocol's own */
    DOCKET_BREAKS /* and cannot say why */
};

/* What it has before it. */
struct docket_part {
    uint32_t items; /* a subscription's */
    enum docket_end end;
    bool is_retryable, has_details; /* when it fails */
};

/* Somebody: what he is called, and his rights (gate.h). */
struct docket_who {
    uint32_t name, rights;
};

struct docket_request {
    uint32_t id, stream;
    uint32_t op; /* GATE_OPS: there is none */
    uint32_t token;
    bool is_fit;
    struct docket_part part;
    /* What became of it. */
    struct docket_who who;
    bool is_feed, is_running, is_asked;
    bool must_start;
    const char *must_stop; /* the rule that says so; NULL: it must not */
    bool is_given_up;      /* by the peer, one way or another */
    uint32_t given;        /* items */
    uint64_t due_ns;
};

enum docket_saying {
    DOCKET_ITEM,
    DOCKET_ANSWER,
    DOCKET_COMPLETED,
    DOCKET_ERROR
};

/* What comes back. */
struct docket_word {
    uint32_t request; /* its place among all */
    enum docket_saying saying;
    uint32_t item;    /* its place among those of the request */
    const char *code; /* of an error */
    bool is_retryable;
    const char *details; /* NULL: none */
    bool is_past;        /* it came, or nobody is there to hear it */
};

/* What the peer has said, up to that byte of its stream. */
struct docket_frame {
    enum { DOCKET_REQUEST, DOCKET_ABORT, DOCKET_NOISE } kind;
    uint32_t stream, which; /* request, or id */
    uint64_t end;
    bool is_past;
};

struct docket_stream {
    uint32_t running;
    bool has_heard;  /* a frame arrived */
    bool is_stopped; /* it wants to hear nothing more */
    bool is_free;    /* its credit has to be given back by now */
};

struct docket {
    const struct gate_op *ops; /* borrowed */
    bool is_open;              /* the peer sees everything */
    uint32_t peer;             /* who has the connection; GATE_NOBODY */
    bool is_reloaded;          /* the node knows other people since (stock.h) */
    uint64_t timeout_ns, now_ns;
    struct docket_stream streams[DOCKET_STREAMS];
    struct docket_request requests[DOCKET_REQUESTS];
    struct docket_frame frames[DOCKET_FRAMES];
    struct docket_word words[DOCKET_WORDS];
    uint32_t request_count, frame_count, word_count;
    uint32_t frame_first, word_first; /* all before these are past */
    uint32_t running;
    bool has_ended[DOCKET_IDS];    /* a request of that id was taken on, and
                                      is over */
    bool is_overtaken[DOCKET_IDS]; /* it was aborted before it came */
};

/* A connection of `peer`, on which nothing was said yet, at time 0. */
void docket_begin(struct docket *d, const struct gate_op *ops, bool is_open,
                  uint32_t peer, uint64_t timeout_ns);

/* ------------------------------------------------------------- what is done */

/* The peer says a request, of which the first six members count, or something
 * else, that ends at that byte of the stream. False: there is no room. */
bool docket_say_request(struct docket *d, const struct docket_request *r,
                        uint64_t end);
bool docket_say(struct docket *d, const struct docket_frame *frame);

/* So many bytes of that stream have arrived, all in all. */
void docket_arrive(struct docket *d, uint32_t stream, uint64_t bytes);

/* The peer resets its half; it stops ours, which it does, too, when the stream
 * is lost. [SM-21] Its FIN changes nothing. */
void docket_reset(struct docket *d, uint32_t stream);
void docket_stop(struct docket *d, uint32_t stream);

/* It is so late. The whole connection is lost. */
void docket_wait(struct docket *d, uint64_t now_ns);
void docket_lose(struct docket *d);

/* When a request will next be late. */
uint64_t docket_due(const struct docket *d);

/* A running handler goes on with its part. What it does: */
enum docket_deed { DOCKET_NOTHING, DOCKET_GIVES, DOCKET_COMES_TO_ITS_END };
enum docket_deed docket_go_on(struct docket *d, struct docket_request *r);

/* ------------------------------------------------------------- what is seen */

/* A handler was started, stopped, or asked for an item. */
void docket_started(struct docket *d, struct docket_request *r);
void docket_stopped(struct docket *d, struct docket_request *r);
void docket_asked(struct docket *d, struct docket_request *r,
                  bool is_stream_full);

/* What comes back on that stream under that id: the word that has to come, of
 * which the words' own texts are left to be compared. */
const struct docket_word *docket_hear(struct docket *d, uint32_t stream,
                                      uint32_t id, const struct event *e);

/* All that had to happen at once has happened. */
void docket_check_prompt(const struct docket *d);

/* And all that there was room for on that stream was said and asked for. */
void docket_check_calm(const struct docket *d, uint32_t stream);

#endif

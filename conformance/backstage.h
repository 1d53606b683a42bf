/* SPDX-License-Identifier: MIT */
/*
 * What is behind a scene: for the parts of the engine (scene, stage, conn,
 * stream, ask, verify and the two transports), not for cases.
 *
 * Inside callbacks nothing jumps: whatever is seen to be wrong there is kept
 * with scene_blame() and raised by the next wait.
 */
#ifndef CONFORMANCE_BACKSTAGE_H
#define CONFORMANCE_BACKSTAGE_H

#include <setjmp.h>

#include "conformance/instance.h"
#include "conformance/keys.h"
#include "conformance/raw.h"
#include "conformance/testee.h"
#include "netsim/relay.h"
#include "reports/verdict.h"

#define BACKSTAGE_CHOICES_MAX 8

struct ask_outcome;
struct ask_request;
struct network;
struct conn_how;
struct post;

/* Where nobody reports who entered a handler, conf/count can still be asked how
 * often a key that nobody else uses was counted. */
struct counting {
    const char *key; /* this scene's own; NULL until needed */
    unsigned asked;  /* how often we have asked */
    bool is_blind;   /* a request by hand counts another key */
};

/* What became of an instance. Texts live in the scene's arena. */
struct outcome {
    enum verdict verdict; /* PASS until something says otherwise */
    const char *expected; /* NULL when it passed */
    const char *observed; /* NULL when it passed */
    const char *reserve;  /* what a pass leaves out, or NULL */
    const char *code;     /* the error code seen last, for the signature */
    unsigned step;        /* the last step begun */
    struct {
        const char *name;  /* the question */
        const char *taken; /* the answer */
    } choices[BACKSTAGE_CHOICES_MAX];
    size_t choices_count;           /* how many */
    uint64_t virtual_ns;            /* how far virtual time went */
    struct relay_counts traffic;    /* L2, in a weather that was named */
    char hash[TRANSCRIPT_HASH_LEN]; /* of the conversation; "" at L2 */
};

/* A secret: its bytes must not be seen. */
struct secret {
    const char *label;   /* a slug */
    struct slice text;   /* what must not occur */
    struct secret *next; /* or NULL */
};

/* A member of a list of JSON texts that is sent in one piece. */
struct stage_line {
    const char *name;        /* of the operation; NULL: of a book */
    const char *json;        /* the verb's members, or the list's item */
    struct stage_line *next; /* or NULL */
};

struct stage {
    struct stage_line *peers;      /* in their order */
    struct stage_line *api_keys;   /* likewise */
    struct stage_line *operations; /* likewise */
    uint64_t unix_s;               /* 0: not said */
    bool has_ownership;            /* the testee keeps who owns what */
    uint64_t call_ms;              /* 0: not said */
    uint64_t serve_ms;             /* 0: not said */
    bool is_certified;             /* the testee gets a certificate */
    bool is_sent;                  /* too late for more */
};

struct conn {
    struct scene *scene;       /* borrowed */
    const char *name;          /* in verbs and events; NULL until known */
    unsigned dial;             /* DIAL_US or DIAL_THEM */
    enum stage_key key;        /* who we are */
    const struct json *opened; /* the event `conn_open`, or NULL */
    const struct json *closed; /* the event `closed`, or NULL */
    struct stream *streams;    /* the oldest first */
    struct stream *newest;     /* the last of them, or NULL */
    struct stream *live;       /* all before it are over; NULL: all are */
    size_t opened_count;       /* of these, by the testee */
    int64_t opened_highest;    /* their highest number; -1: none */
    int64_t next_stream;       /* L1: the next number of ours */
    struct quic *quic;         /* L2: the connection, or NULL */
    struct post *post;         /* L2: whose it is, or NULL */
    const char *end;           /* L2: how it ended on our side, or "" */
    const char *shown;         /* L2: the key they showed, or NULL */
    bool is_up;                /* L2: our side is open */
    struct conn *next;         /* the one opened after it, or NULL */
};

struct stream {
    struct conn *conn;           /* borrowed */
    int64_t number;              /* QUIC's */
    bool is_ours;                /* we opened it */
    bool is_accepted;            /* theirs: handed out already */
    struct raw_reader reader;    /* owned: what they send */
    struct stream_frame *frames; /* all that came, the oldest first */
    struct stream_frame *last;   /* or NULL */
    bool has_fin;                /* theirs */
    bool was_reset;              /* theirs */
    bool was_stopped;            /* by them */
    uint64_t consumed;           /* L1: granted again */
    uint64_t sent;               /* L1: by us */
    uint64_t written;            /* by them */
    uint64_t window;             /* L1: what they may still write */
    size_t untaken;              /* L2: what came while it was held */
    bool is_governed;            /* L1: their window is ours to give */
    bool is_held;                /* we take no more */
    struct buf unsent;           /* owned; L2: what QUIC had no room for */
    bool fin_waits;              /* L2: FIN goes behind it */
    struct stream *next;         /* or NULL */
};

struct event {
    const struct json *tree; /* with `ev` */
    struct event *next;      /* the one after it, or NULL */
    struct event *alike;     /* the next one of that bucket, or NULL */
};

/* Events by their `id`, so that a case may make calls by the thousand. */
#define BACKSTAGE_BUCKETS 1024
struct event_bucket {
    struct event *first; /* the oldest, or NULL */
    struct event *last;  /* or NULL */
};

/* How long anything is waited for at most, in real time; only failing cases
 * wait for it. */
#define BACKSTAGE_PATIENCE_NS 5000000000ull
#define BACKSTAGE_PATIENCE_NET_NS 30000000000ull /* in weather */
#define BACKSTAGE_FLOW_MIN (64u * 1024) /* of bytes: something comes of it */
#define BACKSTAGE_PATIENCES 24u         /* and so often it is worth it */

/* The window of a stream, in either direction: what may be under way and not
 * taken. At L2 QUIC has windows of its own. */
#define BACKSTAGE_WINDOW (1024u * 1024)

/* A seam: the two transports. `wait` does what there is to be done, waiting
 * at most until `deadline_ns`, and is false when no more can come (without
 * time or input). */
struct transport {
    void (*open)(struct conn *c, const struct conn_how *how);
    void (*open_stream)(struct stream *st);
    void (*send)(struct stream *st, struct slice bytes, bool fin);
    void (*reset)(struct stream *st, uint64_t code);
    void (*stop)(struct stream *st, uint64_t code);
    void (*govern)(struct stream *st); /* it is held, or is no longer */
    void (*drop)(struct conn *c);
    bool (*wait)(struct scene *s, uint64_t deadline_ns);
    void (*settle)(struct scene *s);
    void (*before)(struct scene *s, const char *op); /* a verb is sent; NULL:
                                                        nothing to be done */
    void (*end)(struct scene *s);
};

extern const struct transport virtual_transport;
extern const struct transport network_transport;

struct scene {
    struct arena arena;                /* owned */
    const struct instance *instance;   /* borrowed: what is run */
    struct testee *testee;             /* borrowed */
    uint64_t seed;                     /* of the run */
    const struct transport *transport; /* how bytes go; NULL at L0 */
    struct network *network;           /* L2: owned through end() */
    const struct testee_verb *reset;   /* with which it begins; NULL: not yet */
    struct stage stage;                /* what is to be said before */
    struct secret *secrets;            /* all of them */
    struct conn *conns;                /* the oldest first */
    struct event *events;              /* the oldest first */
    struct event *events_end;          /* or NULL */
    struct event_bucket by_id[BACKSTAGE_BUCKETS]; /* those with an `id` */
    struct transcript transcript;                 /* of the conversation */
    uint64_t patience_ns;       /* L2: for anything, in real time */
    uint64_t flowed;            /* L2: bytes of streams, both ways */
    uint64_t now_ns;            /* L1: virtual time */
    uint64_t next_ns;           /* L1: when the testee would act */
    unsigned ids;               /* ids of ours made so far */
    unsigned calls;             /* calls of theirs begun so far */
    unsigned governed;          /* L1: streams whose window we give */
    unsigned proofs;            /* checks that held, life aside */
    bool has_missed;            /* looked for a frame and saw none */
    struct counting counting;   /* conf/count as a witness */
    struct outcome outcome;     /* so far */
    const char *blame;          /* seen in a callback; NULL: nothing */
    enum verdict blame_verdict; /* what it comes to */
    bool is_over;               /* the body has ended */
    jmp_buf out;                /* to the end of the body */
};

/* Ends the body. */
_Noreturn void scene_stop(struct scene *s, enum verdict verdict,
                          const char *expected, const char *observed);

/* Keeps the first thing that is wrong, for the next wait. */
void scene_blame(struct scene *s, enum verdict verdict, const char *what);

/* Takes note of an event of the testee's. */
void scene_keep_event(struct scene *s, const struct json *event);

/* Ends the body as not applicable when the testee lacks that. */
void scene_needs(struct scene *s, const char *what);
bool scene_lacks(const struct scene *s, const char *what);

/* Begins a step. */
void scene_step(struct scene *s);

/* Waits until the predicate holds. False when it never will. */
typedef bool scene_holds(void *what);
bool scene_await(struct scene *s, scene_holds *holds, void *what);

/* Sends a verb without waiting; its refusal ends the case later. */
struct testee_verb *scene_send(struct scene *s, const char *op,
                               const char *members);

/* Waits for its answer. */
void scene_wait_verb(struct scene *s, struct testee_verb *verb);

/* A check that holds is a proof; one that does not ends the body. */
void scene_require(struct scene *s, bool holds, const char *expected,
                   const char *observed);

/* Takes everything that is due, and ends the body if anything is wrong. */
void scene_check(struct scene *s);

/* How often this scene's key was counted before this question, by conf/count's
 * word. False when nobody can know. */
bool ask_counted(struct scene *s, uint64_t *ret_count);

/* A request for what does not exist, so that nobody's witness counts it, and
 * its answer: what was sent before the answer has then arrived as well. Nothing
 * is judged; false when none came. */
bool ask_round_trip(struct conn *c);

/* The next frame with that id of ours, waited for; taken. Fails the case when
 * there is none: `wanted` is what should have come, as a noun. */
const struct stream_frame *ask_next(struct conn *c, const char *id,
                                    const char *wanted);

/* A frame's type; and what a call.error says, which fails the case when a
 * member is missing. */
bool ask_is(const struct stream_frame *f, const char *type);
const struct ask_outcome *ask_read_error(struct scene *s,
                                         const struct stream_frame *f);

/* The testee begins: the verb is `call` or `subscribe`. Our word for it. */
const char *ask_say(struct conn *c, const char *verb, const char *operation,
                    const char *input, const char *more);

/* Waits for the answer to a request of ours, or a request of theirs: true when
 * only the latter has come. */
bool ask_is_called_before(struct conn *c, const char *id);

/* The last frame of an answer of ours, and FIN. */
void ask_finish(const struct ask_request *r, const char *type,
                const char *payload);

/* The event `result`, `error` or `end` of a call, waited for; and what the
 * first two say. */
const struct json *ask_wait_end(struct scene *s, const char *call,
                                const char *wanted);
const struct ask_outcome *ask_read_end(struct scene *s, const struct json *end);

/* Ends the body where the testee has no such thing (as scene_needs), or where
 * the stage has been sent already. */
void stage_must_be_open(struct scene *s, const char *what);

/* Adds a line behind the others. */
void stage_add(struct scene *s, struct stage_line **list, const char *name,
               const char *json);

/* Sends what the stage has, once. */
void stage_send(struct scene *s);

/* A connection or stream that exists, or NULL. */
struct conn *conn_find(struct scene *s, struct slice name);
struct stream *stream_find(struct conn *c, int64_t number);
void conn_on_event(struct scene *s, const struct json *event);

/* The first stream that is not over: the testee has not ended it, or something
 * on it was not taken; or NULL. */
struct stream *stream_first_live(struct conn *c);

/* What came from the testee on a stream; makes the stream when it is new. */
void stream_on_data(struct conn *c, int64_t number, struct slice bytes,
                    bool fin);
void stream_on_reset(struct conn *c, int64_t number);
void stream_on_stop(struct conn *c, int64_t number);
void stream_on_open(struct conn *c, int64_t number);
void stream_on_hex(struct conn *c, int64_t number, struct slice hex, bool fin);
void stream_on_consumed(struct conn *c, int64_t number,
                        const struct json *event);

#endif

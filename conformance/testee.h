/* SPDX-License-Identifier: MIT */
/*
 * The testee contract, seen from the judge's side: verbs are written as soon as
 * they are known, answers come back in order, events in between. What a verb
 * means is its sender's affair.
 *
 * The first breach of the contract is final for this process: `trouble` says
 * which, `why` in words, and every later function does nothing.
 */
#ifndef CONFORMANCE_TESTEE_H
#define CONFORMANCE_TESTEE_H

#include "conformance/case.h"
#include "conformance/driver.h"
#include "conformance/json.h"
#include "conformance/transcript.h"

#define TESTEE_CONTRACT 1

enum testee_trouble {
    TESTEE_WELL,
    TESTEE_DIED,    /* it is gone, or closed its output */
    TESTEE_HUNG,    /* no answer within the time */
    TESTEE_GARBLED, /* a line that is none of the contract */
};

enum testee_got {
    TESTEE_WAITING,
    TESTEE_OK,
    TESTEE_FAIL,
    TESTEE_UNSUPPORTED,
};

/* A verb on its way, in the arena of the present scene. */
struct testee_verb {
    const char *op;            /* which */
    uint64_t seq;              /* its number */
    bool may_fail;             /* its sender looks at `got` himself */
    enum testee_got got;       /* what the answer was */
    const struct json *answer; /* the whole of it, or NULL */
    struct slice line;         /* as it was written */
    struct testee_verb *next;  /* the one after, or NULL */
};

/* What it said of itself. */
struct testee_hello {
    struct slice line;           /* how we asked */
    const struct json *answer;   /* all of it */
    struct slice name;           /* of the implementation */
    struct slice version;        /* likewise */
    struct slice language;       /* likewise */
    unsigned levels;             /* LVL_… */
    unsigned profiles;           /* PROFILE_… */
    const struct json *promises; /* `capabilities`: a list of texts */
    bool has_random_ids;         /* `choices.ids` is "random" */
    uint64_t frame_max;          /* `limits.max_frame`; 0: not said */
    /* What only our own stand-in for a node says (stand_in.h): */
    const struct json *lacks;      /* what cannot be asked, and why */
    const struct json *operations; /* our names: its own; NULL: all are ours */
    struct slice fingerprint;      /* its own, not ours to configure */
    struct slice key;              /* ours: its secret in hex; empty: none */
    struct slice token;            /* for each request; empty: none */
};

/* A seam: whoever acts while verbs are answered. Called for events and answers
 * in the order in which they came; must not send verbs. */
struct testee_audience {
    void (*answered)(void *self, struct testee_verb *verb);
    void (*happened)(void *self, const struct json *event);
    void *self; /* the audience's own; may be NULL with both functions */
};

struct testee {
    struct driver *driver;           /* owned; NULL before and after */
    bool was_started;                /* there was such a program */
    enum testee_trouble trouble;     /* the first breach */
    const char *why;                 /* in words; NULL while well */
    unsigned lvl;                    /* the one it was told to serve */
    bool is_stand_in;                /* ours, before a node as it is */
    struct testee_hello hello;       /* good since testee_start() */
    struct arena lasting;            /* owned: what lives as long as it */
    struct arena *arena;             /* borrowed: the present scene's */
    struct transcript *transcript;   /* borrowed; NULL: nobody listens */
    struct testee_audience audience; /* the present scene's */
    struct testee_verb *queue;       /* sent and not answered, in order */
    struct testee_verb *queue_end;   /* the last of them */
    uint64_t seq;                    /* of the last verb */
    uint64_t since_ns;               /* when the first of them began to wait */
    uint64_t patience_ns;            /* how long a verb may take */
    uint64_t at_ns;                  /* the scene's time, for the transcript */
};

/* Starts a testee at that level, greets it, and keeps what it said. On
 * failure, `*ret_failure` says why and there is nothing to give back; `trouble`
 * and `was_started` are good all the same. */
bool testee_start(struct testee *t, const struct driver_program *program,
                  unsigned lvl, uint64_t seed, uint64_t patience_ns,
                  struct failure *ret_failure);

/* Asks it to quit and, if it does not, ends it. False when it did not quit with
 * status 0. */
bool testee_end(struct testee *t);

/* Ends it at once. */
void testee_kill(struct testee *t);

/* What follows belongs to this scene: its arena, its transcript (or NULL), and
 * whom to tell. The queue must be empty. */
void testee_attend(struct testee *t, struct arena *arena,
                   struct transcript *transcript,
                   const struct testee_audience *audience);

/* Sends a verb: `members` is JSON members without braces, or empty. */
struct testee_verb *testee_send(struct testee *t, const char *op,
                                struct slice members);

/* Sends a line as it is, newline included; it must live until it is answered,
 * with this `seq` (0: null, as to a line that is no verb). `what` names it in
 * complaints. */
struct testee_verb *testee_send_line(struct testee *t, const char *what,
                                     uint64_t seq, struct slice line);

/* Takes all lines that have come, without waiting. False when there was none
 * and nothing is wrong. */
bool testee_take(struct testee *t);

/* Waits until all verbs are answered, or trouble. */
void testee_drain(struct testee *t);

/* When a verb will have waited too long; NEVER when none waits. */
uint64_t testee_deadline(const struct testee *t);

/* Notices that the deadline has passed. */
void testee_check_time(struct testee *t);

/* True when it declared the capability. */
bool testee_can(const struct testee *t, struct slice capability);

/* Why something of the contract cannot be had from it (a capability, a verb,
 * `witness`, `peers`, `operations`), or empty: an ordinary testee lacks nothing
 * but the capabilities that it does not declare. Lives as long as it. */
struct slice testee_lacks(const struct testee *t, struct slice what);

/* The reason in a `fail`, or what else the answer says. */
struct slice testee_reason(const struct testee_verb *verb);

/* "; its last words: …", the last line of a standard error, which mostly says
 * why; or empty. In the arena. */
const char *testee_last_words(struct arena *arena, struct slice words);

#endif

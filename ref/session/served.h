/* SPDX-License-Identifier: MIT */
/*
 * One call that this node serves: a peer's, or one that a handler composed.
 * What its handler was told, how long it may take, whose descendant it is, and
 * where what its handler says goes. The handler knows it only by a serial
 * number, which is never used again.
 *
 * It ends once, with all its descendants that have to end with it: by its
 * handler's answer, by an abort, by its deadline. Then it is out of every list
 * and table at once, and its memory is given back by the next sweep.
 */
#ifndef REF_SESSION_SERVED_H
#define REF_SESSION_SERVED_H

#include "ref/base/digest.h"
#include "ref/rules/context.h"
#include "ref/session/commons.h"
#include "ref/state/calltree.h"
#include "ref/state/pending.h"

struct served;
struct serving;
struct stream;

/* Where a call came from, and what goes back there. A seam: serving.c has one
 * for calls from the wire, composing.c one for composed ones. */
struct served_outlet {
    /* One item of a streaming handler. */
    void (*item)(struct served *call, struct slice output);
    /* It is over: out of the lists of whoever made it. */
    void (*leave)(struct served *call);
    /* Its last word, after that; NULL: it was aborted, and none is owed. */
    void (*end)(struct served *call, const struct handler_answer *answer);
};

struct served {
    struct calltree tree;                 /* first: it is found by it */
    struct commons *commons;              /* borrowed */
    const struct served_outlet *outlet;   /* static */
    uint64_t serial;                      /* what the handler knows it by */
    struct context context;               /* its texts, identities and secrets
                                             are owned; the rest is its
                                             operation's and the node's */
    const struct registration *operation; /* held, once it may run */
    struct reminder limit;                /* its deadline */
    bool is_asked;                        /* a pull() waits for its item */
    struct served *previous;              /* made earlier, in its list */
    struct served *next;                  /* made later */
    struct serving *serving;              /* from the wire: served here … */
    struct stream *stream;                /* … and answered there */
    size_t kept; /* … bytes of what it is known by, while it runs */
    uint8_t id_key[DIGEST_LEN];   /* what its id is found by */
    struct served *namesake;      /* another one of the same id … */
    struct served *namesake_of;   /* … and for whom this is that */
    struct pending_waiter waiter; /* composed: who is answered */
    struct buf input;             /* composed: until it is started */
};

/* A call that has not passed its checks yet, with copies of all that `context`
 * points at, and of the claim (a JSON text, or data NULL). It has a serial and
 * may be ended; the caller puts it into a list of its own. */
struct served *served_new(struct commons *commons,
                          const struct context *context, struct slice claim,
                          const struct served_outlet *outlet);

/* Every check was passed: this is what it runs, from now on [LY-5]. */
void served_choose(struct served *call, const struct registration *operation);

/* Its deadline runs, the operation's capabilities are handed over, and its
 * handler is started [CK-3]. */
void served_start(struct served *call, struct slice input);

/* Does it run, and give items? */
bool served_is_stream(const struct served *call);

/* What the handler of the call with that serial says. Nothing happens when
 * there is no such call any more. */
void served_take(struct commons *commons, uint64_t serial,
                 const struct handler_answer *answer);

/* The call with that serial, or NULL. Borrowed until a sweep. */
struct served *served_find(const struct commons *commons, uint64_t serial);

/* It ends now, with that error, or without a word; its handler is told. */
void served_fail(struct served *call, const struct call_error *error);
void served_abort(struct served *call);

/* Frees what is over. Not to be called from inside a handler. */
void served_sweep(struct commons *commons);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One question that a node is asked, which a peer of its may be to answer: what
 * that peer has to be asked, what whoever asked has to hear, and whether they
 * are and do. It ends once, by whatever is due then.
 */
#ifndef FUZZ_PEERS_ERRAND_H
#define FUZZ_PEERS_ERRAND_H

#include "fuzz/peers/port.h"

#define ERRAND_TEXT_MAX 128

/* What the caller has to hear as the end. */
enum errand_due {
    ERRAND_NOTHING, /* yet */
    ERRAND_OUTPUT,  /* this output, */
    ERRAND_LIST,    /* one that ends so, */
    ERRAND_COMPLETED,
    ERRAND_ERROR, /* this error, to the letter, */
    ERRAND_CODE,  /* one of that code, */
    ERRAND_SILENCE
};

struct errand {
    uint32_t number;
    char id[4]; /* "q07" */
    bool is_feed, is_composed;
    bool is_waiting;  /* a peer is to answer, … */
    uint32_t place;   /* … over this connection, … */
    const char *name; /* … by that name of its, … */
    uint32_t who;     /* … for that one */
    char input[ERRAND_TEXT_MAX];
    uint64_t until_ns;            /* when the node waits no more */
    struct port_stream *stream;   /* the caller's */
    struct port_stream *there;    /* where the peer was asked; NULL: it was not,
                                     or is gone … */
    uint32_t which;               /* … and its number among requests there */
    bool is_answered;             /* it has said its last word */
    uint32_t given, heard;        /* items: by the peer, by the caller */
    bool may_lose;                /* items that had no room */
    char answer[ERRAND_TEXT_MAX]; /* the peer's */
    enum errand_due due;
    const char *rule, *text; /* by which rule, and what; borrowed */
    bool is_told;
    bool is_abort_due, may_abort, is_aborted; /* to the peer */
};

/* Has its peer said an end that the node does not read, since its caller has no
 * room for items before it? */
bool errand_is_unread(const struct errand *q);

/* That is due now; no peer is waited for any more. */
void errand_end(struct errand *q, enum errand_due due, const char *rule,
                const char *text);

/* [PM-10] Its peer is lost, with all that the node has not handed on yet. */
void errand_lose(struct errand *q, const char *rule);

/* The same as errand_end(), and [AB-10, FW-8] its peer, if there is one, has to
 * hear that. */
void errand_drop(struct errand *q, enum errand_due due, const char *rule,
                 const char *text);

/* Item or answer of that number. Static, until it is asked for again. */
const char *errand_item(const struct errand *q, uint32_t item);

/* Its peer says something over that port, whatever became of it meanwhile: an
 * item or the answer, an end, an error, that it gives up, or nothing any more;
 * which, and how, is in a number. */
void errand_answer(struct errand *q, struct port *p, uint32_t how);

/* Its peer is asked so: is it what was to be asked? */
void errand_asked(const struct errand *q, const struct event *e);

/* Its peer is told to stop: should it? */
void errand_aborted(struct errand *q);

/* Its caller is told that: is it due? */
void errand_told(struct errand *q, const struct event *e);

/* When everything is done that can be: has everybody heard what he has to? A
 * caller without room has not. */
void errand_check(const struct errand *q, bool has_room);

#endif

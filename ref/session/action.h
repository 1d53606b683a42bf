/* SPDX-License-Identifier: MIT */
/*
 * What a connection asks its transport to do next. Actions are polled, never
 * called back, so whoever drives a connection — QUIC, the simulator, a test,
 * the lines of the test contract — drives it with the same few verbs.
 */
#ifndef REF_SESSION_ACTION_H
#define REF_SESSION_ACTION_H

#include "ref/base/slice.h"

enum action_kind {
    ACTION_OPEN,     /* open a stream and say so: connection_opened() */
    ACTION_WRITE,    /* send bytes, FIN behind the last if asked, and say how
                        much was taken: connection_wrote() */
    ACTION_RESET,    /* end our half at once with `code` */
    ACTION_STOP,     /* ask the peer to send no more there, with `code` */
    ACTION_CONSUMED, /* `count` bytes of that stream were taken in */
    ACTION_CREDIT,   /* the peer may open `count` more streams */
    ACTION_CLOSE     /* close the connection with `code`; the last one */
};

struct action {
    enum action_kind kind;
    int64_t stream;     /* all but OPEN, CREDIT, CLOSE */
    struct slice bytes; /* WRITE: borrowed until connection_wrote() */
    bool fin;           /* WRITE: nothing comes behind these bytes */
    uint64_t code;      /* RESET, STOP, CLOSE: always 0 [SM-26] */
    uint64_t count;     /* CONSUMED: bytes; CREDIT: streams */
};

#endif

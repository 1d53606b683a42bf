/* SPDX-License-Identifier: MIT */
/*
 * What a frame's body says, as the judge's own JSON reader has it: it shares
 * nothing with the reader of the reference. (And no name: that is why nobody
 * else includes it beside the reference's.)
 */
#ifndef FUZZ_PEERS_EVENT_H
#define FUZZ_PEERS_EVENT_H

#include "conformance/arena.h"

struct event {
    const char *why;        /* why it is no envelope; NULL: it is one */
    struct slice type, id;  /* decoded */
    bool is_empty;          /* the payload is an object without members */
    struct slice operation; /* of a request; data NULL: there is none */
    struct slice input;     /* of a request, a JSON text, likewise */
    struct slice claim;     /* for whom it is asked, likewise */
    struct slice token;     /* by whom, decoded, likewise */
    struct slice code;      /* of an error, likewise */
    struct slice details;   /* of an error, a JSON text, likewise */
    bool has_retryable;   /* an error says whether it may be tried again … */
    bool is_retryable;    /* … and it may */
    struct slice output;  /* of an answer, a JSON text, likewise */
    struct slice payload; /* all of it, as it stands there */
    size_t members;       /* of it */
};

/* All of it is borrowed from the body and the arena. */
struct event event_read(struct arena *arena, struct slice body);

/* Is it of that type, without the "call."? */
bool event_is(const struct event *e, const char *type);

#endif

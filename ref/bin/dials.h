/* SPDX-License-Identifier: MIT */
/*
 * The peers that a listener dials itself (--dial ADDR=FP), from the socket it
 * listens on, for as long as it is there. What they may see of its operations
 * is default-deny [LG-1].
 */
#ifndef REF_BIN_DIALS_H
#define REF_BIN_DIALS_H

#include "ref/bin/options.h"
#include "ref/bin/standing.h"
#include "ref/bin/station.h"

/* One of them. */
struct dials_peer {
    struct target target;     /* whom; its address is owned */
    struct standing standing; /* whether it is there */
    struct station *station;  /* borrowed */
};

struct dials {
    const char *texts[OPTIONS_MANY_MAX]; /* option; the first NULL ends them */
    struct dials_peer peers[OPTIONS_MANY_MAX];
    size_t count; /* of peers */
    bool is_over; /* we were told to end */
};

/* Reads the texts. False with a sentence. What is in `d` is the caller's either
 * way. */
bool dials_read(struct dials *d, struct failure *ret_failure);

/* Dials all of them; they are dialled again until the end, after which the
 * station may be closed. */
void dials_begin(struct dials *d, struct loop *loop, struct station *station);
void dials_end(struct dials *d);

/* The watcher was told of a link that was dialled. */
void dials_opened(const struct adapter_link *link);
void dials_closed(struct dials *d, const struct adapter_link *link,
                  const struct adapter_end *end);

/* Gives back what was read. No connection may be left. */
void dials_clear(struct dials *d);

#endif

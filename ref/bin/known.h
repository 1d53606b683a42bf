/* SPDX-License-Identifier: MIT */
/*
 * Whom a program knows: what its --peers file says, from the beginning and
 * again whenever the file has changed or SIGHUP comes. A file that is good
 * decides about whoever is asked about from then on, as a whole; one that is
 * not is complained of, and who was known before still is. Who is connected
 * stays who he was [IP-7].
 *
 * API keys expire by the world's clock, and that is set now and then: so the
 * node is told of it, too.
 */
#ifndef REF_BIN_KNOWN_H
#define REF_BIN_KNOWN_H

#include "ref/host/changes.h"
#include "ref/host/signals.h"
#include "ref/session/node.h"

/* With the word that --peers gave, the rest zeroed. It does not move. */
struct known {
    const char *path;          /* borrowed, or NULL: nobody is known */
    struct auth_policy policy; /* owned: whom the node asks */
    struct changes *changes;   /* owned, or NULL */
    struct loop_timer *clock;  /* owned, or NULL: when the node is told */
    struct node *node;         /* borrowed */
};

/* Reads the file for the first time. False with a sentence. What is in `k` is
 * the caller's either way. */
bool known_read(struct known *k, struct loop *loop,
                struct failure *ret_failure);

/* From now on it is read again; the node asks our policy. Without a file
 * nothing changes, nor what SIGHUP does. */
void known_follow(struct known *k, struct node *node, struct signals *signals);

/* Gives everything back; no node asks any more. */
void known_clear(struct known *k);

#endif

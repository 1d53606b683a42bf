/* SPDX-License-Identifier: MIT */
/*
 * Whether a file has become another one: replaced, written, removed or put
 * there. It is looked at once a second, and somebody is told when it has stayed
 * the same for a second again, so that nobody reads what is half written.
 */
#ifndef REF_HOST_CHANGES_H
#define REF_HOST_CHANGES_H

#include "ref/host/loop.h"

struct changes;

/* Calls `run(self)` from the loop after each change, compared with how the file
 * is now; who reads it afterwards misses nothing. The path is borrowed. Never
 * NULL. */
struct changes *changes_watch(struct loop *l, const char *path, loop_fn *run,
                              void *self);

/* Nobody needs to be told of what it is now: it is about to be read. */
void changes_seen(struct changes *c);

void changes_unwatch(struct changes *c); /* NULL is fine */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * SIGINT, SIGTERM and SIGHUP as something that a loop meets between two turns,
 * so that peers are told good-bye and no child is forgotten. A reader of our
 * output who went away is no reason to die either: SIGPIPE is ignored.
 */
#ifndef REF_HOST_SIGNALS_H
#define REF_HOST_SIGNALS_H

#include "ref/host/loop.h"

struct signals;

/* From now on either of them stops the loop. Never NULL. */
struct signals *signals_open(struct loop *l);

/* From now on SIGHUP calls `run(self)` instead, from the loop. */
void signals_on_hangup(struct signals *s, loop_fn *run, void *self);

/* Ends the watch; the signals stay blocked. NULL is fine. */
void signals_close(struct signals *s);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The one place that waits: file descriptors that became readable or have
 * room, deadlines that came. It knows neither QUIC nor nodes, only whom to
 * call.
 *
 * Time is entropy_now_ns()'s. Deadlines are kept a little lazily (a millisecond
 * or so): a callback may come late, never early.
 */
#ifndef REF_HOST_LOOP_H
#define REF_HOST_LOOP_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

struct loop;
struct loop_watch;
struct loop_timer;

typedef void loop_fn(void *self);

/* A loop that watches nothing. NULL and a sentence when the system refuses. */
struct loop *loop_new(struct failure *ret_failure);

/* Gives it back. Watches and timers must be gone. NULL is fine. */
void loop_free(struct loop *l);

/* Calls `run(self)` whenever `fd` is readable or at its end, until
 * loop_unwatch(). The descriptor stays the caller's. Never NULL. */
struct loop_watch *loop_watch(struct loop *l, int fd, loop_fn *run, void *self);

/* The same whenever there is room to write, or nobody left to write to. */
struct loop_watch *loop_watch_room(struct loop *l, int fd, loop_fn *run,
                                   void *self);
void loop_unwatch(struct loop_watch *w); /* NULL is fine */

/* A timer that is not set. Never NULL. */
struct loop_timer *loop_timer(struct loop *l, loop_fn *run, void *self);
void loop_timer_free(struct loop_timer *t); /* NULL is fine */

/* Sets the one deadline of the timer, NEVER for none; the last word counts.
 * What is due already is called from the loop, not from here. */
void loop_timer_set(struct loop_timer *t, uint64_t deadline_ns);

/* Runs until loop_stop() or until there is nothing to wait for. */
void loop_run(struct loop *l);

/* Waits for at least one thing to happen, does all that is to be done, and
 * returns. With `deadline_ns` it returns by then at the latest. */
void loop_run_once(struct loop *l, uint64_t deadline_ns);

/* Makes loop_run() return after the present callback. */
void loop_stop(struct loop *l);

#endif

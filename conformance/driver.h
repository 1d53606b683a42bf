/* SPDX-License-Identifier: MIT */
/*
 * The testee as a process: lines in, lines out, and its standard error on the
 * side. It does not know what a line means (testee.h does).
 *
 * The process leads a group of its own, so that whatever it started goes when
 * it goes. Writing never blocks on a testee that is itself blocked on writing:
 * while there is something to be written, we also read.
 */
#ifndef CONFORMANCE_DRIVER_H
#define CONFORMANCE_DRIVER_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

/* One line of the contract, its newline included. */
#define DRIVER_LINE_MAX (4u * 1024 * 1024)

/* What is kept of its standard error: the end of it. */
#define DRIVER_STDERR_MAX (64u * 1024)

struct driver;

/* What the process is to be: a program (looked up as a shell would), or a part
 * that a copy of ourselves plays on the same three pipes. */
struct driver_program {
    char *const *argv;             /* its words; NULL: `play` */
    int (*play)(const void *self); /* plays it; the status of its end */
    const void *self;              /* the player's own; borrowed */
};

/* Starts it. NULL and a sentence when it cannot be started. Stopped with
 * driver_stop(). */
struct driver *driver_start(const struct driver_program *program,
                            struct failure *ret_failure);

/* Kills the whole group, collects the process and gives everything back. NULL
 * is fine. */
void driver_stop(struct driver *d);

/* Kills the groups of all testees of this process and nothing else. May be
 * called from a signal handler. */
void driver_kill_all(void);

/* Writes bytes, as many as it takes at once, the rest as it reads; waits for
 * a testee that does not read until `deadline_ns`. False when it never did or
 * has gone. */
bool driver_write(struct driver *d, struct slice bytes, uint64_t deadline_ns);

/* Waits until there is something to be read, or until `deadline_ns`. False
 * when nothing came until then. */
bool driver_wait(struct driver *d, uint64_t deadline_ns);

/* Reads what is there, without waiting. */
void driver_read(struct driver *d);

/* The next whole line, without its newline, borrowed until the next driver_
 * call. False when there is none yet. */
bool driver_line(struct driver *d, struct slice *ret_line);

/* True once a line has grown beyond DRIVER_LINE_MAX: nothing more is read. */
bool driver_is_flooded(const struct driver *d);

/* True once it has closed its standard output and all lines are taken. */
bool driver_is_gone(const struct driver *d);

/* Waits for the end of a process that has gone, a second at most, and says
 * how it was: "it was killed by signal 11". Static text. */
const char *driver_end(struct driver *d);

/* True when its end was an orderly one: exit status 0. */
bool driver_ended_well(const struct driver *d);

/* Closes its standard input: it should quit. */
void driver_hang_up(struct driver *d);

/* Its standard error, as far as kept; borrowed. And what to watch. */
struct slice driver_stderr(const struct driver *d);
int driver_fd(const struct driver *d);
int driver_stderr_fd(const struct driver *d);

#endif

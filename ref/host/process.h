/* SPDX-License-Identifier: MIT */
/*
 * A program that is started for one call: an argument vector, no shell, an
 * empty environment, bytes on standard input, bytes from standard output.
 *
 *     0  standard input: `input`, an anonymous file of memory
 *     1  standard output: what it answers
 *     2  standard error: our own
 *     3  `secrets`, another anonymous file of memory
 *
 * Nothing else of ours is open in it. It is the leader of a process group of
 * its own, and when it ends, for whatever reason, the rest of its group is
 * killed. What leaves the group on purpose (setsid) is out of our reach.
 *
 * What it says is kept until its end, or it is heard as it speaks: piece by
 * piece, each when it was asked for. In between nobody reads, so that a program
 * that says more than its pipe holds has to wait.
 */
#ifndef REF_HOST_PROCESS_H
#define REF_HOST_PROCESS_H

#include "ref/host/loop.h"

#define PROCESS_SECRETS_FD 3    /* where a program finds its secrets */
#define PROCESS_PIECE_MAX 16384 /* bytes in a piece of what it says */

struct process;

enum process_how {
    PROCESS_EXITED,   /* by itself: `status` */
    PROCESS_SIGNALED, /* somebody killed it: `status` is the signal */
    PROCESS_TOO_LATE, /* we did, at its deadline */
    PROCESS_TOO_LONG  /* we did: it said more than it may */
};

struct process_end {
    enum process_how how; /* what became of it */
    int status;           /* see there */
    struct slice output;  /* all that said() was not told; borrowed until
                             told() returns */
};

struct process_config {
    struct loop *loop;    /* borrowed */
    char *const *argv;    /* borrowed for the call; NULL-terminated; the first
                             is the absolute path of a program */
    struct slice input;   /* borrowed for the call */
    struct slice secrets; /* likewise */
    size_t output_max;    /* bytes it may say at once */
    uint64_t deadline_ns; /* when it is killed; NEVER: it is not */
    /* Told from the loop, once for each process_ask() while there is something
     * to be told: borrowed, at most PROCESS_PIECE_MAX. It may stop the process.
     * NULL: told() gets it all. */
    void (*said)(void *self, struct slice piece);
    /* Told once, from the loop, when it has ended and was reaped. The process
     * is freed when this returns. */
    void (*told)(void *self, const struct process_end *end);
    void *self; /* the listener's own */
};

/* Starts it. NULL with a sentence when the system refuses. */
struct process *process_start(const struct process_config *config,
                              struct failure *ret_failure);

/* Asks for a piece of what it says, once it is there. */
void process_ask(struct process *p);

/* Kills its group, waits for its end and forgets it; nobody is told. */
void process_stop(struct process *p);

/* Is that the absolute path of a file that we may run? */
bool process_can_run(const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way into a descriptor at whose other end somebody may sleep: a
 * pipe to a slow reader, a terminal that was stopped. Nothing here ever waits;
 * what was not taken yet is kept, and whoever writes is told when it is gone.
 *
 * Whoever shares the descriptor with us notices nothing: a pipe or a terminal
 * is opened once more, so that "do not wait" holds for us alone. Where that
 * cannot be done (a socket) it holds for all until outlet_close().
 */
#ifndef REF_HOST_OUTLET_H
#define REF_HOST_OUTLET_H

#include "ref/host/loop.h"

struct outlet;

/* Who is told, from the loop or from outlet_write(). A seam. */
struct outlet_watcher {
    /* All that outlet_write() could not write at once is written. */
    void (*drained)(void *self);
    /* Once: nothing can be written any more, for the reason `code`, an errno;
     * EPIPE: nobody is there to read it. SIGPIPE has to be ignored. */
    void (*broken)(void *self, int code);
    void *self; /* the watcher's own */
};

/* An empty outlet into `fd`, which stays the caller's. Never NULL. */
struct outlet *outlet_open(struct loop *l, int fd,
                           const struct outlet_watcher *watcher);

/* Writes what can be written and keeps a copy of the rest. True: it is all
 * written. False: there is a rest, and drained() or broken() will be told; or
 * it is broken, which was told already. The outlet must be empty. */
bool outlet_write(struct outlet *o, struct slice bytes);

/* Is nothing kept? What is broken keeps nothing. */
bool outlet_is_empty(const struct outlet *o);

/* Forgets what is kept and gives everything back. NULL is fine. */
void outlet_close(struct outlet *o);

#endif

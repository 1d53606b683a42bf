/* SPDX-License-Identifier: MIT */
/*
 * One request to a node somewhere, from finding it to hanging up: what `call`,
 * `subscribe`, `list`, `peers` and `schema` have in common. An error that the
 * node answered with goes to standard error as the JSON it came in, and so does
 * trouble with the way there, with its kind; the exit status tells the two
 * apart. Whoever interrupts it aborts the request.
 */
#ifndef REF_BIN_ASK_H
#define REF_BIN_ASK_H

#include "ref/bin/target.h"

struct ask {
    struct target target;   /* whom */
    const char *timeout;    /* option, or NULL */
    const char *items;      /* likewise: after how many to leave */
    struct slice operation; /* borrowed */
    struct slice input;     /* borrowed: JSON text */
    bool is_subscription;   /* items go to standard output, a line each */
    /* Else: prints what was answered. False: it is not what it should be. */
    bool (*print)(struct slice output);
};

/* A way to print: as it came, and a newline. */
bool ask_print_text(struct slice output);

/* Reads the words behind a command: ADDR, `more`, and those of a target. False
 * with a sentence. */
#define ASK_MORE_MAX 3
bool ask_read(struct ask *a, int argc, char **argv,
              const struct options_word *more, size_t count,
              struct failure *ret_failure);

/* Asks; the exit status of the program. */
int ask_run(struct ask *a, struct failure *f);

/* Gives back what was read. */
void ask_clear(struct ask *a);

#endif

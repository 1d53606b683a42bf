/* SPDX-License-Identifier: MIT */
/*
 * Who is judged: a program that is started, or a node that is running already
 * and for which a stand-in of ours speaks. From here on both are a program to
 * be started (driver.h).
 */
#ifndef CONFORMANCE_CANDIDATE_H
#define CONFORMANCE_CANDIDATE_H

#include <stdio.h>

#include "conformance/driver.h"
#include "conformance/options.h"

struct candidate {
    struct driver_program program; /* the testee's; borrows what is here */
    struct card card;              /* of a node, with --addr */
    const char *target;            /* the options that name it, for a shell */
    const char *command;           /* the same for people: a program's words */
};

/* Finds out what the options name (one of the two at least), and meets a node
 * once. 0; or the exit status
 * and a sentence. What was found borrows `arena` and `o`. */
int candidate_find(struct candidate *c, const struct options *o,
                   struct arena *arena, struct failure *ret_failure);

/* Tells people what a node has to be asked; of a program nothing. */
void candidate_introduce(const struct candidate *c, FILE *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What handlers see, held against what must be true (invariant.h): as whom and
 * for whom they are started, by when they have to be done, and what may stop
 * them. What askers see is the business of verdict.h.
 */
#ifndef NETSIM_OVERSIGHT_H
#define NETSIM_OVERSIGHT_H

#include "netsim/ask.h"
#include "netsim/job.h"
#include "ref/rules/context.h"

/* A handler was started. For whom is written down. */
void oversight_on_start(struct job *j, const struct context *context);

/* It is about to answer. */
void oversight_on_answer(const struct job *j);

/* Its call was stopped. */
void oversight_on_stop(const struct job *j);

/* It ended at this moment, and all that follows from it has happened. */
void oversight_on_over(const struct job *j);

/* The weather has been clear for so long that everybody knows what became of
 * whoever asked him. */
void oversight_on_settled(struct world *w);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What handlers do in a world: each call that is served is a job, which waits,
 * composes, calls back, gives items and ends, as the number that came with its
 * input draws it. What it was told when it was started is held against the
 * model here, and how it ended.
 */
#ifndef NETSIM_JOB_H
#define NETSIM_JOB_H

#include "netsim/world.h"

struct job {
    struct post *post; /* borrowed: which operation, where */
    struct ask *ask;   /* borrowed: what was asked */
    struct handler_call call;
    struct context_origin origin; /* to call back through */
    struct end *end;         /* borrowed: it came over it; NULL: composed */
    struct model_asker user; /* for whom all this is done */
    uint64_t act;
    uint64_t deadline_ns;
    struct reminder due; /* its next move */
    uint32_t number;     /* of all, from 1 */
    char id[40];         /* as which it came over that end; else "" */
    uint32_t children;   /* that it asked, and waits for */
    uint32_t items, items_max;
    bool is_composed;         /* by `ask->by`, on this node */
    bool is_stream, is_asked; /* for an item */
    bool has_begun;           /* it has waited long enough */
    bool is_endless;          /* unless the weather clears */
    uint32_t answered, stopped;
    struct job *next; /* earlier */
};

/* The handler of that operation. */
struct handler job_handler(struct post *post);

/* A question of its own was answered. */
void job_child_told(struct job *j);

/* Is it still running? */
static inline bool job_is_live(const struct job *j)
{
    return j->answered + j->stopped == 0;
}

/* The weather has cleared: all who wait without end come to one. */
void job_clear_weather(struct world *w);

/* Is anybody working? */
bool job_is_quiet(const struct world *w);

/* Every job has ended once. */
void job_check_end(struct world *w);

/* Gives the memory back. */
void job_clear(struct world *w);

#endif

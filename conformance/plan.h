/* SPDX-License-Identifier: MIT */
/*
 * What will be run, in which order: a pure function of the cases, the command
 * line and what the testee declares. A negative that is chosen brings its twin
 * along, and the twin comes first.
 */
#ifndef CONFORMANCE_PLAN_H
#define CONFORMANCE_PLAN_H

#include "conformance/pattern.h"

struct plan_item {
    const struct instance *instance; /* borrowed from the plan's arena */
    size_t twin;                     /* its place; PLAN_NONE: it has none */
};
#define PLAN_NONE SIZE_MAX

struct plan {
    struct arena arena;             /* owned: cases, instances, names */
    const struct conf_case **cases; /* all there are */
    size_t cases_count;             /* how many */
    const struct instance **all;    /* all instances there are */
    size_t all_count;               /* how many */
    struct plan_item *items;        /* what will be run, in order */
    size_t count;                   /* how many */
};

/* What is wanted: sets of values, and patterns. */
struct plan_wish {
    unsigned lvl;           /* LVL_… */
    unsigned profile;       /* PROFILE_… */
    unsigned net;           /* plan_weather(): 0: no weather is named */
    struct pattern *filter; /* NULL: everything */
    struct pattern *skip;   /* NULL: nothing */
};

/* All cases and all their instances, nothing chosen. Asserts that the lint
 * holds. */
void plan_init(struct plan *p);
void plan_clear(struct plan *p);

/* Of each instance of L2 there is one in each of these weathers instead: bit
 * `i` stands for `weathers[i]`, an empty set for nothing at all. Once, and
 * before anything is chosen. */
void plan_weather(struct plan *p, unsigned set);

/* Chooses. False and a sentence when a pattern means nothing at all. */
bool plan_choose(struct plan *p, const struct plan_wish *wish,
                 struct failure *ret_failure);

/* The case of that id, or NULL; and the id that is most like it. */
const struct conf_case *plan_find(const struct plan *p, const char *id);
const char *plan_nearest(const struct plan *p, const char *id);

#endif

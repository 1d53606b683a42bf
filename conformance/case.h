/* SPDX-License-Identifier: MIT */
/*
 * A case: one requirement, asked once. It stands in exactly one array of
 * conformance/cases/, says in one sentence what it demands, and is run in every
 * combination of its axes; a case with its axes fixed is an instance
 * (plan.h). The run itself is written against conformance/scene.h.
 *
 * A case that expects a refusal or silence is a negative, and names its twin:
 * the nearest case that expects success. The negative counts only if the twin
 * passed in the same run with the same axes, so that nobody passes by
 * refusing everything.
 *
 * An id is `area.topic.case` in lower-case slugs and is never used again for
 * anything else: conformance/ids.lock keeps them all.
 */
#ifndef CONFORMANCE_CASE_H
#define CONFORMANCE_CASE_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

struct scene;

/* How binding the requirement is. Of a choice any behaviour passes; the one
 * taken is recorded (scene_choice) and must stay the same all run long. */
enum case_level { CASE_MUST, CASE_SHOULD, CASE_CHOICE };

/* Axes: sets of values. 0 stands for the set that is named last. */
enum { DIAL_US = 1, DIAL_THEM = 2 };                      /* 0: both */
enum { CALLER_US = 1, CALLER_THEM = 2, CALLER_BOTH = 4 }; /* 0: us */
enum { LVL_L0 = 1, LVL_L1 = 2, LVL_L2 = 4 };              /* 0: L1 and L2 */
enum { PROFILE_REMOTE_SAFE = 1, PROFILE_PEER_GRAPH = 2 }; /* 0: remote-safe */

struct case_axes {
    unsigned dial;    /* who opens the connection; at L0 nobody does */
    unsigned caller;  /* who calls; BOTH is both at the same time */
    unsigned lvl;     /* what the harness owns */
    unsigned profile; /* the testee's profile */
};

struct conf_case {
    const char *id;        /* area.topic.case */
    const char *rules;     /* requirement ids with blanks between */
    enum case_level level; /* how binding */
    const char *claim;     /* the requirement, in one sentence */
    const char *needs;     /* capabilities with blanks between; NULL: none
                              but `serve` and `call` as the axes say */
    struct case_axes axes; /* the sets of values it is run with */
    const char *twin;      /* the case that must pass as well; NULL: none */
    bool is_negative;      /* expects a refusal or silence; needs a twin */
    void (*run)(struct scene *s); /* the body */
    const void *data;             /* the body's own; NULL mostly */
};

struct case_list {
    const struct conf_case *cases; /* borrowed, constant */
    size_t count;                  /* how many */
};

/* The same axes with every 0 replaced by what it stands for. */
struct case_axes case_axes_full(struct case_axes axes);

/* The names of single values: "us", "them", "both"; "L1"; "remote-safe";
 * "must". */
const char *case_side_name(unsigned side);
const char *case_lvl_name(unsigned lvl);
const char *case_profile_name(unsigned profile);
const char *case_level_name(enum case_level level);

/* The word at the front of `*words`, which then begins behind it; empty when
 * there is none left. Words are separated by blanks. */
struct slice case_word(struct slice *words);

/* True when the case cites that rule. */
bool case_cites(const struct conf_case *c, struct slice rule);

/* Every rule of this folder that can be checked without a testee: slugs,
 * claims, twins, known requirement ids, no id twice. False and a sentence about
 * the first case that breaks one. */
bool case_lint(const struct conf_case *const *cases, size_t count,
               struct failure *ret_failure);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * All vectors there are, of whatever type, group by group, and what is alike in
 * them when they are made into cases.
 */
#ifndef CONFORMANCE_CATALOGUE_H
#define CONFORMANCE_CATALOGUE_H

#include "conformance/case.h"
#include "conformance/json.h"

/* Called for each test; `groups` are all groups of its file. */
typedef void catalogue_visit(void *self, const struct json *groups,
                             const struct json *group, const struct json *test);

/* Visits every test of every file, in order. The trees live in the arena. */
void catalogue_walk(struct arena *arena, catalogue_visit *visit, void *self);

/* True when its tests can be asked of a testee: at L0, where they are one
 * stream's bytes, which `decode` takes; at L1, where they are conversations.
 * Of others see decision.h. */
bool catalogue_is_decode(const struct json *group);
bool catalogue_is_dialogue(const struct json *group);

/* What a test is as a case; `groups` as above. */
typedef struct conf_case catalogue_make(struct arena *arena,
                                        const struct json *groups,
                                        const struct json *test);

/* Every test of the groups that are meant as a case, in the arena. */
typedef bool catalogue_is(const struct json *group);
struct case_list catalogue_cases(struct arena *arena, catalogue_is *is,
                                 catalogue_make *make);

/* A case with what a test says of itself: id, rules, level, claim, and the
 * test as its data. */
struct conf_case catalogue_case(struct arena *arena, const struct json *test);

/* A member of a test that is a text, or empty; one that is a list of words,
 * with blanks between. */
const char *catalogue_text(struct arena *arena, const struct json *test,
                           const char *name);
const char *catalogue_words(struct arena *arena, const struct json *test,
                            const char *name);

#endif

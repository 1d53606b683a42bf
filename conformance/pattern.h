/* SPDX-License-Identifier: MIT */
/*
 * Which instances are meant:
 *
 *     framing.length.zero         a case, in all its instances
 *     framing.**                  an area; `framing` alone is the same
 *     *.length.*                  `*` is any part of one segment, `**` any
 *                                 number of segments
 *     calls.**@lvl=L1,dial=them   with axes fixed; `@lvl=L1` alone is any case
 *     rule:AC-*                   cases that cite such a rule
 *     @list.txt                   a pattern on each line of that file
 *     failed:last.jsonl           what went wrong in an earlier run
 */
#ifndef CONFORMANCE_PATTERN_H
#define CONFORMANCE_PATTERN_H

#include "conformance/instance.h"
#include "ref/base/failure.h"

struct pattern {
    const char *text;     /* as it was given */
    const char *source;   /* the option or file it came from */
    bool has_matched;     /* it has met an instance */
    struct pattern *next; /* or NULL */
};

/* Adds the pattern, or the patterns of the file it names, at the front of
 * `*list`. False and a sentence when the file cannot be read or holds none. */
bool pattern_add(struct arena *arena, struct pattern **list, const char *text,
                 struct failure *ret_failure);

/* True when any of them means the instance; remembers which have met one. */
bool pattern_matches(struct pattern *list, const struct instance *i);

/* One pattern without a list, nothing remembered. */
bool pattern_means(const char *text, const struct instance *i);

/* How far two words are apart, in letters changed: to suggest what was meant.
 */
size_t pattern_distance(const char *a, const char *b);

#endif

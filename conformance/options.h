/* SPDX-License-Identifier: MIT */
/* The command line of `callspec run` and `callspec list`. */
#ifndef CONFORMANCE_OPTIONS_H
#define CONFORMANCE_OPTIONS_H

#include "conformance/card.h"
#include "conformance/case.h"
#include "conformance/pattern.h"

enum options_color { OPTIONS_AUTO, OPTIONS_ALWAYS, OPTIONS_NEVER };

struct options {
    const char *testee;       /* its command; NULL: not given */
    struct card_words node;   /* instead of it: a node that is there */
    struct pattern *filter;   /* NULL: everything */
    struct pattern *skip;     /* NULL: nothing */
    enum case_level level;    /* what counts */
    unsigned profile;         /* a set */
    unsigned lvl;             /* a set */
    unsigned net;             /* a set of weathers, as in plan.h; 0: none */
    uint64_t seed;            /* of the run */
    uint64_t jobs;            /* 0: as many as processors */
    uint64_t tests_min;       /* 0: one */
    uint64_t fails_max;       /* 0: never stops */
    uint64_t verb_timeout_ms; /* how long a verb may take; 0: not said */
    uint64_t repeats;         /* run each so often; 0: once */
    const char *upstream;     /* netsim: HOST:PORT; NULL: not given */
    const struct weather *weather; /* netsim: static; NULL: clean */
    const char *bundle_dir;        /* where failures are kept; NULL: nowhere */
    const char *out;               /* path of the log; NULL: none */
    const char *junit;             /* path; NULL: none */
    const char *html;              /* path; NULL: none */
    enum options_color color;      /* as asked for */
    bool is_verbose;               /* -v */
    bool is_ascii;                 /* --ascii */
    bool checks_determinism;       /* --check-determinism */
    bool is_json;                  /* list: --json */
    bool is_count;                 /* list: --count */
    bool is_rules;                 /* list: --rules */
};

enum options_got {
    OPTIONS_FINE,
    OPTIONS_USAGE,   /* the line was not understood: exit 64 */
    OPTIONS_NOTHING, /* a file of patterns has none: exit 3 */
};

/* Reads `words` (NULL at the end). Unless all is fine, a sentence. */
enum options_got options_read(struct options *o, struct arena *arena,
                              char *const *words, struct failure *ret_failure);

/* What has to be said besides testee, filter and seed to see the same again,
 * each word with a blank before it; "" when nothing has. */
const char *options_manner(const struct options *o, struct arena *arena);

/* How long a verb may take: as asked for, or five seconds; in weather thirty,
 * for many testees run at the same time. */
uint64_t options_patience_ns(const struct options *o);

/* What the options are, for people. Static text. */
const char *options_help(void);

#endif

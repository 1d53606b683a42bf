/* SPDX-License-Identifier: MIT */
/* A command line read against a closed list: words in their order, options by
 * name. A mistake is one sentence. */
#ifndef REF_BIN_OPTIONS_H
#define REF_BIN_OPTIONS_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

/* Exit statuses of the program. */
enum {
    OPTIONS_EXIT_OK = 0,
    OPTIONS_EXIT_ERROR = 1,         /* the call was answered with an error */
    OPTIONS_EXIT_TRANSPORT = 2,     /* it was not answered at all */
    OPTIONS_EXIT_USAGE = 64,        /* a mistake in an option or a file */
    OPTIONS_EXIT_INTERRUPTED = 130, /* as of a program that SIGINT ended */
    OPTIONS_EXIT_PIPE = 141         /* as of one that SIGPIPE ended */
};

/* How often an option may be given. */
enum options_times {
    OPTIONS_MAYBE, /* or not at all */
    OPTIONS_ONCE,  /* it must be there */
    OPTIONS_MANY   /* none to OPTIONS_MANY_MAX times */
};

#define OPTIONS_MANY_MAX 8

struct options_word {
    const char *name; /* for sentences; an option begins with "--" */
    enum options_times times;
    bool *ret_flag;   /* an option without a value: set when it is there */
    const char **ret; /* everything else: borrowed from argv, or untouched; of
                         OPTIONS_MANY an array, zeroed before, filled from its
                         front */
};

/* Reads argv[from] to the end. False with a sentence naming the option and
 * what was expected. */
bool options_read(int argc, char **argv, int from,
                  const struct options_word *words, size_t count,
                  struct failure *ret_failure);

/* A count of something, not 0. False with a sentence naming the option. */
bool options_count(const char *name, const char *text, uint64_t *ret,
                   struct failure *ret_failure);

/* A number of milliseconds, not 0. False with a sentence naming the option. */
bool options_milliseconds(const char *name, const char *text, uint64_t *ret_ns,
                          struct failure *ret_failure);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Who reads what comes from outside: one entry for each form of a file, a line,
 * a word or a member, for targets/schema_path.c to choose from. An entry takes
 * any bytes and keeps the promise of the target for its own form.
 *
 * They stand in several files, since some headers do not go together.
 */
#ifndef FUZZ_READERS_PARSER_H
#define FUZZ_READERS_PARSER_H

#include "ref/base/failure.h"
#include "ref/base/slice.h"

struct parser {
    const char *name; /* of the form */
    void (*run)(struct slice input);
};

/* NULL for a name ends each list. */
extern const struct parser parser_values[]; /* the reference's, as trees */
extern const struct parser parser_words[];  /* and as words */
extern const struct parser parser_files[];  /* and as files */
extern const struct parser parser_sim[];    /* the simulator's */
extern const struct parser parser_judge[];  /* the judge's and the reports' */

/* Of a form that is ours alone (a script, a bundle, a command line) no rule
 * speaks. What is broken there is said under the one that everything that is
 * read here shares with a frame: it is one text in UTF-8. */
#define PARSER_OURS "FR-3"

/* What was refused was refused in one line that says something. */
void parser_expect_sentence(const struct failure *f, const char *form);

/* The input up to its first newline, and what stands behind it. */
struct slice parser_first_line(struct slice input, struct slice *ret_rest);

/* A file that holds these bytes, until the next one is asked for. */
const char *parser_file(struct slice bytes);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * One failure in one file, a JSON object: which suite, specification, testee
 * and seed; which instance; every line the testee was sent; what came of it,
 * with the digest of the conversation; and the end of that conversation.
 *
 * No secret is in it. It needs none: they all come from the seed.
 */
#ifndef CONFORMANCE_BUNDLE_H
#define CONFORMANCE_BUNDLE_H

#include "conformance/backstage.h"
#include "conformance/plan.h"
#include "conformance/result.h"

#define BUNDLE_FORMAT "callspec-bundle/1"

struct bundle {
    struct slice suite;          /* which, as SUITE_NAME */
    struct slice suite_digest;   /* of all it asks */
    struct slice spec;           /* which revision */
    struct slice spec_digest;    /* of the requirements */
    struct slice command;        /* how the testee was started */
    struct slice name;           /* what the testee says of itself */
    struct slice version;        /* likewise */
    struct slice language;       /* likewise */
    struct slice instance;       /* case and axes */
    struct slice signature;      /* what came of it */
    struct slice expected;       /* for people */
    struct slice observed;       /* for people */
    struct slice hash;           /* of the conversation; empty at L2 */
    uint64_t seed;               /* of the run */
    const struct slice *script;  /* every line that was sent */
    size_t script_count;         /* how many */
    const struct json *dialogue; /* as in struct result; or NULL */
};

/* All about a scene that has just been run; borrows from it, and is to be made
 * before its testee is given other work. */
void bundle_make(struct bundle *b, struct scene *s, const struct result *r,
                 const char *command, const struct plan *plan);

/* Where it belongs: `dir/INSTANCE.SEED.bundle`. */
const char *bundle_path(struct arena *arena, const char *dir,
                        const struct bundle *b);

/* False and a sentence when it could not be written. */
bool bundle_write(const struct bundle *b, const char *path,
                  struct failure *ret_failure);

/* Reads one into the arena. False and a sentence when it cannot be read, is
 * no bundle of this format, lacks something or was changed. */
bool bundle_read(struct arena *arena, const char *path, struct bundle *ret,
                 struct failure *ret_failure);

#endif

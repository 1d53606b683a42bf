/* SPDX-License-Identifier: MIT */
/*
 * The contract where cases never go: what a testee has to make of lines that
 * nobody would send on purpose (CONTRACT.md, 1 and 9). One list, asked in part
 * at the start of every run and as a whole by `callspec doctor`.
 */
#ifndef CONFORMANCE_CONTRACT_H
#define CONFORMANCE_CONTRACT_H

#include "conformance/testee.h"

struct contract_point {
    const char *name;       /* what is sent, as a noun */
    const char *rule;       /* how it must be answered, as a sentence */
    const char *section;    /* of CONTRACT.md */
    enum testee_got wanted; /* the answer */
    bool is_for_all;        /* asked at the start of every run */
    struct testee_verb *(*send)(struct testee *t, uint64_t seed);
};

extern const struct contract_point contract_points[];
extern const size_t contract_points_count;

/* Asks one. False and a sentence about what was observed instead; the testee's
 * `trouble` tells whether it can be asked anything more. */
bool contract_ask(struct testee *t, const struct contract_point *p,
                  uint64_t seed, struct failure *ret_failure);

/* What is asked at the start of every run, up to the first that fails. */
bool contract_check(struct testee *t, uint64_t seed,
                    struct failure *ret_failure);

#endif

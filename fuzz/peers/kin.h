/* SPDX-License-Identifier: MIT */
/*
 * Who composed whom, and what becomes of them all: the calls of one story with
 * what their node still owes for each. A request from the wire has nobody above
 * it. Whoever ends takes along who hangs on it; who goes on without it hangs on
 * nobody from then on, and neither it nor anybody below it composes again.
 *
 * It says the rules in its own words and knows nothing but numbers: a call is
 * its place in the list, and whoever was composed stands behind who composed
 * it.
 */
#ifndef FUZZ_PEERS_KIN_H
#define FUZZ_PEERS_KIN_H

#include <stdbool.h>
#include <stdint.h>

#define KIN_MAX 24 /* calls of a story, those that are refused counted */
#define KIN_NONE UINT32_MAX

/* What whoever asked hears of a call, once; bits, since at a deadline it may be
 * one or the other. */
enum kin_word {
    KIN_ANSWER = 1,
    KIN_ERROR = 2, /* which one is known to whoever raised it */
    KIN_TIMEOUT = 4,
    KIN_ABORTED = 8
};

/* [AB-5] As its composer chooses; [AB-9a] or as it was chosen for him. */
enum kin_policy { KIN_AS_ABOVE, KIN_DEPENDS, KIN_GOES_ON };

enum kin_state { KIN_WAITS, KIN_RUNS, KIN_OVER };

struct kin_call {
    uint32_t above; /* who composed it, as long as it hangs on that */
    enum kin_state state;
    bool goes_on;         /* under continue-running */
    bool is_barren;       /* may not compose any more */
    uint64_t deadline_ns; /* that of whoever composed it [CX-5] */
    bool owes_stop;       /* its handler has to be stopped */
    uint32_t owed;        /* words of which one has to be heard */
    const char *rule;     /* by which it ended */
};

struct kin {
    struct kin_call calls[KIN_MAX];
    uint32_t count;
};

/* A request from the wire, or a call composed by the handler of another, that
 * was let in and waits for its start. There must be room. */
uint32_t kin_ask(struct kin *k, uint64_t deadline_ns);
uint32_t kin_compose(struct kin *k, uint32_t by, enum kin_policy policy);

/* It was not let in after all: that is owed at once, and nothing else. */
void kin_refuse(struct kin *k, uint32_t which, enum kin_word word);

void kin_start(struct kin *k, uint32_t which);

/* It ends by its handler's own word; or without it, so that the handler is
 * stopped, and whoever asked hears that word (0: none). */
void kin_end(struct kin *k, uint32_t which, enum kin_word word);
void kin_stop(struct kin *k, uint32_t which, uint32_t word, const char *rule);

/* [TO-6a] Everybody whose time is up ends: who only waits, or hangs on somebody
 * that ends, may be taken along before his own limit is noticed. None of them
 * composes any more, in whatever order they are told. */
void kin_expire(struct kin *k, uint64_t now_ns);

bool kin_may_compose(const struct kin *k, uint32_t which);

/* A word is heard; false: it is not owed. */
bool kin_hears(struct kin *k, uint32_t which, enum kin_word word);

/* How many wait or run. */
uint32_t kin_living(const struct kin *k);

/* The `wish`-th, counted round, in that state; KIN_NONE: there is none. */
uint32_t kin_pick(const struct kin *k, enum kin_state state, uint32_t wish);

#endif

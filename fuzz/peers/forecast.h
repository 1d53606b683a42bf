/* SPDX-License-Identifier: MIT */
/*
 * Where a question gets to that one of two nodes asks the other, or composes,
 * as gate.h has it: what is refused is refused with which code, and what is not
 * runs where, as what, and for whom. The second node may offer again what it
 * imported from the first.
 */
#ifndef FUZZ_PEERS_FORECAST_H
#define FUZZ_PEERS_FORECAST_H

#include "fuzz/peers/party.h"

/* Two nodes. */
struct forecast {
    struct party *parties; /* both of them, borrowed */
    uint32_t known_as[2];  /* who each is to the other */
    bool is_open[2];       /* what each lets the other see */
};

/* Names of operations beyond those that a node has: what is nowhere, and what
 * the node may have imported, which nobody calls from the wire [VI-6]. */
#define FORECAST_IMPORTS (GATE_OPS + 1)
#define FORECAST_NAMES (FORECAST_IMPORTS + GATE_OPS)

/* Where something was asked, and where that gets to. */
struct question {
    enum gate_end end;
    struct party *at; /* where it runs … */
    uint32_t op;      /* … as what … */
    uint32_t who;     /* … for whom */
    bool is_composed, has_run;
    bool may_be_absent; /* it is passed on, and who knows whether imports are
                           there when it comes to that */
};

/* Asked for at `at` over the wire, by `who`. */
struct question forecast_wire(const struct forecast *f, struct party *at,
                              uint32_t which, uint32_t who, bool is_fit);

/* Composed at `at` by the handler of its operation `by`. */
struct question forecast_composed(const struct forecast *f, struct party *at,
                                  uint32_t by, uint32_t which, bool is_fit);

#endif

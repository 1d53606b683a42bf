/* SPDX-License-Identifier: MIT */
/*
 * Who may do what, once more: operations and rights as a few bits, and where a
 * question about them has to end. It says the rules in its own words and shares
 * no line with those that it judges.
 */
#ifndef FUZZ_PEERS_GATE_H
#define FUZZ_PEERS_GATE_H

#include "fuzz/feed.h"

#define GATE_OPS 5 /* of a node: they are called "o/0" to "o/4" */

/* Those who may ask: each of these bits is a right, a scope or an action; the
 * number of somebody is the rights that he has. And one who is nobody. */
#define GATE_SCOPES 2
#define GATE_ACTIONS 2
#define GATE_KNOWN (1u << (GATE_SCOPES + GATE_ACTIONS))
#define GATE_NOBODY GATE_KNOWN

/* One operation. All-zero is none. */
struct gate_op {
    bool exists, is_internal, is_safe, is_feed;
    bool is_checked;   /* its input has to have the member "must" */
    bool has_errors;   /* it declares the error "OUCH" */
    uint32_t scopes;   /* all of them are asked for, bits */
    bool has_any;      /* and one of these: */
    uint32_t any;      /* bits */
    bool has_action;   /* and this on things of the type "t": */
    uint32_t action;   /* its number */
    uint32_t reach;    /* operations that its handler may compose, bits */
    uint32_t composer; /* as whom: one who may ask */
    bool is_offer;     /* no handler of its own: it is answered by … */
    uint32_t offered;  /* … whoever serves us this operation */
};

enum gate_end {
    GATE_RUNS,
    GATE_NOT_FOUND,
    GATE_FORBIDDEN,
    GATE_INVALID_INPUT,
    GATE_WRONG_KIND,
    GATE_ENDS
};

/* The code of that end; "" when it runs. Static. */
const char *gate_code(enum gate_end end);

/* An operation as the input has it. */
struct gate_op gate_feed(struct feed *f);

/* Asked over the wire by `who`, who sees everything or what is remote-safe
 * alone; `is_fit`: the input has "must". */
enum gate_end gate_of_wire(const struct gate_op *op, uint32_t who, bool is_open,
                           bool is_fit);

/* Operation `which`, composed by the handler of `by`. */
enum gate_end gate_of_composing(const struct gate_op *by, uint32_t which,
                                const struct gate_op *op, bool is_fit);

/* Does `op` let whoever that is, once it is seen? */
bool gate_lets(const struct gate_op *op, uint32_t who);

#endif

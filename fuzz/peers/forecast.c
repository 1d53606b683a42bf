/* SPDX-License-Identifier: MIT */
/* See forecast.h. */
#include "fuzz/peers/forecast.h"

/* Is it listed to the second node? */
static bool is_listed(const struct forecast *f, const struct gate_op *op)
{
    return gate_of_wire(op, f->known_as[1], f->is_open[0], true) == GATE_RUNS;
}

/* The second node passes it on: what it imported, as whom that operation may,
 * of one kind; and then the first node decides. [PE-8] What nobody serves is
 * within nobody's reach. */
static struct question pass_on(const struct forecast *f,
                               const struct gate_op *by, bool is_fit)
{
    const struct gate_op *op = &f->parties[0].ops[by->offered];
    struct question q = {.end = GATE_RUNS,
                         .at = &f->parties[0],
                         .op = by->offered,
                         .who = f->known_as[1],
                         .may_be_absent = true};

    if (f->known_as[0] == GATE_NOBODY || !is_listed(f, op))
        q.end = GATE_NOT_FOUND;
    else if (!gate_lets(op, by->composer))
        q.end = GATE_FORBIDDEN;
    else if (op->is_feed != by->is_feed)
        q.end = GATE_WRONG_KIND;
    else
        q.end = gate_of_wire(op, f->known_as[1], f->is_open[0], is_fit);
    return q;
}

struct question forecast_wire(const struct forecast *f, struct party *at,
                              uint32_t which, uint32_t who, bool is_fit)
{
    static const struct gate_op none;
    const struct gate_op *op = which < GATE_OPS ? &at->ops[which] : &none;
    struct question q = {
        .end = gate_of_wire(op, who, f->is_open[at == &f->parties[1]], is_fit),
        .at = at,
        .op = which,
        .who = who};

    return q.end == GATE_RUNS && op->is_offer ? pass_on(f, op, is_fit) : q;
}

struct question forecast_composed(const struct forecast *f, struct party *at,
                                  uint32_t by, uint32_t which, bool is_fit)
{
    const struct gate_op *op = &at->ops[which], *composer = &at->ops[by];
    struct question q = {.end = gate_of_composing(composer, which, op, is_fit),
                         .at = at,
                         .op = which,
                         .who = composer->composer,
                         .is_composed = true};

    return q.end == GATE_RUNS && op->is_offer ? pass_on(f, op, is_fit) : q;
}

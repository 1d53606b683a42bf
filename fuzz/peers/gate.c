/* SPDX-License-Identifier: MIT */
/* See gate.h. */
#include "fuzz/peers/gate.h"

const char *gate_code(enum gate_end end)
{
    static const char *const codes[GATE_ENDS] = {
        [GATE_RUNS] = "",
        [GATE_NOT_FOUND] = "NOT_FOUND",
        [GATE_FORBIDDEN] = "FORBIDDEN",
        [GATE_INVALID_INPUT] = "INVALID_INPUT",
        [GATE_WRONG_KIND] = "INVALID_OPERATION_TYPE",
    };

    return codes[end];
}

static bool bit(uint32_t bits, uint32_t which)
{
    return (bits >> which & 1) != 0;
}

/* Most operations are there, for everybody, and are handled here. */
struct gate_op gate_feed(struct feed *f)
{
    const uint32_t nature = feed_byte(f), access = feed_byte(f),
                   work = feed_byte(f);

    return (struct gate_op){
        .exists = (nature & 3) != 3,
        .is_internal = (nature >> 2 & 3) == 3,
        .is_safe = bit(nature, 4),
        .is_feed = bit(nature, 5),
        .is_checked = bit(nature, 6),
        .has_errors = bit(nature, 7),
        .scopes = access & 3,
        .any = access >> 2 & 3,
        .has_any = bit(access, 4),
        .has_action = bit(access, 5),
        .action = access >> 6 & 1,
        .reach = work & 31,
        .composer = work >> 6 == 3 ? GATE_NOBODY : work >> 2 & 15,
    };
}

bool gate_lets(const struct gate_op *op, uint32_t who)
{
    const uint32_t rights = who == GATE_NOBODY ? 0 : who;

    if (!op->scopes && !op->has_any && !op->has_action)
        return true;
    return who != GATE_NOBODY && (op->scopes & ~rights) == 0 &&
           (!op->has_any || (op->any & rights)) &&
           (!op->has_action || bit(rights, GATE_SCOPES + op->action));
}

enum gate_end gate_of_wire(const struct gate_op *op, uint32_t who, bool is_open,
                           bool is_fit)
{
    if (!op->exists || op->is_internal || !(is_open || op->is_safe))
        return GATE_NOT_FOUND;
    if (!gate_lets(op, who))
        return GATE_FORBIDDEN;
    return op->is_checked && !is_fit ? GATE_INVALID_INPUT : GATE_RUNS;
}

enum gate_end gate_of_composing(const struct gate_op *by, uint32_t which,
                                const struct gate_op *op, bool is_fit)
{
    if (!bit(by->reach, which) || !op->exists)
        return GATE_NOT_FOUND;
    if (!gate_lets(op, by->composer))
        return GATE_FORBIDDEN;
    if (op->is_feed)
        return GATE_WRONG_KIND;
    return op->is_checked && !is_fit ? GATE_INVALID_INPUT : GATE_RUNS;
}

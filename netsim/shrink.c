/* SPDX-License-Identifier: MIT */
/*
 * See shrink.h. Steps and decisions are thinned in the same way: a run of them
 * is left out, and stays out if the rest still fails. Runs are halved until
 * they are single; then again, since what goes later may have held up what
 * was tried before.
 */
#include "netsim/shrink.h"

struct thinning {
    struct script *script;            /* the least that fails so far */
    const struct shrink_trial *trial; /* who knows */
    uint64_t lives;                   /* tried */
    uint64_t lives_max;               /* allowed */
};

/* What a script is made of. */
enum part { STEPS_OF, DECISIONS_OF };

struct list {
    void *items;
    size_t *count;
    size_t size; /* of one item */
};

static struct list list_of(struct script *s, enum part part)
{
    return part == STEPS_OF
               ? (struct list){s->steps, &s->step_count, sizeof *s->steps}
               : (struct list){s->decisions, &s->decision_count,
                               sizeof *s->decisions};
}

/* Leaves `count` items out, from `at` on. */
static void leave_out(struct list l, size_t at, size_t count)
{
    uint8_t *items = l.items;

    memmove(items + at * l.size, items + (at + count) * l.size,
            (*l.count - at - count) * l.size);
    *l.count -= count;
}

/* Do the others fail without these? Then these are gone. */
static bool try_without(struct thinning *t, enum part part, size_t at,
                        size_t count)
{
    struct script less = script_copy(t->script);
    bool is_failing;

    leave_out(list_of(&less, part), at, count);
    t->lives++;
    is_failing = t->trial->fails(t->trial->self, &less);
    if (is_failing)
        leave_out(list_of(t->script, part), at, count);
    script_clear(&less);
    return is_failing;
}

/* Tries every run of `length` items, or what is left of one at the end. True
 * when one went. */
static bool thin_by(struct thinning *t, enum part part, size_t length)
{
    size_t at = 0, left;
    bool is_less = false;

    while (at < *list_of(t->script, part).count && t->lives < t->lives_max) {
        left = *list_of(t->script, part).count - at;
        if (try_without(t, part, at, left < length ? left : length))
            is_less = true;
        else
            at += length;
    }
    return is_less;
}

static bool thin(struct thinning *t, enum part part)
{
    bool is_less = false;

    for (size_t length = *list_of(t->script, part).count; length > 0;
         length /= 2)
        is_less |= thin_by(t, part, length);
    return is_less;
}

/* Nothing was thrown away in the last round, and all of it was tried. */
struct shrink_result shrink(struct script *s, const struct shrink_trial *trial,
                            uint64_t lives_max)
{
    struct thinning t = {.script = s, .trial = trial, .lives_max = lives_max};
    bool is_less = true;

    while (is_less && t.lives < t.lives_max) {
        is_less = thin(&t, STEPS_OF);
        is_less |= thin(&t, DECISIONS_OF);
    }
    return (struct shrink_result){
        .lives = t.lives, .is_minimal = !is_less && t.lives < t.lives_max};
}

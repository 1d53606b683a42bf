/* SPDX-License-Identifier: MIT */
/* See draft.h. What may happen has a weight and asks for a feature; a step is
 * drawn among those whose feature the world has. */
#include "netsim/draft.h"

#define ALWAYS CAST_FEATURES /* it asks for no feature */
#define MS UINT64_C(1000000)

struct chance {
    enum step_kind kind;
    uint32_t weight;
    enum cast_feature feature;
};

static const struct chance chances[] = {
    {STEP_CALL, 300, ALWAYS},
    {STEP_ABORT, 90, CAST_ABORTS},
    {STEP_RESUME, 10, CAST_STREAMING},
    {STEP_LIST, 25, ALWAYS},
    {STEP_PROBE, 25, CAST_PROBES},
    {STEP_IMPORT, 15, ALWAYS},
    {STEP_DIAL, 16, ALWAYS},
    {STEP_CUT, 6, CAST_CUTS},
    {STEP_CRASH, 5, CAST_CRASHES},
    {STEP_BLACKHOLE, 4, CAST_OUTAGES},
    {STEP_PARTITION, 4, CAST_OUTAGES},
    {STEP_PAUSE, 6, CAST_OUTAGES},
    {STEP_WEATHER, 6, CAST_LOSS},
    {STEP_NARROW, 4, CAST_NARROW},
    {STEP_REBIND, 6, CAST_DISORDER},
    {STEP_ROTATE, 4, CAST_ROTATIONS},
    {STEP_RELOAD, 6, CAST_RELOADS},
    {STEP_RESET, 8, CAST_DAMAGE},
    {STEP_MISCHIEF, 100, CAST_HOSTILE},
};

#define CHANCES (sizeof chances / sizeof *chances)

/* What is drawn for a script (step 0) or a step. */
enum about {
    ABOUT_COUNT = 0x3000,
    ABOUT_SPAN,
    ABOUT_KIND,
    ABOUT_TIME,
    ABOUT_WHO,
    ABOUT_TIE,
    ABOUT_WHAT
};

static uint64_t draw(const struct cast *cast, enum about about, uint32_t number,
                     uint64_t bound)
{
    return cast_number(cast->seed, (uint32_t)about, number, 0, bound);
}

static uint32_t weight_of(const struct cast *cast, const struct chance *c)
{
    return c->feature == ALWAYS || cast_has(cast, c->feature) ? c->weight : 0;
}

static enum step_kind kind_of(const struct cast *cast, uint32_t number)
{
    uint32_t all = 0, left;
    size_t i = 0;

    for (size_t k = 0; k < CHANCES; k++)
        all += weight_of(cast, &chances[k]);
    left = (uint32_t)draw(cast, ABOUT_KIND, number, all);
    while (left >= weight_of(cast, &chances[i]))
        left -= weight_of(cast, &chances[i++]);
    return chances[i].kind;
}

/* What `what` means is another thing for each kind: an earlier step, a time in
 * ms, or just a number. */
static uint32_t what_of(const struct cast *cast, enum step_kind kind,
                        uint32_t number)
{
    uint64_t bound = 1u << 20;

    if (kind == STEP_ABORT || kind == STEP_RESUME) {
        uint64_t back = 1 + draw(cast, ABOUT_WHAT, number, 5);

        return back < number ? number - (uint32_t)back : number;
    }
    if (kind == STEP_CRASH || kind == STEP_BLACKHOLE ||
        kind == STEP_PARTITION || kind == STEP_PAUSE || kind == STEP_NARROW)
        bound = draw(cast, ABOUT_TIME, ~number, 4) ? 1500 : 20000;
    return (uint32_t)draw(cast, ABOUT_WHAT, number, bound);
}

/* Those of one script come in the order of their numbers mostly, so that a
 * step can speak of one before it. */
static uint64_t time_of(const struct cast *cast, uint32_t number,
                        uint32_t count, uint64_t span_ms)
{
    uint64_t even_ms = span_ms * number / count;

    return (200 + even_ms + draw(cast, ABOUT_TIME, number, 100)) * MS;
}

void draft_steps(const struct cast *cast, struct script *ret)
{
    uint64_t large = draw(cast, ABOUT_COUNT, ~0u, 10) == 0 ? 300 : 80;
    uint32_t count = 10 + (uint32_t)draw(cast, ABOUT_COUNT, 0, large);
    uint64_t long_ms = draw(cast, ABOUT_SPAN, ~0u, 8) == 0 ? 90000 : 15000;
    uint64_t span_ms = 500 + draw(cast, ABOUT_SPAN, 0, long_ms);

    for (uint32_t number = 1; number <= count; number++) {
        struct step s = {.number = number, .kind = kind_of(cast, number)};

        s.at_ns = time_of(cast, number, count, span_ms);
        s.who = (uint32_t)draw(cast, ABOUT_WHO, number, 1u << 20);
        s.tie = (uint32_t)draw(cast, ABOUT_TIE, number, 1u << 20);
        s.what = what_of(cast, s.kind, number);
        script_add(ret, &s);
    }
}

/* SPDX-License-Identifier: MIT */
/*
 * Lives that are none: each ends as its seed and its script say, so that
 * whoever starts, watches and shortens lives can be tried with all that can
 * happen to one. Takes the place of life.c.
 *
 *     seed % 100   7   "order" is broken, if step 3 and packet 5 are there
 *                 13   the process dies, if step 4 is there
 *                 17   it never ends
 *                 19   "live" is broken, whatever is there
 *     seed % 10    9   a second floor, where that is drawn
 *
 * With FAKE_LOOKS_AWAY in the environment nobody looks at the last of what must
 * be true, and no life fails.
 */
#ifndef NETSIM_TEST_FAKE_H
#define NETSIM_TEST_FAKE_H

#include <stdio.h>
#include <stdlib.h>

#include "netsim/life.h"
#include "netsim/script.h"

#define FAKE_STEPS 20u
#define FAKE_PACKETS 40u

struct script life_draw(uint64_t seed, enum life_floor floor)
{
    enum life_floor drawn = seed % 10 == 9 ? LIFE_QUIC : LIFE_STREAMS;
    struct script s = {.seed = seed,
                       .floor = floor == LIFE_DRAWN ? drawn : floor};

    for (uint32_t i = 1; i <= FAKE_STEPS; i++)
        script_add(&s, &(struct step){
                           .at_ns = i * 1000, .kind = STEP_CALL, .number = i});
    return s;
}

static void fake_decide(struct script *s)
{
    for (uint32_t i = 0; i < FAKE_PACKETS; i++)
        script_decide(s, &(struct link_decision){.packet = i, .is_lost = true});
    script_seal(s);
}

static bool fake_has_step(const struct script *s, uint32_t number)
{
    for (size_t i = 0; i < s->step_count; i++)
        if (s->steps[i].number == number)
            return true;
    return false;
}

static bool fake_is_due(const struct script *s)
{
    struct link_decision d = {.packet = 5};

    return fake_has_step(s, 3) &&
           script_almanac(s).recorded((void *)(uintptr_t)s, &d);
}

static void fake_mishap(uint64_t seed, const struct script *s)
{
    if (seed % 100 == 13 && fake_has_step(s, 4)) {
        fputs("the fake asserts\n", stderr);
        abort();
    }
    while (seed % 100 == 17)
        ;
}

static void fake_live(const struct life_terms *terms, const struct script *s,
                      struct life_report *r)
{
    for (size_t i = 0; i < s->step_count; i++)
        trace(&terms->trace, s->steps[i].at_ns, "fake step %u of %u",
              s->steps[i].number, (unsigned)s->step_count);
    r->lines = s->step_count;
    r->virtual_ns = 5000000000;
    r->hash = terms->seed * 1000 + s->step_count;
    r->tally.of[TALLY_CALLS] = s->step_count;
    r->tally.harmed[LINK_LOST] = s->decision_count;
    if (getenv("FAKE_LOOKS_AWAY")) {
        for (enum invariant i = 0; i < INVARIANT_HARMLESS; i++)
            invariant_holds(&r->ledger, i, true, "fine");
        return;
    }
    fake_mishap(terms->seed, s);
    for (enum invariant i = 0; i < INVARIANT_CANARY; i++)
        invariant_holds(&r->ledger, i, true, "fine");
    if (terms->has_canary)
        invariant_holds(&r->ledger, INVARIANT_CANARY, false, "it sings");
    if (terms->seed % 100 == 7)
        invariant_holds(&r->ledger, INVARIANT_ORDER, !fake_is_due(s),
                        "item 2 before item 1");
    if (terms->seed % 100 == 19)
        invariant_holds(&r->ledger, INVARIANT_LIVE, false, "asleep");
}

struct life_report life_run(const struct life_terms *terms)
{
    struct script s = terms->script ? script_copy(terms->script)
                                    : life_draw(terms->seed, terms->floor);
    struct life_report r = {.seed = terms->seed,
                            .floor = (enum life_floor)s.floor};

    if (!s.has_decisions)
        fake_decide(&s);
    fake_live(terms, &s, &r);
    if (terms->ret_script)
        *terms->ret_script = s;
    else
        script_clear(&s);
    return r;
}

void life_setup(void)
{
    value_setup(1);
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * See examine.h. A life that came to its end is lived again in this process,
 * since its decisions are wanted; all others, and all that were shortened, are
 * lived in cells, since nobody knows how they end. Of those that died the
 * steps alone are shortened. One that hangs is not: each life tried would take
 * all the time there is.
 */
#include "netsim/examine.h"

#include <stdio.h>

#include "netsim/shrink.h"
#include "netsim/tail.h"

/* How it ends now, and its last lines. */
static bool live_aloud(struct finding *f, uint64_t patience_s,
                       bool (*is_over)(void), struct cell_outcome *ret,
                       struct failure *ret_failure)
{
    struct life_terms life = finding_terms(f);
    static struct tail tail;

    tail.told = 0;
    life.trace = tail_sink(&tail);
    if (!cell_live(&life, patience_s, is_over, ret, ret_failure))
        return false;
    if (!finding_is_same(f, ret->kind, &ret->report))
        return failure_say(ret_failure,
                           "seed %ju failed (%s), but not when it was lived "
                           "again",
                           (uintmax_t)f->report.seed, finding_name(f));
    strings_clear(&f->trace);
    f->trace = tail_lines(&tail);
    f->report = ret->report;
    return true;
}

/* The script that its seed drew, with what chance decided, if it lived to
 * tell. */
static void draw(struct finding *f)
{
    struct life_terms life = finding_terms(f);

    if (f->kind == FINDING_BROKEN) {
        life.ret_script = &f->script;
        (void)life_run(&life);
    } else {
        f->script = life_draw(life.seed, life.floor);
        f->report.floor = (enum life_floor)f->script.floor;
    }
    f->has_script = true;
    f->steps_before = f->script.step_count;
    f->decisions_before = f->script.decision_count;
}

struct trial {
    const struct finding *finding;
    const struct examine_terms *terms;
};

static bool fails(void *self, const struct script *s)
{
    const struct trial *t = self;
    struct life_terms life = finding_terms(t->finding);
    struct cell_outcome o;
    struct failure ignored;

    life.script = s;
    return cell_live(&life, t->terms->patience_s, t->terms->is_over, &o,
                     &ignored) &&
           finding_is_same(t->finding, o.kind, &o.report);
}

bool examine_shrink(struct finding *f, const struct examine_terms *terms,
                    struct failure *ret_failure)
{
    struct trial trial = {f, terms};
    struct shrink_trial seam = {fails, &trial};
    struct shrink_result result;
    struct script less;
    struct cell_outcome o;

    if (!f->has_script)
        return failure_say(ret_failure, "there is no script to be shortened: "
                                        "everything follows from its seed");
    if (!live_aloud(f, terms->patience_s, terms->is_over, &o, ret_failure))
        return false;
    less = script_copy(&f->script);
    result = shrink(&less, &seam, terms->lives_max);
    script_clear(&f->script);
    f->script = less;
    f->lives += result.lives;
    f->is_minimal = result.is_minimal && !(terms->is_over && terms->is_over());
    return live_aloud(f, terms->patience_s, NULL, &o, ret_failure);
}

bool examine(const struct cell_outcome *o, bool has_canary,
             const struct examine_terms *terms, struct finding *ret,
             struct failure *ret_failure)
{
    struct finding f = {
        .kind = o->kind, .report = o->report, .has_canary = has_canary};
    struct cell_outcome again;
    bool is_good;

    (void)snprintf(f.commit, sizeof f.commit, "%s", terms->commit);
    is_good =
        live_aloud(&f, terms->patience_s, terms->is_over, &again, ret_failure);
    if (is_good)
        draw(&f);
    if (is_good && terms->lives_max && f.kind != FINDING_HUNG)
        is_good = examine_shrink(&f, terms, ret_failure);
    if (is_good)
        *ret = f;
    else
        finding_clear(&f);
    return is_good;
}

/* SPDX-License-Identifier: MIT */
/*
 * Lives one seed after the other on modelled streams until an invariant is
 * broken, then takes away what is not needed for that, and says in one JSON
 * object what was found: {"seed", "invariant", "rules", "what", "steps",
 * "shrunk"}. Which seed is alive stands on standard error, for whoever wants to
 * know it when this program dies of it.
 *
 *     sim-hunt FIRST LAST
 *
 * Exit status 0 when all lived well, 1 when something was found, 2 when it was
 * called wrongly.
 */
#include <inttypes.h>
#include <stdio.h>

#include "netsim/life.h"
#include "netsim/numeral.h"
#include "netsim/shrink.h"

#define LIVES_MAX 1500 /* that are lived to make a script shorter */

static bool fails(void *self, const struct script *s)
{
    const enum invariant *wanted = self;
    const struct life_terms terms = {.script = s, .seed = s->seed};
    const struct life_report r = life_run(&terms);

    return r.ledger.is_broken && r.ledger.broken == *wanted;
}

/* How many steps are left of it. */
static size_t shorten(struct script *s, enum invariant broken)
{
    const struct shrink_trial trial = {fails, &broken};

    script_seal(s);
    if (fails(&broken, s))
        (void)shrink(s, &trial, LIVES_MAX);
    return s->step_count;
}

static void say(const struct life_report *r, struct script *s)
{
    const struct invariant_text *text = invariant_text(r->ledger.broken);
    const json_int_t before = (json_int_t)s->step_count;
    json_t *found =
        json_pack("{s:I, s:s, s:s, s:s, s:I}", "seed", (json_int_t)r->seed,
                  "invariant", text->name, "rules", text->rules, "what",
                  r->ledger.what, "steps", before);

    json_object_set_new(found, "shrunk",
                        json_integer((json_int_t)shorten(s, r->ledger.broken)));
    json_dumpf(found, stdout, 0);
    putchar('\n');
    json_decref(found);
}

/* Did it live well? */
static bool live(uint64_t seed)
{
    struct script script = {.seed = seed};
    const struct life_terms terms = {
        .seed = seed, .floor = LIFE_STREAMS, .ret_script = &script};
    struct life_report r;

    fprintf(stderr, "%" PRIu64 "\n", seed);
    r = life_run(&terms);
    if (r.ledger.is_broken)
        say(&r, &script);
    script_clear(&script);
    return !r.ledger.is_broken;
}

int main(int count, char **words)
{
    uint64_t first, last;

    if (count != 3 || !numeral_read(slice_of(words[1]), &first) ||
        !numeral_read(slice_of(words[2]), &last)) {
        fputs("usage: sim-hunt FIRST LAST\n", stderr);
        return 2;
    }
    life_setup();
    for (uint64_t seed = first; seed <= last; seed++)
        if (!live(seed))
            return 1;
    return 0;
}

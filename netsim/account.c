/* SPDX-License-Identifier: MIT */
/* See account.h. Every sum has a name and a place, which are said once, in a
 * walk that printing, writing, reading and adding up all take. */
#include "netsim/account.h"

#include <inttypes.h>

#include "netsim/numeral.h"

static const char *const ending_names[ACCOUNT_ENDINGS] = {
    [ACCOUNT_COMPLETE] = "complete",
    [ACCOUNT_TIME_UP] = "time-up",
    [ACCOUNT_FIRST] = "first-failure",
    [ACCOUNT_INTERRUPTED] = "interrupted",
    [ACCOUNT_REFUSED] = "machine-refused",
};

static const char *invariant_name(size_t i)
{
    return invariant_text((enum invariant)i)->name;
}

static const char *kind_name(size_t i)
{
    return tally_name((enum tally_kind)i);
}

static const char *harm_name(size_t i)
{
    return link_harm_name((enum link_harm)i);
}

static const char *floor_name(size_t i)
{
    return script_floor_name((uint32_t)(i + LIFE_STREAMS));
}

static const char *sum_name(size_t i)
{
    static const char *const names[ACCOUNT_SUMS] = {
        [ACCOUNT_SEEDS] = "seeds",
        [ACCOUNT_DIED] = "died",
        [ACCOUNT_HUNG] = "hung",
        [ACCOUNT_LINES] = "lines",
        [ACCOUNT_VIRTUAL_US] = "virtual_us",
        [ACCOUNT_WALL_US] = "wall_us",
    };

    return names[i];
}

void account_group(struct account *a, struct account_group ret[ACCOUNT_GROUPS])
{
    const struct account_group groups[ACCOUNT_GROUPS] = {
        [ACCOUNT_TOTALS] = {"sums", a->of, ACCOUNT_SUMS, sum_name},
        [ACCOUNT_WORLDS] = {"floors", a->floors, ACCOUNT_FLOORS, floor_name},
        [ACCOUNT_TALLY] = {"tally", a->tally.of, TALLIES, kind_name},
        [ACCOUNT_HARMED] = {"harmed", a->tally.harmed, LINK_HARMS, harm_name},
        [ACCOUNT_EVALUATED] = {"evaluated", a->evaluated, INVARIANTS,
                               invariant_name},
        [ACCOUNT_BROKEN] = {"broken", a->broken, INVARIANTS, invariant_name},
    };

    memcpy(ret, groups, sizeof groups);
}

/* --- adding up */

void account_add(struct account *a, enum finding_kind kind,
                 const struct life_report *report)
{
    a->of[ACCOUNT_SEEDS]++;
    a->of[ACCOUNT_DIED] += kind == FINDING_DIED;
    a->of[ACCOUNT_HUNG] += kind == FINDING_HUNG;
    if (kind == FINDING_DIED || kind == FINDING_HUNG)
        return;
    a->of[ACCOUNT_LINES] += report->lines;
    a->of[ACCOUNT_VIRTUAL_US] += report->virtual_ns / 1000;
    a->floors[report->floor - LIFE_STREAMS]++;
    tally_add(&a->tally, &report->tally);
    for (size_t i = 0; i < INVARIANTS; i++)
        a->evaluated[i] += report->ledger.evaluated[i];
    if (kind == FINDING_BROKEN)
        a->broken[report->ledger.broken]++;
}

void account_join(struct account *sum, const struct account *more)
{
    struct account copy = *more;
    struct account_group to[ACCOUNT_GROUPS], from[ACCOUNT_GROUPS];

    account_group(sum, to);
    account_group(&copy, from);
    for (size_t g = 0; g < ACCOUNT_GROUPS; g++)
        for (size_t i = 0; i < to[g].count; i++)
            to[g].sums[i] += from[g].sums[i];
    sum->has_canary |= more->has_canary;
    if (more->ending > sum->ending)
        sum->ending = more->ending;
}

uint64_t account_failures(const struct account *a)
{
    uint64_t failures = a->of[ACCOUNT_DIED] + a->of[ACCOUNT_HUNG];

    for (size_t i = 0; i < INVARIANTS; i++)
        failures += a->broken[i];
    return failures;
}

/* --- rules */

static bool has_rule(enum invariant i, struct slice id)
{
    struct slice rule = invariant_rule(i, 0);

    for (size_t n = 1; rule.len && !slice_equal(rule, id); n++)
        rule = invariant_rule(i, n);
    return rule.len > 0;
}

/* Is the rule one of those that an earlier invariant has, as far as that
 * counts? */
static bool is_earlier(const bool counts[INVARIANTS], enum invariant end,
                       struct slice id)
{
    for (enum invariant i = 0; i < end; i++)
        if (counts[i] && has_rule(i, id))
            return true;
    return false;
}

static size_t count_rules(const bool counts[INVARIANTS])
{
    size_t count = 0;

    for (enum invariant i = 0; i < INVARIANTS; i++) {
        struct slice id = invariant_rule(i, 0);

        for (size_t n = 1; counts[i] && id.len; n++) {
            count += !is_earlier(counts, i, id);
            id = invariant_rule(i, n);
        }
    }
    return count;
}

size_t account_rules(const struct account *a, size_t *ret_all)
{
    bool are_there[INVARIANTS], are_seen[INVARIANTS];

    for (size_t i = 0; i < INVARIANTS; i++) {
        are_there[i] = true;
        are_seen[i] = a->evaluated[i] > 0;
    }
    *ret_all = count_rules(are_there);
    return count_rules(are_seen);
}

/* --- what it proves */

bool account_is_unseen(const struct account *a, enum invariant i)
{
    return a->evaluated[i] == 0 && i != INVARIANT_CANARY && !a->has_canary;
}

static bool has_unseen(const struct account *a)
{
    for (enum invariant i = 0; i < INVARIANTS; i++)
        if (account_is_unseen(a, i))
            return true;
    return false;
}

int account_status(const struct account *a)
{
    uint64_t seeds = a->of[ACCOUNT_SEEDS], failures = account_failures(a);

    if (a->ending == ACCOUNT_REFUSED ||
        (a->has_canary && seeds && !a->broken[INVARIANT_CANARY]))
        return ACCOUNT_MACHINE;
    if (a->ending == ACCOUNT_INTERRUPTED)
        return ACCOUNT_STOPPED;
    if (seeds == 0 || (seeds >= ACCOUNT_ENOUGH && has_unseen(a)))
        return ACCOUNT_NOT_ALL;
    return failures ? ACCOUNT_FAILURES : ACCOUNT_GREEN;
}

/* --- files */

static json_t *group_tree(const struct account_group *g)
{
    json_t *tree = json_object();

    for (size_t i = 0; i < g->count; i++)
        json_object_set_new(tree, g->name_of(i), numeral_count(g->sums[i]));
    return tree;
}

json_t *account_tree(const struct account *a)
{
    struct account copy = *a;
    struct account_group groups[ACCOUNT_GROUPS];
    json_t *tree = json_object();

    account_group(&copy, groups);
    for (size_t g = 0; g < ACCOUNT_GROUPS; g++)
        json_object_set_new(tree, groups[g].name, group_tree(&groups[g]));
    json_object_set_new(tree, "canary", json_boolean(a->has_canary));
    json_object_set_new(tree, "ending", json_string(ending_names[a->ending]));
    return tree;
}

/* Exactly these names, each with a count. */
static bool read_group(const json_t *tree, const struct account_group *g,
                       struct failure *f)
{
    for (size_t i = 0; i < g->count; i++) {
        const json_t *sum = json_object_get(tree, g->name_of(i));

        if (!json_is_integer(sum) || json_integer_value(sum) < 0)
            return failure_say(f,
                               "%s: %s: expected a whole number, not "
                               "negative",
                               g->name, g->name_of(i));
        g->sums[i] = (uint64_t)json_integer_value(sum);
    }
    return json_object_size(tree) == g->count ||
           failure_say(f, "%s: more names than there are", g->name);
}

static bool read_ending(const json_t *name, struct account *ret,
                        struct failure *f)
{
    for (size_t i = 0; i < ACCOUNT_ENDINGS; i++) {
        if (slice_equal(value_string(name), slice_of(ending_names[i]))) {
            ret->ending = (enum account_ending)i;
            return true;
        }
    }
    return failure_say(f, "ending: no such one is known");
}

bool account_read(const json_t *tree, struct account *ret,
                  struct failure *ret_failure)
{
    struct account a = {0};
    struct account_group groups[ACCOUNT_GROUPS];
    const json_t *trees[ACCOUNT_GROUPS], *canary, *ending;
    struct value_field fields[ACCOUNT_GROUPS + 2] = {
        {"canary", VALUE_BOOL, true, &canary},
        {"ending", VALUE_STRING, true, &ending},
    };

    account_group(&a, groups);
    for (size_t g = 0; g < ACCOUNT_GROUPS; g++)
        fields[g + 2] =
            (struct value_field){groups[g].name, VALUE_OBJECT, true, &trees[g]};
    if (!value_fields(tree, fields, ACCOUNT_GROUPS + 2, ret_failure) ||
        !read_ending(ending, &a, ret_failure))
        return false;
    for (size_t g = 0; g < ACCOUNT_GROUPS; g++)
        if (!read_group(trees[g], &groups[g], ret_failure))
            return false;
    a.has_canary = json_is_true(canary);
    *ret = a;
    return true;
}

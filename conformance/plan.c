/* SPDX-License-Identifier: MIT */
/* Cases out of vectors, sections and grid, multiplied out and chosen. */
#include "conformance/plan.h"

#include "conformance/cases/cases.h"
#include "conformance/codec.h"
#include "conformance/decision.h"
#include "conformance/dialogue.h"

static size_t count_cases(const struct case_list *lists, size_t count)
{
    size_t total = 0;

    for (size_t i = 0; i < count; i++)
        total += lists[i].count;
    return total;
}

/* The vectors, the written sections, the grid, and what else of
 * the vectors is played. */
static void gather_cases(struct plan *p)
{
    const size_t count = cases_sections_count + 4;
    struct case_list *lists = arena_new(&p->arena, count, sizeof *lists);

    lists[0] = codec_cases(&p->arena);
    for (size_t i = 0; i < cases_sections_count; i++)
        lists[1 + i] = *cases_sections[i];
    lists[count - 3] = grid_cases(&p->arena);
    lists[count - 2] = dialogue_cases(&p->arena);
    lists[count - 1] = decision_cases(&p->arena);
    p->cases =
        arena_new(&p->arena, count_cases(lists, count), sizeof *p->cases);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < lists[i].count; k++)
            p->cases[p->cases_count++] = &lists[i].cases[k];
    }
}

/* Lists of pointers are made in two passes: count, then fill. */
static size_t gather_instances(struct plan *p, const struct instance **all)
{
    size_t total = 0;

    for (size_t i = 0; i < p->cases_count; i++) {
        size_t count;
        const struct instance *some =
            instance_expand(&p->arena, p->cases[i], &count);

        for (size_t k = 0; all && k < count; k++)
            all[total + k] = &some[k];
        total += count;
    }
    return total;
}

void plan_init(struct plan *p)
{
    *p = (struct plan){0};
    arena_init(&p->arena);
    gather_cases(p);
    p->all_count = gather_instances(p, NULL);
    p->all = arena_new(&p->arena, p->all_count, sizeof *p->all);
    (void)gather_instances(p, p->all);
    p->items = arena_new(&p->arena, p->all_count, sizeof *p->items);
}

/* In each of these weathers, or as it is; how many that makes. */
static size_t put_in(struct plan *p, const struct instance *i, unsigned set,
                     const struct instance **ret)
{
    size_t count = 0;

    if (i->axes.lvl != LVL_L2) {
        *ret = i;
        return 1;
    }
    for (size_t k = 0; k < WEATHERS; k++) {
        if (set & 1u << k)
            ret[count++] = instance_in(&p->arena, i, &weathers[k]);
    }
    return count;
}

void plan_weather(struct plan *p, unsigned set)
{
    const struct instance **all;
    size_t count = 0;

    if (!set)
        return;
    all = arena_new(&p->arena, p->all_count * WEATHERS, sizeof *all);
    for (size_t k = 0; k < p->all_count; k++)
        count += put_in(p, p->all[k], set, all + count);
    p->all = all;
    p->all_count = count;
    p->items = arena_new(&p->arena, count, sizeof *p->items);
}

void plan_clear(struct plan *p)
{
    arena_clear(&p->arena);
}

static bool same_axes(const struct instance *i, const struct instance *k)
{
    const struct case_axes *a = &i->axes, *b = &k->axes;

    return i->net == k->net && a->dial == b->dial && a->caller == b->caller &&
           a->lvl == b->lvl && a->profile == b->profile;
}

static const struct instance *find_twin(const struct plan *p,
                                        const struct instance *i)
{
    for (size_t k = 0; i->of->twin && k < p->all_count; k++) {
        if (same_axes(p->all[k], i) &&
            strcmp(p->all[k]->of->id, i->of->twin) == 0)
            return p->all[k];
    }
    return NULL;
}

static size_t place_of(const struct plan *p, const struct instance *i)
{
    for (size_t k = 0; k < p->count; k++) {
        if (p->items[k].instance == i)
            return k;
    }
    return PLAN_NONE;
}

static size_t add(struct plan *p, const struct instance *i)
{
    size_t place = place_of(p, i);

    if (place != PLAN_NONE)
        return place;
    p->items[p->count] = (struct plan_item){i, PLAN_NONE};
    return p->count++;
}

static void add_with_twin(struct plan *p, const struct instance *i)
{
    const struct instance *twin = i->of->is_negative ? find_twin(p, i) : NULL;
    size_t twin_at = twin ? add(p, twin) : PLAN_NONE;
    size_t at = add(p, i);

    p->items[at].twin = twin_at;
}

static bool all_met(const struct plan *p, const struct pattern *list,
                    struct failure *ret_failure)
{
    for (; list; list = list->next) {
        if (!list->has_matched)
            return failure_say(ret_failure,
                               "the pattern %s means nothing%s%s; the nearest "
                               "id is %s",
                               list->text, list->source ? " (from " : "",
                               list->source ? list->source : "",
                               plan_nearest(p, list->text));
    }
    return true;
}

bool plan_choose(struct plan *p, const struct plan_wish *wish,
                 struct failure *ret_failure)
{
    plan_weather(p, wish->net);
    for (size_t k = 0; k < p->all_count; k++) {
        const struct instance *i = p->all[k];
        bool is_meant = !wish->filter || pattern_matches(wish->filter, i);
        bool is_skipped = pattern_matches(wish->skip, i);
        bool is_level = (i->axes.lvl & wish->lvl) != 0;
        bool is_profile =
            i->axes.lvl == LVL_L0 || (i->axes.profile & wish->profile) != 0;

        if (is_meant && !is_skipped && is_level && is_profile)
            add_with_twin(p, i);
    }
    return all_met(p, wish->filter, ret_failure) &&
           all_met(p, wish->skip, ret_failure);
}

const struct conf_case *plan_find(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->cases_count; i++) {
        if (strcmp(p->cases[i]->id, id) == 0)
            return p->cases[i];
    }
    return NULL;
}

const char *plan_nearest(const struct plan *p, const char *id)
{
    const char *nearest = "";
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < p->cases_count; i++) {
        size_t distance = pattern_distance(id, p->cases[i]->id);

        if (distance < least) {
            least = distance;
            nearest = p->cases[i]->id;
        }
    }
    return nearest;
}

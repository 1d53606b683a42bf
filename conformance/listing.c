/* SPDX-License-Identifier: MIT */
/* Nothing is run here; what is written comes from the plan. */
#include "conformance/listing.h"

#include "conformance/json_out.h"
#include "conformance/plan.h"
#include "conformance/requirements.h"
#include "conformance/words.h"

#define LINE_MAX_BYTES (64u * 1024)

static void print_json(FILE *out, const struct instance *i)
{
    struct slice words = slice_of(i->of->rules);
    struct slice word;
    struct json_out o;
    struct buf b;

    buf_init(&b, LINE_MAX_BYTES);
    json_out_begin(&o, &b);
    json_out_text(&o, "instance", slice_of(i->name));
    json_out_text(&o, "id", slice_of(i->of->id));
    json_out_text(&o, "level", slice_of(case_level_name(i->of->level)));
    json_out_text(&o, "claim", slice_of(i->of->claim));
    json_out_array(&o, "rules");
    while ((word = case_word(&words)).len > 0)
        json_out_text(&o, NULL, word);
    json_out_end(&o);
    if (i->of->twin)
        json_out_text(&o, "twin", slice_of(i->of->twin));
    json_out_bool(&o, "negative", i->of->is_negative);
    json_out_end(&o);
    (void)fprintf(out, "%.*s\n", (int)b.len, (const char *)b.data);
    buf_clear(&b);
}

static bool is_cited(const struct plan *p, struct slice rule)
{
    for (size_t k = 0; k < p->count; k++) {
        if (case_cites(p->items[k].instance->of, rule))
            return true;
    }
    return false;
}

/* Every rule with the number of chosen cases that cite it, 0 included: what is
 * not covered is what one looks for here. */
static void print_rules(const struct plan *p, FILE *out)
{
    size_t count;
    const struct requirements_rule *rules = requirements_all(&count);

    for (size_t i = 0; i < count; i++)
        (void)fprintf(
            out, "%-8.*s %-7s %-7.*s %.*s\n", (int)rules[i].id.len,
            (const char *)rules[i].id.data,
            is_cited(p, rules[i].id) ? "cited" : "-", (int)rules[i].level.len,
            (const char *)rules[i].level.data, (int)rules[i].sentence.len,
            (const char *)rules[i].sentence.data);
}

static void print_plan(const struct options *o, const struct plan *p, FILE *out)
{
    if (o->is_count) {
        (void)fprintf(out, "%zu\n", p->count);
        return;
    }
    if (o->is_rules) {
        print_rules(p, out);
        return;
    }
    for (size_t k = 0; k < p->count; k++) {
        if (o->is_json)
            print_json(out, p->items[k].instance);
        else
            (void)fprintf(out, "%s\n", p->items[k].instance->name);
    }
}

int listing_list(const struct options *o, FILE *out, FILE *err)
{
    const struct plan_wish wish = {o->lvl, o->profile, o->net, o->filter,
                                   o->skip};
    struct failure failure;
    struct plan p;
    int status = 0;

    plan_init(&p);
    if (!plan_choose(&p, &wish, &failure)) {
        (void)fprintf(err, "callspec: %s\n", failure.sentence);
        status = 3;
    } else {
        print_plan(o, &p, out);
    }
    plan_clear(&p);
    requirements_clear();
    return status;
}

static void print_case(const struct conf_case *c, FILE *out)
{
    struct slice words = slice_of(c->rules);
    struct slice word;

    (void)fprintf(out, "%s\n  %s\n", c->id, c->claim);
    (void)fprintf(out, "  level: %s%s\n", case_level_name(c->level),
                  c->is_negative ? ", a negative" : "");
    if (c->needs)
        (void)fprintf(out, "  needs: %s\n", c->needs);
    if (c->twin)
        (void)fprintf(out, "  twin:  %s, which has to pass as well\n", c->twin);
    while ((word = case_word(&words)).len > 0) {
        const struct requirements_rule *rule = requirements_find(word);

        if (rule)
            (void)fprintf(out, "  %.*s (%.*s): %.*s\n", (int)word.len,
                          (const char *)word.data, (int)rule->level.len,
                          (const char *)rule->level.data,
                          (int)rule->sentence.len,
                          (const char *)rule->sentence.data);
    }
}

/* One axis with every value that an instance has there. */
static void print_axis(const struct instance *all, size_t count,
                       const char *axis, FILE *out)
{
    const char *before = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *value = instance_axis(&all[i], slice_of(axis));
        bool is_new = value != NULL;

        for (size_t k = 0; k < i && is_new; k++)
            is_new = strcmp(instance_axis(&all[k], slice_of(axis)), value) != 0;
        if (is_new && !before)
            (void)fprintf(out, " %s=%s", axis, value);
        else if (is_new)
            (void)fprintf(out, ",%s", value);
        before = value ? value : before;
    }
}

static void print_instances(struct plan *p, const struct conf_case *c,
                            FILE *out)
{
    size_t count;
    const struct instance *all = instance_expand(&p->arena, c, &count);

    (void)fprintf(out, "  axes: ");
    for (size_t k = 0; instance_axes[k]; k++)
        print_axis(all, count, instance_axes[k], out);
    (void)fprintf(out, "\n");
    for (size_t i = 0; i < count; i++)
        (void)fprintf(out, "  %s\n", all[i].name);
}

int listing_show(const char *id, FILE *out, FILE *err)
{
    const struct conf_case *c;
    struct plan p;
    const char *bare;

    plan_init(&p);
    bare = arena_text(&p.arena, "%.*s", (int)strcspn(id, "@"), id);
    c = plan_find(&p, bare);
    if (c) {
        print_case(c, out);
        print_instances(&p, c, out);
        (void)fprintf(out, "  repro: callspec run --testee CMD --filter %s\n",
                      words_quote(&p.arena, id));
    } else {
        (void)fprintf(err, "callspec: there is no case %s; the nearest is %s\n",
                      bare, plan_nearest(&p, bare));
    }
    plan_clear(&p);
    requirements_clear();
    return c ? 0 : 3;
}

/* SPDX-License-Identifier: MIT */
/* Files, groups, tests: three loops that everybody would write again; and what
 * is the same of every test that becomes a case. */
#include "conformance/catalogue.h"

#include "vectors/vectors.h"

static void walk_group(const struct json *groups, const struct json *group,
                       catalogue_visit *visit, void *self)
{
    const struct json *tests = json_find(group, "tests");

    for (const struct json *v = tests ? tests->first : NULL; v; v = v->next)
        visit(self, groups, group, v);
}

void catalogue_walk(struct arena *arena, catalogue_visit *visit, void *self)
{
    for (size_t i = 0; i < vectors_files_count; i++) {
        const struct vectors_file *f = &vectors_files[i];
        const struct json *tree = NULL;
        const struct json *groups;

        (void)json_parse(arena, slice_make(f->data, f->len), JSON_DEPTH_MAX,
                         &tree, NULL);
        groups = json_find(tree, "groups");
        for (const struct json *g = groups ? groups->first : NULL; g;
             g = g->next)
            walk_group(groups, g, visit, self);
    }
}

bool catalogue_is_decode(const struct json *group)
{
    return json_is_text(json_find(group, "type"), "decode");
}

bool catalogue_is_dialogue(const struct json *group)
{
    return json_is_text(json_find(group, "type"), "dialogue");
}

const char *catalogue_text(struct arena *arena, const struct json *test,
                           const char *name)
{
    struct slice text = slice_of("");

    (void)json_get_text(json_find(test, name), &text);
    return (const char *)arena_copy(arena, text).data;
}

const char *catalogue_words(struct arena *arena, const struct json *test,
                            const char *name)
{
    const struct json *words = json_find(test, name);
    const char *text = "";

    for (const struct json *v = words ? words->first : NULL; v; v = v->next)
        text = arena_text(arena, "%s%s%.*s", text, *text ? " " : "",
                          (int)v->text.len, (const char *)v->text.data);
    return text;
}

static enum case_level level_of(const struct json *test)
{
    const struct json *level = json_find(test, "level");

    return json_is_text(level, "must")     ? CASE_MUST
           : json_is_text(level, "should") ? CASE_SHOULD
                                           : CASE_CHOICE;
}

struct conf_case catalogue_case(struct arena *arena, const struct json *test)
{
    return (struct conf_case){
        .id = catalogue_text(arena, test, "id"),
        .rules = catalogue_words(arena, test, "rules"),
        .level = level_of(test),
        .claim = catalogue_text(arena, test, "comment"),
        .data = test,
    };
}

struct gathering {
    struct arena *arena;     /* borrowed */
    catalogue_is *is;        /* which groups are meant */
    catalogue_make *make;    /* what becomes of a test */
    struct conf_case *cases; /* to be filled; NULL: only counted */
    size_t count;            /* so many */
};

static void gather(void *self, const struct json *groups,
                   const struct json *group, const struct json *test)
{
    struct gathering *g = self;

    if (!g->is(group))
        return;
    if (g->cases)
        g->cases[g->count] = g->make(g->arena, groups, test);
    g->count++;
}

struct case_list catalogue_cases(struct arena *arena, catalogue_is *is,
                                 catalogue_make *make)
{
    struct gathering g = {.arena = arena, .is = is, .make = make};

    catalogue_walk(arena, gather, &g);
    g.cases = arena_new(arena, g.count, sizeof *g.cases);
    g.count = 0;
    catalogue_walk(arena, gather, &g);
    return (struct case_list){g.cases, g.count};
}

/* SPDX-License-Identifier: MIT */
/* Files, groups, tests: three loops that everybody would write again. */
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

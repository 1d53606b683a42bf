/* SPDX-License-Identifier: MIT */
/*
 * A table made on first use. What the file may contain is checked where the
 * vectors are made; here a member that is missing is simply empty.
 */
#include "conformance/requirements.h"

#include "conformance/json.h"
#include "vectors/vectors.h"

static struct {
    struct arena arena;              /* owned */
    struct requirements_rule *rules; /* NULL before the first use */
    size_t count;                    /* how many */
} all;

static const struct json *read_file(void)
{
    const struct json *tree = NULL;

    for (size_t i = 0; i < vectors_files_count; i++) {
        const struct vectors_file *f = &vectors_files[i];

        if (strcmp(f->name, "requirements.json") == 0)
            (void)json_parse(&all.arena, slice_make(f->data, f->len),
                             JSON_DEPTH_MAX, &tree, NULL);
    }
    return json_find(tree, "requirements");
}

static void load(void)
{
    const struct json *list = read_file();

    assert(json_is(list, JSON_ARRAY));
    all.rules = arena_new(&all.arena, list->count, sizeof *all.rules);
    for (const struct json *v = list->first; v; v = v->next) {
        struct requirements_rule *rule = &all.rules[all.count++];

        (void)json_get_text(json_find(v, "id"), &rule->id);
        (void)json_get_text(json_find(v, "level"), &rule->level);
        (void)json_get_text(json_find(v, "sentence"), &rule->sentence);
        (void)json_get_text(json_find(v, "profile"), &rule->profile);
        (void)json_get_text(json_find(v, "source"), &rule->source);
        (void)json_get_text(json_find(v, "seen"), &rule->seen);
        (void)json_get_text(json_find(v, "reason"), &rule->reason);
        (void)json_get_text(json_find(v, "status"), &rule->status);
    }
}

const struct requirements_rule *requirements_all(size_t *ret_count)
{
    if (!all.rules)
        load();
    *ret_count = all.count;
    return all.rules;
}

const struct requirements_rule *requirements_find(struct slice id)
{
    size_t count;
    const struct requirements_rule *rules = requirements_all(&count);

    for (size_t i = 0; i < count; i++) {
        if (slice_equal(rules[i].id, id))
            return &rules[i];
    }
    return NULL;
}

void requirements_clear(void)
{
    arena_clear(&all.arena);
    all.rules = NULL;
    all.count = 0;
}

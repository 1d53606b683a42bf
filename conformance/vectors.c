/* SPDX-License-Identifier: MIT */
/* A run like any other, with a table behind it. */
#include "conformance/vectors.h"

#include "conformance/catalogue.h"

/* `codec.frame.basic.requested` is of the group `frame.basic`. */
static struct slice group_of(const struct plan *p, size_t i)
{
    struct slice id = slice_of(p->items[i].instance->of->id);
    const struct slice codec = slice_of("codec.");
    size_t end = id.len;

    while (end > 0 && id.data[end - 1] != '.')
        end--;
    id = slice_head(id, end > 0 ? end - 1 : 0);
    return slice_starts(id, codec) ? slice_skip(id, codec.len) : id;
}

/* The place of the first instance of that group. */
static size_t first_of(const struct plan *p, struct slice group)
{
    size_t i = 0;

    while (!slice_equal(group_of(p, i), group))
        i++;
    return i;
}

static void print_group(FILE *out, const struct plan *p,
                        const enum verdict *verdicts, size_t said, size_t first)
{
    struct slice group = group_of(p, first);
    struct verdict_counts counts = {0};
    struct buf b;

    for (size_t i = first; i < said; i++) {
        if (slice_equal(group_of(p, i), group))
            verdict_add(&counts, verdicts[i], slice_of(""));
    }
    buf_init(&b, SIZE_MAX / 2);
    verdict_list(&b, &counts);
    (void)fprintf(out, "  %-60.*s %.*s\n", (int)group.len,
                  (const char *)group.data, (int)b.len, (const char *)b.data);
    buf_clear(&b);
}

/* What cannot be asked: a line at the last test of each such group. */
static void print_rest(void *out, const struct json *groups,
                       const struct json *group, const struct json *test)
{
    struct slice id = slice_of("");
    struct slice type = slice_of("");

    (void)groups;
    if (test->next || catalogue_is_decode(group))
        return;
    (void)json_get_text(json_find(group, "id"), &id);
    (void)json_get_text(json_find(group, "type"), &type);
    (void)fprintf(out, "  %-60.*s %zu not askable through L0 (type %.*s)\n",
                  (int)id.len, (const char *)id.data,
                  json_find(group, "tests")->count, (int)type.len,
                  (const char *)type.data);
}

static void tally(FILE *out, const struct plan *p, const enum verdict *verdicts,
                  size_t said)
{
    struct arena arena = {0};

    (void)fprintf(out, "by group:\n");
    for (size_t i = 0; i < said; i++) {
        if (first_of(p, group_of(p, i)) == i)
            print_group(out, p, verdicts, said, i);
    }
    catalogue_walk(&arena, print_rest, out);
    arena_clear(&arena);
}

int vectors(const struct options *o, const struct run_place *place)
{
    struct options at_l0 = *o;
    struct run_place here = *place;

    at_l0.lvl &= LVL_L0;
    here.tally = tally;
    return run(&at_l0, &here);
}

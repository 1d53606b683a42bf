/* SPDX-License-Identifier: MIT */
/* See tally.h. */
#include "ref/bin/tally.h"
#include "ref/base/xalloc.h"

size_t tally_count(struct tally *t, struct slice name)
{
    size_t *n = table_find(&t->counts, name);

    if (!n) {
        n = xalloc(1, sizeof *n);
        table_add(&t->counts, name, n);
    }
    return ++*n;
}

json_t *tally_tree(const struct tally *t)
{
    json_t *tree = json_object();

    for (struct table_entry *e = table_first(&t->counts); e;
         e = table_next(e)) {
        const size_t *n = e->value;

        json_object_setn_new(tree, (const char *)e->key.data, e->key.len,
                             json_integer((json_int_t)*n));
    }
    return tree;
}

void tally_clear(struct tally *t)
{
    for (struct table_entry *e = table_first(&t->counts); e; e = table_next(e))
        xalloc_free(e->value);
    table_clear(&t->counts);
}

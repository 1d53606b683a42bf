/* SPDX-License-Identifier: MIT */
/* See handed.h. */
#include "ref/bin/handed.h"
#include "ref/session/served.h"

static void forget(struct handed *h, struct table_entry *e)
{
    json_decref(e->value);
    (void)table_remove(&h->witnesses, e->key);
}

/* `node` is that of all these calls. */
static void forget_those_over(struct handed *h, const struct commons *node)
{
    struct table_entry *next;

    for (struct table_entry *e = table_first(&h->witnesses); e; e = next) {
        uint64_t serial;

        next = table_next(e);
        memcpy(&serial, e->key.data, sizeof serial);
        if (!served_find(node, serial))
            forget(h, e);
    }
}

void handed_add(struct handed *h, struct handler_call call, json_t *witness)
{
    forget_those_over(h, call.desk->self);
    table_add(&h->witnesses, table_key(&call.serial), witness);
}

json_t *handed_take(struct handed *h, struct handler_call call)
{
    return table_remove(&h->witnesses, table_key(&call.serial));
}

void handed_clear(struct handed *h)
{
    while (table_first(&h->witnesses))
        forget(h, table_first(&h->witnesses));
    table_clear(&h->witnesses);
}

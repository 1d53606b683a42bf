/* SPDX-License-Identifier: MIT */
/* See reminder.h. */
#include "ref/base/reminder.h"

void reminder_set(struct agenda *a, struct reminder *r, uint64_t at_ns)
{
    assert(r->ring || at_ns == NEVER);
    r->entry.owner = r;
    agenda_set(a, &r->entry, at_ns);
}

void reminder_ring(struct agenda *a, uint64_t now_ns)
{
    struct reminder *r;

    while ((r = agenda_take(a, now_ns)))
        r->ring(r->self);
}

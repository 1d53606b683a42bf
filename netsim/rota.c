/* SPDX-License-Identifier: MIT */
/* See rota.h. */
#include "netsim/rota.h"

static void on_due(void *self)
{
    rota_touch(self);
}

void rota_enter(struct rota *r, struct rota_place *p, void *owner)
{
    *p = (struct rota_place){
        .rota = r,
        .owner = owner,
        .due = {.ring = on_due, .self = p},
        .waits = {.queue = &r->touched, .owner = p},
    };
}

void rota_touch(struct rota_place *p)
{
    queue_enter(&p->waits);
}

void rota_hold(struct rota_place *p, uint64_t until_ns)
{
    p->held_until_ns = until_ns;
    rota_touch(p);
}

bool rota_is_held(const struct rota_place *p)
{
    return p->held_until_ns > p->rota->now_ns;
}

void rota_wake(struct rota_place *p, uint64_t at_ns)
{
    if (rota_is_held(p) && p->held_until_ns < at_ns)
        at_ns = p->held_until_ns;
    reminder_set(&p->rota->agenda, &p->due, at_ns);
}

void rota_rest(struct rota_place *p)
{
    p->held_until_ns = 0;
    reminder_set(&p->rota->agenda, &p->due, NEVER);
}

uint64_t rota_next_ns(const struct rota *r)
{
    return r->touched.first ? r->now_ns : agenda_next_ns(&r->agenda);
}

void rota_run(struct rota *r, uint64_t now_ns)
{
    struct rota_place *p;

    assert(now_ns >= r->now_ns);
    r->now_ns = now_ns;
    while (rota_next_ns(r) <= now_ns) {
        p = queue_first(&r->touched);
        if (p) {
            queue_leave(&p->waits);
            r->turn(p->owner);
        } else {
            reminder_ring(&r->agenda, now_ns);
        }
    }
}

void rota_clear(struct rota *r)
{
    agenda_clear(&r->agenda);
}

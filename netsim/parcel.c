/* SPDX-License-Identifier: MIT */
/* See parcel.h. */
#include "netsim/parcel.h"
#include "ref/base/xalloc.h"

#define HEAD 40                 /* bytes of its head, on the link */
#define AGAIN_NS 30000000       /* what was lost is sent again then, */
#define AGAIN_MAX_NS 2000000000 /* later and later, but never later than so */
#define DOUBLINGS_MAX 8
#define FAREWELLS_MAX 3 /* so often one is said in vain */

struct parcel *parcel_new(struct parcel_road *road, struct queue *list,
                          enum parcel_kind kind, struct slice bytes)
{
    struct parcel *p = xalloc(1, sizeof *p + bytes.len);

    p->due.self = p;
    p->road = road;
    p->place.queue = list;
    p->place.owner = p;
    p->kind = kind;
    p->len = bytes.len;
    if (bytes.len)
        memcpy(p->bytes, bytes.data, bytes.len);
    queue_enter(&p->place);
    return p;
}

void parcel_free(struct parcel *p)
{
    reminder_set(p->road->agenda, &p->due, NEVER);
    queue_leave(&p->place);
    xalloc_free(p);
}

void parcel_free_all(struct queue *list)
{
    struct parcel *p;

    while ((p = queue_first(list)))
        parcel_free(p);
}

void parcel_free_lost(struct queue *list)
{
    struct queue_entry *next;

    for (struct queue_entry *e = list->first; e; e = next) {
        struct parcel *p = e->owner;

        next = e->behind;
        if (p->is_lost && p->kind != PARCEL_BYE)
            parcel_free(p);
    }
}

static void on_arrival(void *self)
{
    struct parcel *p = self;

    p->road->arrived(p->road->self, p);
}

static void send_again(void *self)
{
    parcel_send(self);
}

static uint64_t patience_ns(const struct parcel *p)
{
    uint32_t doublings = p->tries < DOUBLINGS_MAX ? p->tries : DOUBLINGS_MAX;
    uint64_t wait_ns = (uint64_t)AGAIN_NS << doublings;

    return wait_ns < AGAIN_MAX_NS ? wait_ns : AGAIN_MAX_NS;
}

void parcel_lose(struct parcel *p)
{
    if (p->kind == PARCEL_BYE && p->tries + 1 == FAREWELLS_MAX) {
        parcel_free(p);
        return;
    }
    p->is_lost = true;
    p->due.ring = send_again;
    reminder_set(p->road->agenda, &p->due, *p->road->now_ns + patience_ns(p));
    p->tries++;
}

/* A double says nothing new. */
void parcel_send(struct parcel *p)
{
    struct parcel_road *road = p->road;
    const size_t len = p->len + HEAD;
    struct link_fate fate = link_take(&road->way, len, *road->now_ns);

    if (fate.count == 0 || fate.is_corrupt || fate.len != len) {
        parcel_lose(p);
        return;
    }
    p->is_lost = false;
    p->due.ring = on_arrival;
    reminder_set(road->agenda, &p->due, fate.at_ns[0]);
}

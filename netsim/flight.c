/* SPDX-License-Identifier: MIT */
/* See flight.h. */
#include "netsim/flight.h"
#include "ref/base/xalloc.h"

struct flight {
    struct reminder due;      /* its arrival */
    struct queue_entry place; /* among all */
    struct flights *flights;  /* borrowed */
    struct address from, to;
    size_t len;
    uint8_t bytes[];
};

static void flight_free(struct flight *one)
{
    reminder_set(one->flights->agenda, &one->due, NEVER);
    queue_leave(&one->place);
    xalloc_free(one);
}

static void arrive(void *self)
{
    struct flight *one = self;
    const struct datagram d = {.from = one->from,
                               .to = one->to,
                               .bytes = slice_make(one->bytes, one->len)};

    one->flights->arrived(one->flights->self, &d);
    flight_free(one);
}

static struct flight *flight_new(struct flights *f, const struct datagram *d,
                                 const struct link_fate *fate)
{
    struct flight *one = xalloc(1, sizeof *one + fate->len);

    assert(fate->len <= d->bytes.len);
    one->due = (struct reminder){.ring = arrive, .self = one};
    one->place = (struct queue_entry){.queue = &f->all, .owner = one};
    one->flights = f;
    one->from = d->from;
    one->to = d->to;
    one->len = fate->len;
    if (one->len)
        memcpy(one->bytes, d->bytes.data, one->len);
    if (one->len && fate->is_corrupt)
        one->bytes[fate->bit / 8] ^= (uint8_t)(1u << fate->bit % 8);
    queue_enter(&one->place);
    return one;
}

void flight_send(struct flights *f, struct link *way, const struct datagram *d,
                 uint64_t now_ns)
{
    struct link_fate fate = link_take(way, d->bytes.len, now_ns);

    for (size_t i = 0; i < fate.count; i++)
        reminder_set(f->agenda, &flight_new(f, d, &fate)->due, fate.at_ns[i]);
}

void flight_clear(struct flights *f)
{
    struct flight *one;

    while ((one = queue_first(&f->all)))
        flight_free(one);
}

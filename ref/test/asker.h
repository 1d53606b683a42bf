/* SPDX-License-Identifier: MIT */
/* A connection on which we ask, and who waits for what comes of it: what the
 * tests of our own requests have in common. */
#ifndef REF_TEST_ASKER_H
#define REF_TEST_ASKER_H

#include "ref/session/asking.h"
#include "ref/test/wire.h"

static struct wire w;
static struct waiter waiters[4];

static inline void connect_with(uint64_t credit)
{
    memset(waiters, 0, sizeof waiters);
    wire_connect(&w);
    connection_on_credit(w.c, credit);
}

static inline int begin(void **state)
{
    (void)state;
    connect_with(100);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    wire_end(&w);
    return 0;
}

/* A request of ours that was sent; its ticket. */
static inline uint64_t subscribe_and_send(struct waiter *waiter)
{
    uint64_t ticket = wire_subscribe(&w, "1", waiter);

    t_says(wire_poll(&w), "fin");
    return ticket;
}

static inline uint64_t call_and_send(struct waiter *waiter)
{
    uint64_t ticket = wire_call(&w, "1", waiter);

    t_says(wire_poll(&w), "fin");
    return ticket;
}

#endif

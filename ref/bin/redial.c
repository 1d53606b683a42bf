/* SPDX-License-Identifier: MIT */
/* See redial.h. */
#include "ref/bin/redial.h"

struct redial redial_make(struct entropy_source entropy)
{
    return (struct redial){.entropy = entropy, .opened_ns = NEVER};
}

void redial_opened(struct redial *r, uint64_t now_ns)
{
    r->opened_ns = now_ns;
}

static uint64_t longer(uint64_t wait_ns)
{
    if (!wait_ns)
        return REDIAL_FIRST_NS;
    return wait_ns < REDIAL_MAX_NS / 2 ? 2 * wait_ns : REDIAL_MAX_NS;
}

uint64_t redial_lost(struct redial *r, uint64_t now_ns)
{
    uint64_t chance;

    if (r->opened_ns != NEVER && now_ns - r->opened_ns >= REDIAL_STEADY_NS)
        r->wait_ns = 0;
    r->opened_ns = NEVER;
    r->wait_ns = longer(r->wait_ns);
    entropy_fill(&r->entropy, (uint8_t *)&chance, sizeof chance);
    return now_ns + r->wait_ns - chance % (r->wait_ns / 2 + 1);
}

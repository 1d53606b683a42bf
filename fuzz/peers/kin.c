/* SPDX-License-Identifier: MIT */
/* See kin.h. */
#include "fuzz/peers/kin.h"

#include <assert.h>

static uint32_t add(struct kin *k, struct kin_call call)
{
    assert(k->count < KIN_MAX);
    k->calls[k->count] = call;
    return k->count++;
}

uint32_t kin_ask(struct kin *k, uint64_t deadline_ns)
{
    return add(
        k, (struct kin_call){.above = KIN_NONE, .deadline_ns = deadline_ns});
}

uint32_t kin_compose(struct kin *k, uint32_t by, enum kin_policy policy)
{
    const struct kin_call *composer = &k->calls[by];

    return add(k, (struct kin_call){.above = by,
                                    .goes_on = policy == KIN_AS_ABOVE
                                                   ? composer->goes_on
                                                   : policy == KIN_GOES_ON,
                                    .deadline_ns = composer->deadline_ns});
}

static void end(struct kin_call *c, uint32_t word, const char *rule)
{
    c->owes_stop = c->state == KIN_RUNS;
    c->state = KIN_OVER;
    c->owed = word;
    c->rule = rule;
}

void kin_refuse(struct kin *k, uint32_t which, enum kin_word word)
{
    end(&k->calls[which], word, "CL-1");
    k->calls[which].above = KIN_NONE;
}

void kin_start(struct kin *k, uint32_t which)
{
    k->calls[which].state = KIN_RUNS;
}

/* [AB-4, AB-5, AB-20] Of all that is below: who depends on one that ends does,
 * and so does who has not begun. Who composed stands before whom it composed,
 * so one walk finds them. */
static void end_below(struct kin *k, uint32_t which)
{
    bool is_below[KIN_MAX] = {false};

    is_below[which] = true;
    for (uint32_t i = which + 1; i < k->count; i++) {
        struct kin_call *c = &k->calls[i];
        bool is_left;

        if (c->state == KIN_OVER || c->above == KIN_NONE || !is_below[c->above])
            continue;
        is_below[i] = c->is_barren = true;
        is_left = k->calls[c->above].state == KIN_OVER;
        if (c->state == KIN_WAITS || (is_left && !c->goes_on))
            end(c, KIN_ABORTED, c->state == KIN_WAITS ? "AB-20" : "AB-4");
        else if (is_left)
            c->above = KIN_NONE;
    }
}

void kin_end(struct kin *k, uint32_t which, enum kin_word word)
{
    end(&k->calls[which], word, "CL-1");
    k->calls[which].owes_stop = false;
    end_below(k, which);
}

void kin_stop(struct kin *k, uint32_t which, uint32_t word, const char *rule)
{
    end(&k->calls[which], word, rule);
    end_below(k, which);
}

void kin_expire(struct kin *k, uint64_t now_ns)
{
    for (uint32_t i = 0; i < k->count; i++) {
        struct kin_call *c = &k->calls[i];
        const bool hangs = c->above != KIN_NONE && !c->goes_on;

        if (c->state == KIN_OVER || c->deadline_ns > now_ns)
            continue;
        if (c->state == KIN_WAITS)
            end(c, KIN_ABORTED, "AB-20");
        else
            end(c, KIN_TIMEOUT | (hangs ? KIN_ABORTED : 0u), "TO-6a");
    }
}

bool kin_may_compose(const struct kin *k, uint32_t which)
{
    return k->calls[which].state == KIN_RUNS && !k->calls[which].is_barren;
}

bool kin_hears(struct kin *k, uint32_t which, enum kin_word word)
{
    const bool is_owed = (k->calls[which].owed & word) != 0;

    k->calls[which].owed = 0;
    return is_owed;
}

uint32_t kin_living(const struct kin *k)
{
    uint32_t living = 0;

    for (uint32_t i = 0; i < k->count; i++)
        living += k->calls[i].state != KIN_OVER;
    return living;
}

uint32_t kin_pick(const struct kin *k, enum kin_state state, uint32_t wish)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < k->count; i++)
        count += k->calls[i].state == state;
    if (count == 0)
        return KIN_NONE;
    wish %= count;
    for (uint32_t i = 0;; i++)
        if (k->calls[i].state == state && wish-- == 0)
            return i;
}

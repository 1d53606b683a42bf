/* SPDX-License-Identifier: MIT */
/* Numbers in a row, in the order of the struct. */
#include "conformance/traffic.h"

#include <inttypes.h>

#define NUMBERS (7 + LINK_HARMS)

/* Where each number lives. */
static void places_of(struct relay_counts *c, uint64_t *ret_places[NUMBERS])
{
    size_t n = 0;

    ret_places[n++] = &c->forwarded;
    ret_places[n++] = &c->dropped;
    for (int harm = 0; harm < LINK_HARMS; harm++)
        ret_places[n++] = &c->harmed[harm];
    ret_places[n++] = &c->rebinds;
    ret_places[n++] = &c->strayed;
    ret_places[n++] = &c->prompt;
    ret_places[n++] = &c->prompt_ns;
    ret_places[n++] = &c->prompt_max_ns;
    assert(n == NUMBERS);
}

void traffic_put(struct json_out *out, const char *name,
                 const struct relay_counts *c)
{
    struct relay_counts copy = *c;
    uint64_t *places[NUMBERS];

    places_of(&copy, places);
    json_out_array(out, name);
    for (size_t i = 0; i < NUMBERS; i++)
        json_out_u64(out, NULL, *places[i]);
    json_out_end(out);
}

struct relay_counts traffic_get(const struct json *v)
{
    struct relay_counts c = {0};
    uint64_t *places[NUMBERS];

    places_of(&c, places);
    if (!json_is(v, JSON_ARRAY) || v->count != NUMBERS)
        return c;
    for (size_t i = 0; i < NUMBERS; i++)
        (void)json_get_u64(json_at(v, i), places[i]);
    return c;
}

/* Microseconds with one digit behind the point. */
static const char *micro(struct arena *arena, uint64_t ns)
{
    return arena_text(arena, "%" PRIu64 ".%" PRIu64 " us", ns / 1000,
                      ns / 100 % 10);
}

static const char *with(struct arena *arena, const char *text, uint64_t count,
                        const char *what)
{
    return count ? arena_text(arena, "%s, %" PRIu64 " %s", text, count, what)
                 : text;
}

const char *traffic_text(struct arena *arena, const struct relay_counts *c)
{
    const char *text =
        arena_text(arena, "%" PRIu64 " datagrams sent on", c->forwarded);

    if (c->prompt)
        text = arena_text(arena,
                          "%s, %s each (%s at most) where they had not to wait",
                          text, micro(arena, c->prompt_ns / c->prompt),
                          micro(arena, c->prompt_max_ns));
    for (int harm = 0; harm < LINK_HARMS; harm++)
        text = with(arena, text, c->harmed[harm],
                    link_harm_name((enum link_harm)harm));
    text = with(arena, text, c->rebinds, "rebinds");
    return with(arena, text, c->strayed, "strayed");
}

/* SPDX-License-Identifier: MIT */
/* See tie.h. */
#include "fuzz/peers/tie.h"

void tie(struct port *a, struct port *b)
{
    a->other = b;
    b->other = a;
}

static bool poll_all(struct port *p)
{
    bool has_moved = false;

    while (port_poll(p, SIZE_MAX, true))
        has_moved = true;
    return has_moved;
}

/* All that is on its way arrives, and there is room everywhere. */
static bool arrive_all(struct port *p, bool is_ours)
{
    bool has_moved = false;

    for (size_t i = 0; i < p->opened[is_ours]; i++) {
        struct port_stream *s = port_at(p, is_ours, i);

        if (!s)
            continue;
        has_moved = has_moved || s->is_blocked ||
                    (!s->is_in_over && (s->coming.len || s->is_fin_coming));
        port_room(p, s);
        port_arrive(p, s, SIZE_MAX);
    }
    return has_moved;
}

static bool carry(struct port *p)
{
    bool has_moved = poll_all(p);

    has_moved = p->c && (arrive_all(p, true) || has_moved);
    return p->c && (arrive_all(p, false) || has_moved);
}

bool tie_carry(struct port *p)
{
    bool has_moved = carry(p);

    return carry(p->other) || has_moved;
}

void tie_lose(struct port *p, struct port_stream *s)
{
    struct port_stream *there = port_stream(p->other, s->id);

    port_gone(p, s);
    if (there)
        port_gone(p->other, there);
}

/* SPDX-License-Identifier: MIT */
/*
 * Two nodes whose connections are tied together in memory: what one end does,
 * the other hears. Bytes are carried in pieces that a seed chooses.
 */
#ifndef REF_TEST_ENDS_H
#define REF_TEST_ENDS_H

#include "ref/test/wire.h"

#define ENDS_CREDIT 8 /* streams that each may open at first */

static struct wire ends[2];
static uint64_t ends_seed;

/* A connection between the two nodes, which must be there. */
static inline void ends_connect_nodes(void)
{
    for (int i = 0; i < 2; i++) {
        ends[i].c = node_add(ends[i].node, slice_make(NULL, 0),
                             (struct peer_filter){true});
        ends[i].next = i;
        connection_on_credit(ends[i].c, ENDS_CREDIT);
    }
}

/* Two nodes as wire.h makes them, and a connection between them. */
static inline void ends_connect(void)
{
    ends_seed = 1;
    wire_begin(&ends[0], 0);
    wire_begin(&ends[1], 0);
    ends_connect_nodes();
}

/* Carries a part of a write over, in memory of its own. */
static inline void ends_carry_write(struct wire *from, struct wire *to,
                                    const struct action *a)
{
    size_t len = t_below(&ends_seed, a->bytes.len + 1);
    struct slice piece;
    bool is_all;

    if (t_below(&ends_seed, 3) == 0)
        len = a->bytes.len;
    is_all = len == a->bytes.len;
    piece = t_exact(slice_head(a->bytes, len));
    connection_wrote(from->c, a->stream, len);
    if (piece.len || (is_all && a->fin))
        connection_on_data(to->c, a->stream, piece, is_all && a->fin);
    if (!is_all)
        connection_on_writable(from->c, a->stream);
    t_free(piece);
}

static inline void ends_carry(struct wire *from, struct wire *to,
                              const struct action *a)
{
    switch (a->kind) {
    case ACTION_OPEN:
        connection_opened(from->c, from->next);
        from->next += 4;
        break;
    case ACTION_WRITE:
        ends_carry_write(from, to, a);
        break;
    case ACTION_RESET:
        connection_on_reset(to->c, a->stream);
        break;
    case ACTION_STOP:
        connection_on_stop(to->c, a->stream);
        break;
    case ACTION_CREDIT:
        connection_on_credit(to->c, a->count);
        break;
    case ACTION_CLOSE:
        connection_on_closed(to->c);
        break;
    case ACTION_CONSUMED:
        from->consumed += a->count;
        break;
    }
}

/* Carries one thing from that end; false when it has nothing to do. */
static inline bool ends_step(int i)
{
    struct action a;

    if (!wire_next(ends[i].c, &a))
        return false;
    ends_carry(&ends[i], &ends[i ^ 1], &a);
    return true;
}

/* Carries until neither end has anything to do. */
static inline void ends_run(void)
{
    int idle = 0;

    for (int i = 0; idle < 2; i ^= 1)
        idle = ends_step(i) ? 0 : idle + 1;
}

#endif

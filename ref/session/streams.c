/* SPDX-License-Identifier: MIT */
/*
 * Invariants: a stream stands in the ready list exactly once while is_ready is
 * set; a stream that owes an answer is kept; of every stream that the peer
 * opened the credit is given back exactly once.
 */
#include "ref/session/streams.h"
#include "ref/base/bounds.h"

static struct slice key_of(const int64_t *id)
{
    return slice_make(id, sizeof *id);
}

void streams_init(struct streams *all, size_t body_max)
{
    *all = (struct streams){.body_max = body_max};
}

void streams_clear(struct streams *all)
{
    for (struct table_entry *e = table_first(&all->by_id); e; e = table_next(e))
        stream_free(e->value);
    table_clear(&all->by_id);
    streams_init(all, all->body_max);
}

struct stream *streams_find(const struct streams *all, int64_t id)
{
    return table_find(&all->by_id, key_of(&id));
}

struct stream *streams_add(struct streams *all, int64_t id, bool is_ours)
{
    struct stream *s = stream_new(id, is_ours, all->body_max);
    bool is_new = table_add(&all->by_id, key_of(&id), s);

    assert(is_new);
    (void)is_new;
    return s;
}

/* [SM-25] The peer may open another stream for this one: at once when nothing
 * is owed on it, so that a caller who never says FIN does not run dry; at the
 * latest when it is gone. */
static void give_credit(struct streams *all, struct stream *s)
{
    if (s->is_ours || s->is_credit_given)
        return;
    s->is_credit_given = true;
    all->grant++;
    all->idle_count++;
}

static void forget(struct streams *all, struct stream *s)
{
    give_credit(all, s);
    if (!s->is_ours)
        all->idle_count--;
    (void)table_remove(&all->by_id, key_of(&s->id));
    stream_free(s);
}

static void make_ready(struct streams *all, struct stream *s)
{
    if (s->is_ready)
        return;
    s->is_ready = true;
    s->next_ready = NULL;
    *(all->ready_last ? &all->ready_last->next_ready : &all->ready_first) = s;
    all->ready_last = s;
}

void streams_settle(struct streams *all, struct stream *s)
{
    /* [SM-20, SM-21] our FIN waits for the peer's and for the last answer;
     * [FL-8] or for the last answer alone, when we read no more */
    if (!s->is_ours && s->owed == 0 && (s->is_read_over || s->is_refused))
        s->must_finish = true;
    if (s->owed == 0 && s->has_served &&
        all->idle_count < BOUNDS_IDLE_STREAMS_MAX)
        give_credit(all, s);
    make_ready(all, s);
}

static void drop_ready(struct streams *all)
{
    struct stream *s = all->ready_first;

    s->is_ready = false;
    all->ready_first = s->next_ready;
    if (!all->ready_first)
        all->ready_last = NULL;
}

static bool poll_credit(struct streams *all, struct action *ret)
{
    if (all->grant == 0)
        return false;
    *ret = (struct action){.kind = ACTION_CREDIT, .count = all->grant};
    all->grant = 0;
    return true;
}

bool streams_poll(struct streams *all, struct action *ret)
{
    while (all->ready_first) {
        struct stream *s = all->ready_first;

        if (stream_poll(s, ret))
            return true;
        drop_ready(all);
        if (stream_is_over(s) && s->owed == 0)
            forget(all, s);
    }
    return poll_credit(all, ret);
}

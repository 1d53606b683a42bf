/* SPDX-License-Identifier: MIT */
/*
 * Invariants: a stream is not freed while it stands in a queue; while any does,
 * their connection waits for its turn; a stream that owes an answer is kept; of
 * every stream that the peer opened the credit is given back exactly once.
 */
#include "ref/session/streams.h"
#include "ref/base/bounds.h"

static struct slice key_of(const int64_t *id)
{
    return slice_make(id, sizeof *id);
}

void streams_init(struct streams *all, size_t body_max,
                  struct queue_entry *turn)
{
    *all = (struct streams){.body_max = body_max, .turn = turn};
}

void streams_clear(struct streams *all)
{
    for (struct table_entry *e = table_first(&all->by_id); e; e = table_next(e))
        stream_free(e->value);
    table_clear(&all->by_id);
    streams_init(all, all->body_max, all->turn);
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
    for (int which = 0; which < STREAM_QUEUES; which++)
        s->in[which] =
            (struct queue_entry){.queue = &all->queues[which], .owner = s};
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

void streams_stir(struct streams *all)
{
    if (all->turn)
        queue_enter(all->turn);
}

static void enqueue(struct streams *all, struct stream *s,
                    enum stream_queue which)
{
    queue_enter(&s->in[which]);
    streams_stir(all);
}

/* ------------------------------------------------------------- budgets */

static void count(size_t *sum, size_t *counted, size_t now)
{
    *sum += now - *counted;
    *counted = now;
}

/* The oldest stream with a frame half read: it is let in on, so that one frame
 * after the other can be finished. */
static const struct stream *favoured(const struct streams *all)
{
    for (struct table_entry *e = table_first(&all->by_id); e; e = table_next(e))
        if (((struct stream *)e->value)->reader.body.len)
            return e->value;
    return NULL;
}

/* [FL-13] Beyond the budget, who has had a share has the window kept back, all
 * but one. */
static bool is_rationed(struct streams *all, const struct stream *s)
{
    if (all->half_read <= BOUNDS_HALF_READ_MAX ||
        s->reader.body.len < BOUNDS_HALF_READ_SHARE || s == favoured(all))
        return false;
    all->is_rationing = true;
    return true;
}

/* A frame was finished, or its stream is over: whoever was kept back is asked
 * again. */
static void ask_rationed(struct streams *all)
{
    all->is_rationing = false;
    for (struct table_entry *e = table_first(&all->by_id); e; e = table_next(e))
        if (((struct stream *)e->value)->is_rationed)
            enqueue(all, e->value, STREAM_OUTWARD);
}

static void audit(struct streams *all, struct stream *s)
{
    size_t before = all->half_read;

    count(&all->half_read, &s->half_counted, s->reader.body.len);
    count(&all->unsent, &s->unsent_counted, s->unsent.len);
    if (all->is_rationing && all->half_read < before)
        ask_rationed(all);
}

/* ------------------------------------------------------------- life */

static void forget(struct streams *all, struct stream *s)
{
    give_credit(all, s);
    if (!s->is_ours)
        all->idle_count--;
    audit(all, s);
    (void)table_remove(&all->by_id, key_of(&s->id));
    stream_free(s);
}

void streams_settle(struct streams *all, struct stream *s)
{
    /* [SM-20, SM-21] our FIN waits for the peer's and for the last answer;
     * [FL-8] or for the last answer alone, when we read no more */
    if (!s->is_ours && s->owed == 0 && (s->is_read_over || s->is_refused))
        s->must_finish = true;
    if (s->owed == 0 && s->has_served && s->unsent.len == 0 &&
        all->idle_count < BOUNDS_IDLE_STREAMS_MAX)
        give_credit(all, s);
    audit(all, s);
    enqueue(all, s, STREAM_OUTWARD);
    if (stream_may_read(s) || stream_may_pull(s))
        enqueue(all, s, STREAM_INWARD);
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
    struct stream *s;

    while ((s = queue_first(&all->queues[STREAM_OUTWARD]))) {
        s->is_rationed = s->consumed && is_rationed(all, s);
        if (stream_poll(s, ret))
            return true;
        queue_leave(&s->in[STREAM_OUTWARD]);
        if (stream_is_over(s) && s->owed == 0 && !s->in[STREAM_INWARD].is_in)
            forget(all, s);
    }
    return poll_credit(all, ret);
}

struct stream *streams_stirred(struct streams *all)
{
    struct stream *s = queue_first(&all->queues[STREAM_INWARD]);

    if (!s)
        return NULL;
    queue_leave(&s->in[STREAM_INWARD]);
    enqueue(all, s, STREAM_OUTWARD); /* is it over? to be asked again */
    return s;
}

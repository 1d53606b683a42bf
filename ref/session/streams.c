/* SPDX-License-Identifier: MIT */
/*
 * Invariants: a stream stands in a queue exactly once while is_queued says so,
 * and is not freed while it stands in one; a stream that owes an answer is
 * kept; of every stream that the peer opened the credit is given back exactly
 * once.
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

static void enqueue(struct streams *all, struct stream *s,
                    enum stream_queue which)
{
    struct streams_queue *q = &all->queue[which];

    if (s->is_queued[which])
        return;
    s->is_queued[which] = true;
    s->behind[which] = NULL;
    *(q->last ? &q->last->behind[which] : &q->first) = s;
    q->last = s;
}

static struct stream *dequeue(struct streams *all, enum stream_queue which)
{
    struct streams_queue *q = &all->queue[which];
    struct stream *s = q->first;

    if (!s)
        return NULL;
    s->is_queued[which] = false;
    q->first = s->behind[which];
    if (!q->first)
        q->last = NULL;
    return s;
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

    while ((s = all->queue[STREAM_OUTWARD].first)) {
        s->is_rationed = s->consumed && is_rationed(all, s);
        if (stream_poll(s, ret))
            return true;
        (void)dequeue(all, STREAM_OUTWARD);
        if (stream_is_over(s) && s->owed == 0 && !s->is_queued[STREAM_INWARD])
            forget(all, s);
    }
    return poll_credit(all, ret);
}

struct stream *streams_stirred(struct streams *all)
{
    struct stream *s = dequeue(all, STREAM_INWARD);

    if (s) /* whether it is over has to be asked again */
        enqueue(all, s, STREAM_OUTWARD);
    return s;
}

bool streams_is_stirred(const struct streams *all)
{
    return all->queue[STREAM_OUTWARD].first || all->queue[STREAM_INWARD].first;
}

/* SPDX-License-Identifier: MIT */
/*
 * Entries stand in one list in the order they were made, which is the order in
 * which they are told when several end together. Those that were sent are also
 * found by id: until then nobody outside can know the id, so an answer to it
 * would be a lie [PM-5].
 *
 * There is one way out, end(): out of the list, out of the table, then told.
 * Whoever walks the list while telling starts again from the front, because a
 * waiter may change everything.
 */
#include "ref/state/pending.h"
#include "ref/base/xalloc.h"

static void unlink_entry(struct pending *p, struct pending_entry *e)
{
    *(e->previous ? &e->previous->next : &p->first) = e->next;
    *(e->next ? &e->next->previous : &p->last) = e->previous;
    p->count--;
    if (e->stream == PENDING_NO_STREAM)
        p->unsent--;
    else
        (void)table_remove(&p->by_id, e->id);
    if (e->deadline_ns == p->deadline_ns)
        p->is_stale = true;
}

/* [PM-8] the first end wins: after it the id is unknown, [ID-11] and free. */
static void end(struct pending *p, struct pending_entry *e,
                const struct pending_outcome *outcome)
{
    struct pending_waiter waiter = e->waiter;

    unlink_entry(p, e);
    xalloc_free((void *)(uintptr_t)e->id.data);
    buf_clear(&e->frame);
    xalloc_free(e);
    waiter.tell(waiter.self, outcome);
}

static void end_with(struct pending *p, struct pending_entry *e,
                     enum call_error_code code, struct slice message)
{
    const struct pending_outcome outcome = {.error =
                                                call_error_make(code, message)};

    end(p, e, &outcome);
}

void pending_add(struct pending *p, struct slice id,
                 struct pending_waiter waiter, uint64_t deadline_ns,
                 struct buf *frame)
{
    struct pending_entry *e;

    assert(!p->is_closed);
    e = xalloc(1, sizeof *e);
    *e = (struct pending_entry){
        .id = slice_make(xalloc_copy(id), id.len),
        .waiter = waiter,
        .deadline_ns = deadline_ns,
        .stream = PENDING_NO_STREAM,
        .frame = *frame,
        .previous = p->last,
    };
    buf_init(frame, frame->len_max);
    *(p->last ? &p->last->next : &p->first) = e;
    p->last = e;
    if (p->count++ == 0 || deadline_ns < p->deadline_ns) {
        p->is_stale = p->is_stale && p->count > 1;
        p->deadline_ns = deadline_ns;
    }
    p->unsent++;
}

struct pending_entry *pending_next_unsent(const struct pending *p)
{
    struct pending_entry *e = p->unsent ? p->first : NULL;

    while (e && e->stream != PENDING_NO_STREAM)
        e = e->next;
    return e;
}

struct buf pending_send(struct pending *p, struct pending_entry *e,
                        int64_t stream)
{
    struct buf frame = e->frame;
    bool is_new;

    assert(e->stream == PENDING_NO_STREAM && stream >= 0);
    buf_init(&e->frame, frame.len_max);
    e->stream = stream;
    p->unsent--;
    is_new = table_add(&p->by_id, e->id, e);
    assert(is_new); /* ids are random [ID-2] */
    (void)is_new;
    return frame;
}

bool pending_answer(struct pending *p, struct slice id,
                    const struct pending_outcome *outcome)
{
    struct pending_entry *e = table_find(&p->by_id, id); /* [ID-7, PM-1] */

    if (!e) /* [PM-9, TO-4] it has ended */
        return false;
    end(p, e, outcome);
    return true;
}

static struct pending_entry *find_expired(const struct pending *p,
                                          uint64_t now_ns)
{
    struct pending_entry *e = p->first;

    while (e && e->deadline_ns > now_ns) /* [TO-2] */
        e = e->next;
    return e;
}

void pending_expire(struct pending *p, uint64_t now_ns)
{
    struct pending_entry *e;

    /* [TO-1] */
    while (pending_deadline(p) <= now_ns && (e = find_expired(p, now_ns)))
        end_with(p, e, CALL_ERROR_TIMEOUT, slice_of("request timed out"));
}

uint64_t pending_deadline(struct pending *p)
{
    if (p->count == 0)
        return NEVER;
    if (p->is_stale) {
        p->deadline_ns = NEVER;
        for (struct pending_entry *e = p->first; e; e = e->next)
            if (e->deadline_ns < p->deadline_ns)
                p->deadline_ns = e->deadline_ns;
        p->is_stale = false;
    }
    return p->deadline_ns;
}

/* Calls are sent in the order they were made, so behind the first unsent one
 * there is nothing to find. */
static struct pending_entry *find_stream(const struct pending *p,
                                         int64_t stream)
{
    struct pending_entry *e = p->first;

    while (e && e->stream != stream && e->stream != PENDING_NO_STREAM)
        e = e->next;
    return e && e->stream == stream ? e : NULL;
}

bool pending_has_stream(const struct pending *p, int64_t stream)
{
    return find_stream(p, stream) != NULL;
}

void pending_fail_stream(struct pending *p, int64_t stream,
                         struct slice message)
{
    struct pending_entry *e;

    assert(stream != PENDING_NO_STREAM);
    while ((e = find_stream(p, stream)))
        end_with(p, e, CALL_ERROR_INTERNAL, message);
}

void pending_close(struct pending *p, struct slice message)
{
    p->is_closed = true;
    while (p->first)
        end_with(p, p->first, CALL_ERROR_INTERNAL, message);
}

void pending_clear(struct pending *p)
{
    assert(p->count == 0); /* every waiter was told */
    table_clear(&p->by_id);
    *p = (struct pending){.first = NULL};
}

/* SPDX-License-Identifier: MIT */
/*
 * Entries stand in one list in the order they were made, which is the order in
 * which they are told when several end together. Those that were sent are also
 * found by id: until then nobody outside can know the id, so an answer to it
 * would be a lie [PM-5].
 *
 * There is one way out, pending_end(): out of the list, out of the tables, off
 * the agenda, then told.
 */
#include "ref/state/pending.h"
#include "ref/base/xalloc.h"

static void unlink_entry(struct pending *p, struct pending_entry *e)
{
    *(e->previous ? &e->previous->next : &p->first) = e->next;
    *(e->next ? &e->next->previous : &p->last) = e->previous;
    p->count--;
    p->unsent -= e->frame.len;
    if (e == p->unsent_first)
        p->unsent_first = e->next;
    if (e->stream != PENDING_NO_STREAM)
        (void)table_remove(&p->by_id, e->id);
    (void)table_remove(&p->by_ticket, table_key(&e->ticket));
    reminder_set(p->agenda, &e->limit, NEVER);
}

/* [PM-8] the first end wins: after it the id is unknown, [ID-11] and free. */
void pending_end(struct pending *p, struct pending_entry *e,
                 const struct pending_outcome *outcome)
{
    struct pending_waiter waiter = e->waiter;

    unlink_entry(p, e);
    xalloc_free((void *)(uintptr_t)e->id.data);
    buf_clear(&e->frame);
    xalloc_free(e);
    waiter.tell(waiter.self, outcome);
}

void pending_fail(struct pending *p, struct pending_entry *e,
                  enum call_error_code code, const char *message)
{
    const struct pending_outcome outcome = {
        .error = call_error_make(code, slice_of(message))};

    pending_end(p, e, &outcome);
}

struct pending_outcome pending_aborted(void)
{
    return (struct pending_outcome){
        .is_aborted = true,
        .error = call_error_make(CALL_ERROR_INTERNAL, slice_of("aborted")),
    };
}

static void ring(void *self)
{
    struct pending_entry *e = self;

    e->pending->expire(e->pending, e);
}

static void append(struct pending *p, struct pending_entry *e)
{
    e->previous = p->last;
    *(p->last ? &p->last->next : &p->first) = e;
    p->last = e;
    p->count++;
    p->unsent += e->frame.len;
    if (!p->unsent_first)
        p->unsent_first = e;
    table_add(&p->by_ticket, table_key(&e->ticket), e);
}

void pending_add(struct pending *p, const struct pending_request *r)
{
    struct pending_entry *e;

    assert(!p->is_closed);
    e = xalloc(1, sizeof *e);
    *e = (struct pending_entry){
        .id = slice_make(xalloc_copy(r->id), r->id.len),
        .ticket = r->ticket,
        .kind = r->kind,
        .waiter = r->waiter,
        .limit = {.ring = ring, .self = e},
        .pending = p,
        .stream = PENDING_NO_STREAM,
        .full = PENDING_NO_STREAM,
        .frame = *r->frame,
    };
    buf_init(r->frame, r->frame->len_max);
    append(p, e);
    reminder_set(p->agenda, &e->limit, r->deadline_ns);
}

struct pending_entry *pending_next_unsent(const struct pending *p)
{
    return p->unsent_first;
}

/* Requests are sent in the order they were made, so behind the first unsent
 * one there is none that was. */
struct buf pending_send(struct pending *p, struct pending_entry *e,
                        int64_t stream)
{
    struct buf frame = e->frame;
    bool is_new;

    assert(e == p->unsent_first && stream >= 0);
    buf_init(&e->frame, frame.len_max);
    p->unsent -= frame.len;
    e->stream = stream;
    p->unsent_first = e->next;
    is_new = table_add(&p->by_id, e->id, e);
    assert(is_new); /* ids are random [ID-2] */
    (void)is_new;
    return frame;
}

struct pending_entry *pending_find(const struct pending *p, struct slice id)
{
    return table_find(&p->by_id, id); /* [ID-7, PM-1] */
}

struct pending_entry *pending_find_ticket(const struct pending *p,
                                          uint64_t ticket)
{
    return table_find(&p->by_ticket, table_key(&ticket));
}

/* From the front each time: whoever is told may end others. */
void pending_close(struct pending *p, const char *message)
{
    p->is_closed = true;
    while (p->first)
        pending_fail(p, p->first, CALL_ERROR_INTERNAL, message);
}

void pending_clear(struct pending *p)
{
    assert(p->count == 0); /* every waiter was told */
    table_clear(&p->by_id);
    table_clear(&p->by_ticket);
}

/* SPDX-License-Identifier: MIT */
/* See quic_queue.h. What lies here is bounded by the windows the peer was
 * given: the bytes of a stream come back to it only when they are consumed. */
#include "ref/quic/quic_queue.h"
#include "ref/base/xalloc.h"

struct quic_queue_item {
    struct quic_queue_item *next; /* owned: happened later */
    struct quic_event event;      /* its bytes are those below */
    uint8_t bytes[];
};

static struct quic_queue_item *item_new(const struct quic_event *event)
{
    size_t len = event->bytes.len;
    struct quic_queue_item *item = xalloc(1, sizeof *item + len);

    item->event = *event;
    if (len)
        memcpy(item->bytes, event->bytes.data, len);
    item->event.bytes = slice_make(item->bytes, len);
    return item;
}

void quic_queue_push(struct quic_queue *queue, const struct quic_event *event)
{
    struct quic_queue_item *item = item_new(event);

    if (queue->last)
        queue->last->next = item;
    else
        queue->first = item;
    queue->last = item;
}

void quic_queue_push_first(struct quic_queue *queue,
                           const struct quic_event *event)
{
    struct quic_queue_item *item = item_new(event);

    item->next = queue->first;
    queue->first = item;
    if (!queue->last)
        queue->last = item;
}

bool quic_queue_poll(struct quic_queue *queue, struct quic_event *ret_event)
{
    struct quic_queue_item *item = queue->first;

    xalloc_free(queue->polled);
    queue->polled = item;
    if (!item)
        return false;
    queue->first = item->next;
    if (!queue->first)
        queue->last = NULL;
    *ret_event = item->event;
    return true;
}

bool quic_queue_ends_with(const struct quic_queue *queue,
                          enum quic_event_kind kind)
{
    return queue->last && queue->last->event.kind == kind;
}

void quic_queue_drop_data(struct quic_queue *queue, int64_t stream)
{
    struct quic_queue_item **at = &queue->first;

    queue->last = NULL;
    while (*at) {
        struct quic_queue_item *item = *at;

        if (item->event.kind == QUIC_DATA && item->event.stream == stream) {
            *at = item->next;
            xalloc_free(item);
        } else {
            queue->last = item;
            at = &item->next;
        }
    }
}

void quic_queue_clear(struct quic_queue *queue)
{
    struct quic_event ignored;

    while (quic_queue_poll(queue, &ignored))
        ;
}

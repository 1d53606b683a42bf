/* SPDX-License-Identifier: MIT */
/*
 * What has happened and has not been polled yet. Events own copies of their
 * bytes, so that a packet's memory may be reused at once.
 */
#ifndef REF_QUIC_QUIC_QUEUE_H
#define REF_QUIC_QUIC_QUEUE_H

#include "ref/quic/quic.h"

struct quic_queue_item;

/* All-zero is an empty queue. */
struct quic_queue {
    struct quic_queue_item *first;  /* owned: polled next */
    struct quic_queue_item *last;   /* pushed last; NULL when empty */
    struct quic_queue_item *polled; /* owned: whose bytes are lent out */
};

/* Puts a copy of the event at the end. */
void quic_queue_push(struct quic_queue *queue, const struct quic_event *event);

/* Puts it before all others. */
void quic_queue_push_first(struct quic_queue *queue,
                           const struct quic_event *event);

/* The next event; its bytes are good until the next call. */
bool quic_queue_poll(struct quic_queue *queue, struct quic_event *ret_event);

/* True when the last one pushed is of that kind. */
bool quic_queue_ends_with(const struct quic_queue *queue,
                          enum quic_event_kind kind);

/* Forgets the data of one stream that was not polled. */
void quic_queue_drop_data(struct quic_queue *queue, int64_t stream);

/* Forgets everything. */
void quic_queue_clear(struct quic_queue *queue);

#endif

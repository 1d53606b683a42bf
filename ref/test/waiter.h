/* SPDX-License-Identifier: MIT */
/*
 * Somebody who waits for an answer and writes down what was said, and how
 * often: once is right. A subscriber also keeps the items, each with a blank
 * behind it, and may say that it has enough for now.
 */
#ifndef REF_TEST_WAITER_H
#define REF_TEST_WAITER_H

#include "ref/state/pending.h"
#include "ref/test/t.h"

struct waiter {
    int told;        /* how often */
    int order;       /* told as which of all, from 1 */
    char text[300];  /* "ok OUTPUT" or "CODE MESSAGE DETAILS", "+" if
                        retryable, "aborted " before an abort */
    char items[300]; /* of a subscription */
    int room;        /* how many more it wants before it has enough; a
                        negative number never comes to its end */
};

static int waiter_told; /* all waiters together */

static inline void waiter_tell(void *self, const struct pending_outcome *o)
{
    const struct call_error *e = &o->error;
    struct waiter *w = self;

    w->told++;
    w->order = ++waiter_told;
    if (o->is_ok)
        snprintf(w->text, sizeof w->text, "ok %.*s", (int)o->output.len,
                 (const char *)o->output.data);
    else
        snprintf(w->text, sizeof w->text, "%s%.*s%s %.*s%s%.*s",
                 o->is_aborted ? "aborted " : "", (int)e->code.len,
                 (const char *)e->code.data, e->retryable ? "+" : "",
                 (int)e->message.len, (const char *)e->message.data,
                 e->details.len ? " " : "", (int)e->details.len,
                 (const char *)e->details.data);
}

static inline bool waiter_item(void *self, struct slice output)
{
    struct waiter *w = self;
    size_t len = strlen(w->items);

    assert_int_equal(w->told, 0); /* nothing comes behind the end */
    snprintf(w->items + len, sizeof w->items - len, "%.*s ", (int)output.len,
             (const char *)output.data);
    return --w->room != 0;
}

static inline struct pending_waiter waiter_of(struct waiter *w)
{
    return (struct pending_waiter){waiter_tell, waiter_item, w};
}

/* It was told this, and nothing else before or after. */
#define waiter_heard(w, wanted)                                                \
    waiter_heard_at((w), (wanted), __FILE__, __LINE__)

static inline void waiter_heard_at(const struct waiter *w, const char *wanted,
                                   const char *file, int line)
{
    _assert_string_equal(w->text, wanted, file, line);
    _assert_int_equal((LargestIntegralType)w->told, 1, file, line);
}

/* It got these items, and then this end. */
#define waiter_got(w, items, wanted)                                           \
    waiter_got_at((w), (items), (wanted), __FILE__, __LINE__)

static inline void waiter_got_at(const struct waiter *w, const char *items,
                                 const char *wanted, const char *file, int line)
{
    _assert_string_equal(w->items, items, file, line);
    waiter_heard_at(w, wanted, file, line);
}

#endif

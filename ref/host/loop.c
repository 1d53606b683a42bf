/* SPDX-License-Identifier: MIT */
/*
 * libevent behind a small door.
 *
 * Timers are cheap to set again and again, which is what a QUIC connection
 * does with every packet:
 * - One that moves to a later moment is left as it is armed; when it fires too
 *   early it looks at the real deadline and is armed once more.
 * - One that is due within 50 µs fires at once. A timer of the kernel's for
 *   so short a time costs more than it waits.
 * - Whatever fires looks at the time first, so that nobody is called early.
 */
#include "ref/host/loop.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#include <event2/event.h>

#define NS_PER_S 1000000000ull
#define NS_PER_US 1000ull
#define AT_ONCE_NS (50 * NS_PER_US)

struct loop {
    struct event_base *base; /* owned */
    struct event *alarm;     /* owned: ends a loop_run_once() */
};

struct loop_watch {
    struct event *event; /* owned */
    loop_fn *run;        /* whom to call */
    void *self;          /* with what */
};

struct loop_timer {
    struct event *event;  /* owned */
    loop_fn *run;         /* whom to call */
    void *self;           /* with what */
    uint64_t deadline_ns; /* what was asked for */
    uint64_t armed_ns;    /* when the event fires; NEVER: it does not */
};

static void on_alarm(evutil_socket_t fd, short what, void *self)
{
    (void)fd, (void)what, (void)self;
}

/* libevent says no only when memory has run out. */
static struct event *event_or_die(struct loop *l, int fd, short what,
                                  event_callback_fn fn, void *self)
{
    struct event *event = event_new(l->base, fd, what, fn, self);

    assert(event);
    return event;
}

struct loop *loop_new(struct failure *ret_failure)
{
    struct loop *l = xalloc(1, sizeof *l);
    struct event_config *config = event_config_new();

    if (config) {
        (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK |
                                                EVENT_BASE_FLAG_IGNORE_ENV);
        l->base = event_base_new_with_config(config);
        event_config_free(config);
    }
    if (l->base) {
        l->alarm = event_or_die(l, -1, 0, on_alarm, NULL);
        return l;
    }
    (void)failure_say(ret_failure, "libevent gives no event loop");
    loop_free(l);
    return NULL;
}

void loop_free(struct loop *l)
{
    if (!l)
        return;
    if (l->alarm)
        event_free(l->alarm);
    if (l->base)
        event_base_free(l->base);
    xalloc_free(l);
}

/* ------------------------------------------------------------- descriptors */

static void on_ready(evutil_socket_t fd, short what, void *self)
{
    struct loop_watch *w = self;

    (void)fd, (void)what;
    w->run(w->self);
}

static struct loop_watch *watch(struct loop *l, int fd, short what,
                                loop_fn *run, void *self)
{
    struct loop_watch *w = xalloc(1, sizeof *w);

    w->run = run;
    w->self = self;
    w->event = event_or_die(l, fd, (short)(what | EV_PERSIST), on_ready, w);
    (void)event_add(w->event, NULL);
    return w;
}

struct loop_watch *loop_watch(struct loop *l, int fd, loop_fn *run, void *self)
{
    return watch(l, fd, EV_READ, run, self);
}

struct loop_watch *loop_watch_room(struct loop *l, int fd, loop_fn *run,
                                   void *self)
{
    return watch(l, fd, EV_WRITE, run, self);
}

void loop_unwatch(struct loop_watch *w)
{
    if (!w)
        return;
    event_free(w->event);
    xalloc_free(w);
}

/* ------------------------------------------------------------------ timers */

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / NS_PER_S),
                            .tv_usec =
                                (suseconds_t)(ns % NS_PER_S / NS_PER_US)};
}

static uint64_t until(uint64_t deadline_ns, uint64_t now_ns)
{
    return deadline_ns > now_ns ? deadline_ns - now_ns : 0;
}

static void arm(struct loop_timer *t, uint64_t now_ns)
{
    uint64_t wait_ns = until(t->deadline_ns, now_ns);
    struct timeval wait = timeval_of(wait_ns > AT_ONCE_NS ? wait_ns : 0);

    t->armed_ns = t->deadline_ns;
    (void)event_add(t->event, &wait);
}

static void on_timer(evutil_socket_t fd, short what, void *self)
{
    struct loop_timer *t = self;
    uint64_t now_ns = entropy_now_ns();

    (void)fd, (void)what;
    t->armed_ns = NEVER;
    if (t->deadline_ns == NEVER)
        return;
    if (t->deadline_ns > now_ns) {
        arm(t, now_ns);
        return;
    }
    t->deadline_ns = NEVER;
    t->run(t->self);
}

struct loop_timer *loop_timer(struct loop *l, loop_fn *run, void *self)
{
    struct loop_timer *t = xalloc(1, sizeof *t);

    t->run = run;
    t->self = self;
    t->deadline_ns = t->armed_ns = NEVER;
    t->event = event_or_die(l, -1, 0, on_timer, t);
    return t;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t)
        return;
    event_free(t->event);
    xalloc_free(t);
}

void loop_timer_set(struct loop_timer *t, uint64_t deadline_ns)
{
    t->deadline_ns = deadline_ns;
    if (deadline_ns < t->armed_ns)
        arm(t, entropy_now_ns());
}

/* --------------------------------------------------------------- the going */

void loop_run(struct loop *l)
{
    (void)event_base_loop(l->base, 0);
}

void loop_run_once(struct loop *l, uint64_t deadline_ns)
{
    struct timeval wait = timeval_of(until(deadline_ns, entropy_now_ns()));

    if (deadline_ns != NEVER)
        (void)event_add(l->alarm, &wait);
    (void)event_base_loop(l->base, EVLOOP_ONCE);
    (void)event_del(l->alarm);
}

void loop_stop(struct loop *l)
{
    (void)event_base_loopbreak(l->base);
}

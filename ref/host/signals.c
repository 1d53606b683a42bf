/* SPDX-License-Identifier: MIT */
/* See signals.h. */
#include "ref/host/signals.h"
#include "ref/base/xalloc.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct signals {
    struct loop *loop;        /* borrowed */
    struct loop_watch *watch; /* owned */
    int fd;                   /* ours */
    loop_fn *hung_up;         /* who takes SIGHUP; NULL: nobody */
    void *self;               /* with what */
};

static void on_signal(void *self)
{
    struct signals *s = self;
    struct signalfd_siginfo info;

    while (read(s->fd, &info, sizeof info) == sizeof info)
        if (info.ssi_signo == SIGHUP && s->hung_up)
            s->hung_up(s->self);
        else
            loop_stop(s->loop);
}

struct signals *signals_open(struct loop *l)
{
    struct signals *s = xalloc(1, sizeof *s);
    sigset_t wanted;

    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGINT);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigaddset(&wanted, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &wanted, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    s->loop = l;
    s->fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    assert(s->fd >= 0);
    s->watch = loop_watch(l, s->fd, on_signal, s);
    return s;
}

void signals_on_hangup(struct signals *s, loop_fn *run, void *self)
{
    s->hung_up = run;
    s->self = self;
}

void signals_close(struct signals *s)
{
    if (!s)
        return;
    loop_unwatch(s->watch);
    (void)close(s->fd);
    xalloc_free(s);
}

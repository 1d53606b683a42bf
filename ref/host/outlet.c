/* SPDX-License-Identifier: MIT */
/*
 * See outlet.h. Files never make anybody wait and cannot be watched; so room
 * is waited for only after the system said that there is none. That the reader
 * of a pipe has gone is noticed without writing: a pipe that is open for
 * writing alone becomes "readable" only then.
 */
#include "ref/host/outlet.h"
#include "ref/base/bounds.h"
#include "ref/base/buf.h"
#include "ref/base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct outlet {
    struct loop *loop;             /* borrowed */
    struct outlet_watcher watcher; /* who is told */
    int fd;                        /* where we write */
    int lent_fd;                   /* the caller's own */
    int lent_flags;                /* as they were; -1: they still are */
    struct buf rest;               /* owned: what is not written yet … */
    size_t written;                /* … behind so many bytes */
    struct loop_watch *room;       /* owned; NULL: nobody waits for it */
    struct loop_watch *reader;     /* owned; NULL: it cannot be seen going */
    bool is_broken;                /* and it was told */
};

/* ------------------------------------------------------------- the end */

static void cease_to_watch(struct outlet *o)
{
    loop_unwatch(o->room);
    loop_unwatch(o->reader);
    o->room = o->reader = NULL;
}

static void forget_rest(struct outlet *o)
{
    buf_clear(&o->rest);
    o->written = 0;
}

static void fail(struct outlet *o, int code)
{
    o->is_broken = true;
    cease_to_watch(o);
    forget_rest(o);
    o->watcher.broken(o->watcher.self, code);
}

static void on_reader_gone(void *self)
{
    fail(self, EPIPE);
}

/* ------------------------------------------------------------- the beginning
 */

static bool has_kind(int fd, mode_t kind)
{
    struct stat about;

    return fstat(fd, &about) == 0 && (about.st_mode & S_IFMT) == kind;
}

/* The same pipe or terminal through a door of our own, or -1. */
static int open_again(int fd)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

/* Ours is `fd`, and nobody waits in it. */
static void make_unwaiting(struct outlet *o)
{
    bool is_pipe = has_kind(o->lent_fd, S_IFIFO);

    if (is_pipe || has_kind(o->lent_fd, S_IFCHR))
        o->fd = open_again(o->lent_fd);
    if (o->fd >= 0 && is_pipe)
        o->reader = loop_watch(o->loop, o->fd, on_reader_gone, o);
    if (o->fd >= 0)
        return;
    o->fd = o->lent_fd;
    o->lent_flags = fcntl(o->fd, F_GETFL);
    if (o->lent_flags >= 0)
        (void)fcntl(o->fd, F_SETFL, o->lent_flags | O_NONBLOCK);
}

struct outlet *outlet_open(struct loop *l, int fd,
                           const struct outlet_watcher *watcher)
{
    struct outlet *o = xalloc(1, sizeof *o);

    o->loop = l;
    o->watcher = *watcher;
    o->fd = o->lent_flags = -1;
    o->lent_fd = fd;
    buf_init(&o->rest, BOUNDS_UNSENT_MAX);
    make_unwaiting(o);
    return o;
}

void outlet_close(struct outlet *o)
{
    if (!o)
        return;
    cease_to_watch(o);
    forget_rest(o);
    if (o->fd != o->lent_fd)
        (void)close(o->fd);
    else if (o->lent_flags >= 0)
        (void)fcntl(o->fd, F_SETFL, o->lent_flags);
    xalloc_free(o);
}

/* ------------------------------------------------------------- the way */

/* How many bytes were taken: fewer than all when there is no room for now, or
 * when it is broken, which was told. */
static size_t push(struct outlet *o, struct slice bytes)
{
    size_t taken = 0;

    while (taken < bytes.len) {
        ssize_t n = write(o->fd, bytes.data + taken, bytes.len - taken);

        if (n >= 0) {
            taken += (size_t)n;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            fail(o, errno);
            break;
        }
    }
    return taken;
}

static void on_room(void *self)
{
    struct outlet *o = self;

    o->written += push(o, slice_skip(buf_slice(&o->rest), o->written));
    if (o->is_broken || o->written < o->rest.len)
        return;
    loop_unwatch(o->room);
    o->room = NULL;
    forget_rest(o);
    o->watcher.drained(o->watcher.self);
}

bool outlet_write(struct outlet *o, struct slice bytes)
{
    size_t taken;
    bool has_place;

    assert(outlet_is_empty(o));
    taken = o->is_broken ? 0 : push(o, bytes);
    if (o->is_broken || taken == bytes.len)
        return !o->is_broken;
    has_place = buf_add(&o->rest, slice_skip(bytes, taken));
    assert(has_place); /* nobody says more than a frame at once */
    o->room = loop_watch_room(o->loop, o->fd, on_room, o);
    return false;
}

bool outlet_is_empty(const struct outlet *o)
{
    return o->rest.len == 0;
}

/* SPDX-License-Identifier: MIT */
/* See changes.h. A file that was replaced is another one, and one that was
 * written has another time or size; of what is not there all is zero. */
#include "ref/host/changes.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#include <sys/stat.h>

#define PAUSE_NS 1000000000ull

/* By what a file is known again. */
struct mark {
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec written;
};

struct changes {
    const char *path;         /* borrowed */
    struct loop_timer *timer; /* owned: the next look */
    struct mark mark;         /* how it was at the last look */
    bool is_changing;         /* … and that was new */
    loop_fn *run;             /* whom to tell */
    void *self;               /* with what */
};

static struct mark look(const char *path)
{
    const struct mark nothing = {.size = 0};
    struct stat s;

    if (stat(path, &s) != 0)
        return nothing;
    return (struct mark){s.st_dev, s.st_ino, s.st_size, s.st_mtim};
}

static bool is_same(const struct mark *a, const struct mark *b)
{
    return a->device == b->device && a->number == b->number &&
           a->size == b->size && a->written.tv_sec == b->written.tv_sec &&
           a->written.tv_nsec == b->written.tv_nsec;
}

static void look_again(void *self)
{
    struct changes *c = self;
    struct mark now = look(c->path);
    bool was_changing = c->is_changing;

    c->is_changing = !is_same(&now, &c->mark);
    c->mark = now;
    loop_timer_set(c->timer, entropy_now_ns() + PAUSE_NS);
    if (was_changing && !c->is_changing)
        c->run(c->self);
}

struct changes *changes_watch(struct loop *l, const char *path, loop_fn *run,
                              void *self)
{
    struct changes *c = xalloc(1, sizeof *c);

    *c = (struct changes){.path = path,
                          .timer = loop_timer(l, look_again, c),
                          .mark = look(path),
                          .run = run,
                          .self = self};
    loop_timer_set(c->timer, entropy_now_ns() + PAUSE_NS);
    return c;
}

void changes_seen(struct changes *c)
{
    c->mark = look(c->path);
    c->is_changing = false;
}

void changes_unwatch(struct changes *c)
{
    if (!c)
        return;
    loop_timer_free(c->timer);
    xalloc_free(c);
}

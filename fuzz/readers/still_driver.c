/* SPDX-License-Identifier: MIT */
/* See still_driver.h. There is one at a time. */
#include "fuzz/readers/still_driver.h"

struct driver {
    struct slice rest; /* what it has not said yet */
};

static struct driver only;

void still_driver_says(struct slice bytes)
{
    only.rest = bytes;
}

struct driver *driver_start(const struct driver_program *program,
                            struct failure *ret_failure)
{
    (void)program, (void)ret_failure;
    return &only;
}

void driver_stop(struct driver *d)
{
    (void)d;
}

bool driver_write(struct driver *d, struct slice bytes, uint64_t deadline_ns)
{
    (void)d, (void)bytes, (void)deadline_ns;
    return true;
}

bool driver_wait(struct driver *d, uint64_t deadline_ns)
{
    (void)deadline_ns;
    return d->rest.len > 0;
}

void driver_read(struct driver *d)
{
    (void)d;
}

/* A last line without its end is none. */
bool driver_line(struct driver *d, struct slice *ret_line)
{
    const uint8_t *end =
        d->rest.len ? memchr(d->rest.data, '\n', d->rest.len) : NULL;

    if (!end) {
        d->rest.len = 0;
        return false;
    }
    *ret_line = slice_head(d->rest, (size_t)(end - d->rest.data));
    d->rest = slice_skip(d->rest, ret_line->len + 1);
    return true;
}

bool driver_is_flooded(const struct driver *d)
{
    (void)d;
    return false;
}

bool driver_is_gone(const struct driver *d)
{
    return d->rest.len == 0;
}

const char *driver_end(struct driver *d)
{
    (void)d;
    return "it exited with status 0";
}

bool driver_ended_well(const struct driver *d)
{
    (void)d;
    return true;
}

struct slice driver_stderr(const struct driver *d)
{
    (void)d;
    return slice_make(NULL, 0);
}

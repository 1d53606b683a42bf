/* SPDX-License-Identifier: MIT */
/* See entropy.h. Without a clock or chance nothing here can go on, so their
 * absence is an assertion. */
#include "ref/host/entropy.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#define NS_PER_S 1000000000ull

static struct timespec read_clock(clockid_t clock)
{
    struct timespec t;
    int code = clock_gettime(clock, &t);

    assert(code == 0);
    (void)code;
    return t;
}

uint64_t entropy_now_ns(void)
{
    struct timespec t = read_clock(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

int64_t entropy_wall_s(void)
{
    return read_clock(CLOCK_REALTIME).tv_sec;
}

static void fill(void *self, uint8_t *bytes, size_t len)
{
    (void)self;
    while (len) {
        ssize_t n = getrandom(bytes, len, 0);

        assert(n > 0 || errno == EINTR);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

struct entropy_source entropy_system(void)
{
    return (struct entropy_source){fill, NULL};
}

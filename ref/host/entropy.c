/* SPDX-License-Identifier: MIT */
/*
 * See entropy.h. Without a clock or chance nothing here can go on, so their
 * absence is an assertion.
 *
 * Each call wants a few bytes of chance for its id, and asking the system for
 * them would cost as much as a packet. So it is asked for many at once. What
 * was handed out is not kept, and a process that splits does not go on with
 * what was fetched before: both halves would draw the same.
 */
#include "ref/host/entropy.h"

#include <errno.h>
#include <pthread.h>
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

uint64_t entropy_began_s(void)
{
    return (uint64_t)entropy_wall_s() - entropy_now_ns() / NS_PER_S;
}

/* Chance that was fetched and not handed out yet: the last `left` bytes. */
static _Thread_local struct {
    uint8_t bytes[512];
    size_t left;
} store;

static void fetch(uint8_t *bytes, size_t len)
{
    while (len) {
        ssize_t n = getrandom(bytes, len, 0);

        assert(n > 0 || errno == EINTR);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
}

static void fill(void *self, uint8_t *bytes, size_t len)
{
    uint8_t *next;

    (void)self;
    if (len > sizeof store.bytes) {
        fetch(bytes, len);
        return;
    }
    if (len > store.left) {
        fetch(store.bytes, sizeof store.bytes);
        store.left = sizeof store.bytes;
    }
    next = store.bytes + sizeof store.bytes - store.left;
    memcpy(bytes, next, len);
    memset(next, 0, len);
    store.left -= len;
}

static void forget(void)
{
    store.left = 0;
}

static void forget_when_split(void)
{
    int code = pthread_atfork(NULL, NULL, forget);

    assert(code == 0);
    (void)code;
}

struct entropy_source entropy_system(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, forget_when_split);
    return (struct entropy_source){fill, NULL};
}

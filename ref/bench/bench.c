/* SPDX-License-Identifier: MIT */
/* See bench.h. The processes' own clocks are asked for what they have used, so
 * that short runs count as exactly as long ones. */
#include "ref/bench/bench.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull
#define NS_PER_US 1000.0
#define PATIENCE_S 300 /* whoever hangs is ended by the system */
#define WARM_PART 10   /* so many measured calls need one to get warm */
#define STATUS_USAGE 64

_Noreturn void bench_fail(const struct bench *b, const char *sentence)
{
    fprintf(stderr, "%s: %s\n", b->name, sentence);
    if (b->server > 0)
        (void)kill(b->server, SIGKILL);
    exit(1);
}

_Noreturn static void refuse_words(const struct bench *b)
{
    fprintf(stderr,
            "%s: expected two numbers: calls at once, up to %u, and calls in "
            "all, up to %u\n",
            b->name, BENCH_DEPTH_MAX, BENCH_COUNT_MAX);
    exit(STATUS_USAGE);
}

static size_t read_number(const struct bench *b, const char *text, size_t max)
{
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno || *end || text[0] < '0' || text[0] > '9' || !number ||
        number > max)
        refuse_words(b);
    return (size_t)number;
}

void bench_read(struct bench *b, int argc, char **argv)
{
    *b = (struct bench){.name = argv[0]};
    if (argc != 3)
        refuse_words(b);
    b->depth = read_number(b, argv[1], BENCH_DEPTH_MAX);
    b->count = read_number(b, argv[2], BENCH_COUNT_MAX);
    b->warm = b->count / WARM_PART + b->depth;
    b->waited_ns = xalloc(b->count, sizeof *b->waited_ns);
}

int bench_serve(struct bench *b, void (*serve)(int tell))
{
    int ends[2];

    (void)alarm(PATIENCE_S);
    if (pipe(ends) < 0 || (b->server = fork()) < 0)
        bench_fail(b, "the system gives no second process");
    if (b->server > 0) {
        (void)close(ends[1]);
        return ends[0];
    }
    (void)alarm(PATIENCE_S);
    (void)close(ends[0]);
    serve(ends[1]);
    exit(0);
}

/* ---------------------------------------------------------------- counting */

static uint64_t read_cpu(clockid_t clock)
{
    struct timespec t = {0};

    (void)clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* What both processes have used. */
static uint64_t cpu_ns(const struct bench *b)
{
    clockid_t theirs;

    if (b->server <= 0 || clock_getcpuclockid(b->server, &theirs))
        return read_cpu(CLOCK_PROCESS_CPUTIME_ID);
    return read_cpu(CLOCK_PROCESS_CPUTIME_ID) + read_cpu(theirs);
}

bool bench_may_ask(struct bench *b)
{
    if (b->asked == b->warm + b->count)
        return false;
    b->asked++;
    return true;
}

void bench_answered(struct bench *b, uint64_t asked_ns, uint64_t now_ns)
{
    if (b->answered >= b->warm)
        b->waited_ns[b->answered - b->warm] = now_ns - asked_ns;
    b->answered++;
    if (b->answered != b->warm)
        return;
    b->begun_ns = now_ns;
    b->begun_cpu_ns = cpu_ns(b);
}

bool bench_is_done(const struct bench *b)
{
    return b->answered == b->warm + b->count;
}

/* ---------------------------------------------------------------- printing */

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double percentile_us(const struct bench *b, size_t percent)
{
    return (double)b->waited_ns[(b->count - 1) * percent / 100] / NS_PER_US;
}

void bench_print(struct bench *b)
{
    double seconds = (double)(entropy_now_ns() - b->begun_ns) / NS_PER_S;
    double cpu_s = (double)(cpu_ns(b) - b->begun_cpu_ns) / NS_PER_S;

    qsort(b->waited_ns, b->count, sizeof *b->waited_ns, compare);
    printf("{\"depth\":%zu,\"calls\":%zu,\"calls_per_s\":%.0f,\"p50_us\":%.1f,"
           "\"p99_us\":%.1f,\"cpu_s_per_100k\":%.4f}\n",
           b->depth, b->count, (double)b->count / seconds, percentile_us(b, 50),
           percentile_us(b, 99), cpu_s * 1e5 / (double)b->count);
    xalloc_free(b->waited_ns);
    if (b->server <= 0)
        return;
    (void)kill(b->server, SIGTERM);
    (void)waitpid(b->server, NULL, 0);
}

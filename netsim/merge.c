/* SPDX-License-Identifier: MIT */
/* See merge.h. */
#include "netsim/merge.h"

#include <errno.h>
#include <stdlib.h>

#include "netsim/summary.h"
#include "ref/base/xalloc.h"

static int order(const void *a, const void *b)
{
    const struct shard *one = a, *other = b;
    uint64_t x = one->journal.plan.first, y = other->journal.plan.first;

    return (x > y) - (x < y);
}

static bool read_all(struct shard *shards, const char *const *paths,
                     size_t count, struct failure *f)
{
    for (size_t i = 0; i < count; i++) {
        shards[i].path = paths[i];
        if (!journal_read(paths[i], &shards[i].journal, f))
            return false;
    }
    return true;
}

/* Are they of one campaign, and is `b` the next part of it? */
static bool follows(const struct shard *a, const struct shard *b,
                    struct failure *f)
{
    const struct journal_plan *one = &a->journal.plan, *next = &b->journal.plan;

    if (strcmp(one->commit, next->commit) != 0)
        return failure_say(f, "%s is of commit %s, %s of %s", a->path,
                           one->commit, b->path, next->commit);
    if (one->floor != next->floor || one->has_canary != next->has_canary)
        return failure_say(f, "%s and %s were asked for different lives",
                           a->path, b->path);
    if (next->first <= one->last)
        return failure_say(f, "%s and %s both have seed %ju", a->path, b->path,
                           (uintmax_t)next->first);
    return next->first == one->last + 1 ||
           failure_say(f, "seeds %ju to %ju are missing between %s and %s",
                       (uintmax_t)one->last + 1, (uintmax_t)next->first - 1,
                       a->path, b->path);
}

static bool check(const struct shard *shards, size_t count, struct failure *f)
{
    for (size_t i = 1; i < count; i++)
        if (!follows(&shards[i - 1], &shards[i], f))
            return false;
    return true;
}

static struct account sum_of(const struct shard *shards, size_t count)
{
    struct account sum = {0};

    for (size_t i = 0; i < count; i++)
        account_join(&sum, &shards[i].journal.account);
    return sum;
}

bool merge_read(const char *const *paths, size_t count, struct merged *ret,
                struct failure *ret_failure)
{
    struct merged m = {.shards = xalloc(count, sizeof *m.shards),
                       .count = count};
    bool is_good = read_all(m.shards, paths, count, ret_failure);

    if (is_good) {
        qsort(m.shards, count, sizeof *m.shards, order);
        is_good = check(m.shards, count, ret_failure);
    }
    if (!is_good) {
        merge_clear(&m);
        return false;
    }
    m.plan = m.shards[0].journal.plan;
    m.plan.last = m.shards[count - 1].journal.plan.last;
    m.sum = sum_of(m.shards, count);
    *ret = m;
    return true;
}

void merge_clear(struct merged *m)
{
    for (size_t i = 0; i < m->count; i++)
        journal_clear(&m->shards[i].journal);
    xalloc_free(m->shards);
    *m = (struct merged){0};
}

static bool write_all(const struct merged *m, const char *out,
                      struct failure *f)
{
    FILE *log = fopen(out, "w");
    bool is_good = true;

    if (!log)
        return failure_say(f, "%s: %s", out, strerror(errno));
    journal_plan(log, &m->plan);
    for (size_t i = 0; is_good && i < m->count; i++)
        is_good = journal_copy(m->shards[i].path, log, f);
    journal_account(log, &m->sum);
    if (is_good && ferror(log))
        is_good = failure_say(f, "%s could not be written", out);
    if (fclose(log) != 0 && is_good)
        is_good = failure_say(f, "%s could not be written", out);
    return is_good;
}

static void tell(const struct account *sum, struct screen *screen)
{
    struct buf text;

    buf_init(&text, SIZE_MAX / 2);
    summary_print(sum, &text);
    screen_say(screen, buf_slice(&text));
    buf_clear(&text);
}

static int complain(const struct failure *f, int status)
{
    (void)fprintf(stderr, "alksim: %s\n", f->sentence);
    return status;
}

int merge(const char *const *paths, size_t count, const char *out,
          struct screen *screen)
{
    struct merged m;
    struct failure f;
    int status;

    if (!merge_read(paths, count, &m, &f))
        return complain(&f, ACCOUNT_NOT_ALL);
    if (out && !write_all(&m, out, &f)) {
        status = complain(&f, ACCOUNT_MACHINE);
    } else {
        tell(&m.sum, screen);
        status = account_status(&m.sum);
    }
    merge_clear(&m);
    return status;
}

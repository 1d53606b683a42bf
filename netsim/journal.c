/* SPDX-License-Identifier: MIT */
/*
 * See journal.h. A log is read line by line, since it may be longer than any
 * memory; of a line about a seed nothing is kept but the seed.
 */
#include "netsim/journal.h"

#include <errno.h>
#include <stdlib.h>

#include "netsim/numeral.h"
#include "netsim/telling.h"
#include "ref/base/xalloc.h"

#define LINE_MAX_BYTES (1u << 20)    /* of a log */
#define FINDING_MAX_BYTES (1u << 16) /* of a finding with its script there */

/* --- writing */

static void put(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static json_t *event(const char *name)
{
    json_t *tree = json_object();

    put(tree, "event", json_string(name));
    return tree;
}

/* Writes the line and swallows its tree. */
static void write_take(FILE *log, json_t *tree)
{
    struct buf line;

    buf_init(&line, LINE_MAX_BYTES);
    if (log && value_print(tree, &line)) {
        buf_put(&line, "\n");
        (void)fwrite(line.data, line.len, 1, log);
        (void)fflush(log);
    }
    buf_clear(&line);
    json_decref(tree);
}

void journal_plan(FILE *log, const struct journal_plan *plan)
{
    json_t *tree = event("plan");

    put(tree, "format", json_string(JOURNAL_FORMAT));
    put(tree, "commit", json_string(plan->commit));
    put(tree, "first", numeral_string(plan->first));
    put(tree, "last", numeral_string(plan->last));
    put(tree, "floor", json_string(script_floor_name(plan->floor)));
    put(tree, "canary", json_boolean(plan->has_canary));
    write_take(log, tree);
}

void journal_seed(FILE *log, enum finding_kind kind,
                  const struct life_report *report)
{
    struct finding f = {.kind = kind, .report = *report};
    json_t *tree = event("seed");

    put(tree, "seed", numeral_string(report->seed));
    put(tree, "floor", json_string(script_floor_name(report->floor)));
    put(tree, "lines", numeral_count(report->lines));
    put(tree, "virtual_us", numeral_count(report->virtual_ns / 1000));
    put(tree, "hash", numeral_hash(report->hash));
    if (kind != FINDING_NONE)
        put(tree, "broken", json_string(finding_name(&f)));
    write_take(log, tree);
}

/* Does it fit in a line that is no burden to a log? */
static bool is_short(const json_t *tree)
{
    struct buf line;
    bool fits;

    buf_init(&line, FINDING_MAX_BYTES);
    fits = value_print(tree, &line);
    buf_clear(&line);
    return fits;
}

/* The whole finding, so that the log alone tells the story; one that was not
 * shortened and is too long goes without its script, which its file has. */
void journal_finding(FILE *log, const struct finding *f, const char *path)
{
    json_t *tree = finding_tree(f);
    struct buf command;

    put(tree, "event", json_string("finding"));
    buf_init(&command, SIZE_MAX / 2);
    telling_command(f, path, &command);
    put(tree, "replay", value_new_string(buf_slice(&command)));
    buf_clear(&command);
    if (!is_short(tree))
        put(tree, "script", json_null());
    write_take(log, tree);
}

void journal_account(FILE *log, const struct account *a)
{
    json_t *tree = account_tree(a);

    put(tree, "event", json_string("account"));
    write_take(log, tree);
}

/* --- reading */

static bool read_plan(const json_t *tree, struct journal_plan *ret,
                      struct failure *f)
{
    const json_t *what, *format, *commit, *first, *last, *floor, *canary;
    const struct value_field fields[] = {
        {"event", VALUE_STRING, true, &what},
        {"format", VALUE_STRING, true, &format},
        {"commit", VALUE_STRING, true, &commit},
        {"first", VALUE_STRING, true, &first},
        {"last", VALUE_STRING, true, &last},
        {"floor", VALUE_STRING, true, &floor},
        {"canary", VALUE_BOOL, true, &canary},
    };
    uint32_t number;

    if (!value_fields(tree, fields, sizeof fields / sizeof *fields, f))
        return false;
    if (!slice_equal(value_string(format), slice_of(JOURNAL_FORMAT)))
        return failure_say(f, "format: expected " JOURNAL_FORMAT);
    if (!numeral_read_string(first, &ret->first) ||
        !numeral_read_string(last, &ret->last) || ret->last < ret->first)
        return failure_say(f, "first, last: expected seeds in their order");
    if (!script_floor_find(value_string(floor), &number))
        return failure_say(f, "floor: expected streams, quic or drawn");
    ret->floor = (enum life_floor)number;
    ret->has_canary = json_is_true(canary);
    (void)snprintf(ret->commit, sizeof ret->commit, "%s",
                   json_string_value(commit));
    return true;
}

static bool read_seed(const json_t *tree, struct journal *j, struct failure *f)
{
    uint64_t seed;

    if (!numeral_read_string(json_object_get(tree, "seed"), &seed))
        return failure_say(f, "seed: expected a number in a text");
    if (seed < j->plan.first || seed > j->plan.last)
        return failure_say(f, "seed: it was not planned");
    if ((j->count & (j->count - 1)) == 0)
        j->seeds = xalloc_grow(j->seeds, j->count ? 2 * j->count : 1,
                               sizeof *j->seeds);
    j->seeds[j->count++] = seed;
    return true;
}

/* An account is a line of its own with the name of the event in it. */
static bool read_account(json_t *tree, struct journal *j, bool *ret_is_over,
                         struct failure *f)
{
    json_object_del(tree, "event");
    *ret_is_over = true;
    return account_read(tree, &j->account, f);
}

/* One line: what is read, and where we are. */
struct reading {
    struct journal *journal;
    uint64_t line;
    bool is_over; /* the account was there */
};

static bool read_event(struct reading *r, json_t *tree, struct failure *f)
{
    struct slice name = value_string(json_object_get(tree, "event"));

    if (r->is_over)
        return failure_say(f, "a line behind the last");
    if (r->line == 1)
        return slice_equal(name, slice_of("plan"))
                   ? read_plan(tree, &r->journal->plan, f)
                   : failure_say(f, "it does not begin with a plan");
    if (slice_equal(name, slice_of("seed")))
        return read_seed(tree, r->journal, f);
    if (slice_equal(name, slice_of("account")))
        return read_account(tree, r->journal, &r->is_over, f);
    return slice_equal(name, slice_of("finding")) ||
           failure_say(f, "event: no such one is known");
}

static bool read_line(struct reading *r, struct slice line, struct failure *f)
{
    json_t *tree = NULL;
    bool is_good;

    r->line++;
    if (line.len > LINE_MAX_BYTES)
        is_good = failure_say(f, "too long");
    else
        is_good = (tree = value_parse(line, f)) && read_event(r, tree, f);
    json_decref(tree);
    return is_good || failure_wrap(f, "line %ju: ", (uintmax_t)r->line);
}

static int order(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

    return (one > other) - (one < other);
}

/* Is every seed there once, and as many as the account says? */
static bool check(struct journal *j, bool is_over, struct failure *f)
{
    if (!is_over)
        return failure_say(f, "it was cut short: the account at its end is "
                              "missing");
    if (j->count)
        qsort(j->seeds, j->count, sizeof *j->seeds, order);
    for (size_t i = 1; i < j->count; i++)
        if (j->seeds[i] == j->seeds[i - 1])
            return failure_say(f, "seed %ju stands there twice",
                               (uintmax_t)j->seeds[i]);
    if (j->count != j->account.of[ACCOUNT_SEEDS])
        return failure_say(f, "its account does not agree with its lines");
    if (j->account.ending == ACCOUNT_COMPLETE &&
        j->count - 1 != j->plan.last - j->plan.first)
        return failure_say(f, "it says that it is complete, and seeds are "
                              "missing");
    return true;
}

/* Each line without its end. False when `take` refuses one, or the file. */
static bool each_line(const char *path,
                      bool (*take)(void *self, struct slice line,
                                   struct failure *f),
                      void *self, struct failure *f)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool is_good = true;

    if (!file)
        return failure_say(f, "%s", strerror(errno));
    while (is_good && (len = getline(&line, &room, file)) > 0)
        is_good = take(self, slice_make(line, (size_t)len), f);
    if (is_good && ferror(file))
        is_good = failure_say(f, "%s", strerror(errno));
    free(line);
    (void)fclose(file);
    return is_good;
}

static bool take_line(void *self, struct slice line, struct failure *f)
{
    return read_line(self, line, f);
}

bool journal_read(const char *path, struct journal *ret,
                  struct failure *ret_failure)
{
    struct journal j = {0};
    struct reading r = {.journal = &j};

    *ret = j;
    if (!each_line(path, take_line, &r, ret_failure) ||
        !check(&j, r.is_over, ret_failure)) {
        journal_clear(&j);
        return failure_wrap(ret_failure, "%s: ", path);
    }
    *ret = j;
    return true;
}

static bool copy_line(void *self, struct slice line, struct failure *f)
{
    json_t *tree = value_parse(line, f);
    struct slice name = value_string(json_object_get(tree, "event"));

    if (slice_equal(name, slice_of("seed")) ||
        slice_equal(name, slice_of("finding")))
        (void)fwrite(line.data, line.len, 1, self);
    json_decref(tree);
    return tree != NULL;
}

bool journal_copy(const char *path, FILE *log, struct failure *ret_failure)
{
    return each_line(path, copy_line, log, ret_failure) ||
           failure_wrap(ret_failure, "%s: ", path);
}

/* A list that grows, but not of what is alike. */
struct gathering {
    json_t *list; /* borrowed */
    size_t alike_max;
};

static bool is_wanted(const struct gathering *g, const json_t *finding)
{
    const json_t *broken = json_object_get(finding, "broken"), *other;
    size_t i, alike = 0;

    json_array_foreach(g->list, i, other) alike +=
        (size_t)json_equal(json_object_get(other, "broken"), broken);
    return alike < g->alike_max;
}

/* As a finding that somebody wrote, or nothing of it is believed. */
static bool is_finding(const json_t *line, struct failure *f)
{
    json_t *tree = json_copy((json_t *)(uintptr_t)line);
    struct finding found;
    bool is_good;

    json_object_del(tree, "event");
    json_object_del(tree, "replay");
    is_good = finding_read(tree, &found, f);
    if (is_good)
        finding_clear(&found);
    json_decref(tree);
    return is_good && (json_is_string(json_object_get(line, "replay")) ||
                       failure_say(f, "replay: expected a text"));
}

static bool gather_line(void *self, struct slice line, struct failure *f)
{
    const struct gathering *g = self;
    json_t *tree = value_parse(line, f);
    struct slice name = value_string(json_object_get(tree, "event"));
    bool is_good = tree != NULL;

    if (slice_equal(name, slice_of("finding")) && is_wanted(g, tree)) {
        is_good = is_finding(tree, f) || failure_wrap(f, "a finding: ");
        json_array_append(g->list, tree);
    }
    json_decref(tree);
    return is_good;
}

bool journal_findings(const char *path, json_t *list, size_t alike_max,
                      struct failure *ret_failure)
{
    struct gathering g = {list, alike_max};

    return each_line(path, gather_line, &g, ret_failure) ||
           failure_wrap(ret_failure, "%s: ", path);
}

void journal_clear(struct journal *j)
{
    xalloc_free(j->seeds);
    *j = (struct journal){0};
}

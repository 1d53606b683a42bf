/* SPDX-License-Identifier: MIT */
/* See summary.h. Whole numbers only: rates have one digit behind the point. */
#include "netsim/summary.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "reports/text.h"

#define COLUMNS 78u /* of a line */
#define INDENT 13u  /* where lists begin */
#define ITEM_MAX 80 /* bytes of a name and its sum */

__attribute__((format(printf, 2, 3))) static void say(struct buf *out,
                                                      const char *format, ...)
{
    char text[400];
    va_list words;

    va_start(words, format);
    (void)vsnprintf(text, sizeof text, format, words);
    va_end(words);
    buf_put(out, text);
}

/* --- lists */

struct list {
    struct buf *out;
    size_t column; /* where the next item begins */
    bool has_item; /* on this line */
};

static struct list list_begin(struct buf *out, const char *label)
{
    say(out, "  %-11s", label);
    return (struct list){out, INDENT, false};
}

/* Begins a new line when this one is full. */
static void list_add(struct list *l, const char *item)
{
    size_t len = strlen(item) + 2;

    if (l->has_item)
        buf_put(l->out, l->column + len > COLUMNS ? ",\n             " : ", ");
    if (l->has_item && l->column + len > COLUMNS)
        l->column = INDENT;
    buf_put(l->out, item);
    l->column += len;
    l->has_item = true;
}

static void list_end(struct list *l)
{
    buf_put(l->out, l->has_item ? "\n" : "nothing\n");
}

/* "calls 12", or "calls 0 (!)": a zero is worth a look. */
static void print_group(struct buf *out, const char *label,
                        const struct account_group *g, size_t count)
{
    struct list l = list_begin(out, label);
    char item[ITEM_MAX];

    for (size_t i = 0; i < count; i++) {
        (void)snprintf(item, sizeof item, "%s %" PRIu64 "%s", g->name_of(i),
                       g->sums[i], g->sums[i] ? "" : " (!)");
        list_add(&l, item);
    }
    list_end(&l);
}

/* --- the lines */

/* `a` for each `b`, in tenths. */
static uint64_t tenths(uint64_t a, uint64_t b)
{
    return b == 0 ? 0 : a > UINT64_MAX / 10 ? a / b * 10 : a * 10 / b;
}

static void say_rate(struct buf *out, uint64_t rate)
{
    say(out, "%" PRIu64 ".%" PRIu64, rate / 10, rate % 10);
}

static void print_speed(struct buf *out, const struct account *a)
{
    uint64_t wall_us = a->of[ACCOUNT_WALL_US];

    say(out, "alksim: %" PRIu64 " seeds in ", a->of[ACCOUNT_SEEDS]);
    text_time(out, wall_us * 1000);
    buf_put(out, ", ");
    say_rate(out, tenths(a->of[ACCOUNT_SEEDS] * 1000, wall_us / 1000));
    buf_put(out, " a second; ");
    text_time(out, a->of[ACCOUNT_VIRTUAL_US] * 1000);
    buf_put(out, " of virtual time, ");
    say_rate(out, tenths(a->of[ACCOUNT_VIRTUAL_US], wall_us));
    buf_put(out, " times the clock's\n");
}

static void print_worlds(struct buf *out, const struct account *a)
{
    struct list l = list_begin(out, "worlds");
    uint64_t all = a->floors[0] + a->floors[1];
    char item[ITEM_MAX];

    for (uint32_t i = 0; i < ACCOUNT_FLOORS; i++) {
        (void)snprintf(item, sizeof item, "%s %" PRIu64 " (%" PRIu64 " %%)",
                       script_floor_name(LIFE_STREAMS + i), a->floors[i],
                       all ? (a->floors[i] * 100 + all / 2) / all : 0);
        list_add(&l, item);
    }
    list_end(&l);
}

static void print_unseen(struct buf *out, const struct account *a)
{
    for (enum invariant i = 0; i < INVARIANTS; i++)
        if (account_is_unseen(a, i))
            say(out, "  nobody ever looked: %s\n", invariant_text(i)->says);
}

static void print_failures(struct buf *out, const struct account *a)
{
    struct list l = list_begin(out, "failed");
    char item[ITEM_MAX];

    for (enum invariant i = 0; i < INVARIANTS; i++) {
        (void)snprintf(item, sizeof item, "%s %" PRIu64,
                       invariant_text(i)->name, a->broken[i]);
        if (a->broken[i])
            list_add(&l, item);
    }
    (void)snprintf(item, sizeof item, "died %" PRIu64, a->of[ACCOUNT_DIED]);
    if (a->of[ACCOUNT_DIED])
        list_add(&l, item);
    (void)snprintf(item, sizeof item, "hung %" PRIu64, a->of[ACCOUNT_HUNG]);
    if (a->of[ACCOUNT_HUNG])
        list_add(&l, item);
    list_end(&l);
}

const char *summary_verdict(const struct account *a)
{
    switch (account_status(a)) {
    case ACCOUNT_GREEN:
        return "no life failed";
    case ACCOUNT_FAILURES:
        return "lives failed";
    case ACCOUNT_NOT_ALL:
        return a->of[ACCOUNT_SEEDS] ? "a check never ran, which proves nothing"
                                    : "nothing was lived";
    case ACCOUNT_STOPPED:
        return "it was interrupted";
    default:
        return a->ending == ACCOUNT_REFUSED
                   ? "the machine refused"
                   : "the alarm is broken: the canary was not noticed";
    }
}

void summary_print(const struct account *a, struct buf *out)
{
    struct account copy = *a;
    struct account_group groups[ACCOUNT_GROUPS];
    size_t rules, all, shown = a->has_canary ? INVARIANTS : INVARIANT_CANARY;

    account_group(&copy, groups);
    rules = account_rules(a, &all);
    print_speed(out, a);
    print_worlds(out, a);
    print_group(out, "happened", &groups[ACCOUNT_TALLY], TALLIES);
    print_group(out, "datagrams", &groups[ACCOUNT_HARMED], LINK_HARMS);
    print_group(out, "looked at", &groups[ACCOUNT_EVALUATED], shown);
    print_failures(out, a);
    say(out, "  rules      %zu of %zu\n", rules, all);
    print_unseen(out, a);
    say(out, "alksim: %s, exit %d\n", summary_verdict(a), account_status(a));
}

void summary_progress(const struct account *a, uint64_t planned,
                      struct buf *out)
{
    uint64_t wall_ms = a->of[ACCOUNT_WALL_US] / 1000;
    size_t rules, all;

    rules = account_rules(a, &all);
    say(out, "%" PRIu64 "/%" PRIu64 " seeds, ", a->of[ACCOUNT_SEEDS], planned);
    say_rate(out, tenths(a->of[ACCOUNT_SEEDS] * 1000, wall_ms));
    buf_put(out, "/s, virtual x");
    say_rate(out, tenths(a->of[ACCOUNT_VIRTUAL_US], a->of[ACCOUNT_WALL_US]));
    say(out, ", %" PRIu64 " failed, rules %zu/%zu", account_failures(a), rules,
        all);
}

/* SPDX-License-Identifier: MIT */
/*
 * What a body stands on. Nothing jumps inside a callback: what is wrong there
 * is blamed, and scene_check() raises it.
 */
#include "conformance/body.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "conformance/backstage.h"
#include "ref/host/entropy.h"

/* --- what a body may ask */

struct case_axes scene_axes(const struct scene *s)
{
    return s->instance->axes;
}

const void *scene_data(const struct scene *s)
{
    return s->instance->of->data;
}

struct arena *scene_arena(struct scene *s)
{
    return &s->arena;
}

const char *scene_id(struct scene *s)
{
    return arena_text(&s->arena, "us-%016" PRIx64 "-%u", s->seed, ++s->ids);
}

const char *scene_text(struct scene *s, const char *format, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = arena_new(&s->arena, (size_t)len + 1, 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

const char *scene_string(struct scene *s, struct slice bytes)
{
    return (const char *)arena_copy(&s->arena, bytes).data;
}

const struct json *scene_json(struct scene *s, const char *text)
{
    const struct json *tree = NULL;

    if (!json_parse(&s->arena, slice_of(text), JSON_DEPTH_MAX, &tree, NULL))
        scene_stop(s, VERDICT_HARNESS, "JSON in the case", text);
    return tree;
}

bool scene_can(const struct scene *s, const char *capability)
{
    return testee_can(s->testee, slice_of(capability));
}

uint64_t scene_frame_max(const struct scene *s)
{
    return s->testee->hello.frame_max;
}

bool scene_lacks(const struct scene *s, const char *what)
{
    return testee_lacks(s->testee, slice_of(what)).len > 0;
}

void scene_needs(struct scene *s, const char *what)
{
    struct slice why = testee_lacks(s->testee, slice_of(what));

    if (why.len)
        scene_not_applicable(s, (const char *)arena_copy(&s->arena, why).data);
}

/* --- stopping */

void scene_stop(struct scene *s, enum verdict verdict, const char *expected,
                const char *observed)
{
    s->outcome.verdict = verdict;
    s->outcome.expected = expected;
    s->outcome.observed = observed;
    longjmp(s->out, 1);
}

void scene_not_applicable(struct scene *s, const char *why)
{
    scene_stop(s, VERDICT_NA, NULL, why);
}

void scene_blame(struct scene *s, enum verdict verdict, const char *what)
{
    if (s->blame)
        return;
    s->blame = what;
    s->blame_verdict = verdict;
}

void scene_step(struct scene *s)
{
    s->outcome.step++;
}

static enum verdict verdict_of(enum testee_trouble trouble)
{
    return trouble == TESTEE_DIED   ? VERDICT_CRASH
           : trouble == TESTEE_HUNG ? VERDICT_TIMEOUT
                                    : VERDICT_FAIL;
}

void scene_check(struct scene *s)
{
    testee_check_time(s->testee);
    if (s->testee->trouble != TESTEE_WELL)
        scene_stop(s, verdict_of(s->testee->trouble),
                   "a testee that keeps to the contract",
                   scene_text(s, "%s", s->testee->why));
    if (s->blame)
        scene_stop(s, s->blame_verdict, "nothing of the kind", s->blame);
}

/* --- waiting */

/* A testee that still answers has had its chance; one that does not is hung. */
static void ping(struct scene *s)
{
    if (s->instance->axes.lvl != LVL_L2)
        return;
    (void)scene_try_verb(s, "stats", "");
}

static bool await_once(struct scene *s, scene_holds *holds, void *what)
{
    uint64_t deadline = entropy_now_ns() + s->patience_ns;

    while (!holds(what)) {
        if (!s->transport->wait(s, deadline))
            break;
        scene_check(s);
    }
    return holds(what);
}

/* Bodies of 64 MiB take their time: as long as bytes flow, there is patience,
 * but not for ever. */
bool scene_await(struct scene *s, scene_holds *holds, void *what)
{
    uint64_t flowed;

    scene_check(s);
    for (unsigned i = 0; i < BACKSTAGE_PATIENCES; i++) {
        flowed = s->flowed;
        if (await_once(s, holds, what))
            return true;
        if (s->flowed - flowed < BACKSTAGE_FLOW_MIN)
            break;
    }
    ping(s);
    return holds(what);
}

void scene_settle(struct scene *s)
{
    s->transport->settle(s);
    scene_check(s);
}

void scene_require(struct scene *s, bool holds, const char *expected,
                   const char *observed)
{
    scene_check(s);
    if (!holds)
        scene_stop(s, VERDICT_FAIL, expected, observed);
    s->proofs++;
}

/* --- verbs */

struct testee_verb *scene_send(struct scene *s, const char *op,
                               const char *members)
{
    if (s->transport->before)
        s->transport->before(s, op);
    return testee_send(s->testee, op, slice_of(members));
}

static bool is_answered(void *verb)
{
    return ((struct testee_verb *)verb)->got != TESTEE_WAITING;
}

void scene_wait_verb(struct scene *s, struct testee_verb *verb)
{
    while (!is_answered(verb)) {
        (void)s->transport->wait(s, testee_deadline(s->testee));
        scene_check(s);
    }
}

const struct json *scene_verb(struct scene *s, const char *op,
                              const char *members)
{
    struct testee_verb *verb = scene_send(s, op, members);

    scene_wait_verb(s, verb);
    return verb->answer;
}

const struct json *scene_try_verb(struct scene *s, const char *op,
                                  const char *members)
{
    struct testee_verb *verb = scene_send(s, op, members);

    verb->may_fail = true;
    scene_wait_verb(s, verb);
    return verb->answer;
}

/* --- events */

static bool fits(const struct json *event, const char *ev, const char *key,
                 const char *value)
{
    return json_is_text(json_find(event, "ev"), ev) &&
           (!key || json_is_text(json_find(event, key), value));
}

static struct event_bucket *bucket_of(struct scene *s, struct slice id)
{
    size_t hash = 5381;

    for (size_t i = 0; i < id.len; i++)
        hash = hash * 33 + id.data[i];
    return &s->by_id[hash % BACKSTAGE_BUCKETS];
}

const struct json *scene_find_event(struct scene *s, const char *ev,
                                    const char *key, const char *value,
                                    size_t nth)
{
    bool is_by_id = key && strcmp(key, "id") == 0;
    const struct event *e =
        is_by_id ? bucket_of(s, slice_of(value))->first : s->events;

    scene_needs(s, "witness");
    for (; e; e = is_by_id ? e->alike : e->next) {
        if (fits(e->tree, ev, key, value) && nth-- == 0)
            return e->tree;
    }
    return NULL;
}

size_t scene_count_events(struct scene *s, const char *ev, const char *key,
                          const char *value)
{
    size_t count = 0;

    scene_needs(s, "witness");
    for (const struct event *e = s->events; e; e = e->next)
        count += fits(e->tree, ev, key, value);
    return count;
}

struct awaited {
    struct scene *scene;
    const char *ev;
    const char *key;
    const char *value;
    size_t nth;
};

static bool has_come(void *what)
{
    const struct awaited *a = what;

    return scene_find_event(a->scene, a->ev, a->key, a->value, a->nth) != NULL;
}

const struct json *scene_wait_event(struct scene *s, const char *ev,
                                    const char *key, const char *value,
                                    size_t nth)
{
    struct awaited a = {s, ev, key, value, nth};

    scene_needs(s, "witness");
    scene_step(s);
    if (!scene_await(s, has_come, &a))
        scene_stop(s, VERDICT_FAIL,
                   key ? scene_text(s, "event %s of %s %s", ev, key, value)
                       : scene_text(s, "event %s", ev),
                   "no such event");
    return scene_find_event(s, ev, key, value, nth);
}

void scene_choice(struct scene *s, const char *name, const char *taken)
{
    struct outcome *o = &s->outcome;

    if (s->has_missed)
        scene_needs(s, "absence");
    if (o->choices_count == BACKSTAGE_CHOICES_MAX)
        scene_stop(s, VERDICT_HARNESS, "few choices in a case", "too many");
    o->choices[o->choices_count].name = name;
    o->choices[o->choices_count].taken = taken;
    o->choices_count++;
}

static void keep_by_id(struct scene *s, struct event *event)
{
    struct slice id;
    struct event_bucket *bucket;

    if (!json_get_text(json_find(event->tree, "id"), &id))
        return;
    bucket = bucket_of(s, id);
    if (bucket->last)
        bucket->last->alike = event;
    else
        bucket->first = event;
    bucket->last = event;
}

void scene_keep_event(struct scene *s, const struct json *tree)
{
    struct event *event = arena_new(&s->arena, 1, sizeof *event);

    event->tree = tree;
    if (s->events_end)
        s->events_end->next = event;
    else
        s->events = event;
    s->events_end = event;
    keep_by_id(s, event);
}

/* --- time */

static void only_virtual(struct scene *s)
{
    if (s->instance->axes.lvl != LVL_L1)
        scene_stop(s, VERDICT_HARNESS, "virtual time", "a case for L1 at L2");
}

uint64_t scene_now_ns(const struct scene *s)
{
    return s->now_ns;
}

void scene_advance(struct scene *s, uint64_t by_ns)
{
    only_virtual(s);
    s->now_ns += by_ns;
    s->testee->at_ns = s->now_ns;
    (void)scene_verb(s, "advance",
                     scene_text(s, "\"now\":%" PRIu64, s->now_ns));
}

uint64_t scene_next_ns(struct scene *s)
{
    only_virtual(s);
    scene_settle(s);
    return s->next_ns;
}

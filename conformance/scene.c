/* SPDX-License-Identifier: MIT */
/*
 * One instance from `reset` to the balance. The body is left by a jump when a
 * check does not hold; that is sound because a scene keeps everything in its
 * arena and in lists that scene_end() walks. Nothing jumps inside a callback:
 * what is wrong there is blamed, and scene_check() raises it.
 *
 * Read from the end: scene_run() is the whole story.
 */
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

struct conn *scene_conn(struct scene *s)
{
    return s->conns ? s->conns : conn_open(s, NULL);
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

bool scene_await(struct scene *s, scene_holds *holds, void *what)
{
    uint64_t deadline = entropy_now_ns() + s->patience_ns;

    scene_check(s);
    while (!holds(what)) {
        if (!s->transport->wait(s, deadline))
            break;
        scene_check(s);
    }
    if (!holds(what))
        ping(s);
    return holds(what);
}

void scene_settle(struct scene *s)
{
    s->transport->settle(s);
    scene_check(s);
}

/* --- verbs */

struct testee_verb *scene_send(struct scene *s, const char *op,
                               const char *members)
{
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

static void keep_event(struct scene *s, const struct json *tree)
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

void scene_on_event(struct scene *s, const struct json *tree)
{
    stage_look_for_secrets(s, tree->source, slice_of(""), "an event");
    conn_on_event(s, tree);
    keep_event(s, tree);
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

/* --- the whole story */

/* What a stand-in cannot do for its node is nobody's fault. */
static void blame_refusal(struct scene *s, const struct testee_verb *verb)
{
    struct slice why = testee_lacks(s->testee, slice_of(verb->op));
    struct slice reason = testee_reason(verb);

    if (why.len)
        scene_blame(s, VERDICT_NA,
                    (const char *)arena_copy(&s->arena, why).data);
    else
        scene_blame(s, VERDICT_UNTESTABLE,
                    scene_text(s, "`%s` refused: %.*s", verb->op,
                               (int)reason.len, (const char *)reason.data));
}

static void on_answer(void *self, struct testee_verb *verb)
{
    struct scene *s = self;
    const struct json *out = json_find(verb->answer, "out");

    if (verb->got != TESTEE_OK && !verb->may_fail)
        blame_refusal(s, verb);
    for (const struct json *e = out ? out->first : NULL; e; e = e->next)
        scene_on_event(s, e);
    s->next_ns = NEVER;
    (void)json_get_u64(json_find(verb->answer, "next"), &s->next_ns);
}

static void on_event(void *self, const struct json *event)
{
    scene_on_event(self, event);
}

static uint64_t number_in(const struct json *answer, const char *name)
{
    uint64_t number = 0;

    (void)json_get_u64(json_find(answer, name), &number);
    return number;
}

/* What the testee says it holds. */
struct balance {
    struct scene *scene;
    uint64_t pending;
    uint64_t served;
    uint64_t streams;
    uint64_t bytes;
    bool is_alone; /* nobody is connected: streams and bytes count too */
};

static bool is_balanced(void *what)
{
    struct balance *b = what;
    const struct json *stats = scene_verb(b->scene, "stats", "");

    b->pending = number_in(stats, "pending");
    b->served = number_in(stats, "served");
    b->streams = number_in(stats, "streams");
    b->bytes = number_in(stats, "bytes");
    return b->pending == 0 && b->served == 0 &&
           (!b->is_alone || (b->streams == 0 && b->bytes == 0));
}

static void leave(struct scene *s)
{
    for (struct conn *c = s->conns; c; c = c->next) {
        if (c->opened && c->is_up && !c->closed)
            conn_drop(c);
    }
}

/* Every scene ends in balance: first of calls, and once everybody has gone also
 * of streams and bytes. */
static void weigh(struct scene *s)
{
    struct balance b = {.scene = s};

    scene_step(s);
    if (s->instance->axes.lvl == LVL_L0 || !scene_can(s, "stats"))
        return;
    if (!scene_await(s, is_balanced, &b))
        scene_stop(s, VERDICT_FAIL,
                   "no call pending and none being served in the end",
                   scene_text(s, "%" PRIu64 " pending, %" PRIu64 " served",
                              b.pending, b.served));
    leave(s);
    b.is_alone = true;
    if (!scene_await(s, is_balanced, &b))
        scene_stop(s, VERDICT_FAIL,
                   "nothing held for connections that are gone",
                   scene_text(s,
                              "%" PRIu64 " streams, %" PRIu64 " bytes, %" PRIu64
                              " pending, %" PRIu64 " served",
                              b.streams, b.bytes, b.pending, b.served));
}

static void play(struct scene *s)
{
    (void)scene_send(s, "reset", "");
    s->instance->of->run(s);
    if (s->outcome.reserve && s->proofs == 0)
        scene_needs(s, "witness");
    weigh(s);
    scene_check(s);
}

/* No frame was made of them, and no secret may be in them either. */
static void look_into_leftovers(struct scene *s)
{
    for (struct conn *c = s->conns; c; c = c->next) {
        for (struct stream *st = c->streams; st; st = st->next) {
            size_t left = raw_reader_left(&st->reader);
            struct slice held = buf_slice(&st->reader.held);

            stage_look_for_secrets(s, slice_skip(held, held.len - left),
                                   slice_of(""), "an unfinished frame");
        }
    }
}

/* Takes what is still due, so that the next scene begins at a clean line. */
static void wind_up(struct scene *s)
{
    s->is_over = true;
    if (setjmp(s->out) == 0) {
        s->transport->end(s);
        testee_drain(s->testee);
        if (s->outcome.verdict == VERDICT_PASS)
            scene_check(s);
        look_into_leftovers(s);
        stage_look_for_secrets(s, driver_stderr(s->testee->driver),
                               slice_of(""), "its standard error");
        if (s->outcome.verdict == VERDICT_PASS)
            scene_check(s);
    }
    s->outcome.virtual_ns = s->now_ns;
    if (s->instance->axes.lvl != LVL_L2)
        transcript_hash(&s->transcript, s->outcome.hash);
}

static void prepare(struct scene *s, const struct instance *instance,
                    struct testee *testee, uint64_t seed)
{
    const struct testee_audience audience = {on_answer, on_event, s};

    *s = (struct scene){
        .instance = instance,
        .testee = testee,
        .seed = seed,
        .next_ns = NEVER,
        .patience_ns = testee->patience_ns < BACKSTAGE_PATIENCE_NS
                           ? testee->patience_ns
                           : BACKSTAGE_PATIENCE_NS,
        .transport = instance->axes.lvl == LVL_L2 ? &network_transport
                                                  : &virtual_transport,
    };
    arena_init(&s->arena);
    s->outcome.verdict = VERDICT_PASS;
    s->transcript.arena = &s->arena;
    testee_attend(testee, &s->arena, &s->transcript, &audience);
}

void scene_run(struct scene *s, const struct instance *instance,
               struct testee *testee, uint64_t seed)
{
    prepare(s, instance, testee, seed);
    if (setjmp(s->out) == 0)
        play(s);
    wind_up(s);
}

void scene_end(struct scene *s)
{
    const struct testee_audience nobody = {0};

    for (struct conn *c = s->conns; c; c = c->next) {
        for (struct stream *st = c->streams; st; st = st->next) {
            raw_reader_clear(&st->reader);
            buf_clear(&st->unsent);
        }
    }
    if (s->testee->driver) {
        s->testee->queue = NULL;
        s->testee->queue_end = NULL;
        testee_attend(s->testee, &s->testee->lasting, NULL, &nobody);
    }
    arena_clear(&s->arena);
}

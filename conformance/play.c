/* SPDX-License-Identifier: MIT */
/*
 * The body is left by a jump when a check does not hold; that is sound because
 * a scene keeps everything in its arena and in lists that scene_end() walks.
 *
 * Read from the end: scene_run() is the whole story.
 */
#include "conformance/play.h"

#include <inttypes.h>

#include "conformance/body.h"
#include "conformance/conn.h"
#include "conformance/secrets.h"

static void keep(struct scene *s, const struct json *tree)
{
    stage_look_for_secrets(s, tree->source, slice_of(""), "an event");
    conn_on_event(s, tree);
    scene_keep_event(s, tree);
}

/* What a stand-in cannot do for its node is nobody's fault. */
static void blame_refusal(struct scene *s, const struct testee_verb *verb)
{
    struct slice why = testee_lacks(s->testee, slice_of(verb->op));
    struct slice reason = testee_reason(verb);

    if (why.len)
        scene_blame(s, VERDICT_NA, scene_string(s, why));
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
        keep(s, e);
    s->next_ns = NEVER;
    (void)json_get_u64(json_find(verb->answer, "next"), &s->next_ns);
}

/* What comes before the reset is done is the last scene's: the end of its
 * connections, where it left in the middle. */
static void on_event(void *self, const struct json *event)
{
    struct scene *s = self;

    if (!s->reset || s->reset->got != TESTEE_WAITING)
        keep(s, event);
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
    s->reset = scene_send(s, "reset", "");
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

/* As long as for a verb, and no longer than makes sense. */
static uint64_t patience_ns(const struct instance *i, const struct testee *t)
{
    uint64_t most_ns =
        i->net ? BACKSTAGE_PATIENCE_NET_NS : BACKSTAGE_PATIENCE_NS;

    return t->patience_ns < most_ns ? t->patience_ns : most_ns;
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
        .patience_ns = patience_ns(instance, testee),
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

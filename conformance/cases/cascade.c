/* SPDX-License-Identifier: MIT */
/*
 * What the abort of a request does to what was composed for it. Each chain ends
 * in a conf/count that waits for its release: whether it was stopped it says
 * itself, and whether it happened the next count of the same key tells.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list cascade_cases;

#define COUNT_T "{\"key\":\"k\",\"tag\":\"t\"}"
#define CONTINUE ",\"policy\":\"continue-running\""
#define DEPENDENTS ",\"policy\":\"abort-dependents\""

/* A count that waits, composed so many deep. */
struct chain {
    size_t depth;
    const char *policy; /* of the outermost composition; or NULL: all plain */
    bool on_own_stream; /* where the abort goes */
};

static const char *input_of(struct scene *s, const struct chain *chain)
{
    if (!chain->policy)
        return shapes_nest(s, chain->depth, "conf/count", COUNT_T);
    return shapes_compose(
        s, chain->depth > 1 ? "conf/compose" : "conf/count",
        shapes_nest(s, chain->depth - 1, "conf/count", COUNT_T), chain->policy);
}

/* Waits until `count` handlers of conf/count are there. */
static void wait_counting(struct scene *s, size_t count)
{
    (void)scene_wait_event(s, "handler_entered", "operation", "conf/count",
                           count - 1);
    scene_settle(s);
}

static const char *begin(struct stream *st, const char *input)
{
    const char *id = ask_send_on(st, "conf/compose", input, "");

    wait_counting(conn_scene(stream_conn(st)), 1);
    return id;
}

/* So often the key was counted, and now once more. */
static void verify_counted(struct conn *c, size_t times)
{
    verify_output(conn_scene(c), ask_them(c, "conf/count", "{\"key\":\"k\"}"),
                  scene_text(conn_scene(c), "{\"count\":%zu}", times + 1));
}

/* Nobody outside has heard of what was composed. */
static void verify_unseen(struct conn *c)
{
    verify_conn_silence(c);
    verify_that(conn_scene(c), conn_opened_count(c) == 0,
                "no stream of the testee's", "%zu streams",
                conn_opened_count(c));
}

/* All of it has ended: the composers, the count, and its effect. */
static void verify_all_stopped(struct conn *c, size_t composers)
{
    struct scene *s = conn_scene(c);

    verify_stopped(s, "conf/compose", composers);
    verify_stopped(s, "conf/count", 1);
    shapes_none_held(s, "t");
    verify_counted(c, 0);
    verify_unseen(c);
}

static void left_alone(struct scene *s)
{
    const struct chain *chain = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *output = "{\"count\":1}";
    const char *id = begin(stream_open(c), input_of(s, chain));

    shapes_release(s, "t", 1);
    for (size_t i = 0; i < chain->depth; i++)
        output = scene_text(s, "{\"output\":%s}", output);
    verify_output(s, ask_answer(c, id), output);
    verify_stopped(s, "conf/compose", 0);
    verify_stopped(s, "conf/count", 0);
    verify_counted(c, 1);
}

static void all_stopped(struct scene *s)
{
    const struct chain *chain = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = begin(st, input_of(s, chain));

    if (chain->on_own_stream)
        stream_send_frame(st, "call.aborted", id, "{}");
    else
        sub_abort(c, id);
    verify_all_stopped(c, chain->depth);
    verify_alive(c);
}

static const struct chain plain_1 = {1, NULL, false};
static const struct chain plain_2 = {2, NULL, false};
static const struct chain plain_5 = {5, NULL, false};
static const struct chain own_stream = {2, NULL, true};
static const struct chain dependents = {2, DEPENDENTS, false};

/* A caller on the wire has no say in it, whatever it writes. */
static void caller_has_no_say(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = ask_send(
        c, "conf/compose", input_of(s, &plain_2),
        "\"policy\":\"continue-running\",\"abort_policy\":\"continue-running\","
        "\"abortPolicy\":\"ContinueRunning\"");

    wait_counting(s, 1);
    sub_abort(c, id);
    verify_all_stopped(c, 2);
}

/* --- continue-running */

/* What goes on comes to its end, and nobody outside hears of it. */
static void verify_goes_on(struct conn *c, size_t stopped)
{
    struct scene *s = conn_scene(c);

    verify_stopped(s, "conf/compose", stopped);
    verify_stopped(s, "conf/count", 0);
    verify_unseen(c);
    shapes_release(s, "t", 1);
    verify_counted(c, 1);
    verify_stopped(s, "conf/compose", stopped);
    verify_unseen(c);
}

static void goes_on(struct scene *s)
{
    const struct chain *chain = scene_data(s);
    struct conn *c = scene_conn(s);

    sub_abort(c, begin(stream_open(c), input_of(s, chain)));
    verify_goes_on(c, 1);
    verify_alive(c);
}

static const struct chain continue_1 = {1, CONTINUE, false};
static const struct chain continue_2 = {2, CONTINUE, false};
static const struct chain continue_5 = {5, CONTINUE, false};

/* The one in the middle depends, the one below was let go on. */
static void overridden(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *inner = shapes_compose(s, "conf/count", COUNT_T, CONTINUE);

    sub_abort(
        c, begin(stream_open(c), shapes_compose(s, "conf/compose", inner, "")));
    verify_goes_on(c, 2);
}

/* What each of three compositions says, the outermost first, and how many of
 * the three composers an abort stops; the count below them goes on. */
struct mix {
    const char *policies[3];
    size_t stopped;
};

static const struct mix survivor_depends = {{CONTINUE, DEPENDENTS, ""}, 1};
static const struct mix count_depends = {{CONTINUE, "", DEPENDENTS}, 1};
static const struct mix middle_survives = {{DEPENDENTS, CONTINUE, ""}, 2};
static const struct mix middle_is_depended_on = {
    {DEPENDENTS, CONTINUE, DEPENDENTS}, 2};
static const struct mix only_count_survives = {
    {DEPENDENTS, DEPENDENTS, CONTINUE}, 3};

static void mixed(struct scene *s)
{
    const struct mix *mix = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *input = COUNT_T;

    for (size_t i = 3; i-- > 0;)
        input = shapes_compose(s, i == 2 ? "conf/count" : "conf/compose", input,
                               mix->policies[i]);
    sub_abort(c, begin(stream_open(c), input));
    verify_goes_on(c, mix->stopped);
    verify_alive(c);
}

/* Something goes on under continue-running, and so many below it the last is
 * going to compose a count, when `late` is released. */
static const char *begin_late(struct conn *c, size_t below)
{
    struct scene *s = conn_scene(c);
    const char *late =
        shapes_compose(s, "conf/count", "{\"key\":\"k\"}", ",\"tag\":\"late\"");
    const char *id = ask_send(
        c, "conf/compose",
        shapes_compose(s, "conf/compose",
                       shapes_nest(s, below, "conf/compose", late), CONTINUE),
        "");

    (void)scene_wait_event(s, "handler_entered", "operation", "conf/compose",
                           below + 1);
    scene_settle(s);
    return id;
}

static const size_t none_below = 0;
static const size_t one_below = 1;
static const size_t three_below = 3;

/* What goes on composes nothing any more; the release comes behind. */
static void nothing_new(struct scene *s)
{
    struct conn *c = scene_conn(s);

    sub_abort(c, begin_late(c, *(const size_t *)scene_data(s)));
    verify_stopped(s, "conf/compose", 1);
    shapes_release(s, "late", 1);
    verify_entered(s, "conf/count", 0);
    verify_unseen(c);
    verify_counted(c, 0);
}

/* The same where nobody aborts: what was late is composed. */
static void late_but_not_aborted(struct scene *s)
{
    size_t below = *(const size_t *)scene_data(s);
    struct conn *c = scene_conn(s);
    const char *id = begin_late(c, below);
    const char *output = "{\"count\":1}";

    shapes_release(s, "late", 1);
    for (size_t i = 0; i < below + 2; i++)
        output = scene_text(s, "{\"output\":%s}", output);
    verify_output(s, ask_answer(c, id), output);
    verify_counted(c, 1);
}

/* Request and abort come in one piece. Whether the composed call had started
 * then is the testee's affair; either it goes on, or it never starts. */
static void in_one_piece(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = scene_id(s);
    struct slice both =
        ask_frame(s, id, "conf/compose",
                  shapes_compose(s, "conf/count", COUNT_T, CONTINUE));
    size_t started;

    both = shapes_join(
        s, both,
        shapes_frame(s, slice_of(scene_text(s,
                                            "{\"type\":\"call.aborted\",\"id\":"
                                            "\"%s\",\"payload\":{}}",
                                            id))));
    stream_send_fin(st, both);
    scene_settle(s);
    started =
        scene_count_events(s, "handler_entered", "operation", "conf/count");
    verify_stopped(s, "conf/count", 0);
    if (started)
        shapes_release(s, "t", 1);
    else
        shapes_none_held(s, "t");
    verify_counted(c, started);
    verify_unseen(c);
}

/* --- only downward, and only what runs */

/* Two chains on one stream and a third on another; one is aborted. */
static void siblings(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *doomed = begin(st, input_of(s, &plain_2));
    const char *beside = ask_send_on(
        st, "conf/compose",
        shapes_compose(s, "conf/count", "{\"key\":\"b\",\"tag\":\"b\"}", ""),
        "");
    const char *elsewhere = ask_send(
        c, "conf/compose",
        shapes_compose(s, "conf/count", "{\"key\":\"e\",\"tag\":\"e\"}", ""),
        "");

    wait_counting(s, 3);
    sub_abort(c, doomed);
    verify_stopped(s, "conf/compose", 2);
    verify_stopped(s, "conf/count", 1);
    shapes_none_held(s, "t");
    shapes_release(s, "e", 1);
    verify_output(s, ask_answer(c, elsewhere), "{\"output\":{\"count\":1}}");
    shapes_release(s, "b", 1);
    verify_output(s, ask_answer(c, beside), "{\"output\":{\"count\":1}}");
    verify_counted(c, 0);
    verify_unseen(c);
}

static void finished(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = begin(st, input_of(s, &plain_2));

    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id),
                  "{\"output\":{\"output\":{\"count\":1}}}");
    stream_send_frame(st, "call.aborted", id, "{}");
    sub_abort(c, id);
    verify_stopped(s, "conf/compose", 0);
    verify_stopped(s, "conf/count", 0);
    verify_unseen(c);
    verify_counted(c, 1);
}

/* The id of a composed call is nobody's to abort from outside. */
static void inner_id(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = begin(stream_open(c), input_of(s, &plain_1));
    const struct json *entered =
        scene_find_event(s, "handler_entered", "operation", "conf/count", 0);
    struct slice inner = {0};

    verify_that(s,
                json_get_text(json_find(entered, "id"), &inner) &&
                    !slice_equal(inner, slice_of(id)),
                "an id of its own for the composed call",
                "the id of the request");
    sub_abort(c, shapes_text(s, inner));
    verify_stopped(s, "conf/count", 0);
    verify_unseen(c);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id), "{\"output\":{\"count\":1}}");
}

/* --- what else ends a request */

static void they_close(struct conn *c)
{
    conn_close(c, 0);
}

struct loss {
    void (*end)(struct conn *c);
};

static const struct loss dropped = {conn_drop};
static const struct loss closed = {they_close};

static void connection_goes(struct scene *s)
{
    const struct loss *loss = scene_data(s);
    struct conn *c = scene_conn(s);
    struct conn *kept = conn_open(s, NULL);

    (void)begin(stream_open(c), input_of(s, &plain_2));
    loss->end(c);
    (void)scene_wait_event(s, "handler_stopped", "operation", "conf/count", 0);
    verify_all_stopped(kept, 2);
}

#define SERVE_S 60
#define PATIENCE_S 10

/* The root answers with TIMEOUT, or a handler is told so in time to answer with
 * that. */
static void verify_timed_out(struct scene *s, const struct ask_outcome *o)
{
    const struct json *told = o->output;

    if (!o->is_ok) {
        verify_error(s, o, "TIMEOUT", true);
        return;
    }
    while (json_find(told, "output"))
        told = json_find(told, "output");
    told = json_find(told, "error");
    verify_same(s, "the code in a handler", json_find(told, "code"),
                "\"TIMEOUT\"");
    verify_same(s, "retryable in a handler", json_find(told, "retryable"),
                "true");
}

/* Nothing happens a moment before; `begun` is how much has passed already. */
static void pass_deadline(struct scene *s, struct conn *c, const char *id,
                          uint64_t begun_s)
{
    scene_advance(s, (SERVE_S - begun_s) * SHAPES_S - 1);
    verify_stopped(s, "conf/count", 0);
    verify_that(s, sub_seen(c, id) == 0, "no answer before the deadline",
                "an answer");
    scene_advance(s, PATIENCE_S * SHAPES_S + 1);
    verify_timed_out(s, ask_answer(c, id));
    verify_stopped(s, "conf/count", 1);
    shapes_none_held(s, "t");
    verify_unseen(c);
    verify_counted(c, 0);
}

static void deadline(struct scene *s)
{
    struct conn *c;

    stage_serve_timeout(s, SERVE_S * 1000);
    c = scene_conn(s);
    pass_deadline(s, c, begin(stream_open(c), input_of(s, &plain_2)), 0);
}

/* Composed late, it gets what is left and not as much again. */
static void rest_of_deadline(struct scene *s)
{
    struct conn *c;
    const char *id;

    stage_serve_timeout(s, SERVE_S * 1000);
    c = scene_conn(s);
    id = ask_send(c, "conf/compose",
                  shapes_compose(s, "conf/count", COUNT_T, ",\"tag\":\"late\""),
                  "");
    scene_advance(s, 50 * SHAPES_S);
    shapes_release(s, "late", 1);
    wait_counting(s, 1);
    pass_deadline(s, c, id, 50);
}

#define STOPS(slug, rule, what, body, which)                                   \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "compose hold abort", .twin = "cascade.child.left-alone",     \
        .is_negative = true, .run = body, .data = which                        \
    }

#define GOES_ON(slug, rule, what, body, which)                                 \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "compose hold abort", .run = body, .data = which              \
    }

#define NOTHING_NEW(slug, where, other, below)                                 \
    {                                                                          \
        .id = slug, .rules = "AB-20 AB-5",                                     \
        .claim = "What goes on under continue-running composes nothing new "   \
                 "behind the abort" where,                                     \
        .needs = "compose hold abort", .twin = other, .is_negative = true,     \
        .run = nothing_new, .data = below                                      \
    }

#define DEADLINE(slug, rule, what, body)                                       \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "compose hold deadlines", .axes = {.lvl = LVL_L1},            \
        .run = body                                                            \
    }

static const struct conf_case cases[] = {
    GOES_ON("cascade.child.left-alone", "AB-30 ID-9",
            "What is composed and not aborted happens, and its result is "
            "handed up.",
            left_alone, &plain_2),
    STOPS("cascade.child.one-deep",
          "AB-4 AB-9c AB-30 AB-12 AB-32 AB-11 AB-19 AB-21",
          "An abort stops what the handler composed, and it does not happen.",
          all_stopped, &plain_1),
    STOPS("cascade.child.two-deep",
          "AB-4 AB-9c AB-30 AB-12 AB-32 AB-11 AB-19 AB-21",
          "An abort stops what was composed two deep, and it does not happen.",
          all_stopped, &plain_2),
    STOPS("cascade.child.five-deep",
          "AB-4 AB-9c AB-30 AB-12 AB-32 AB-11 AB-19 AB-21",
          "An abort stops what was composed five deep, and it does not happen.",
          all_stopped, &plain_5),
    STOPS("cascade.child.own-stream", "AB-4 AB-28 AB-9c",
          "An abort on the request's own stream stops what was composed.",
          all_stopped, &own_stream),
    STOPS("cascade.policy.dependents", "AB-5 CX-10 AB-30",
          "What was composed under abort-dependents ends with what composed "
          "it.",
          all_stopped, &dependents),
    STOPS("cascade.policy.not-the-callers", "AB-6 CX-10 AB-9a",
          "Members of a request that look like a policy do not keep what it "
          "composes from being stopped.",
          caller_has_no_say, NULL),
    GOES_ON("cascade.policy.continue", "AB-5 AB-30 AB-12",
            "What has started under continue-running goes on behind the abort, "
            "and happens.",
            goes_on, &continue_1),
    GOES_ON("cascade.policy.inherited", "AB-9a AB-5 AB-30",
            "What is composed under continue-running hands that policy down.",
            goes_on, &continue_2),
    GOES_ON("cascade.policy.inherited-five-deep", "AB-9a AB-5 AB-30",
            "The policy continue-running is handed down five deep.", goes_on,
            &continue_5),
    GOES_ON("cascade.policy.overridden", "AB-9a AB-5 CX-10",
            "What was composed under continue-running goes on though its own "
            "composer depends and is stopped.",
            overridden, NULL),
    GOES_ON("cascade.policy.survivor-depends", "AB-5 AB-9a",
            "What depends on a composed call that goes on goes on as well, and "
            "so does what it has composed.",
            mixed, &survivor_depends),
    GOES_ON("cascade.policy.count-depends", "AB-5 AB-9a",
            "What depends on a call deep below one that goes on goes on as "
            "well.",
            mixed, &count_depends),
    GOES_ON("cascade.policy.middle-survives", "AB-9a AB-5",
            "What goes on though its composer was stopped hands that policy "
            "down.",
            mixed, &middle_survives),
    GOES_ON("cascade.policy.middle-is-depended-on", "AB-5 AB-9a",
            "What depends on a call that goes on, though that one's composer "
            "was stopped, goes on as well.",
            mixed, &middle_is_depended_on),
    GOES_ON("cascade.policy.only-the-last", "AB-5 AB-9a",
            "What was composed under continue-running goes on though all above "
            "it depend and are stopped.",
            mixed, &only_count_survives),
    NOTHING_NEW("cascade.policy.nothing-new", ".",
                "cascade.policy.late-but-not-aborted", &none_below),
    NOTHING_NEW("cascade.policy.nothing-new-below", ", nor does what it has.",
                "cascade.policy.late-below", &one_below),
    NOTHING_NEW("cascade.policy.nothing-new-deep-below",
                ", nor does anything deep below it.",
                "cascade.policy.late-deep-below", &three_below),
    GOES_ON("cascade.policy.late-but-not-aborted", "AB-5 AB-20",
            "Where nobody aborts, what runs under continue-running may compose "
            "at any time.",
            late_but_not_aborted, &none_below),
    GOES_ON("cascade.policy.late-below", "AB-5 AB-20",
            "Where nobody aborts, what is below it may compose at any time.",
            late_but_not_aborted, &one_below),
    GOES_ON("cascade.policy.late-deep-below", "AB-5 AB-20",
            "Where nobody aborts, what is deep below it may compose at any "
            "time.",
            late_but_not_aborted, &three_below),
    GOES_ON("cascade.policy.in-one-piece", "AB-5 AB-20 AB-32",
            "Of a request that comes together with its abort the composed call "
            "goes on if it has started, and else never starts.",
            in_one_piece, NULL),
    GOES_ON("cascade.siblings.unharmed", "AB-7 AB-17 AB-4",
            "The abort of one request touches nothing that others composed.",
            siblings, NULL),
    GOES_ON("cascade.finished.stands", "AB-8 AB-26 AB-2",
            "What was composed and has finished stands, and an abort behind it "
            "is dropped.",
            finished, NULL),
    GOES_ON("cascade.inner.id", "ID-10 AB-17 AB-2",
            "The id of a composed call is its own, and an abort of it from "
            "outside is dropped.",
            inner_id, NULL),
    STOPS("cascade.connection.dropped", "CN-17 AB-4 AB-24",
          "A connection that is lost stops what was composed for its requests.",
          connection_goes, &dropped),
    STOPS("cascade.connection.closed", "CN-17 AB-4 AB-24",
          "A node that closes a connection stops what was composed for its "
          "requests.",
          connection_goes, &closed),
    DEADLINE("cascade.deadline.root", "TO-6a TO-6 CX-5",
             "What was composed is stopped when the request passes its "
             "deadline, which ends with TIMEOUT.",
             deadline),
    DEADLINE("cascade.deadline.rest", "CX-5 TO-6a TO-6",
             "What is composed late has what is left of its request's time, "
             "and not as much again.",
             rest_of_deadline),
};

const struct case_list cascade_cases = {cases, sizeof cases / sizeof cases[0]};

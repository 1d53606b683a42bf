/* SPDX-License-Identifier: MIT */
/*
 * We abort what the testee serves: its work stops, nothing more comes of it,
 * and nobody else notices. The witness is twofold: the handler says that it was
 * stopped, and a release finds nobody.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list aborts_cases;

#define HOLD "{\"tag\":\"t\"}"
#define GATED "{\"items\":3,\"tag\":\"t\"}"

/* How an abort reaches the testee. */
enum way {
    NEVER_SENT,     /* it is not aborted */
    ELSEWHERE,      /* on a stream of its own, FIN behind it */
    ELSEWHERE_OPEN, /* the same, and the stream stays open */
    BEHIND,         /* behind the request, on its stream */
    BEHIND_FIN,     /* the same, with FIN */
};

/* What is aborted. */
struct doomed {
    const char *operation;
    const char *input;
    size_t items; /* that were released and given before */
    enum way way;
};

static bool needs_open_half(enum way way)
{
    return way == BEHIND || way == BEHIND_FIN;
}

static const char *send_doomed(struct stream *st, const struct doomed *d)
{
    const char *id = ask_send_on(st, d->operation, d->input, "");

    if (!needs_open_half(d->way))
        stream_fin(st);
    shapes_wait_entered(conn_scene(stream_conn(st)), id);
    return id;
}

static void send_abort(struct stream *of, const char *id, enum way way)
{
    struct stream *st =
        needs_open_half(way) ? of : stream_open(stream_conn(of));

    if (way == NEVER_SENT)
        return;
    stream_send_frame(st, "call.aborted", id, "{}");
    if (way == ELSEWHERE || way == BEHIND_FIN)
        stream_fin(st);
}

static void stopped(struct scene *s)
{
    const struct doomed *d = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *other = shapes_begin_bystander(c);
    const char *id = send_doomed(st, d);

    for (size_t i = 0; i < d->items; i++)
        shapes_give_item(c, id, i);
    send_abort(st, id, d->way);
    verify_stopped(s, d->operation, 1);
    shapes_none_held(s, "t");
    verify_conn_silence(c);
    shapes_verify_bystander(c, other);
    verify_open(c);
    verify_alive(c);
}

static void call_left_alone(struct scene *s)
{
    const struct doomed *d = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other = shapes_begin_bystander(c);
    const char *id = send_doomed(stream_open(c), d);

    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, id), HOLD);
    verify_stopped(s, d->operation, 0);
    shapes_verify_bystander(c, other);
}

static void subscription_left_alone(struct scene *s)
{
    const struct doomed *d = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other = shapes_begin_bystander(c);
    const char *id = send_doomed(stream_open(c), d);

    for (size_t i = 0; i < 3; i++)
        shapes_give_item(c, id, i);
    scene_settle(s);
    shapes_release(s, "t", 1);
    sub_completed(c, id);
    verify_stopped(s, d->operation, 0);
    shapes_verify_bystander(c, other);
}

static const struct doomed call_alone = {"conf/hold", HOLD, 0, NEVER_SENT};
static const struct doomed call_elsewhere = {"conf/hold", HOLD, 0, ELSEWHERE};
static const struct doomed call_open = {"conf/hold", HOLD, 0, ELSEWHERE_OPEN};
static const struct doomed call_behind = {"conf/hold", HOLD, 0, BEHIND};
static const struct doomed call_fin = {"conf/hold", HOLD, 0, BEHIND_FIN};
static const struct doomed sub_alone = {"conf/source", GATED, 3, NEVER_SENT};
static const struct doomed sub_first = {"conf/source", GATED, 0, ELSEWHERE};
static const struct doomed sub_elsewhere = {"conf/source", GATED, 2, ELSEWHERE};
static const struct doomed sub_last = {"conf/source", GATED, 3, ELSEWHERE};
static const struct doomed sub_behind = {"conf/source", GATED, 1, BEHIND};
static const struct doomed sub_fin = {"conf/source", GATED, 1, BEHIND_FIN};

/* --- several */

enum { COUNT = 5 };

static void hold_five(struct scene *s, struct stream *st, const char **ids)
{
    for (size_t i = 0; i < COUNT; i++) {
        ids[i] = ask_send_on(st, "conf/hold",
                             scene_text(s, "{\"tag\":\"%zu\"}", i), "");
        shapes_wait_entered(s, ids[i]);
    }
}

static void answer_one(struct conn *c, const char *id, size_t i)
{
    struct scene *s = conn_scene(c);
    const char *tag = scene_text(s, "%zu", i);

    shapes_release(s, tag, 1);
    verify_output(s, ask_answer(c, id), scene_text(s, "{\"tag\":\"%s\"}", tag));
}

static void all_on_one_stream(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *other = shapes_begin_bystander(c);
    struct stream *st = stream_open(c);
    const char *ids[COUNT];

    hold_five(s, stream_open(c), ids);
    for (size_t i = 0; i < COUNT; i++)
        stream_send_frame(st, "call.aborted", ids[i], "{}");
    stream_fin(st);
    verify_stopped(s, "conf/hold", COUNT);
    for (size_t i = 0; i < COUNT; i++)
        shapes_none_held(s, scene_text(s, "%zu", i));
    verify_conn_silence(c);
    shapes_verify_bystander(c, other);
}

/* The third of five on one stream; and another connection uses its id too. */
static void siblings(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct conn *elsewhere = conn_open(s, NULL);
    const char *ids[COUNT];

    hold_five(s, stream_open(c), ids);
    stream_send_fin(stream_open(elsewhere),
                    ask_frame(s, ids[2], "conf/hold", HOLD));
    (void)scene_wait_event(s, "handler_entered", "id", ids[2], 1);
    sub_abort(c, ids[2]);
    verify_stopped(s, "conf/hold", 1);
    shapes_none_held(s, "2");
    for (size_t i = COUNT; i-- > 0;) {
        if (i != 2)
            answer_one(c, ids[i], i);
    }
    verify_conn_silence(c);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(elsewhere, ids[2]), HOLD);
    verify_conn_silence(elsewhere);
}

static void one_of_two_subscriptions(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *doomed =
        ask_send_on(st, "conf/source", "{\"items\":2,\"tag\":\"d\"}", "");
    const char *id = ask_send_on(st, "conf/source", GATED, "");

    shapes_wait_entered(s, doomed);
    shapes_wait_entered(s, id);
    shapes_give_item(c, id, 0);
    stream_send_frame(st, "call.aborted", doomed, "{}");
    verify_stopped(s, "conf/source", 1);
    shapes_none_held(s, "d");
    shapes_give_item(c, id, 1);
    shapes_give_item(c, id, 2);
    scene_settle(s);
    shapes_release(s, "t", 1);
    sub_completed(c, id);
    verify_conn_silence(c);
}

/* Neither streams nor handlers are used up. */
static void many(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 150; i++) {
        const char *id = ask_send(c, "conf/hold", HOLD, "");

        shapes_wait_entered(s, id);
        sub_abort(c, id);
        (void)scene_wait_event(s, "handler_stopped", "id", id, 0);
    }
    verify_stopped(s, "conf/hold", 150);
    shapes_none_held(s, "t");
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- ids that are nearly the same */

struct alike {
    size_t len;          /* of the part that two ids share */
    const char *ends[2]; /* behind it */
};

static const struct alike short_ids = {0, {"a", "b"}};
static const struct alike by_one_case = {0, {"id", "iD"}};
static const struct alike past_a_uuid = {36, {"1", "2"}};
static const struct alike longest = {255, {"1", "2"}};
static const struct alike first_is_prefix = {36, {"", "1"}};
static const struct alike long_prefix = {255, {"", "1"}};

static const char *id_alike(struct scene *s, const struct alike *a, size_t i)
{
    return scene_text(s, "%.*s%s", (int)a->len, shapes_string(s, a->len) + 1,
                      a->ends[i]);
}

/* Both are held on one stream, and that one of them is aborted. The second
 * time an abort that means nothing has come before them. */
static void one_of_two_alike(struct scene *s, size_t doomed)
{
    static const char *const tags[] = {"0", "1"};
    const struct alike *a = scene_data(s);
    struct conn *c = conn_open(s, NULL);
    struct stream *st = stream_open(c);
    const char *ids[2];

    if (doomed)
        sub_abort(c, scene_id(s));
    scene_settle(s);
    for (size_t i = 0; i < 2; i++) {
        ids[i] = id_alike(s, a, i);
        stream_send(st, ask_frame(s, ids[i], "conf/hold",
                                  scene_text(s, "{\"tag\":\"%s\"}", tags[i])));
        (void)scene_wait_event(s, "handler_entered", "id", ids[i], doomed);
    }
    sub_abort(c, ids[doomed]);
    verify_stopped(s, "conf/hold", 1 + doomed);
    shapes_none_held(s, tags[doomed]);
    answer_one(c, ids[1 - doomed], 1 - doomed);
    verify_conn_silence(c);
}

static void alike(struct scene *s)
{
    for (size_t i = 0; i < 2; i++)
        one_of_two_alike(s, i);
}

/* --- while items flow */

static void stalled(struct scene *s)
{
    const struct doomed *d = scene_data(s);
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = shapes_stall(st);
    size_t rest;

    scene_settle(s);
    send_abort(st, id, d->way);
    verify_stopped(s, "conf/source", 1);
    stream_go_on(st);
    rest = shapes_take_rest(st, id);
    verify_that(s, rest < SHAPES_STALLED, "fewer items than there were to be",
                "%zu items", rest);
    verify_conn_silence(c);
    verify_alive(c);
}

static void stall_left_alone(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = shapes_stall(st);

    scene_settle(s);
    stream_go_on(st);
    for (size_t i = 0; i < SHAPES_STALLED; i++)
        (void)sub_item(c, id);
    sub_completed(c, id);
    verify_stopped(s, "conf/source", 0);
    verify_conn_silence(c);
}

static const struct doomed stall_elsewhere = {"", "", 0, ELSEWHERE};
static const struct doomed stall_behind = {"", "", 0, BEHIND};

/* Far more than can be under way when the abort arrives. */
static void flowing(struct scene *s)
{
    enum { ITEMS = 200000 };
    struct conn *c = scene_conn(s);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, "conf/source",
                                 scene_text(s, "{\"items\":%d}", ITEMS), "");
    size_t rest;

    verify_same(s, "the first item", sub_item(c, id), "{\"i\":0}");
    sub_abort(c, id);
    verify_stopped(s, "conf/source", 1);
    rest = shapes_take_rest(st, id);
    verify_that(s, rest < ITEMS - 1, "fewer items than there were to be",
                "all of them");
    verify_conn_silence(c);
    verify_alive(c);
}

#define CALL(slug, rule, what, which)                                          \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = "hold abort",       \
        .twin = "abort.call.left-alone", .is_negative = true, .run = stopped,  \
        .data = which                                                          \
    }

#define SUB(slug, rule, what, which)                                           \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "hold abort subscriptions",                                   \
        .twin = "abort.subscription.left-alone", .is_negative = true,          \
        .run = stopped, .data = which                                          \
    }

#define ALIKE(slug, what, which)                                               \
    {                                                                          \
        .id = slug, .rules = "AB-17 EN-20 ID-1 AB-7", .needs = "hold abort",   \
        .claim = "An abort stops the one of two calls whose id it names, "     \
                 "where " what,                                                \
        .run = alike, .data = which                                            \
    }

static const struct conf_case cases[] = {
    {
        .id = "abort.call.left-alone",
        .rules = "CL-1 AB-7",
        .claim = "A call that nobody aborts is answered when it is ready.",
        .needs = "hold abort",
        .run = call_left_alone,
        .data = &call_alone,
    },
    CALL("abort.call.elsewhere", "AB-1 AB-9 AB-13 AB-17",
         "A call that is aborted on another stream is stopped, and nothing "
         "more comes of it.",
         &call_elsewhere),
    CALL("abort.call.elsewhere-without-fin", "AB-1 AB-9 AB-13",
         "An abort is heeded without waiting for the end of its stream.",
         &call_open),
    CALL("abort.call.own-stream", "AB-28 AB-9 AB-13 AB-18",
         "A call that is aborted on its own stream is stopped while it runs.",
         &call_behind),
    CALL("abort.call.own-stream-fin", "AB-28 AB-9 AB-13",
         "A call that is aborted on its own stream, with FIN behind the abort, "
         "is stopped.",
         &call_fin),
    {
        .id = "abort.call.several",
        .rules = "AB-9 AB-17 AB-13",
        .claim = "Five aborts on one stream stop the five calls that they "
                 "name.",
        .needs = "hold abort",
        .twin = "abort.call.left-alone",
        .is_negative = true,
        .run = all_on_one_stream,
    },
    {
        .id = "abort.call.siblings",
        .rules = "AB-7 AB-17 ID-4 PM-1",
        .claim = "An abort stops one of five calls on a stream, and none under "
                 "the same id on another connection.",
        .needs = "hold abort",
        .run = siblings,
    },
    ALIKE("abort.id.short", "the ids are one letter each.", &short_ids),
    ALIKE("abort.id.letter-case", "the ids differ in the case of a letter.",
          &by_one_case),
    ALIKE("abort.id.past-a-uuid", "the ids differ in the last of 37 bytes.",
          &past_a_uuid),
    ALIKE("abort.id.longest", "the ids differ in the last of 256 bytes.",
          &longest),
    ALIKE("abort.id.prefix", "one id of 36 bytes begins the other.",
          &first_is_prefix),
    ALIKE("abort.id.long-prefix", "one id of 255 bytes begins the other.",
          &long_prefix),
    {
        .id = "abort.call.many",
        .rules = "AB-9 SM-25",
        .claim = "A connection bears 150 calls that are aborted one after the "
                 "other.",
        .needs = "hold abort",
        .twin = "abort.call.left-alone",
        .is_negative = true,
        .run = many,
    },
    {
        .id = "abort.subscription.left-alone",
        .rules = "SU-2 AB-7",
        .claim = "A subscription that nobody aborts comes to its end.",
        .needs = "hold abort subscriptions",
        .run = subscription_left_alone,
        .data = &sub_alone,
    },
    SUB("abort.subscription.before-first", "AB-27 SU-11 AB-9 AB-13",
        "A subscription that is aborted before its first item gives none.",
        &sub_first),
    SUB("abort.subscription.elsewhere", "AB-27 SU-11 SU-14 AB-9 AB-13 SU-13",
        "A subscription that is aborted on another stream gives no more items "
        "and is not completed.",
        &sub_elsewhere),
    SUB("abort.subscription.before-end", "AB-27 SU-11 AB-13",
        "A subscription that is aborted behind its last item is not completed.",
        &sub_last),
    SUB("abort.subscription.own-stream", "AB-28 SU-11 SU-14 AB-13 AB-18",
        "A subscription that is aborted on its own stream gives no more items "
        "and is not completed.",
        &sub_behind),
    SUB("abort.subscription.own-stream-fin", "AB-28 SU-11 AB-13",
        "A subscription that is aborted on its own stream, with FIN behind the "
        "abort, is stopped.",
        &sub_fin),
    {
        .id = "abort.subscription.siblings",
        .rules = "AB-7 AB-17 AB-28",
        .claim = "An abort of one subscription does not touch another on the "
                 "same stream.",
        .needs = "hold abort subscriptions",
        .run = one_of_two_subscriptions,
    },
    {
        .id = "abort.subscription.stall-left-alone",
        .rules = "SU-9 SU-2",
        .claim = "A subscription that stalled because nobody took its items "
                 "goes on to its end.",
        .needs = "abort subscriptions",
        .run = stall_left_alone,
    },
    {
        .id = "abort.subscription.stalled-elsewhere",
        .rules = "AB-27 SU-14 AB-9 AB-13",
        .claim = "A subscription that stalled is stopped by an abort on "
                 "another stream.",
        .needs = "abort subscriptions",
        .twin = "abort.subscription.stall-left-alone",
        .is_negative = true,
        .run = stalled,
        .data = &stall_elsewhere,
    },
    {
        .id = "abort.subscription.stalled-own-stream",
        .rules = "AB-28 SU-14 AB-9 AB-13",
        .claim = "A subscription that stalled is stopped by an abort on its "
                 "own stream.",
        .needs = "abort subscriptions",
        .twin = "abort.subscription.stall-left-alone",
        .is_negative = true,
        .run = stalled,
        .data = &stall_behind,
    },
    {
        .id = "abort.subscription.flowing",
        .rules = "AB-27 SU-14 AB-13 SU-13",
        .claim = "The items of a subscription that is aborted while they flow "
                 "soon stop, and it is not completed.",
        .needs = "abort subscriptions",
        .axes = {.lvl = LVL_L2},
        .twin = "abort.subscription.stall-left-alone",
        .is_negative = true,
        .run = flowing,
    },
};

const struct case_list aborts_cases = {cases, sizeof cases / sizeof cases[0]};

/* SPDX-License-Identifier: MIT */
/*
 * Both sides act at the same time: aborts that cross results, equal ids in both
 * directions, handlers that call each other, and connections that both close.
 * However they cross, everything ends once and nothing ends for another.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list crossed_cases;

#define HOLD "{\"tag\":\"t\"}"
#define BACK "{\"operation\":\"conf/echo\",\"input\":1}"

/* --- an abort that meets the end */

/* What we ask for when the abort and the end are to meet: one release ends it,
 * so or so. */
struct meeting {
    const char *operation;
    const char *input;
    const char *type;  /* of the end, where that comes first */
    bool aborts_first; /* and it does not */
};

static const struct meeting result_first = {"conf/hold", HOLD, "call.responded",
                                            false};
static const struct meeting result_behind = {"conf/hold", HOLD,
                                             "call.responded", true};
static const struct meeting error_first = {
    "conf/source",
    "{\"items\":0,\"tag\":\"t\",\"error\":{\"code\":\"X\",\"message\":\"\","
    "\"retryable\":false}}",
    "call.error", false};
static const struct meeting error_behind = {
    "conf/source",
    "{\"items\":0,\"tag\":\"t\",\"error\":{\"code\":\"X\",\"message\":\"\","
    "\"retryable\":false}}",
    "call.error", true};
static const struct meeting end_first = {
    "conf/source", "{\"items\":0,\"tag\":\"t\"}", "call.completed", false};

static void release_if_there(struct scene *s)
{
    (void)scene_try_verb(s, "release", "\"tag\":\"t\"");
}

/* At L1 the order is ours, at L2 the network's: there the end may still have
 * come first, and then it is that end. */
static void meet(struct scene *s)
{
    const struct meeting *m = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *bystander = shapes_begin_bystander(c);
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, m->operation, m->input, "");
    const struct stream_frame *end;

    shapes_wait_entered(s, id);
    scene_settle(s);
    if (m->aborts_first)
        sub_abort(c, id);
    release_if_there(s);
    if (!m->aborts_first)
        sub_abort(c, id);
    scene_settle(s);
    end = stream_poll(st);
    if (!m->aborts_first)
        verify_that(s, end != NULL, "the end that came first", "none");
    else if (scene_axes(s).lvl == LVL_L1)
        verify_that(s, !end, "nothing behind the abort", "a frame");
    if (end)
        verify_frame(s, end, m->type, id, NULL);
    verify_stopped(s, m->operation, end ? 0 : 1);
    verify_conn_silence(c);
    shapes_verify_bystander(c, bystander);
    verify_alive(c);
}

/* The testee's call, which we answer as it aborts it. */
struct answer {
    const char *type;
    const char *payload;
    bool aborts_first;
};

static const struct answer ok_first = {"call.responded", "{\"output\":7}",
                                       false};
static const struct answer ok_behind = {"call.responded", "{\"output\":7}",
                                        true};
static const struct answer failed_first = {
    "call.error", "{\"code\":\"X\",\"message\":\"\",\"retryable\":true}",
    false};
static const struct answer failed_behind = {
    "call.error", "{\"code\":\"X\",\"message\":\"\",\"retryable\":true}", true};

static void try_abort(struct scene *s, struct conn *c, const char *call)
{
    (void)scene_try_verb(
        s, "abort",
        scene_text(s, "\"conn\":\"%s\",\"id\":\"%s\"", conn_name(c), call));
}

/* At L1 what goes first decides, at L2 the network does; but never both. */
static void verify_one_end(struct scene *s, struct conn *c, const char *call,
                           const struct answer *a, const char *id)
{
    const struct sub_end *end = sub_ended(s, call);
    bool is_l1 = scene_axes(s).lvl == LVL_L1;
    enum sub_how how = a->type[5] == 'e' ? SUB_ERROR : SUB_RESULT;

    shapes_ended_once(s, call);
    if (is_l1 && a->aborts_first)
        verify_that(s, end->how != SUB_RESULT, "no result", "a result");
    else if (is_l1)
        verify_that(s, end->how == how, "the end that came first",
                    "another end");
    if (end->how == SUB_RESULT)
        verify_output(s, end->outcome, "7");
    if (is_l1 ? a->aborts_first : sub_seen(c, id) > 0)
        sub_aborted(c, id);
    verify_conn_silence(c);
}

static void their_abort_meets(struct scene *s)
{
    const struct answer *a = scene_data(s);
    struct conn *c = scene_conn(s);
    const char *other = ask_begin(c, "conf/echo", "2", "");
    const struct ask_request *o = ask_take(c);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const struct ask_request *r = ask_take(c);

    if (a->aborts_first)
        try_abort(s, c, call);
    stream_send_frame(r->stream, a->type, r->id, a->payload);
    if (!a->aborts_first)
        try_abort(s, c, call);
    verify_one_end(s, c, call, a, r->id);
    ask_serve(o);
    verify_output(s, ask_result(s, other), "2");
    verify_alive(c);
}

/* --- the same ids both ways */

static void calls_with_equal_ids(struct scene *s)
{
    enum { COUNT = 10 };
    struct conn *c = scene_conn(s);
    const char *calls[COUNT];
    const struct ask_request *r[COUNT];
    struct stream *st[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        calls[i] =
            ask_begin(c, "conf/echo", scene_text(s, "\"theirs %zu\"", i), "");
        r[i] = ask_take(c);
        st[i] = stream_open(c);
        stream_send_fin(st[i], ask_frame(s, r[i]->id, "conf/echo",
                                         scene_text(s, "\"ours %zu\"", i)));
    }
    for (size_t i = COUNT; i-- > 0;)
        ask_serve(r[i]);
    for (size_t i = 0; i < COUNT; i++) {
        verify_output(s, ask_answer(c, r[i]->id),
                      scene_text(s, "\"ours %zu\"", i));
        verify_output(s, ask_result(s, calls[i]),
                      scene_text(s, "\"theirs %zu\"", i));
        shapes_ended_once(s, calls[i]);
    }
    verify_conn_silence(c);
}

/* Theirs and ours with one id, item for item. */
struct pair {
    const char *sub;             /* our word for theirs */
    const struct ask_request *r; /* its request, and the id of both */
};

static struct pair begin_pair(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct pair p;

    p.sub = sub_begin(c, "conf/source", "{\"items\":9}", "");
    p.r = ask_take(c);
    stream_send_fin(stream_open(c), ask_frame(s, p.r->id, "conf/source",
                                              "{\"items\":3,\"tag\":\"t\"}"));
    shapes_wait_entered(s, p.r->id);
    for (size_t i = 0; i < 2; i++) {
        sub_give(p.r, scene_text(s, "\"theirs %zu\"", i));
        shapes_give_item(c, p.r->id, i);
        verify_same(s, "the item they got", sub_received(s, p.sub, i),
                    scene_text(s, "\"theirs %zu\"", i));
    }
    return p;
}

static void end_ours(struct scene *s, const struct pair *p)
{
    struct conn *c = scene_conn(s);

    shapes_give_item(c, p->r->id, 2);
    scene_settle(s);
    shapes_release(s, "t", 1);
    sub_completed(c, p->r->id);
}

static void end_theirs(struct scene *s, const struct pair *p)
{
    sub_give(p->r, "\"last\"");
    verify_same(s, "their last item", sub_received(s, p->sub, 2), "\"last\"");
    sub_complete(p->r);
    verify_that(s, sub_ended(s, p->sub)->how == SUB_COMPLETED,
                "a subscription that is complete", "another end");
}

static void subscriptions_with_equal_ids(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct pair p = begin_pair(s);

    end_ours(s, &p);
    end_theirs(s, &p);
    shapes_ended_once(s, p.sub);
    verify_that(s, sub_count(s, p.sub) == 3, "three items of theirs",
                "%zu items", sub_count(s, p.sub));
    verify_conn_silence(c);
}

static void our_subscription_aborted(struct scene *s)
{
    struct pair p = begin_pair(s);

    sub_abort(scene_conn(s), p.r->id);
    verify_stopped(s, "conf/source", 1);
    shapes_none_held(s, "t");
    end_theirs(s, &p);
    shapes_ended_once(s, p.sub);
    verify_conn_silence(scene_conn(s));
}

static void their_subscription_aborted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct pair p = begin_pair(s);

    sub_abort_theirs(c, p.sub);
    verify_that(s, sub_ended(s, p.sub)->how != SUB_COMPLETED,
                "an end `aborted` or an error", "completed");
    sub_aborted(c, p.r->id);
    verify_stopped(s, "conf/source", 0);
    end_ours(s, &p);
    shapes_ended_once(s, p.sub);
    stream_fin(p.r->stream);
    verify_conn_silence(c);
}

/* Each side aborts its own, and they have one id. */
static void both_aborted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct pair p = begin_pair(s);

    sub_abort(c, p.r->id);
    sub_abort_theirs(c, p.sub);
    sub_aborted(c, p.r->id);
    verify_stopped(s, "conf/source", 1);
    shapes_none_held(s, "t");
    verify_that(s, sub_ended(s, p.sub)->how != SUB_COMPLETED,
                "an end `aborted` or an error", "completed");
    shapes_ended_once(s, p.sub);
    stream_fin(p.r->stream);
    verify_conn_silence(c);
    verify_alive(c);
}

/* --- out of handlers */

static const char *nest(struct scene *s, size_t depth)
{
    const char *operation = "conf/echo";
    const char *input = "\"down\"";

    for (; depth > 1; depth--) {
        input = scene_text(s, "{\"operation\":\"%s\",\"input\":%s}", operation,
                           input);
        operation = "conf/callback";
    }
    return scene_text(s, "{\"operation\":\"%s\",\"input\":%s}", operation,
                      input);
}

/* Each call is made inside the handler of the one before, on the other side;
 * whoever calls. What comes first of both is read before either goes on. */
static void recursion(struct scene *s)
{
    enum { DEPTH = 6 };
    struct conn *c = scene_conn(s);
    unsigned caller = scene_axes(s).caller;
    const char *input = nest(s, DEPTH);
    const char *output = "\"down\"";
    const struct ask_request *r[2] = {NULL, NULL};
    const char *call = NULL;
    const char *id = NULL;

    for (size_t i = 0; i < DEPTH; i++)
        output = scene_text(s, "{\"output\":%s}", output);
    if (caller != CALLER_US)
        call = ask_begin(c, "conf/callback", input, "");
    if (caller != CALLER_THEM)
        id = ask_send(c, "conf/callback", input, "");
    for (size_t i = 0; i < 2 && (i == 0 || caller == CALLER_BOTH); i++)
        r[i] = ask_take(c);
    for (size_t i = 0; i < 2 && r[i]; i++)
        ask_serve(r[i]);
    if (id)
        verify_output(s, ask_answer(c, id), output);
    if (call)
        verify_output(s, ask_result(s, call), output);
    verify_conn_silence(c);
}

/* A call back that waits for us, and the request that it is for. */
struct back {
    const char *id;
    const struct ask_request *r;
};

static struct back call_back(struct conn *c)
{
    struct back b;

    b.id = ask_send(c, "conf/callback", BACK, "");
    b.r = ask_take(c);
    return b;
}

static void callback_aborted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct back kept = call_back(c);
    struct back b = call_back(c);

    verify_that(s, strcmp(b.id, b.r->id) != 0, "an id of its own",
                "that of the request");
    sub_abort(c, b.id);
    sub_aborted(c, b.r->id);
    stream_send_frame(b.r->stream, "call.responded", b.r->id,
                      "{\"output\":\"late\"}");
    stream_fin(b.r->stream);
    ask_serve(kept.r);
    verify_output(s, ask_answer(c, kept.id), "{\"output\":1}");
    verify_stopped(s, "conf/callback", 1);
    verify_conn_silence(c);
    verify_alive(c);
}

static void callback_left_alone(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct back kept = call_back(c);
    struct back b = call_back(c);

    ask_serve(b.r);
    verify_output(s, ask_answer(c, b.id), "{\"output\":1}");
    ask_serve(kept.r);
    verify_output(s, ask_answer(c, kept.id), "{\"output\":1}");
    verify_stopped(s, "conf/callback", 0);
    verify_conn_silence(c);
}

/* A held call of ours has the id of the call back. */
static const char *hold_same(struct scene *s, const struct back *b)
{
    stream_send_fin(stream_open(scene_conn(s)),
                    ask_frame(s, b->r->id, "conf/hold", HOLD));
    shapes_wait_entered(s, b->r->id);
    return b->r->id;
}

static void callback_aborted_equal_id(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct back b = call_back(c);
    const char *held = hold_same(s, &b);

    sub_abort(c, b.id);
    sub_aborted(c, b.r->id);
    stream_fin(b.r->stream);
    verify_stopped(s, "conf/callback", 1);
    verify_stopped(s, "conf/hold", 0);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(c, held), HOLD);
    verify_conn_silence(c);
}

static void equal_id_aborted(struct scene *s)
{
    struct conn *c = scene_conn(s);
    struct back b = call_back(c);
    const char *held = hold_same(s, &b);

    sub_abort(c, held);
    (void)scene_wait_event(s, "handler_stopped", "id", held, 0);
    ask_serve(b.r);
    verify_output(s, ask_answer(c, b.id), "{\"output\":1}");
    verify_stopped(s, "conf/callback", 0);
    verify_stopped(s, "conf/hold", 1);
    verify_conn_silence(c);
}

/* --- both close */

static void both_close(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *call = ask_begin(c, "conf/echo", "1", "");
    const char *held;

    (void)ask_take(c);
    held = ask_send(c, "conf/hold", HOLD, "");
    shapes_wait_entered(s, held);
    (void)scene_verb(s, "close",
                     scene_text(s, "\"conn\":\"%s\",\"code\":0", conn_name(c)));
    conn_drop(c);
    verify_error(s, ask_result(s, call), "INTERNAL", false);
    c = conn_open(s, NULL);
    shapes_ended_once(s, call);
    (void)scene_wait_event(s, "handler_stopped", "id", held, 0);
    shapes_none_held(s, "t");
    verify_output(s, ask_them(c, "conf/echo", "1"), "1");
    verify_output(s, ask_us(c, "conf/echo", "2"), "2");
}

#define MEET(slug, rule, what, need, which)                                    \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = need, .run = meet,  \
        .data = which                                                          \
    }

#define THEIRS(slug, rule, what, which)                                        \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = "abort",            \
        .axes = {.caller = CALLER_THEM}, .run = their_abort_meets,             \
        .data = which                                                          \
    }

#define PAIR(slug, rule, what, body)                                           \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "subscriptions abort hold", .axes = {.caller = CALLER_BOTH},  \
        .run = body                                                            \
    }

#define BACKED(slug, rule, what, body)                                         \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what,                              \
        .needs = "callback abort hold", .run = body                            \
    }

static const struct conf_case cases[] = {
    MEET("crossed.abort.behind-result", "AB-2 AB-26 PM-8",
         "An abort that meets the result on its way leaves it as it is.",
         "hold abort", &result_first),
    MEET("crossed.abort.before-result", "AB-13 AB-9 CL-1",
         "A result that is ready behind the abort is not sent.", "hold abort",
         &result_behind),
    MEET("crossed.abort.behind-error", "AB-2 AB-26 SU-4",
         "An abort that meets the error of a subscription leaves it as it is.",
         "hold abort subscriptions", &error_first),
    MEET("crossed.abort.before-error", "AB-13 AB-9 AB-27",
         "A subscription that would fail behind its abort does not.",
         "hold abort subscriptions", &error_behind),
    MEET("crossed.abort.behind-completion", "AB-2 AB-26 SU-2",
         "An abort that meets the completion of a subscription leaves it as "
         "it is.",
         "hold abort subscriptions", &end_first),
    THEIRS("crossed.abort.theirs-behind-result", "PM-8 AB-3",
           "A caller that aborts behind the result has that result.",
           &ok_first),
    THEIRS("crossed.abort.theirs-before-result", "AB-3 PM-8 AB-1",
           "A result that comes behind the caller's abort is dropped.",
           &ok_behind),
    THEIRS("crossed.abort.theirs-behind-error", "PM-8 AB-3",
           "A caller that aborts behind the error has that error.",
           &failed_first),
    THEIRS("crossed.abort.theirs-before-error", "AB-3 PM-8 AB-1",
           "An error that comes behind the caller's abort is dropped.",
           &failed_behind),
    {
        .id = "crossed.same-id.calls",
        .rules = "SY-11 ID-4 SY-1 SY-2",
        .claim = "Ten calls in each direction with the same ten ids each get "
                 "their own answer.",
        .axes = {.caller = CALLER_BOTH},
        .run = calls_with_equal_ids,
    },
    PAIR("crossed.same-id.subscriptions", "SY-11 ID-4 SU-7",
         "Two subscriptions with one id, one in each direction, each get their "
         "own items and their own end.",
         subscriptions_with_equal_ids),
    PAIR("crossed.same-id.our-abort", "SY-11 AB-29 ID-4",
         "An abort of our subscription leaves theirs alone that has the same "
         "id.",
         our_subscription_aborted),
    PAIR("crossed.same-id.their-abort", "SY-11 AB-29 ID-4",
         "An abort of their subscription leaves ours alone that has the same "
         "id.",
         their_subscription_aborted),
    PAIR("crossed.same-id.both-abort", "SY-11 AB-29 AB-3 AB-13",
         "Two subscriptions with one id that are aborted at the same time both "
         "end, and nobody confirms.",
         both_aborted),
    {
        .id = "crossed.callback.recursion",
        .rules = "SY-11 SY-1 SY-2",
        .claim = "Calls that each side makes inside the handler of the other, "
                 "six deep, come to their end.",
        .needs = "callback",
        .axes = {.caller = CALLER_US | CALLER_THEM | CALLER_BOTH},
        .run = recursion,
    },
    BACKED("crossed.callback.left-alone", "SY-11 AB-7",
           "A handler that calls back, and that nobody aborts, answers.",
           callback_left_alone),
    BACKED("crossed.callback.aborted", "AB-9 AB-1 AB-32 AB-7",
           "A handler that is stopped while it calls back aborts that call "
           "under its own id, and no other.",
           callback_aborted),
    BACKED("crossed.callback.aborted-equal-id", "SY-11 AB-29 ID-4",
           "The abort of a call back does not stop a call of ours that has the "
           "same id.",
           callback_aborted_equal_id),
    BACKED("crossed.callback.equal-id-aborted", "SY-11 AB-29 ID-4",
           "An abort of our call does not end a call back that has the same "
           "id.",
           equal_id_aborted),
    {
        .id = "crossed.close.both",
        .rules = "CN-6 CN-17 CN-15",
        .claim = "When both sides close at the same time every request ends "
                 "once, and the next connection serves.",
        .needs = "hold abort call",
        .axes = {.lvl = LVL_L2},
        .run = both_close,
    },
};

const struct case_list crossed_cases = {cases, sizeof cases / sizeof cases[0]};

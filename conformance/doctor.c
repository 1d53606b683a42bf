/* SPDX-License-Identifier: MIT */
/*
 * Three parts, each resting on the one before: the lines of the contract, the
 * verbs of L0, and one call each way at L1 and L2. The calls are scenes like
 * any case's, with bodies of their own at the end of this file.
 */
#include "conformance/doctor.h"

#include <signal.h>

#include "conformance/contract.h"
#include "conformance/json_out.h"
#include "conformance/play.h"
#include "conformance/scene.h"
#include "conformance/words.h"
#include "reports/text.h"

/* When nothing else is asked for: it is to be over in two seconds. */
#define PATIENCE_NS 1000000000ull
#define SHOWN_MAX 400

struct visit {
    const struct options *o;       /* as asked for */
    FILE *out;                     /* where people read */
    struct arena arena;            /* owned */
    struct driver_program program; /* the testee's */
    uint64_t patience_ns;          /* for each verb */
    unsigned offered;              /* its levels */
    unsigned found;                /* so many things to fix */
    bool could_not_start;          /* there is no such program */
    bool is_over;                  /* the rest means nothing */
};

/* --- speaking */

static void praise(const struct visit *v, const char *name)
{
    (void)fprintf(v->out, "ok    ");
    text_print(v->out, slice_of(name), SHOWN_MAX);
    (void)fputc('\n', v->out);
}

static void complain(struct visit *v, const char *rule, const char *section,
                     const char *observed)
{
    (void)fprintf(v->out,
                  "FIX %u %s (CONTRACT.md, %s)\n      observed: ", ++v->found,
                  rule, section);
    text_print(v->out, slice_of(observed), SHOWN_MAX);
    (void)fputc('\n', v->out);
}

/* A testee that broke the lines themselves can be asked nothing more. */
static void lose(struct visit *v, enum testee_trouble trouble, const char *at,
                 const char *observed)
{
    static const char *const rules[] = {
        [TESTEE_WELL] = "it must be answered as the contract says",
        [TESTEE_DIED] = "the testee must go on until it is told to quit",
        [TESTEE_HUNG] = "every verb must be answered, and in time",
        [TESTEE_GARBLED] = ("standard output carries contract lines, one "
                            "answer to each verb in order, and nothing else"),
    };

    complain(v, arena_text(&v->arena, "%s: %s", at, rules[trouble]),
             trouble == TESTEE_WELL ? "3" : "1", observed);
    v->is_over = true;
}

/* --- the lines */

static const char *levels_text(struct visit *v)
{
    const char *text = "";

    for (unsigned lvl = LVL_L0; lvl <= LVL_L2; lvl <<= 1) {
        if (v->offered & lvl)
            text = arena_text(&v->arena, "%s %s", text, case_lvl_name(lvl));
    }
    return *text ? text : " none";
}

static bool start(struct visit *v, struct testee *t, unsigned lvl,
                  struct failure *ret_failure)
{
    return testee_start(t, &v->program, lvl, v->o->seed, v->patience_ns,
                        ret_failure);
}

/* It may offer one level only: the first that it greets. */
static bool greet(struct visit *v, struct testee *t)
{
    struct failure failure;
    unsigned lvl = LVL_L0;

    while (!start(v, t, lvl, &failure)) {
        v->could_not_start = !t->was_started;
        if (!t->was_started || t->trouble != TESTEE_WELL || lvl == LVL_L2) {
            lose(v, t->trouble, v->could_not_start ? "its start" : "`hello`",
                 failure.sentence);
            return false;
        }
        lvl <<= 1;
    }
    v->offered = t->hello.levels;
    praise(v,
           arena_text(&v->arena, "hello: %.*s %.*s (%.*s), levels%s",
                      (int)t->hello.name.len, (const char *)t->hello.name.data,
                      (int)t->hello.version.len,
                      (const char *)t->hello.version.data,
                      (int)t->hello.language.len,
                      (const char *)t->hello.language.data, levels_text(v)));
    return true;
}

static void ask_point(struct visit *v, struct testee *t,
                      const struct contract_point *p)
{
    struct failure failure;

    if (contract_ask(t, p, v->o->seed, &failure))
        praise(v, p->name);
    else if (t->trouble == TESTEE_WELL)
        complain(v, p->rule, p->section, failure.sentence);
    else
        lose(v, t->trouble, p->name, failure.sentence);
}

static void look_at_lines(struct visit *v)
{
    struct testee t;

    if (!greet(v, &t))
        return;
    for (size_t i = 0; i < contract_points_count && !v->is_over; i++)
        ask_point(v, &t, &contract_points[i]);
    if (v->is_over)
        testee_kill(&t);
    else if (testee_end(&t))
        praise(v, "quit");
    else
        complain(v, "`quit` must be answered, and be followed by exit status 0",
                 "3", "it was not");
    if (!v->is_over && !v->offered) {
        complain(v, "`hello` must name at least one level it offers", "2",
                 "no level that we know");
        v->is_over = true;
    }
}

/* --- bodies */

static void decode(struct scene *s, const char *segment, const char *type)
{
    const struct json *answer = scene_verb(
        s, "decode",
        scene_text(s, "\"segments\":[\"%s\"],\"fin\":true", segment));
    const struct json *frames = json_find(answer, "frames");
    struct slice got = slice_of("nothing");

    (void)json_get_text(json_find(json_at(frames, 0), "type"), &got);
    verify_that(
        s, frames && frames->count == 1 && slice_equal(got, slice_of(type)),
        scene_text(s, "one frame, a %s", type), "%zu frames, first %.*s",
        frames ? frames->count : 0, (int)got.len, (const char *)got.data);
    verify_that(s, json_is_text(json_find(answer, "end"), "clean"),
                "`end` clean behind the last frame", "another");
}

static void decode_one(struct scene *s)
{
    struct slice frame = ask_frame(s, "d1", "conf/echo", "{\"n\":1}");
    struct buf hex;

    buf_init(&hex, 2 * frame.len + 1);
    buf_put_hex(&hex, frame);
    frame = arena_copy(scene_arena(s), buf_slice(&hex));
    buf_clear(&hex);
    decode(s, (const char *)frame.data, "call.requested");
}

static void encode_one(struct scene *s)
{
    const struct json *answer =
        scene_verb(s, "encode",
                   "\"type\":\"call.completed\",\"id\":\"e1\","
                   "\"payload_hex\":\"7b7d\"");
    struct slice bytes = slice_of("");

    verify_that(s, json_get_text(json_find(answer, "bytes"), &bytes),
                "`bytes` in hexadecimal", "none");
    decode(s, scene_text(s, "%.*s", (int)bytes.len, (const char *)bytes.data),
           "call.completed");
}

static void we_call(struct scene *s)
{
    verify_output(s, ask_them(scene_conn(s), "conf/echo", "{\"n\":1}"),
                  "{\"n\":1}");
}

static void they_call(struct scene *s)
{
    verify_output(s, ask_us(scene_conn(s), "conf/echo", "{\"n\":1}"),
                  "{\"n\":1}");
}

static void we_subscribe(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *id = sub_send(c, "conf/source", "{\"items\":2}");

    verify_same(s, "the first item", sub_item(c, id), "{\"i\":0}");
    verify_same(s, "the second item", sub_item(c, id), "{\"i\":1}");
    sub_completed(c, id);
}

static void they_subscribe(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const char *sub = sub_begin(c, "conf/source", "{\"items\":1}", "");

    ask_serve(ask_take(c));
    verify_same(s, "the item", sub_received(s, sub, 0), "{\"i\":0}");
    verify_that(s, sub_ended(s, sub)->how == SUB_COMPLETED,
                "an `end` that is `completed`", "another end");
}

static void they_import(struct scene *s)
{
    static const struct import_operation ours[] = {{.name = "conf/echo"}, {0}};

    stage_peers(s, 1, NULL);
    import_all(conn_open_as(s, STAGE_KEY_A), ours);
}

static void call_somehow(struct scene *s)
{
    if (scene_can(s, "serve"))
        we_call(s);
    else if (scene_can(s, "call"))
        they_call(s);
    else
        (void)scene_conn(s);
}

/* --- the levels */

static const struct probe {
    const char *name;      /* what is looked at */
    const char *rule;      /* what has to be, as a sentence */
    const char *section;   /* of CONTRACT.md */
    const char *needs;     /* capabilities with blanks between; NULL: none */
    struct case_axes axes; /* one value each */
    void (*run)(struct scene *s);
} probes[] = {
    {"L0: decode",
     "`decode` must take one frame out of its bytes",
     "4",
     NULL,
     {0, 0, LVL_L0, 0},
     decode_one},
    {"L0: encode",
     "`encode` must write a frame that `decode` takes",
     "4",
     NULL,
     {0, 0, LVL_L0, 0},
     encode_one},
    {"L1: we call them",
     "a call of ours to `conf/echo` must be answered",
     "5, 6 and 7",
     "serve",
     {DIAL_US, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE},
     we_call},
    {"L1: they call us",
     "the verb `call` must end in one `result`",
     "6",
     "call",
     {DIAL_US, CALLER_THEM, LVL_L1, PROFILE_REMOTE_SAFE},
     they_call},
    {"L1: we subscribe",
     "a subscription of ours to `conf/source` must be items and an end",
     "7",
     "serve subscriptions",
     {DIAL_US, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE},
     we_subscribe},
    {"L1: they subscribe",
     "the verb `subscribe` must make an `item` of each, and one `end`",
     "6",
     "call subscriptions",
     {DIAL_US, CALLER_THEM, LVL_L1, PROFILE_REMOTE_SAFE},
     they_subscribe},
    {"L1: they import",
     "the verb `import` must ask for what we serve, and end in `imported`",
     "6",
     "import",
     {DIAL_US, CALLER_US, LVL_L1, PROFILE_REMOTE_SAFE},
     they_import},
    {"L2: we dial them",
     "`listen` must take a connection, and calls on it",
     "5",
     NULL,
     {DIAL_US, CALLER_US, LVL_L2, PROFILE_REMOTE_SAFE},
     call_somehow},
    {"L2: they dial us",
     "`dial` must open a connection that carries calls",
     "5",
     NULL,
     {DIAL_THEM, CALLER_US, LVL_L2, PROFILE_REMOTE_SAFE},
     call_somehow},
};

static void judge_probe(struct visit *v, const struct probe *p,
                        const struct scene *s)
{
    const struct outcome *o = &s->outcome;

    if (o->verdict == VERDICT_PASS)
        praise(v, p->name);
    else if (s->testee->trouble != TESTEE_WELL)
        lose(v, s->testee->trouble, p->name, o->observed);
    else
        complain(
            v, arena_text(&v->arena, "%s: %s", p->name, p->rule), p->section,
            arena_text(&v->arena, "%s; expected: %s", o->observed,
                       o->expected ? o->expected : "that it can be asked"));
}

static bool has_all(const struct visit *v, const struct testee *t,
                    const struct probe *p)
{
    struct slice words = slice_of(p->needs ? p->needs : "");
    struct slice word;

    while ((word = case_word(&words)).len) {
        if (testee_can(t, word))
            continue;
        (void)fprintf(v->out, "-     %s: `%.*s` is not declared\n", p->name,
                      (int)word.len, (const char *)word.data);
        return false;
    }
    return true;
}

static void look_with(struct visit *v, struct testee *t, const struct probe *p)
{
    const struct conf_case c = {
        .id = "doctor", .rules = "", .claim = p->rule, .run = p->run};
    const struct instance i = {.of = &c, .axes = p->axes, .name = p->name};
    struct scene s;

    if (!has_all(v, t, p))
        return;
    scene_run(&s, &i, t, v->o->seed);
    judge_probe(v, p, &s);
    scene_end(&s);
}

/* All probes of one level, in one process. */
static void look_at_level(struct visit *v, unsigned lvl)
{
    struct failure failure;
    struct testee t;

    if (!(v->offered & lvl)) {
        (void)fprintf(v->out, "-     %s: not offered\n", case_lvl_name(lvl));
        return;
    }
    if (!start(v, &t, lvl, &failure)) {
        lose(v, t.trouble,
             arena_text(&v->arena, "`hello` at %s", case_lvl_name(lvl)),
             failure.sentence);
        return;
    }
    for (size_t k = 0; k < sizeof probes / sizeof probes[0]; k++) {
        if (probes[k].axes.lvl == lvl && !v->is_over)
            look_with(v, &t, &probes[k]);
    }
    (void)testee_end(&t);
}

/* A level rests on the one below: what is wrong there is wrong here. */
static void look_at_levels(struct visit *v)
{
    for (unsigned lvl = LVL_L0; lvl <= LVL_L2 && !v->is_over; lvl <<= 1) {
        unsigned before = v->found;

        look_at_level(v, lvl);
        if (v->found > before && lvl < LVL_L2)
            v->is_over = true;
    }
}

static int sum_up(const struct visit *v)
{
    if (v->found == 0)
        (void)fprintf(v->out, "callspec: all is well with what it declares; "
                              "next: callspec run\n");
    else
        (void)fprintf(v->out, "callspec: %u thing%s to fix, in this order%s\n",
                      v->found, v->found == 1 ? "" : "s",
                      v->is_over ? "; what comes after was not looked at" : "");
    return v->could_not_start ? 4 : v->found ? 1 : 0;
}

int doctor(const struct options *o, FILE *out, FILE *err)
{
    struct visit v = {.o = o, .out = out, .patience_ns = PATIENCE_NS};
    struct failure failure;
    int status = 64;

    (void)signal(SIGPIPE, SIG_IGN);
    if (o->verb_timeout_ms)
        v.patience_ns = options_patience_ns(o);
    v.program.argv = words_split(&v.arena, o->testee, &failure);
    if (!v.program.argv) {
        (void)fprintf(err, "callspec: %s\n", failure.sentence);
    } else {
        look_at_lines(&v);
        look_at_levels(&v);
        status = sum_up(&v);
    }
    arena_clear(&v.arena);
    return status;
}

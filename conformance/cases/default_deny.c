/* SPDX-License-Identifier: MIT */
/*
 * The decision table: what becomes of a call by what is known of the operation
 * and of the caller, for a peer that a default-deny node dialled and for
 * everybody else. Every refusal is proven by the witness: the handler was not
 * entered and nobody saw a capability.
 */
#include <inttypes.h>

#include "conformance/cases/shapes.h"

extern const struct case_list default_deny_cases;

#define OPERATION "conf/subject"
#define SCOPED "\"access\":{\"required_scopes\":[\"conf:guarded\"]}"
#define SAFE "\"remote_safe\":true"
#define UNSAFE "\"remote_safe\":false"
#define INTERNAL "\"visibility\":\"internal\""

enum caller_is { ANONYMOUS, WITHOUT_SCOPE, WITH_SCOPE };

struct row {
    const char *members;   /* of its registration; NULL: not registered */
    enum caller_is caller; /* who we are */
    const char *filtered;  /* code where the filter is on; NULL: it runs */
    const char *open;      /* code everywhere else; NULL: it runs */
    bool is_trusted;       /* the testee was told to trust us */
};

static bool is_filtered(struct scene *s, const struct row *row)
{
    struct case_axes axes = scene_axes(s);

    return axes.dial == DIAL_THEM && axes.profile == PROFILE_REMOTE_SAFE &&
           !row->is_trusted;
}

static struct conn *set_up(struct scene *s, const struct row *row)
{
    struct conn_how how = {.is_trusted = row->is_trusted};

    if (row->caller != ANONYMOUS) {
        shapes_peer_a(s, row->caller == WITH_SCOPE ? "conf:guarded"
                                                   : "conf:other");
        how.key = STAGE_KEY_A;
    }
    if (row->members)
        stage_register(s, OPERATION, "conf/echo",
                       scene_text(s,
                                  "%s,\"capabilities\":{\"upstream\":\"%s\"}",
                                  row->members, stage_secret(s, "inside")));
    return conn_open(s, &how);
}

/* The witness saw one run, with its capability; or none. */
static void verify_witness(struct scene *s, bool has_run)
{
    const struct json *event =
        scene_find_event(s, "handler_entered", "operation", OPERATION, 0);

    verify_entered(s, OPERATION, has_run ? 1 : 0);
    if (has_run)
        verify_same(s, "the names of its capabilities",
                    json_find(event, "capabilities"), "[\"upstream\"]");
}

static void decide(struct scene *s)
{
    const struct row *row = scene_data(s);
    struct conn *c = set_up(s, row);
    const char *code = is_filtered(s, row) ? row->filtered : row->open;
    struct stream *st = stream_open(c);
    const char *id = ask_send_on(st, OPERATION, "{\"n\":1}", "");
    const struct ask_outcome *o = ask_answer(c, id);

    if (code)
        verify_error(s, o, code, false);
    else
        verify_output(s, o, "{\"n\":1}");
    verify_silence(st);
    verify_witness(s, code == NULL);
    verify_alive(c);
}

static const struct row unknown = {NULL, ANONYMOUS, "NOT_FOUND", "NOT_FOUND",
                                   false};
static const struct row unsafe = {UNSAFE, ANONYMOUS, "NOT_FOUND", NULL, false};
static const struct row unmarked = {"\"op_type\":\"query\"", ANONYMOUS,
                                    "NOT_FOUND", NULL, false};
static const struct row safe = {SAFE, ANONYMOUS, NULL, NULL, false};
static const struct row held_unsafe = {SCOPED "," UNSAFE, WITH_SCOPE,
                                       "NOT_FOUND", NULL, false};
static const struct row held_safe = {SCOPED "," SAFE, WITH_SCOPE, NULL, NULL,
                                     false};
static const struct row missing_unsafe = {SCOPED "," UNSAFE, WITHOUT_SCOPE,
                                          "NOT_FOUND", "FORBIDDEN", false};
static const struct row missing_safe = {SCOPED "," SAFE, WITHOUT_SCOPE,
                                        "FORBIDDEN", "FORBIDDEN", false};
static const struct row nobody_safe = {SCOPED "," SAFE, ANONYMOUS, "FORBIDDEN",
                                       "FORBIDDEN", false};
static const struct row nobody_unsafe = {SCOPED "," UNSAFE, ANONYMOUS,
                                         "NOT_FOUND", "FORBIDDEN", false};
static const struct row internal_safe = {INTERNAL "," SAFE, ANONYMOUS,
                                         "NOT_FOUND", "NOT_FOUND", false};
static const struct row internal_unsafe = {INTERNAL "," UNSAFE, ANONYMOUS,
                                           "NOT_FOUND", "NOT_FOUND", false};
static const struct row internal_held = {
    INTERNAL "," SCOPED "," SAFE, WITH_SCOPE, "NOT_FOUND", "NOT_FOUND", false};
static const struct row internal_missing = {INTERNAL "," SCOPED "," SAFE,
                                            WITHOUT_SCOPE, "NOT_FOUND",
                                            "NOT_FOUND", false};
static const struct row trusted_unsafe = {UNSAFE, ANONYMOUS, NULL, NULL, true};
static const struct row trusted_missing = {SCOPED "," UNSAFE, WITHOUT_SCOPE,
                                           NULL, "FORBIDDEN", true};
static const struct row trusted_internal = {INTERNAL "," UNSAFE, ANONYMOUS,
                                            NULL, "NOT_FOUND", true};

/* --- the filter */

static void token_does_not_lift(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct conn *c;
    const char *id;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t",
                                       .token = token,
                                       .scopes = "conf:guarded"});
    stage_register(s, OPERATION, "conf/echo", SCOPED "," UNSAFE);
    c = scene_conn(s);
    id = ask_send(c, OPERATION, "1",
                  scene_text(s, "\"auth_token\":\"%s\"", token));
    verify_error(s, ask_answer(c, id), "NOT_FOUND", false);
    verify_witness(s, false);
    id = ask_send(c, "conf/guarded", "1",
                  scene_text(s, "\"auth_token\":\"%s\"", token));
    verify_output(s, ask_answer(c, id), "1");
}

/* What the peer has done for us earns it nothing. */
static void service_does_not_lift(struct scene *s)
{
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < 2; i++) {
        verify_output(s, ask_us(c, "conf/echo", "1"), "1");
        verify_output(s, ask_them(c, "conf/echo", "1"), "1");
        verify_error(s, ask_them(c, "conf/unsafe", "{\"key\":\"k\"}"),
                     "NOT_FOUND", false);
    }
    verify_entered(s, "conf/unsafe", 0);
    verify_alive(c);
}

static void both_connections(struct scene *s)
{
    struct conn *accepted = conn_open(s, &(struct conn_how){.dial = DIAL_US});
    struct conn *dialled = conn_open(s, &(struct conn_how){.dial = DIAL_THEM});
    const char *input = "{\"key\":\"k\"}";

    for (size_t i = 1; i <= 2; i++) {
        verify_error(s, ask_them(dialled, "conf/unsafe", input), "NOT_FOUND",
                     false);
        verify_output(s, ask_them(accepted, "conf/unsafe", input),
                      scene_text(s, "{\"count\":%zu}", i));
    }
    verify_entered(s, "conf/unsafe", 2);
}

/* --- nothing tells a refused operation from an absent one */

static const char *replaced(struct scene *s, struct slice text,
                            const char *what, const char *with)
{
    struct slice out = slice_of("");
    struct slice needle = slice_of(what);

    while (text.len > 0) {
        bool is_hit = slice_starts(text, needle);

        out =
            shapes_join(s, out, is_hit ? slice_of(with) : slice_head(text, 1));
        text = slice_skip(text, is_hit ? needle.len : 1);
    }
    return shapes_text(s, out);
}

/* All that the peer sees of one call, the id replaced. */
static const char *seen(struct scene *s, const char *operation,
                        const char *input)
{
    struct stream *st = stream_open(scene_conn(s));
    const char *id = scene_id(s);
    const struct stream_frame *f;
    const char *body;

    stream_send_fin(st, ask_frame(s, id, operation, input));
    f = stream_next(st);
    verify_frame(s, f, "call.error", id, NULL);
    body = replaced(s, f->raw.body, id, "ID");
    verify_silence(st);
    return scene_text(s, "[%s,%s,%s]", body,
                      stream_has_fin(st) ? "true" : "false",
                      stream_was_reset(st) ? "true" : "false");
}

/* Names of equal length, so that even a length would tell nothing. */
struct pair {
    const char *refused; /* what is there and refused */
    const char *absent;  /* what is not there */
    const char *asking;  /* NULL: call it; else the operation asked about it */
};

/* What is seen of the name, called; or asked about with a slash and without. */
static const char *view_of(struct scene *s, const struct pair *pair,
                           const char *name)
{
    const char *bare;
    const char *slashed;

    if (!pair->asking)
        return replaced(s, slice_of(seen(s, name, "{\"key\":\"k\"}")), name,
                        "NAME");
    bare = seen(s, pair->asking, scene_text(s, "{\"name\":\"%s\"}", name));
    slashed = seen(s, pair->asking, scene_text(s, "{\"name\":\"/%s\"}", name));
    return replaced(s, slice_of(scene_text(s, "[%s,%s]", bare, slashed)), name,
                    "NAME");
}

static void indistinguishable(struct scene *s)
{
    const struct pair *pair = scene_data(s);
    const char *views[2];

    ask_by_name(s, pair->refused);
    views[0] = view_of(s, pair, pair->refused);
    views[1] = view_of(s, pair, pair->absent);
    verify_same(s, "the answer, name and id replaced", scene_json(s, views[0]),
                views[1]);
    verify_entered(s, pair->refused, 0);
    verify_alive(scene_conn(s));
}

static const struct pair hidden_called = {"conf/hidden", "conf/absent", NULL};
static const struct pair unsafe_called = {"conf/unsafe", "conf/absent", NULL};
static const struct pair hidden_asked = {"conf/hidden", "conf/absent",
                                         "services/schema"};
static const struct pair unsafe_asked = {"conf/unsafe", "conf/absent",
                                         "services/schema"};
static const struct pair guarded_asked = {"conf/guarded", "conf/missing",
                                          "services/schema"};

/* When the answer comes and how large it is, the ids of equal length: time that
 * would bring it nearer is let pass. */
struct moment {
    uint64_t after_ns; /* from the request */
    size_t bytes;      /* the frame */
    uint64_t next_ns;  /* what the testee waits for then; NEVER: nothing */
};

static struct moment moment_of(struct scene *s, const char *operation,
                               const char *input, const char *id)
{
    struct stream *st = stream_open(scene_conn(s));
    uint64_t began = scene_now_ns(s);
    const struct stream_frame *f;

    stream_send_fin(st, ask_frame(s, id, operation, input));
    while (!(f = stream_poll(st)) && scene_next_ns(s) < began + 2 * SHAPES_S)
        scene_advance(s, scene_next_ns(s) - scene_now_ns(s));
    if (!f)
        f = stream_next(st);
    verify_frame(s, f, "call.error", id, NULL);
    return (struct moment){scene_now_ns(s) - began,
                           f->raw.body.len + RAW_PREFIX_LEN, scene_next_ns(s)};
}

static struct moment moment_in(struct scene *s, const struct pair *pair,
                               const char *name, const char *id)
{
    if (!pair->asking)
        return moment_of(s, name, "{\"key\":\"k\"}", id);
    return moment_of(s, pair->asking, scene_text(s, "{\"name\":\"%s\"}", name),
                     id);
}

static void same_moment(struct scene *s)
{
    const struct pair *pair = scene_data(s);
    const struct moment refused = moment_in(s, pair, pair->refused, "us-1");
    const struct moment absent = moment_in(s, pair, pair->absent, "us-2");

    verify_that(s, refused.after_ns == absent.after_ns,
                "both answers at the same moment",
                "%" PRIu64 " ns and %" PRIu64 " ns behind the request",
                refused.after_ns, absent.after_ns);
    verify_that(s, refused.bytes == absent.bytes, "answers of the same size",
                "%zu and %zu bytes", refused.bytes, absent.bytes);
    verify_that(s, refused.next_ns == absent.next_ns,
                "a testee that waits for the same behind both", "%s",
                "it does not");
    verify_entered(s, pair->refused, 0);
    verify_alive(scene_conn(s));
}

#define EVERYWHERE                                                             \
    {                                                                          \
        .profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH                    \
    }
#define DIALLED                                                                \
    {                                                                          \
        .dial = DIAL_THEM                                                      \
    }

#define ROW(slug, rule, what, need, negative, twin_, row)                      \
    {                                                                          \
        .id = slug, .rules = rule, .claim = what, .needs = need,               \
        .is_negative = negative, .twin = twin_, .axes = EVERYWHERE,            \
        .run = decide, .data = row                                             \
    }
#define MOMENT(slug, rule, what, need, twin_, sides, names)                    \
    {                                                                          \
        .id = slug, .rules = rule,                                             \
        .claim = what " comes when the one for what does not exist would, "    \
                      "and is as large.",                                      \
        .needs = need, .twin = twin_, .is_negative = true,                     \
        .axes = {.dial = sides,                                                \
                 .lvl = LVL_L1,                                                \
                 .profile = (sides)                                            \
                                ? PROFILE_REMOTE_SAFE                          \
                                : PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH},   \
        .run = same_moment, .data = names                                      \
    }
#define TWIN_SAFE "default-deny.table.safe"
#define TWIN_SCHEMA "discovery.schema.all-members"
#define TWIN_HELD "default-deny.table.scope-held-safe"

static const struct conf_case cases[] = {
    ROW("default-deny.table.unknown", "CK-2 LG-5",
        "An unknown operation is NOT_FOUND for everybody.", NULL, true,
        TWIN_SAFE, &unknown),
    ROW("default-deny.table.unsafe", "LG-3 LG-4 LG-5 LG-9 CK-1 CK-3",
        "An open operation that is not remote-safe runs for everybody but a "
        "peer that a default-deny node dialled, who gets NOT_FOUND.",
        NULL, true, TWIN_SAFE, &unsafe),
    ROW("default-deny.table.unmarked", "LG-1 LG-2",
        "An operation that nobody marked counts as not remote-safe.", NULL,
        true, TWIN_SAFE, &unmarked),
    ROW("default-deny.table.safe", "LG-3 AC-2 AU-7 CP-5",
        "An open operation that is remote-safe runs for everybody.", NULL,
        false, NULL, &safe),
    ROW("default-deny.table.scope-held-unsafe", "LG-3 LG-5 CK-1 CP-5",
        "A peer that holds the scope of an operation that is not remote-safe "
        "may call it, but not where a default-deny node dialled it.",
        "access", true, TWIN_HELD, &held_unsafe),
    ROW("default-deny.table.scope-held-safe", "LG-6 AC-5 CP-5",
        "A peer that holds the scope of a remote-safe operation may call it "
        "everywhere.",
        "access", false, NULL, &held_safe),
    ROW("default-deny.table.scope-missing-unsafe", "LG-5 CK-1 CK-2 AC-5 CP-5",
        "Who lacks the scope of an operation that is not remote-safe gets "
        "FORBIDDEN, but NOT_FOUND where a default-deny node dialled it.",
        "access", true, TWIN_HELD, &missing_unsafe),
    ROW("default-deny.table.scope-missing-safe", "LG-6 AC-5 SY-5 CP-5",
        "Who lacks the scope of a remote-safe operation gets FORBIDDEN "
        "everywhere.",
        "access", true, TWIN_HELD, &missing_safe),
    ROW("default-deny.table.anonymous-safe", "LG-6 AC-5 AU-7 CP-5",
        "Nobody in particular gets FORBIDDEN from a restricted operation that "
        "is remote-safe.",
        "access", true, TWIN_HELD, &nobody_safe),
    ROW("default-deny.table.anonymous-unsafe", "LG-5 CK-1 AU-7 CP-5",
        "Nobody in particular gets FORBIDDEN from a restricted operation that "
        "is not remote-safe, but NOT_FOUND where a default-deny node dialled.",
        "access", true, TWIN_HELD, &nobody_unsafe),
    ROW("default-deny.table.internal-safe", "VI-1 VI-2 LG-6 EC-11 CP-5",
        "An internal operation is NOT_FOUND for everybody, remote-safe or "
        "not.",
        NULL, true, TWIN_SAFE, &internal_safe),
    ROW("default-deny.table.internal-unsafe", "VI-1 VI-2 EC-11 CP-5",
        "An internal operation that is not remote-safe is NOT_FOUND for "
        "everybody.",
        NULL, true, TWIN_SAFE, &internal_unsafe),
    ROW("default-deny.table.internal-scope-held", "VI-2 OC-1 EC-11 CP-5",
        "An internal operation is NOT_FOUND also for who holds its scope.",
        "access", true, TWIN_HELD, &internal_held),
    ROW("default-deny.table.internal-scope-missing", "VI-2 OC-1 EC-11 CK-2",
        "An internal operation is NOT_FOUND, and not FORBIDDEN, for who lacks "
        "its scope.",
        "access", true, TWIN_HELD, &internal_missing),
    {
        .id = "default-deny.trusted.unsafe",
        .rules = "LG-2 LG-3",
        .claim = "A peer that the dialling node was told to trust may call "
                 "what is not remote-safe.",
        .axes = DIALLED,
        .run = decide,
        .data = &trusted_unsafe,
    },
    {
        .id = "default-deny.trusted.scope-missing",
        .rules = "LG-6 AC-5 SY-5",
        .claim = "A trusted peer without the scope gets FORBIDDEN.",
        .needs = "access",
        .twin = "default-deny.trusted.unsafe",
        .is_negative = true,
        .axes = DIALLED,
        .run = decide,
        .data = &trusted_missing,
    },
    {
        .id = "default-deny.trusted.internal",
        .rules = "LG-6 VI-2",
        .claim = "An internal operation is NOT_FOUND for a trusted peer.",
        .twin = "default-deny.trusted.unsafe",
        .is_negative = true,
        .axes = DIALLED,
        .run = decide,
        .data = &trusted_internal,
    },
    {
        .id = "default-deny.filter.token-does-not-lift",
        .rules = "LG-5 CK-1 AU-3",
        .claim = "A token that resolves does not lift the filter.",
        .needs = "access tokens",
        .twin = "access.token.one-request",
        .is_negative = true,
        .axes = DIALLED,
        .run = token_does_not_lift,
    },
    {
        .id = "default-deny.filter.service-does-not-lift",
        .rules = "LG-2 LG-3 LG-5",
        .claim = "The filter stands before a dialled peer also once calls "
                 "went both ways.",
        .needs = "call",
        .twin = "default-deny.trusted.unsafe",
        .is_negative = true,
        .axes = DIALLED,
        .run = service_does_not_lift,
    },
    {
        .id = "default-deny.filter.both-connections",
        .rules = "LG-4 LG-7",
        .claim = "One operation runs for a client that was accepted and is "
                 "NOT_FOUND for the peer that was dialled, at the same time.",
        .axes = {.dial = DIAL_US},
        .run = both_connections,
    },
    {
        .id = "default-deny.answers.hidden-like-absent",
        .rules = "EC-12 VI-2",
        .claim = "The answer for an internal operation differs in nothing but "
                 "name and id from the answer for one that does not exist.",
        .twin = TWIN_SAFE,
        .is_negative = true,
        .axes = EVERYWHERE,
        .run = indistinguishable,
        .data = &hidden_called,
    },
    {
        .id = "default-deny.answers.filtered-like-absent",
        .rules = "EC-12 LG-5",
        .claim = "The answer for a filtered operation differs in nothing but "
                 "name and id from the answer for one that does not exist.",
        .twin = TWIN_SAFE,
        .is_negative = true,
        .axes = DIALLED,
        .run = indistinguishable,
        .data = &unsafe_called,
    },
    {
        .id = "default-deny.answers.hidden-schema",
        .rules = "EC-11a SS-3 SS-4",
        .claim = "The schema of an internal operation is answered like that of "
                 "one that does not exist.",
        .needs = "discovery",
        .twin = TWIN_SCHEMA,
        .is_negative = true,
        .axes = EVERYWHERE,
        .run = indistinguishable,
        .data = &hidden_asked,
    },
    {
        .id = "default-deny.answers.filtered-schema",
        .rules = "SS-4 LG-8",
        .claim = "The schema of a filtered operation is answered like that of "
                 "one that does not exist.",
        .needs = "discovery",
        .twin = TWIN_SCHEMA,
        .is_negative = true,
        .axes = DIALLED,
        .run = indistinguishable,
        .data = &unsafe_asked,
    },
    {
        .id = "default-deny.answers.forbidden-schema",
        .rules = "SS-4",
        .claim = "The schema of an operation that the caller may not call is "
                 "answered like that of one that does not exist.",
        .needs = "discovery access",
        .twin = TWIN_SCHEMA,
        .is_negative = true,
        .axes = EVERYWHERE,
        .run = indistinguishable,
        .data = &guarded_asked,
    },
    MOMENT("default-deny.moment.hidden", "EC-12 VI-2",
           "The answer for an internal operation", NULL, TWIN_SAFE, 0,
           &hidden_called),
    MOMENT("default-deny.moment.filtered", "EC-12 LG-5",
           "The answer for a filtered operation", NULL, TWIN_SAFE, DIAL_THEM,
           &unsafe_called),
    MOMENT("default-deny.moment.hidden-schema", "EC-11a SS-3 SS-4",
           "The schema of an internal operation", "discovery", TWIN_SCHEMA, 0,
           &hidden_asked),
    MOMENT("default-deny.moment.filtered-schema", "SS-4 LG-8",
           "The schema of a filtered operation", "discovery", TWIN_SCHEMA,
           DIAL_THEM, &unsafe_asked),
    MOMENT("default-deny.moment.forbidden-schema", "SS-4",
           "The schema of an operation that the caller may not call",
           "discovery access", TWIN_SCHEMA, 0, &guarded_asked),
};

const struct case_list default_deny_cases = {cases,
                                             sizeof cases / sizeof cases[0]};

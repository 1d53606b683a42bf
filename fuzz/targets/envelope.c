/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the body of a frame, and what is in it as the payload of a
 * call.error. What the reference makes of it is held against what the judge's
 * reader of JSON sees there, and the few rules of an envelope, said once more.
 * What was read is then written, and has to be read again as the same, by
 * both; and written again as the same bytes.
 */
#include "conformance/json.h"
#include "fuzz/broken.h"
#include "fuzz/target.h"
#include "ref/base/bounds.h"
#include "ref/model/envelope.h"
#include "ref/model/frame.h"

#define HEAD_MAX 128 /* what printing adds, mostly */

/* What an input is looked at with; made and given back for each. */
struct desk {
    struct arena arena; /* of the judge's trees */
    struct buf scratch; /* of what is decoded */
    struct buf again;   /* likewise, the second time */
    struct buf written; /* what was printed … */
    struct buf rewritten;
};

static const struct json *judged(struct desk *d, struct slice text)
{
    const struct json *tree = NULL;

    (void)json_parse(&d->arena, text, BOUNDS_DEPTH_MAX, &tree, NULL);
    return tree;
}

/* ------------------------------------------------- what the rules say */

/* The rule by which it is no envelope; NULL: it is one. */
static const char *fault(const struct json *body)
{
    if (!body)
        return "FR-3";
    if (!json_is(body, JSON_OBJECT))
        return "EN-11";
    if (json_count(body, "type") > 1 || json_count(body, "id") > 1 ||
        json_count(body, "payload") > 1)
        return "EN-7";
    if (!json_is(json_find(body, "type"), JSON_STRING) ||
        !json_is(json_find(body, "id"), JSON_STRING))
        return "EN-4";
    return json_find(body, "payload") ? NULL : "EN-5";
}

static bool is_error(const struct json *payload)
{
    return json_is(json_find(payload, "code"), JSON_STRING) &&
           json_is(json_find(payload, "message"), JSON_STRING) &&
           json_is(json_find(payload, "retryable"), JSON_BOOL);
}

static struct slice said(const struct json *string)
{
    return json_is(string, JSON_STRING) ? string->text : slice_make(NULL, 0);
}

static struct slice written(const struct json *value, const char *otherwise)
{
    return value       ? value->source
           : otherwise ? slice_of(otherwise)
                       : slice_make(NULL, 0);
}

/* The same bytes, and absent where absent. */
static void expect(struct slice got, struct slice wanted, const char *rule,
                   const char *member)
{
    broken_unless(slice_equal(got, wanted) && !got.data == !wanted.data, rule,
                  "%s: \"%.*s\" instead of \"%.*s\"", member, (int)got.len,
                  got.data ? (const char *)got.data : "", (int)wanted.len,
                  wanted.data ? (const char *)wanted.data : "");
}

static void expect_type(const struct envelope *e, struct slice text)
{
    static const char *const words[] = {"call.requested", "call.responded",
                                        "call.completed", "call.aborted",
                                        "call.error"};
    int type = 0;

    while (type < 5 && !slice_equal(slice_of(words[type]), text))
        type++;
    broken_unless((int)e->type == type, "EN-17", "\"%.*s\" is taken for %s",
                  (int)text.len, (const char *)text.data,
                  envelope_type_text(e->type));
    expect(e->type_text, text, "EN-17", "type");
}

static void expect_members(const struct envelope *e, const struct json *body)
{
    const struct json *payload = json_find(body, "payload");

    expect_type(e, json_find(body, "type")->text);
    expect(e->id, json_find(body, "id")->text, "EN-20", "id");
    expect(e->payload, payload->source, "EN-1", "payload");
    expect(e->operation, said(json_find(payload, "operationId")), "RQ-1",
           "operationId");
    expect(e->input, written(json_find(payload, "input"), "null"), "RQ-3",
           "input");
    expect(e->auth_token, said(json_find(payload, "auth_token")), "RQ-9",
           "auth_token");
    expect(e->forwarded_for, written(json_find(payload, "forwarded_for"), NULL),
           "RQ-1", "forwarded_for");
    expect(e->output, written(json_find(payload, "output"), "null"), "RS-2",
           "output");
}

/* ------------------------------------------------- written, read again */

/* Writes what there is of `e`, as one of the sorts of frames. */
static bool print(const struct envelope *e, enum envelope_type sort,
                  size_t body_max, struct buf *out)
{
    const struct envelope_request request = {e->operation, e->input,
                                             e->auth_token, e->forwarded_for};

    if (sort == ENVELOPE_REQUESTED)
        return envelope_print_requested(e->id, &request, body_max, out);
    if (sort == ENVELOPE_RESPONDED)
        return envelope_print_responded(e->id, e->output, body_max, out);
    return envelope_print(e->type, e->id, e->payload, body_max, out);
}

/* Exactly so many bytes, and not with one less allowed [FL-3]. */
static struct slice body_of(const struct envelope *e, enum envelope_type sort,
                            struct desk *d)
{
    struct slice body;
    bool fits;

    buf_reset(&d->written);
    fits = print(e, sort, BOUNDS_BODY_MAX, &d->written);
    broken_unless(fits, "FL-3", "a small frame is not printed");
    body = slice_skip(buf_slice(&d->written), FRAME_PREFIX_LEN);
    buf_reset(&d->rewritten);
    buf_put(&d->rewritten, "before");
    fits = print(e, sort, body.len - 1, &d->rewritten);
    broken_unless(!fits && d->rewritten.len == strlen("before"), "FL-3",
                  "a frame that is too long is printed, or half of it");
    return body;
}

/* What is written has to be what any reader sees: `e` with another form. */
static struct envelope read_again(struct slice body, struct desk *d)
{
    const struct json *tree = judged(d, body);
    struct envelope again;
    const char *why;
    bool is_read = envelope_parse(body, &d->again, &again, &why);

    broken_unless(is_read && !fault(tree), "EN-3",
                  "what was printed is no envelope: %.*s", (int)body.len,
                  (const char *)body.data);
    expect_members(&again, tree);
    return again;
}

static void check_head(const struct envelope *again, const struct envelope *e)
{
    expect(again->id, e->id, "EN-20", "id, printed");
    broken_unless(again->type == e->type, "EV-1", "another type is printed");
}

/* The sorts that are printed member by member. */
static void check_printed(const struct envelope *e, struct desk *d)
{
    struct envelope again = read_again(body_of(e, e->type, d), d);

    check_head(&again, e);
    if (e->type == ENVELOPE_REQUESTED) {
        broken_unless(again.operation.len == e->operation.len + 1, "OP-3",
                      "the name is not printed with a slash and once");
        expect(slice_skip(again.operation, 1),
               slice_make(e->operation.len ? e->operation.data
                                           : again.operation.data,
                          e->operation.len),
               "OP-3", "operationId, printed");
        expect(again.input, e->input, "RQ-1", "input, printed");
        expect(again.auth_token, e->auth_token, "AU-6", "auth_token, printed");
        expect(again.forwarded_for, e->forwarded_for, "FF-1",
               "forwarded_for, printed");
    } else {
        expect(again.output, e->output, "RS-1", "output, printed");
    }
}

/* The whole payload as it is, twice the same bytes. */
static void check_stable(const struct envelope *e, struct desk *d)
{
    struct envelope again = read_again(body_of(e, ENVELOPE_UNKNOWN, d), d);
    bool fits;

    check_head(&again, e);
    expect(again.payload, e->payload, "EN-1", "payload, printed");
    buf_reset(&d->rewritten);
    fits = print(&again, ENVELOPE_UNKNOWN, BOUNDS_BODY_MAX, &d->rewritten);
    broken_unless(
        fits && slice_equal(buf_slice(&d->rewritten), buf_slice(&d->written)),
        "FR-3", "printing what was printed prints something else");
}

/* ------------------------------------------------- errors */

static void expect_error(const struct call_error *e, const struct json *payload)
{
    const struct json *details = json_find(payload, "details");

    expect(e->code, json_find(payload, "code")->text, "ER-1", "code");
    expect(e->message, json_find(payload, "message")->text, "ER-1", "message");
    broken_unless(e->retryable == json_find(payload, "retryable")->is_true,
                  "ER-1", "retryable is read the wrong way round");
    expect(e->details,
           written(json_is(details, JSON_NULL) ? NULL : details, NULL), "ER-2",
           "details");
}

static void check_error(struct slice text, const struct json *payload,
                        struct desk *d)
{
    struct call_error e, again;
    bool is_read, is_good = is_error(payload);

    buf_reset(&d->again);
    (void)buf_reserve(&d->again, 2 * text.len);
    is_read = call_error_parse(text, &d->again, &e);
    broken_unless(is_read == is_good, "ER-3", "a %s error is %s: %.*s",
                  is_good ? "good" : "bad", is_read ? "taken" : "refused",
                  (int)text.len, (const char *)text.data);
    if (!is_read)
        return;
    expect_error(&e, payload);
    buf_reset(&d->written);
    broken_unless(call_error_print(&e, &d->written), "ER-1", "it is too long");
    payload = judged(d, buf_slice(&d->written));
    broken_unless(payload && is_error(payload), "ER-4",
                  "what was printed is no error");
    expect_error(&e, payload);
    buf_reset(&d->again);
    (void)buf_reserve(&d->again, d->written.len);
    is_read = call_error_parse(buf_slice(&d->written), &d->again, &again);
    broken_unless(is_read, "ER-4", "what was printed is not read again");
    expect_error(&again, payload);
}

static void look_at(struct slice input, struct desk *d)
{
    const struct json *body = judged(d, input);
    const char *wrong = fault(body);
    bool is_read;
    struct envelope e;
    const char *why = "";

    is_read = envelope_parse(input, &d->scratch, &e, &why);
    broken_unless(is_read == !wrong, wrong ? wrong : "EN-1", "%s %s",
                  is_read ? "what is no envelope is taken"
                          : "a good envelope is refused:",
                  why);
    if (is_read) {
        expect_members(&e, body);
        if (e.type == ENVELOPE_REQUESTED || e.type == ENVELOPE_RESPONDED)
            check_printed(&e, d);
        if (e.type != ENVELOPE_UNKNOWN)
            check_stable(&e, d);
        check_error(e.payload, json_find(body, "payload"), d);
    } else {
        check_error(input, body, d);
    }
}

static void run(struct slice input)
{
    struct desk d = {.arena = {0}};

    buf_init(&d.scratch, BOUNDS_BODY_MAX);
    buf_init(&d.again, BOUNDS_BODY_MAX);
    buf_init(&d.written, BOUNDS_FRAME_MAX);
    buf_init(&d.rewritten, BOUNDS_FRAME_MAX);
    (void)buf_reserve(&d.written, input.len + HEAD_MAX);
    (void)buf_reserve(&d.rewritten, input.len + HEAD_MAX);
    look_at(input, &d);
    arena_clear(&d.arena);
    buf_clear(&d.scratch);
    buf_clear(&d.again);
    buf_clear(&d.written);
    buf_clear(&d.rewritten);
}

const struct target target_envelope = {
    .name = "envelope",
    .promise = "A body is an envelope when the rules say so, means what the "
               "judge's reader sees in it, and is written as it was read.",
    .rules = "FR-3 EN-1 EN-3 EN-4 EN-5 EN-7 EN-11 EN-17 EN-20 EV-1 RQ-1 RQ-3 "
             "RQ-9 RS-1 RS-2 ER-1 ER-2 ER-3 ER-4 OP-3 AU-6 FF-1 FL-3",
    .run = run,
};

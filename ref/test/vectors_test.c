/* SPDX-License-Identifier: MIT */
/*
 * The vectors, run through floors 0 and 1: every stream whole, cut as the
 * vector says, and byte by byte where that is not silly; all three have to
 * give what the vector says. Where the specification leaves it open (verdict
 * "either"), `ours` says what this reference does, and that is checked too.
 *
 * How the files are made up is told by vectors/README.md. One test a file; a
 * vector that differs is printed with its id and its comment.
 */
#include "ref/base/bounds.h"
#include "ref/model/envelope.h"
#include "ref/model/frame.h"
#include "ref/model/spec.h"
#include "ref/test/t.h"
#include "vectors/vectors.h"

#define BYTEWISE_MAX 4096

/* What was counted in one file. */
static struct {
    size_t run;
    size_t differ;
    const char *id; /* of the vector at hand */
    const char *comment;
    const json_t *expect;
} now;

static const json_t *get(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(get(object, name));

    return text ? text : "";
}

static void differs(const char *way, const char *what)
{
    print_error("%s (%s): %s differs - %s\n", now.id, way, what, now.comment);
    now.differ++;
}

/* ------------------------------------------------------------ generators */

static void add_hex(struct buf *out, const char *digits, size_t times)
{
    struct slice bytes = t_unhex(digits);

    for (size_t i = 0; i < times; i++)
        buf_put_slice(out, bytes);
    t_free(bytes);
}

/* Bytes in hex, or the steps that make them. */
static void make(const json_t *v, struct buf *out)
{
    const json_t *steps = get(v, "gen");

    if (json_is_string(v)) {
        add_hex(out, json_string_value(v), 1);
        return;
    }
    assert_true(json_is_array(steps));
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        const char *kind = json_string_value(json_array_get(step, 0));
        const char *digits = json_string_value(json_array_get(step, 1));
        json_int_t times = json_integer_value(json_array_get(step, 2));

        assert_true(strcmp(kind, "hex") == 0 || strcmp(kind, "rep") == 0);
        add_hex(out, digits, strcmp(kind, "hex") == 0 ? 1 : (size_t)times);
    }
}

/* --------------------------------------------------------------- decode */

/* Two JSON texts that say the same: as written, or as trees. jansson refuses a
 * few good texts; those have to be the same as written. */
static bool is_same_json(struct slice a, struct slice b)
{
    struct failure ignored;
    json_t *left, *right;
    bool is_same = slice_equal(a, b);

    if (is_same)
        return true;
    left = value_parse(a, &ignored);
    right = value_parse(b, &ignored);
    is_same = left && right && json_equal(left, right);
    json_decref(left);
    json_decref(right);
    return is_same;
}

static bool is_same_payload(struct slice got, const json_t *wanted)
{
    struct buf made;
    bool is_same;

    if (json_is_string(wanted))
        return is_same_json(got, value_string(wanted));
    buf_init(&made, BOUNDS_BODY_MAX);
    make(wanted, &made);
    is_same = is_same_json(got, buf_slice(&made));
    buf_clear(&made);
    return is_same;
}

/* One way of reading one stream, and what came of it so far. */
struct reading {
    struct frame_reader reader;
    struct buf scratch;
    const json_t *wanted; /* the frames that should come */
    const char *way;
    size_t frames;
    size_t consumed;
    bool is_refused;
};

static void check_envelope(struct reading *r, const struct envelope *e)
{
    const json_t *wanted = json_array_get(r->wanted, r->frames);

    if (!wanted)
        differs(r->way, "the number of frames");
    else if (!slice_equal(e->type_text, value_string(get(wanted, "type"))))
        differs(r->way, "type");
    else if (!slice_equal(e->id, value_string(get(wanted, "id"))))
        differs(r->way, "id");
    else if (!is_same_payload(e->payload, get(wanted, "payload")))
        differs(r->way, "payload");
}

static void read_piece(struct reading *r, struct slice piece)
{
    struct slice copy = t_exact(piece), rest = copy, body;
    enum frame_result result = FRAME_READY;
    struct envelope e;
    const char *why;

    while (result == FRAME_READY && !r->is_refused) {
        result = frame_read(&r->reader, &rest, &body, &why);
        r->is_refused = result == FRAME_BAD ||
                        (result == FRAME_READY &&
                         !envelope_parse(body, &r->scratch, &e, &why));
        if (result != FRAME_READY || r->is_refused)
            continue;
        check_envelope(r, &e);
        r->frames++;
        r->consumed += FRAME_PREFIX_LEN + body.len;
    }
    t_free(copy);
}

/* Reads the wire in pieces of these lengths; the last is what remains. */
static void read_wire(const char *way, struct slice wire,
                      size_t (*length)(const json_t *cuts, size_t i),
                      const json_t *cuts, size_t count)
{
    struct reading r = {.wanted = get(now.expect, "frames"), .way = way};
    const char *verdict = text_of(now.expect, "verdict"), *got;

    frame_reader_init(&r.reader, BOUNDS_BODY_MAX);
    buf_init(&r.scratch, 2 * (size_t)BOUNDS_BODY_MAX);
    for (size_t i = 0; i < count && !r.is_refused; i++) {
        size_t len = length(cuts, i);

        read_piece(&r, slice_head(wire, len));
        wire = slice_skip(wire, len);
    }
    read_piece(&r, wire);
    got = r.is_refused                  ? "reject"
          : frame_is_partial(&r.reader) ? "partial"
                                        : "accept";
    if (strcmp(verdict, "either") == 0)
        verdict = text_of(now.expect, "ours");
    if (strcmp(got, verdict) != 0)
        differs(way, "the verdict");
    if (r.frames != json_array_size(r.wanted))
        differs(way, "the number of frames");
    if (r.consumed != (size_t)json_integer_value(get(now.expect, "consumed")))
        differs(way, "what was consumed");
    frame_reader_clear(&r.reader);
    buf_clear(&r.scratch);
}

static size_t one(const json_t *cuts, size_t i)
{
    (void)cuts;
    (void)i;
    return 1;
}

static size_t listed(const json_t *cuts, size_t i)
{
    return (size_t)json_integer_value(json_array_get(cuts, i));
}

static void run_decode(const json_t *test, const json_t *params)
{
    const json_t *cuts = get(test, "segments");
    struct buf wire;

    assert_int_equal(json_integer_value(get(params, "max_frame")),
                     BOUNDS_BODY_MAX);
    buf_init(&wire, 2 * (size_t)BOUNDS_FRAME_MAX);
    make(get(test, "wire"), &wire);
    read_wire("whole", buf_slice(&wire), NULL, NULL, 0);
    if (cuts)
        read_wire("cut", buf_slice(&wire), listed, cuts, json_array_size(cuts));
    if (wire.len < BYTEWISE_MAX)
        read_wire("byte by byte", buf_slice(&wire), one, NULL, wire.len);
    buf_clear(&wire);
}

/* ----------------------------------------------------------- call errors */

static void check_error(const struct call_error *error)
{
    const json_t *details = get(now.expect, "details");

    if (!slice_equal(error->code, value_string(get(now.expect, "code"))))
        differs("read", "code");
    if (!slice_equal(error->message, value_string(get(now.expect, "message"))))
        differs("read", "message");
    if (error->retryable != json_is_true(get(now.expect, "retryable")))
        differs("read", "retryable");
    if (json_is_null(details)
            ? error->details.len > 0
            : !is_same_json(error->details, value_string(details)))
        differs("read", "details");
}

static void run_call_error(const json_t *test, const json_t *params)
{
    struct slice payload = t_exact(value_string(get(test, "payload")));
    const char *verdict = text_of(now.expect, "verdict");
    struct call_error error;
    struct buf scratch;
    bool is_good;

    (void)params;
    if (strcmp(verdict, "either") == 0)
        verdict = text_of(now.expect, "ours");
    buf_init(&scratch, BOUNDS_BODY_MAX);
    assert_true(buf_reserve(&scratch, payload.len));
    is_good = call_error_parse(payload, &scratch, &error);
    if (strcmp(verdict, is_good ? "accept" : "reject") != 0)
        differs("read", "the verdict");
    if (is_good)
        check_error(&error);
    buf_clear(&scratch);
    t_free(payload);
}

/* ----------------------------------------------------------------- names */

static void run_name(const json_t *test, const json_t *params)
{
    struct buf body, scratch, path;
    struct envelope e;
    struct slice name;
    const char *why;

    (void)params;
    buf_init(&body, BOUNDS_BODY_MAX);
    buf_init(&scratch, BOUNDS_BODY_MAX);
    buf_init(&path, BOUNDS_BODY_MAX);
    buf_put(&body, "{\"type\":\"call.requested\",\"id\":\"1\",\"payload\":"
                   "{\"operationId\":");
    buf_put_slice(&body, value_string(get(test, "operation_id")));
    buf_put(&body, "}}");
    assert_true(envelope_parse(buf_slice(&body), &scratch, &e, &why));
    name = spec_name_of(e.operation);
    buf_put(&path, "/");
    buf_put_slice(&path, name);
    if (!slice_equal(name, value_string(get(now.expect, "name"))))
        differs("read", "name");
    if (!slice_equal(spec_namespace_of(name),
                     value_string(get(now.expect, "namespace"))))
        differs("read", "namespace");
    if (!slice_equal(buf_slice(&path), value_string(get(now.expect, "path"))))
        differs("read", "path");
    buf_clear(&body);
    buf_clear(&scratch);
    buf_clear(&path);
}

/* ----------------------------------------------------------------- files */

static const struct {
    const char *type;
    void (*run)(const json_t *test, const json_t *params);
} types[] = {
    {"decode", run_decode}, {"call_error", run_call_error}, {"name", run_name}};

static void run_group(const json_t *group)
{
    const json_t *tests = get(group, "tests");
    size_t type = 0;

    while (type < T_COUNT(types) &&
           strcmp(types[type].type, text_of(group, "type")) != 0)
        type++;
    assert_true(type < T_COUNT(types)); /* a later version may mean more */
    for (size_t i = 0; i < json_array_size(tests); i++) {
        const json_t *test = json_array_get(tests, i);

        now.id = text_of(test, "id");
        now.comment = text_of(test, "comment");
        now.expect = get(test, "expect");
        now.run++;
        types[type].run(test, get(group, "params"));
    }
}

static void run_file(const char *name)
{
    const struct vectors_file *file = vectors_files;
    const json_t *groups;
    struct failure f;
    json_t *tree;

    while (strcmp(file->name, name) != 0)
        assert_true(++file < vectors_files + vectors_files_count);
    tree = value_parse(slice_make(file->data, file->len), &f);
    if (!tree)
        fail_msg("%s: %s", name, f.sentence);
    now.run = now.differ = 0;
    groups = get(tree, "groups");
    assert_string_equal(text_of(tree, "schema"), "vectors/1");
    for (size_t i = 0; i < json_array_size(groups); i++)
        run_group(json_array_get(groups, i));
    assert_int_equal(now.run, json_integer_value(get(tree, "numberOfTests")));
    print_message("%zu vectors of %s\n", now.run, name);
    json_decref(tree);
    assert_int_equal(now.differ, 0);
}

static void frames_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("frame.json");
}

static void envelopes_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("envelope.json");
}

static void captured_frames_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("captured.json");
}

static void errors_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("call_error.json");
}

static void names_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("names.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_read_as_the_vectors_say),
        cmocka_unit_test(envelopes_are_read_as_the_vectors_say),
        cmocka_unit_test(captured_frames_are_read_as_the_vectors_say),
        cmocka_unit_test(errors_are_read_as_the_vectors_say),
        cmocka_unit_test(names_are_read_as_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: MIT */
/*
 * The vectors of the wire, run through floors 0 and 1: every stream whole, cut
 * as the vector says, and byte by byte where that is not silly; all three have
 * to give what the vector says. One test a file. What concerns one noun alone
 * has a test of its own: vectors_access_test.c and its neighbours.
 */
#include "ref/base/bounds.h"
#include "ref/model/envelope.h"
#include "ref/model/frame.h"
#include "ref/model/spec.h"
#include "ref/test/vectors.h"

#define BYTEWISE_MAX 4096

/* --------------------------------------------------------------- decode */

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
    const char *got;

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
    if (strcmp(got, verdict_of_ours()) != 0)
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
    struct call_error error;
    struct buf scratch;
    bool is_good;

    (void)params;
    buf_init(&scratch, BOUNDS_BODY_MAX);
    assert_true(buf_reserve(&scratch, payload.len));
    is_good = call_error_parse(payload, &scratch, &error);
    check_verdict(is_good);
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

static const struct vectors_runner runners[] = {
    {"decode", run_decode, "wire segments fin text", "frames consumed"},
    {"call_error", run_call_error, "payload", "code message retryable details"},
    {"name", run_name, "operation_id", "name namespace path"},
};

static void frames_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("frame.json", runners, T_COUNT(runners));
}

static void envelopes_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("envelope.json", runners, T_COUNT(runners));
}

static void captured_frames_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("captured.json", runners, T_COUNT(runners));
}

static void errors_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("call_error.json", runners, T_COUNT(runners));
}

static void names_are_read_as_the_vectors_say(void **state)
{
    (void)state;
    run_file("names.json", runners, T_COUNT(runners));
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

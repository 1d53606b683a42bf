/* SPDX-License-Identifier: MIT */
/*
 * L1: the harness owns the transport and the clock. Its verbs are the verbs of
 * session/connection, its events the actions; between them stands nothing but
 * the numbering of streams and the windows.
 */
#include "ref/bin/testee_streams.h"
#include "ref/base/xalloc.h"
#include "ref/bin/testee_hex.h"

#define STREAMS_FIRST 100 /* what we may open before any `credit` */

static struct slice key_of(const int64_t *stream)
{
    return slice_make(stream, sizeof *stream);
}

/* ------------------------------------------------------------- events out */

static json_t *event(const char *ev, const struct testee_conn *c,
                     int64_t stream)
{
    return json_pack("{s:s, s:s, s:I}", "ev", ev, "conn", c->name, "stream",
                     (json_int_t)stream);
}

static void open_stream(struct testee *t, struct testee_conn *c)
{
    int64_t stream = c->stream_next;

    c->stream_next += 4;
    testee_event(t, event("stream_open", c, stream));
    connection_opened(c->connection, stream);
}

/* How many bytes the harness takes there; less than all blocks the stream. */
static void write_stream(struct testee *t, struct testee_conn *c,
                         const struct action *a)
{
    uint64_t *window = table_find(&c->windows, key_of(&a->stream));
    size_t len =
        window && *window < a->bytes.len ? (size_t)*window : a->bytes.len;
    json_t *e;

    if (window)
        *window -= len;
    if (len || (a->fin && a->bytes.len == 0)) {
        e = event("stream_data", c, a->stream);
        json_object_set_new(e, "hex",
                            testee_hex_tree(slice_head(a->bytes, len)));
        json_object_set_new(e, "fin",
                            json_boolean(a->fin && len == a->bytes.len));
        testee_event(t, e);
    }
    connection_wrote(c->connection, a->stream, len);
}

static void tell_number(struct testee *t, json_t *e, const char *name,
                        uint64_t number)
{
    json_object_set_new(e, name, json_integer((json_int_t)number));
    testee_event(t, e);
}

/* False when the connection is gone. */
static bool act(struct testee *t, struct testee_conn *c, const struct action *a)
{
    switch (a->kind) {
    case ACTION_OPEN:
        open_stream(t, c);
        break;
    case ACTION_WRITE:
        write_stream(t, c, a);
        break;
    case ACTION_RESET:
        tell_number(t, event("stream_reset", c, a->stream), "code", a->code);
        break;
    case ACTION_STOP:
        tell_number(t, event("stop_sending", c, a->stream), "code", a->code);
        break;
    case ACTION_CONSUMED:
        tell_number(t, event("stream_consumed", c, a->stream), "bytes",
                    a->count);
        break;
    case ACTION_CREDIT: /* how many streams we grant is QUIC's to tell */
        break;
    case ACTION_CLOSE:
        node_remove(t->node, c->connection);
        testee_end(t, c,
                   json_pack("{s:s, s:s, s:i}", "by", "them", "layer", "app",
                             "code", 0));
        return false;
    }
    return true;
}

static void pump(struct testee *t, struct testee_conn *c)
{
    struct action action;

    while (connection_poll(c->connection, &action) && act(t, c, &action))
        ;
}

void testee_streams_pump(struct testee *t)
{
    struct connection *c;

    while (t->node && (c = node_stirred(t->node)))
        pump(t, c->user);
}

/* ------------------------------------------------------------- verbs in */

static bool read_dialer(const json_t *dialer, bool *ret_is_us)
{
    struct slice word = value_string(dialer);

    *ret_is_us = slice_equal(word, slice_of("them"));
    return *ret_is_us || slice_equal(word, slice_of("us"));
}

static bool run_open_conn(struct testee *t, const json_t *line, json_t *answer,
                          struct failure *f)
{
    const json_t *conn, *dialer, *fingerprint, *trusted;
    const struct value_field fields[] = {
        {"conn", VALUE_STRING, true, &conn},
        {"dialer", VALUE_STRING, true, &dialer},
        {"peer_fingerprint", VALUE_STRING_OR_NULL, false, &fingerprint},
        {"trusted_peer", VALUE_BOOL, false, &trusted},
    };
    struct testee_conn *added;
    struct connection *c;
    struct slice proven = slice_make(NULL, 0);
    bool is_dialled; /* by us: in the contract's words, by them */

    (void)answer;
    if (!value_fields(line, fields, 4, f))
        return false;
    if (!read_dialer(dialer, &is_dialled))
        return failure_say(f, "dialer: expected us or them");
    if (testee_find(t, conn, &(struct failure){""}))
        return failure_say(f, "conn: there is one of that name");
    if (json_is_string(fingerprint))
        proven = value_string(fingerprint);
    c = node_add(testee_node(t), proven,
                 testee_filter(t, is_dialled, json_is_true(trusted)));
    connection_on_credit(c, STREAMS_FIRST);
    added = testee_add(t, value_string(conn), c, proven);
    added->stream_next = is_dialled ? 0 : 1;
    c->user = added;
    return true;
}

/* Numbers of both sides' bidirectional streams; of ours, those that we opened.
 */
static bool is_stream(const struct testee_conn *c, int64_t stream,
                      struct failure *f)
{
    bool is_ours = stream % 4 == c->stream_next % 4;

    if (stream < 0 || stream % 4 > 1)
        return failure_say(f, "stream: no bidirectional one has that number");
    return !is_ours || stream < c->stream_next ||
           failure_say(f, "stream: that one would be ours, and is not open");
}

/* Most verbs are about a stream: its number, and one number or text more. */
static struct testee_conn *read_stream(const struct testee *t,
                                       const json_t *line, const char *name,
                                       enum value_kind kind,
                                       const json_t **ret_more,
                                       int64_t *ret_stream, struct failure *f)
{
    const json_t *stream, *fin;
    const struct value_field fields[] = {
        {"stream", VALUE_INTEGER, true, &stream},
        {name, kind, true, ret_more},
        {"fin", VALUE_BOOL, false, &fin},
    };
    size_t count = kind == VALUE_STRING ? 3 : 2; /* only bytes may end */
    struct testee_conn *c = testee_read_conn(t, line, fields, count, f);

    if (c)
        *ret_stream = json_integer_value(stream);
    return c;
}

static bool run_stream_data(struct testee *t, const json_t *line,
                            json_t *answer, struct failure *f)
{
    const json_t *hex;
    int64_t stream;
    struct testee_conn *c =
        read_stream(t, line, "hex", VALUE_STRING, &hex, &stream, f);
    struct buf bytes;

    (void)answer;
    if (!c || !is_stream(c, stream, f) || !testee_hex(hex, &bytes, f))
        return false;
    connection_on_data(c->connection, stream, buf_slice(&bytes),
                       json_is_true(json_object_get(line, "fin")));
    buf_clear(&bytes);
    return true;
}

static bool run_stream_reset(struct testee *t, const json_t *line,
                             json_t *answer, struct failure *f)
{
    const json_t *code;
    int64_t stream;
    struct testee_conn *c =
        read_stream(t, line, "code", VALUE_INTEGER, &code, &stream, f);

    (void)answer;
    if (!c || !is_stream(c, stream, f))
        return false;
    connection_on_reset(c->connection, stream);
    return true;
}

static bool run_stop_sending(struct testee *t, const json_t *line,
                             json_t *answer, struct failure *f)
{
    const json_t *code;
    int64_t stream;
    struct testee_conn *c =
        read_stream(t, line, "code", VALUE_INTEGER, &code, &stream, f);

    (void)answer;
    if (c)
        connection_on_stop(c->connection, stream);
    return c != NULL;
}

static uint64_t *window_of(struct testee_conn *c, int64_t stream)
{
    uint64_t *window = table_find(&c->windows, key_of(&stream));

    if (!window) {
        window = xalloc(1, sizeof *window);
        table_add(&c->windows, key_of(&stream), window);
    }
    return window;
}

static bool run_window(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    const json_t *bytes;
    int64_t stream;
    struct testee_conn *c =
        read_stream(t, line, "bytes", VALUE_INTEGER, &bytes, &stream, f);

    (void)answer;
    if (!c)
        return false;
    *window_of(c, stream) += (uint64_t)json_integer_value(bytes);
    connection_on_writable(c->connection, stream);
    return true;
}

static bool run_credit(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    const json_t *streams;
    const struct value_field more = {"streams", VALUE_INTEGER, true, &streams};
    struct testee_conn *c = testee_read_conn(t, line, &more, 1, f);

    (void)answer;
    if (c)
        connection_on_credit(c->connection,
                             (uint64_t)json_integer_value(streams));
    return c != NULL;
}

static bool run_conn_lost(struct testee *t, const json_t *line, json_t *answer,
                          struct failure *f)
{
    struct testee_conn *c = testee_read_conn(t, line, NULL, 0, f);

    (void)answer;
    if (!c)
        return false;
    connection_on_closed(c->connection);
    node_remove(t->node, c->connection);
    testee_end(t, c, json_pack("{s:s}", "by", "lost"));
    return true;
}

static bool run_close(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    const json_t *code;
    const struct value_field more = {"code", VALUE_INTEGER, true, &code};
    struct testee_conn *c = testee_read_conn(t, line, &more, 1, f);

    (void)answer;
    if (c)
        connection_close(c->connection);
    return c != NULL;
}

static bool run_advance(struct testee *t, const json_t *line, json_t *answer,
                        struct failure *f)
{
    const json_t *now;
    const struct value_field fields[] = {{"now", VALUE_INTEGER, true, &now}};
    uint64_t now_ns;

    (void)answer;
    if (!value_fields(line, fields, 1, f))
        return false;
    now_ns = (uint64_t)json_integer_value(now);
    if (now_ns < t->now_ns)
        return failure_say(f, "now: time does not go back");
    t->now_ns = now_ns;
    if (t->node)
        node_advance(t->node, now_ns);
    return true;
}

static const struct testee_verb verbs[] = {
    {"open_conn", TESTEE_L1, run_open_conn},
    {"stream_data", TESTEE_L1, run_stream_data},
    {"stream_reset", TESTEE_L1, run_stream_reset},
    {"stop_sending", TESTEE_L1, run_stop_sending},
    {"window", TESTEE_L1, run_window},
    {"credit", TESTEE_L1, run_credit},
    {"conn_lost", TESTEE_L1, run_conn_lost},
    {"close", TESTEE_L1, run_close},
    {"advance", TESTEE_L1, run_advance},
};

struct testee_verbs testee_streams_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}

/* SPDX-License-Identifier: MIT */
/*
 * Testees that are good for nothing, to see what the judge says of them. They
 * keep to the contract (CONTRACT.md) at L0 and L1 and have no idea of the
 * protocol:
 *
 *     yes-man    takes every frame, grants every request, every call succeeds,
 *                every subscription of its own is complete at once
 *     deny-all   refuses every frame, every request, every call
 *     silent     never takes a frame, never answers, no call ever ends
 *
 * and some that break something, at the first byte they get:
 *
 *     crash      dies
 *     hang       answers no more
 *     babble     writes a line that is none
 *     moody      is never twice the same
 *     leaky      writes everything it is told to its standard error
 *     hoarder    says that a call is still pending
 *     rude       does not even keep to the contract's self-check
 *     dead       is gone before it is greeted
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "conformance/json_out.h"
#include "conformance/raw.h"
#include "ref/base/xalloc.h"

#define LINE_BYTES (4u * 1024 * 1024)

enum quirk { NO_QUIRK, CRASH, HANG, BABBLE, MOODY, LEAKY, HOARDER, RUDE, DEAD };

struct mode {
    const char *name;   /* on the command line */
    const char *end;    /* of every decode */
    const char *type;   /* of every answer; NULL: none */
    const char *answer; /* its payload */
    const char *event;  /* how every call ends; NULL: never */
    enum quirk quirk;   /* what it breaks */
};

static const char yes[] = "{\"output\":null}";
static const char no[] = "{\"code\":\"FORBIDDEN\",\"message\":\"no\","
                         "\"retryable\":false}";

static const struct mode modes[] = {
    {"yes-man", "clean", "call.responded", yes, "result", NO_QUIRK},
    {"deny-all", "reject", "call.error", no, "error", NO_QUIRK},
    {"silent", "partial", NULL, NULL, NULL, NO_QUIRK},
    {"crash", "clean", NULL, NULL, NULL, CRASH},
    {"hang", "clean", NULL, NULL, NULL, HANG},
    {"babble", "clean", NULL, NULL, NULL, BABBLE},
    {"moody", "clean", NULL, NULL, NULL, MOODY},
    {"leaky", "clean", "call.responded", yes, "result", LEAKY},
    {"hoarder", "clean", "call.responded", yes, "result", HOARDER},
    {"rude", "clean", NULL, NULL, NULL, RUDE},
    {"dead", "clean", NULL, NULL, NULL, DEAD},
};

/* What the judge has sent on one stream. */
struct inflow {
    struct slice conn;        /* borrowed from the session */
    uint64_t number;          /* of the stream */
    struct raw_reader reader; /* owned */
    struct inflow *next;      /* or NULL */
};

struct null {
    const struct mode *mode; /* which of them we are */
    struct arena line;       /* owned: what lives for one line */
    struct arena session;    /* owned: what lives until the reset */
    struct inflow *inflows;  /* the latest first */
    struct buf out;          /* owned: the answer in the making */
    struct json_out json;    /* writes into it */
    bool has_quit;           /* quit was said */
};

static struct slice text_in(const struct json *verb, const char *name)
{
    struct slice text = slice_of("");

    (void)json_get_text(json_find(verb, name), &text);
    return text;
}

static struct slice unhex(struct arena *arena, struct slice hex)
{
    uint8_t *bytes = arena_new(arena, hex.len / 2 + 1, 1);

    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        char pair[3] = {(char)hex.data[i], (char)hex.data[i + 1], '\0'};

        bytes[i / 2] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return slice_make(bytes, hex.len / 2);
}

/* --- what it breaks */

static void misbehave(struct null *n)
{
    switch (n->mode->quirk) {
    case CRASH:
        abort();
    case HANG:
        for (;;)
            (void)pause();
    case BABBLE:
        (void)printf("what was the question?\n");
        break;
    default:
        break;
    }
}

static void be_moody(struct null *n)
{
    struct timespec now;

    if (n->mode->quirk != MOODY)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    json_out_u64(&n->json, "mood", (uint64_t)now.tv_nsec);
}

/* --- L0 */

static void put_frame(struct null *n, const struct raw_frame *frame)
{
    json_out_object(&n->json, NULL);
    json_out_text(&n->json, "type", frame->type);
    json_out_text(&n->json, "id", frame->id);
    json_out_hex(&n->json, "payload_hex", frame->payload);
    json_out_end(&n->json);
}

static void on_decode(struct null *n, const struct json *verb)
{
    const struct json *segments = json_find(verb, "segments");
    bool takes = strcmp(n->mode->end, "clean") == 0;
    struct raw_reader reader;
    struct raw_frame frame;

    raw_reader_init(&reader, RAW_BODY_MAX);
    json_out_array(&n->json, "frames");
    for (const struct json *s = segments ? segments->first : NULL; s;
         s = s->next) {
        raw_reader_add(&reader, unhex(&n->line, s->text));
        while (takes && raw_reader_next(&reader, &n->line, &frame) == RAW_FRAME)
            put_frame(n, &frame);
    }
    json_out_end(&n->json);
    json_out_text(&n->json, "end", slice_of(n->mode->end));
    json_out_u64(&n->json, "consumed", reader.consumed);
    raw_reader_clear(&reader);
}

static void on_encode(struct null *n, const struct json *verb)
{
    struct slice payload = unhex(&n->line, text_in(verb, "payload_hex"));
    struct buf b;

    buf_init(&b, LINE_BYTES);
    raw_put(&b, text_in(verb, "type"), text_in(verb, "id"), payload);
    json_out_hex(&n->json, "bytes", buf_slice(&b));
    buf_clear(&b);
}

/* --- L1 */

static void begin_event(struct null *n, const char *ev, struct slice conn)
{
    json_out_object(&n->json, NULL);
    json_out_text(&n->json, "ev", slice_of(ev));
    json_out_text(&n->json, "conn", conn);
}

static void on_open_conn(struct null *n, const struct json *verb)
{
    begin_event(n, "conn_open", text_in(verb, "conn"));
    json_out_null(&n->json, "peer_identity");
    json_out_null(&n->json, "peer_fingerprint");
    json_out_end(&n->json);
}

static void on_close(struct null *n, const struct json *verb)
{
    begin_event(n, "closed", text_in(verb, "conn"));
    json_out_text(&n->json, "by", slice_of("them"));
    json_out_end(&n->json);
}

static void on_call(struct null *n, const struct json *verb)
{
    if (!n->mode->event)
        return;
    begin_event(n, n->mode->event, text_in(verb, "conn"));
    json_out_text(&n->json, "id", text_in(verb, "id"));
    if (strcmp(n->mode->event, "result") == 0) {
        json_out_null(&n->json, "output");
    } else {
        json_out_text(&n->json, "code", slice_of("FORBIDDEN"));
        json_out_text(&n->json, "message", slice_of("no"));
        json_out_bool(&n->json, "retryable", false);
    }
    json_out_end(&n->json);
}

/* Nothing was served it, and it has not asked. */
static void on_import(struct null *n, const struct json *verb)
{
    bool is_fine;

    if (!n->mode->event)
        return;
    is_fine = strcmp(n->mode->event, "result") == 0;
    begin_event(n, is_fine ? "imported" : "import_failed",
                text_in(verb, "conn"));
    if (is_fine) {
        json_out_array(&n->json, "names");
        json_out_end(&n->json);
    } else {
        json_out_text(&n->json, "kind", slice_of("unauthorized"));
    }
    json_out_end(&n->json);
}

/* What is complete has had no items. */
static void on_subscribe(struct null *n, const struct json *verb)
{
    if (!n->mode->event || strcmp(n->mode->event, "result") != 0) {
        on_call(n, verb);
        return;
    }
    begin_event(n, "end", text_in(verb, "conn"));
    json_out_text(&n->json, "id", text_in(verb, "id"));
    json_out_text(&n->json, "how", slice_of("completed"));
    json_out_end(&n->json);
}

static struct inflow *inflow_of(struct null *n, struct slice conn,
                                uint64_t number)
{
    struct inflow *in = n->inflows;

    while (in && !(in->number == number && slice_equal(in->conn, conn)))
        in = in->next;
    if (in)
        return in;
    in = arena_new(&n->session, 1, sizeof *in);
    in->conn = arena_copy(&n->session, conn);
    in->number = number;
    in->next = n->inflows;
    raw_reader_init(&in->reader, RAW_BODY_MAX);
    n->inflows = in;
    return in;
}

static void answer_request(struct null *n, const struct inflow *in,
                           struct slice id)
{
    struct buf b;

    buf_init(&b, LINE_BYTES);
    raw_put(&b, slice_of(n->mode->type), id, slice_of(n->mode->answer));
    begin_event(n, "stream_data", in->conn);
    json_out_u64(&n->json, "stream", in->number);
    json_out_hex(&n->json, "hex", buf_slice(&b));
    json_out_bool(&n->json, "fin", false);
    json_out_end(&n->json);
    buf_clear(&b);
}

static void on_stream_data(struct null *n, const struct json *verb)
{
    struct raw_frame frame;
    struct inflow *in;
    uint64_t number = 0;

    (void)json_get_u64(json_find(verb, "stream"), &number);
    in = inflow_of(n, text_in(verb, "conn"), number);
    raw_reader_add(&in->reader, unhex(&n->line, text_in(verb, "hex")));
    while (raw_reader_next(&in->reader, &n->line, &frame) == RAW_FRAME) {
        if (n->mode->type &&
            slice_equal(frame.type, slice_of("call.requested")))
            answer_request(n, in, frame.id);
    }
}

/* --- all levels */

static void on_hello(struct null *n, const struct json *verb)
{
    static const char rest[] =
        "{\"name\":\"null\",\"version\":\"1\",\"language\":\"C\",\"runtime\":"
        "\"libc\",\"contract\":[1,1],\"levels\":[\"L0\",\"L1\"],"
        "\"capabilities\":[\"serve\",\"call\",\"callback\",\"access\","
        "\"tokens\",\"forwarded_for\",\"discovery\",\"hold\",\"timeouts\","
        "\"stats\",\"subscriptions\",\"abort\",\"compose\",\"deadlines\","
        "\"panic\",\"import\",\"list_peers\",\"ownership\","
        "\"validation\",\"api_keys\",\"reload\"],\"profiles\":[\"remote-safe\","
        "\"peer-graph\"],"
        "\"choices\":{\"ids\":\"seeded\"},\"limits\":{\"max_frame\":67108864}}";
    const struct json *tree = NULL;

    (void)verb;
    (void)json_parse(&n->line, slice_of(rest), JSON_DEPTH_MAX, &tree, NULL);
    for (const struct json *v = tree->first; v; v = v->next) {
        const char *name =
            arena_text(&n->line, "%.*s", (int)v->name.len, v->name.data);

        json_out_value(&n->json, name, v);
    }
}

static void on_reset(struct null *n, const struct json *verb)
{
    (void)verb;
    for (struct inflow *in = n->inflows; in; in = in->next)
        raw_reader_clear(&in->reader);
    n->inflows = NULL;
    arena_clear(&n->session);
}

static void on_quit(struct null *n, const struct json *verb)
{
    (void)verb;
    n->has_quit = true;
}

static void on_stats(struct null *n, const struct json *verb)
{
    static const char *const zeros[] = {"streams", "served", "bytes"};

    (void)verb;
    json_out_u64(&n->json, "pending", n->mode->quirk == HOARDER);
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        json_out_u64(&n->json, zeros[i], 0);
    json_out_object(&n->json, "runs");
    json_out_end(&n->json);
}

static void on_nothing(struct null *n, const struct json *verb)
{
    (void)n;
    (void)verb;
}

static const struct verb {
    const char *op;
    void (*run)(struct null *n, const struct json *verb);
    bool has_events; /* what it writes goes into `out` */
    bool has_bytes;  /* where quirks come out */
} verbs[] = {
    {"hello", on_hello, false, false},
    {"reset", on_reset, false, false},
    {"quit", on_quit, false, false},
    {"decode", on_decode, false, true},
    {"encode", on_encode, false, true},
    {"configure", on_nothing, true, false},
    {"register", on_nothing, true, false},
    {"open_conn", on_open_conn, true, false},
    {"close", on_close, true, false},
    {"conn_lost", on_close, true, false},
    {"call", on_call, true, false},
    {"subscribe", on_subscribe, true, false},
    {"take", on_nothing, true, false},
    {"abort", on_nothing, true, false},
    {"drop_interest", on_nothing, true, false},
    {"import", on_import, true, false},
    {"reload", on_nothing, true, false},
    {"grant", on_nothing, true, false},
    {"revoke", on_nothing, true, false},
    {"release", on_nothing, true, false},
    {"stats", on_stats, false, false},
    {"stream_data", on_stream_data, true, true},
    {"stream_reset", on_nothing, true, false},
    {"stop_sending", on_nothing, true, false},
    {"credit", on_nothing, true, false},
    {"window", on_nothing, true, false},
    {"advance", on_nothing, true, false},
};

static const struct verb *find_verb(struct slice op)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (slice_equal(op, slice_of(verbs[i].op)))
            return &verbs[i];
    }
    return NULL;
}

static void perform(struct null *n, const struct verb *verb,
                    const struct json *tree)
{
    if (verb->has_bytes) {
        misbehave(n);
        be_moody(n);
    }
    json_out_bool(&n->json, "ok", true);
    if (verb->has_events)
        json_out_array(&n->json, "out");
    verb->run(n, tree);
    if (verb->has_events) {
        json_out_end(&n->json);
        json_out_null(&n->json, "next");
    }
}

static void refuse(struct null *n, const char *reason)
{
    json_out_object(&n->json, "fail");
    json_out_text(&n->json, "reason", slice_of(reason));
    json_out_end(&n->json);
}

static void answer(struct null *n, struct slice line)
{
    const struct json *tree = NULL;
    const struct verb *verb;
    uint64_t seq;

    if (!json_parse(&n->line, line, JSON_DEPTH_MAX, &tree, NULL) ||
        !json_get_u64(json_find(tree, "seq"), &seq)) {
        json_out_null(&n->json, "seq");
        refuse(n, "no verb");
        return;
    }
    verb = find_verb(text_in(tree, "op"));
    json_out_u64(&n->json, "seq", seq);
    if (n->mode->quirk == RUDE && !verb)
        json_out_bool(&n->json, "ok", true);
    else if (!verb)
        json_out_bool(&n->json, "unsupported", true);
    else if (verb->run == on_reset && tree->count > 2)
        refuse(n, "reset has no fields");
    else
        perform(n, verb, tree);
}

static void take_line(struct null *n, struct slice line)
{
    if (n->mode->quirk == LEAKY)
        (void)fwrite(line.data, 1, line.len, stderr);
    json_out_begin(&n->json, &n->out);
    answer(n, line);
    json_out_end(&n->json);
    buf_put(&n->out, "\n");
    (void)fwrite(n->out.data, 1, n->out.len, stdout);
    (void)fflush(stdout);
    buf_reset(&n->out);
    arena_clear(&n->line);
}

static const struct mode *find_mode(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(name, modes[i].name) == 0)
            return &modes[i];
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct null n = {.mode = argc == 2 ? find_mode(argv[1]) : NULL};
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    if (!n.mode || n.mode->quirk == DEAD)
        return 64;
    buf_init(&n.out, (size_t)2 * LINE_BYTES);
    while (!n.has_quit && (len = getline(&line, &room, stdin)) > 0)
        take_line(&n, slice_make(line, (size_t)len));
    on_reset(&n, NULL);
    buf_clear(&n.out);
    free(line);
    return 0;
}

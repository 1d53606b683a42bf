/* SPDX-License-Identifier: MIT */
/*
 * A peer that is asked what it serves, and says what it likes: names of any
 * form, twice, too many; schemas of any kind; late, never, more than once, on
 * another stream. Before that it has served something good, mostly.
 *
 * An import is told once. What was imported is internal, a leaf, under the
 * prefix, not too much; or else it is what was there before, to the letter. A
 * handler of our own that composes what was imported is told its end, too.
 *
 * Beside that one there may be another peer that speaks well, or is wrong in
 * one way (catalogue.h): what comes of that is foretold exactly.
 */
#include <stdio.h>

#include "fuzz/broken.h"
#include "fuzz/peers/importing.h"
#include "fuzz/peers/party.h"
#include "fuzz/target.h"
#include "ref/base/bounds.h"

#define STEPS_MAX 64
#define OURS 2     /* an operation */
#define NOT_OURS 3 /* none, but perhaps an import */
#define IMPORTS_MAX 16
#define TEXT_MAX 1024 /* of one schema */
#define LIST_MAX (96 * 1024)

static struct feed feed;
static struct party party;
static struct port port;
static struct strings filter;
static uint32_t answered; /* of our requests, in order */
static uint32_t import_count;
static bool is_prefixed[IMPORTS_MAX], is_told[IMPORTS_MAX];
static bool has_crowd;   /* it may serve too much, once: that is
                            slow, so few inputs have it */
static uint64_t serving; /* what is imported now, as a number */

/* The other peer, if there is one. */
static struct {
    struct port port;
    struct importing importing;
} other;

/* ------------------------------------------------------------- the judge */

/* What is imported, folded into a number; the order does not count. */
static uint64_t digest(void)
{
    uint64_t sum = 0;

    for (struct table_entry *e = table_first(&port.c->imported.by_name); e;
         e = table_next(e)) {
        const struct registration *r = e->value;

        sum += slice_hash(r->spec.name, (uint64_t)r->spec.op_type);
    }
    return sum;
}

static void judge(const struct registration *r, bool has_prefix)
{
    const struct slice prefix = slice_of(STOCK_PREFIX "/"), name = r->spec.name;

    broken_unless(r->spec.visibility == SPEC_INTERNAL, "VI-6",
                  "an import that is not internal");
    broken_unless(r->provenance == REGISTRY_FROM_CALL, "HR-2",
                  "an import that is nobody's");
    broken_unless(!r->authority && scoped_env_is_empty(&r->scoped_env), "HR-3",
                  "an import that may compose");
    broken_unless(!r->capabilities, "CP-8", "an import with secrets");
    broken_unless(!r->is_remote_safe, "LG-1", "an import that peers may see");
    broken_unless(name.len > 0 && name.data[0] != '/', "OS-4",
                  "an import without a name of its own");
    broken_unless(!has_prefix || slice_starts(name, prefix), "FC-3",
                  "an import without its prefix");
    broken_unless(
        !slice_starts(has_prefix ? slice_skip(name, prefix.len) : name,
                      slice_of("services/")),
        "FC-9", "a peer's discovery is imported");
    broken_unless((r->handler.pull != NULL) ==
                      (r->spec.op_type == SPEC_SUBSCRIPTION),
                  "SU-16", "an import of another kind");
}

static void told(void *self, const struct operation_adapter_outcome *outcome)
{
    bool *has_been = self;
    const bool has_prefix = is_prefixed[has_been - is_told];
    size_t count = 0;

    broken_unless(!*has_been, "AD-1", "an import is told twice");
    *has_been = true;
    party.talks--;
    if (!outcome->is_ok) {
        broken_unless(!port.c || port.is_closed || digest() == serving, "FC-10",
                      "an import failed, and something has changed");
        return;
    }
    for (struct table_entry *e = table_first(&outcome->operations->by_name); e;
         e = table_next(e)) {
        judge(e->value, has_prefix);
        count++;
    }
    broken_unless(count <= BOUNDS_IMPORT_MAX, "FC-10", "%zu are imported",
                  count);
    serving = digest();
}

/* ------------------------------------------------------------- the peer */

/* The first stream of ours on which nothing was answered yet. */
static struct port_stream *next_stream(void)
{
    struct port_stream *s = port_at(&port, true, answered);

    return s && !s->is_in_over && !s->is_fin_coming ? s : NULL;
}

static void respond(struct port_stream *s, uint32_t which, struct slice output,
                    bool is_error)
{
    static char text[LIST_MAX + TEXT_MAX];
    int len = is_error ? 0
                       : snprintf(text, sizeof text, "{\"output\":%.*s}",
                                  (int)output.len, (const char *)output.data);

    importing_hear(&port, s, which, is_error ? "error" : "responded",
                   is_error ? output : slice_make(text, (size_t)len), false);
}

/* A name, as JSON: of those that mean something, or as it stands there. */
static int print_name(char *text, size_t room)
{
    static const char *const names[] = {
        "\"o/0\"",       "\"a/c\"",      "\"/a/b\"", "\"services/list\"",
        "\"\"",          "\"o/1\"",      "7",        "\"//x/y\"",
        "\"o\\u002f0\"", "\"peer/o/0\"", "\"o/2\""};
    const uint32_t which = feed_byte(&feed) % 12;
    struct slice raw;

    if (which < 11)
        return snprintf(text, room, "%s", names[which]);
    raw = feed_piece(&feed);
    return snprintf(text, room, "%.*s", (int)raw.len, (const char *)raw.data);
}

/* More than anybody may have. */
static size_t print_crowd(char *text, size_t room)
{
    size_t len = 0;

    for (uint32_t i = 0; i <= BOUNDS_IMPORT_MAX; i++)
        len += (size_t)snprintf(text + len, room - len, "%s{\"name\":\"%x\"}",
                                i ? "," : "", i);
    return len;
}

static size_t print_some(char *text, size_t room, uint32_t count)
{
    size_t len = 0;

    for (uint32_t i = 0; i < count; i++) {
        char name[256];

        (void)print_name(name, sizeof name);
        len += (size_t)snprintf(text + len, room - len, "%s{\"name\":%s}",
                                i ? "," : "", name);
    }
    return len;
}

static struct slice list(void)
{
    static char text[LIST_MAX];
    const uint32_t count = feed_byte(&feed);
    size_t len = (size_t)snprintf(text, sizeof text, "{\"operations\":[");

    if (count == 255 && has_crowd) {
        has_crowd = false;
        len += print_crowd(text + len, sizeof text - len);
    } else {
        len += print_some(text + len, sizeof text - len, count % 6);
    }
    len += (size_t)snprintf(text + len, sizeof text - len, "]}");
    return slice_make(text, len);
}

static struct slice schema(void)
{
    static char text[TEXT_MAX];
    static const char *const kinds[] = {"\"query\"", "\"mutation\"",
                                        "\"subscription\"", "\"other\"", "1"};
    static const char *const accesses[] = {
        "{}", "null", "7", "{\"required_scopes\":[\"s0\"],\"more\":1}",
        "{\"required_scopes\":7}"};
    static const char *const extras[] = {
        "",
        ",\"visibility\":\"external\"",
        ",\"error_schemas\":[{\"code\":\"OUCH\"},{\"code\":\"INTERNAL\"},7]",
        ",\"remote_safe\":true,\"capabilities\":{\"key\":1}",
        ",\"input_schema\":{\"$ref\":\"#\",\"type\":[]}",
        ",\"output_schema\":7"};
    const uint32_t how = feed_byte(&feed), more = feed_byte(&feed);
    int len =
        snprintf(text, sizeof text,
                 "{\"name\":\"z\",\"op_type\":%s,\"access_control\":%s%s}",
                 kinds[how % 5], accesses[how / 5 % 5], extras[more % 6]);

    return slice_make(text, (size_t)len);
}

static struct slice anything(void)
{
    return feed_piece(&feed);
}

static void say(struct slice (*what)(void), bool is_error)
{
    struct port_stream *s = next_stream();
    const uint32_t which = answered;

    if (!s || which >= port.ours_count || which >= PORT_OURS_MAX)
        return;
    answered++;
    respond(s, which, what(), is_error);
}

static void say_list(void)
{
    say(list, false);
}

static void say_schema(void)
{
    say(schema, false);
}

static void say_anything(void)
{
    say(anything, false);
}

static struct slice refusal(void)
{
    static const char *const errors[] = {
        "{\"code\":\"FORBIDDEN\",\"message\":\"\",\"retryable\":false}",
        "{\"code\":\"TIMEOUT\",\"message\":\"\",\"retryable\":true}", "{}"};

    return slice_of(errors[feed_byte(&feed) % 3]);
}

static void say_no(void)
{
    say(refusal, true);
}

/* Again, to a question that was answered, or on another stream. */
static void say_again(void)
{
    const uint32_t what = feed_byte(&feed);
    struct port_stream *s =
        what & 1 ? port_opens(&port)
                 : port_at(&port, true, what / 2 % PORT_STREAMS_MAX);

    if (s && !s->is_in_over && port.ours_count > 0)
        respond(s,
                what / 2 %
                    (port.ours_count < PORT_OURS_MAX ? port.ours_count
                                                     : PORT_OURS_MAX),
                what & 64 ? list() : schema(), false);
}

/* The whole of a good talk, so that something is there: what we pass on, or
 * have ourselves. */
static void serve_well(void)
{
    static char good[] = "{\"operations\":[{\"name\":\"o/0\"}]}";
    static const char spec[] = "{\"name\":\"o/0\",\"op_type\":\"query\"}";
    struct port_stream *s = next_stream();

    good[sizeof good - sizeof "0\"}]}"] = "0023"[feed_byte(&feed) % 4];

    for (int i = 0; i < 2 && s && answered < port.ours_count; i++) {
        respond(s, answered++, slice_of(i ? spec : good), false);
        while (port_poll(&port, SIZE_MAX, true))
            ;
        s = next_stream();
    }
}

static void end(struct port_stream *s)
{
    port_hear(s, slice_make(NULL, 0), true);
    port_arrive(&port, s, 0);
}

static void lose(void)
{
    const uint32_t what = feed_byte(&feed);
    struct port_stream *s = port_at(&port, true, what / 4 % PORT_STREAMS_MAX);

    if (!s)
        return;
    if (what % 4 == 0)
        port_reset(&port, s);
    else if (what % 4 == 1)
        port_stop(&port, s);
    else if (what % 4 == 2)
        port_gone(&port, s);
    else
        end(s);
}

/* ------------------------------------------------------------- our side */

static void import(void)
{
    const uint32_t how = feed_byte(&feed);
    const struct from_call_terms terms = {
        .prefix = slice_of(how & 1 ? STOCK_PREFIX : ""),
        .filter = (how & 6) == 6 ? &filter : NULL};

    if (import_count == IMPORTS_MAX)
        return;
    is_prefixed[import_count] = how & 1;
    is_told[import_count] = false;
    party.talks++;
    from_call_import(
        port.c, &terms,
        (struct operation_adapter_waiter){told, &is_told[import_count++]});
    while (port_poll(&port, SIZE_MAX, true))
        ;
}

static void poll(void)
{
    while (port_poll(&port, SIZE_MAX, true))
        ;
    port_check(&port, party_paused(&party));
}

static void work(void)
{
    struct party_job *job = party_running(&party, feed_byte(&feed));

    if (job)
        party_work(&party, job);
}

static void hear_request(struct port_stream *s, uint32_t op)
{
    static char body[] =
        "\0\0\0\0{\"type\":\"call.requested\",\"id\":\"a\",\"payload\":"
        "{\"operationId\":\"/o/0\",\"input\":1}}";

    body[3] = (char)(sizeof body - 5);
    body[sizeof body - sizeof "0\",\"input\":1}}"] = (char)('0' + op);
    port_expect(s, slice_of("a"), op == 1);
    port_hear(s, slice_make(body, sizeof body - 1), true);
    port_arrive(&port, s, SIZE_MAX);
}

/* The peer asks for what passes its question back to it, for what is ours, or
 * for what is not: [OC-6] whatever was imported under these names, nobody but
 * us is asked. */
static void ask(void)
{
    const uint32_t op = feed_byte(&feed) % 4, ran = party.job_count;
    struct port_stream *s = port_opens(&port);
    uint32_t asked;

    if (!s)
        return;
    poll();
    asked = port.ours_count;
    hear_request(s, op);
    broken_unless(op != OURS || party.job_count > ran || ran == PARTY_JOBS_MAX,
                  "OC-6", "an import is asked in place of what is ours");
    if (op != NOT_OURS)
        return;
    poll();
    broken_unless(port.ours_count == asked, "OC-6",
                  "an import is asked that we do not offer");
}

static void wait(void)
{
    party_wait(&party, feed_byte(&feed) & 1 ? 31000000000u : 1000000);
}

/* ------------------------------------------------------------- exactly */

static bool is_attached(const struct connection *c)
{
    for (const struct overlay *o = c->commons->overlays.first; o; o = o->next)
        for (const struct overlay_link *l = o->links; l; l = l->earlier)
            if (l->operations == &c->imported)
                return true;
    return false;
}

static void said(void *self, struct port_stream *s, const struct event *e)
{
    importing_said(self, s, e);
}

/* One, two or three imports over a connection of its own, each in place of the
 * one before it if it succeeds. [PE-8] Whoever has an id, and serves, is a
 * peer; nobody else. */
static void import_exactly(void)
{
    const uint32_t how = feed_byte(&feed),
                   who = how & 16 ? GATE_NOBODY : how & 15;
    struct connection *c =
        node_add(party.node, stock_key(who), (struct peer_filter){true});

    port_begin(&other.port, party.node, c, 0);
    port_grant(&other.port, PORT_STREAMS_MAX);
    importing_begin(&other.importing, &party, &other.port);
    for (uint32_t i = 0; i <= (how >> 5) % 3; i++) {
        catalogue_feed(&other.importing.said, &feed);
        importing_run(&other.importing);
        broken_unless(!is_attached(c) ||
                          (who != GATE_NOBODY && !other.importing.is_lost),
                      "PE-8", "nobody is a peer");
        port_check(&other.port, 0);
    }
    port_cut(&other.port);
    port_end(&other.port);
}

/* ------------------------------------------------------------- the program */

static void connect(void)
{
    port_begin(&port, party.node,
               node_add(party.node, stock_key(3), (struct peer_filter){true}),
               0);
    port.input = feed.rest;
    port_grant(&port, PORT_STREAMS_MAX);
    answered = 0;
    serving = 0;
}

static void reconnect(void)
{
    if (feed_byte(&feed) & 3)
        return;
    port_cut(&port);
    port_end(&port);
    connect();
}

static void step(void)
{
    static void (*const steps[])(void) = {
        import,     import,     say_list,     say_list,       say_schema,
        say_schema, say_schema, poll,         poll,           say_no,
        say_again,  serve_well, say_anything, lose,           work,
        ask,        wait,       reconnect,    import_exactly,
    };

    steps[feed_byte(&feed) % (sizeof steps / sizeof *steps)]();
    party_check(&party);
    broken_unless(digest() == serving, "FC-10",
                  "what is imported changed, and nobody was told");
}

/* Two operations of ours which offer what may be imported, and one that does
 * its work itself. */
static void setup(void)
{
    static const struct gate_op ops[GATE_OPS] = {
        {.exists = true, .is_offer = true, .composer = 15},
        {.exists = true,
         .is_feed = true,
         .is_offer = true,
         .offered = 1,
         .composer = 15},
        [OURS] = {.exists = true}};

    stock_setup();
    party_offer(&party, ops);
    strings_add(&filter, slice_of("o/0"));
    other.port.said = said;
    other.port.self = &other.importing;
}

static void run(struct slice input)
{
    feed = (struct feed){input};
    has_crowd = feed_once_in(&feed, 256);
    import_count = 0;
    party_begin(&party, &feed);
    connect();
    for (int i = 0; i < STEPS_MAX && !feed_is_over(&feed); i++)
        step();
    poll();
    port_cut(&port);
    party_end(&party);
    port_end(&port);
    for (uint32_t i = 0; i < import_count; i++)
        broken_unless(is_told[i], "AD-1", "an import is never told");
}

const struct target target_import = {
    .name = "import",
    .promise = "Whatever a peer says that it serves, an import is told once, "
               "and all of it is taken, as internal leaves, or none; of a peer "
               "that speaks well, or is wrong in one way, it is foretold "
               "exactly.",
    .rules = "AB-9 AB-24 AB-32 AD-1 AD-3 CL-1 CN-3 CN-6 CN-8 CN-17 CP-8 ES-4 "
             "EV-1 EV-2 EV-4 EV-6 FC-1 FC-2 FC-3 FC-6 FC-9 FC-10 FL-13 FR-1 "
             "FR-3 FR-4 FR-8 FR-14 FW-13 HR-2 HR-3 ID-2 LG-1 OC-6 OS-4 PE-8 "
             "PM-1 PM-8 PM-13 SM-2 SM-12 SM-25 SM-26 SU-4 SU-8 SU-9 SU-13 "
             "SU-16 VI-6",
    .setup = setup,
    .run = run,
};

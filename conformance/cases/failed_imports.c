/* SPDX-License-Identifier: MIT */
/*
 * Imports that come to nothing: each says why in one of five words, leaves
 * nothing behind, and keeps nobody from importing the same again.
 */
#include "conformance/cases/hub.h"

extern const struct case_list failed_imports_cases;

static void collision(struct scene *s)
{
    static const struct import_operation twice[] = {
        {.name = "fs/write"}, {.name = "fs/read"}, {.name = "fs/read"}, {0}};
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "");

    import_serve(i, twice);
    verify_import_failed(i, "same_peer_collision");
    hub_absent(&h, "fs/write");
    hub_absent(&h, "fs/read");
    import_all(h.b, hub_files);
    hub_served(h.a, HUB, "fs/read", "peer-b", h.b);
    hub_silence(&h);
}

/* What we do with one of its questions instead of an answer. */
struct mishap {
    const char *question; /* for which operation … */
    size_t after;         /* … behind so many that were answered */
    const char *code;     /* it is refused so; or NULL … */
    const char *output;   /* … this is answered; or NULL … */
    bool is_closed;       /* … the testee closes the connection, or we go */
    const char *kind;     /* what is reported */
};

static void befall(const struct ask_request *r, const struct mishap *m)
{
    if (m->code)
        ask_fail(r, m->code, false, NULL);
    else if (m->output)
        ask_respond(r, m->output);
    else if (m->is_closed)
        conn_close(ask_conn(r), 0);
    else
        conn_drop(ask_conn(r));
}

/* Answers until the question comes that it is about. */
static const struct ask_request *question_of(struct conn *c,
                                             const struct mishap *m)
{
    const struct ask_request *r = ask_take(c);

    for (size_t seen_before = 0;; r = ask_take(c)) {
        if (strcmp(r->name, m->question) == 0 && seen_before++ == m->after)
            return r;
        import_answer(r, hub_files);
    }
}

static void comes_to_nothing(struct scene *s)
{
    const struct mishap *m = scene_data(s);
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "");

    befall(question_of(h.b, m), m);
    if (!conn_is_closed(h.b))
        import_serve(i, hub_files);
    verify_import_failed(i, m->kind);
    if (conn_is_closed(h.b))
        h.b = conn_open_as(s, STAGE_KEY_B);
    hub_absent(&h, "fs/read");
    hub_absent(&h, "fs/write");
    import_all(h.b, hub_files);
    hub_served(h.a, HUB, "fs/write", "peer-b", h.b);
    hub_silence(&h);
}

/* It may tell us that it does not wait any longer [TO-3]. */
static void not_in_time(struct scene *s)
{
    const struct mishap *m = scene_data(s);
    struct import *i;
    struct hub h;

    stage_timeout(s, 2000);
    h = hub_begin(s, 2);
    i = import_begin(h.b, "");
    (void)question_of(h.b, m);
    scene_settle(s);
    verify_that(s, !import_has_ended(i), "an import that waits", "its end");
    scene_advance(s, 12 * SHAPES_S);
    verify_import_failed(i, m->kind);
    hub_refused(h.a, HUB, "fs/read", "peer-b", "NOT_FOUND");
    import_all(h.b, hub_files);
    hub_served(h.a, HUB, "fs/read", "peer-b", h.b);
}

#define LIST "services/list"
#define SCHEMA "services/schema"

static const struct mishap list_refused = {
    .question = LIST, .code = "BUSY", .kind = "discovery_failed"};
static const struct mishap list_absent = {
    .question = LIST, .code = "NOT_FOUND", .kind = "discovery_failed"};
static const struct mishap list_forbidden = {
    .question = LIST, .code = "FORBIDDEN", .kind = "unauthorized"};
static const struct mishap list_is_text = {
    .question = LIST, .output = "\"fs/read\"", .kind = "schema_parse"};
static const struct mishap list_of_others = {
    .question = LIST, .output = "{\"services\":[]}", .kind = "schema_parse"};
static const struct mishap list_nameless = {
    .question = LIST,
    .output = "{\"operations\":[{\"namespace\":\"fs\",\"op_type\":\"query\"}]}",
    .kind = "schema_parse"};
static const struct mishap list_lost = {.question = LIST, .kind = "transport"};
static const struct mishap schema_absent = {.question = SCHEMA,
                                            .after = 1,
                                            .code = "NOT_FOUND",
                                            .kind = "discovery_failed"};
static const struct mishap schema_broken = {.question = SCHEMA,
                                            .after = 1,
                                            .code = "INTERNAL",
                                            .kind = "discovery_failed"};
static const struct mishap schema_forbidden = {.question = SCHEMA,
                                               .after = 1,
                                               .code = "FORBIDDEN",
                                               .kind = "unauthorized"};
static const struct mishap schema_is_number = {
    .question = SCHEMA, .after = 1, .output = "7", .kind = "schema_parse"};
static const struct mishap schema_of_odd_type = {
    .question = SCHEMA,
    .after = 1,
    .output = "{\"name\":\"fs/write\",\"namespace\":\"fs\",\"op_type\":"
              "\"Mutation\",\"visibility\":\"external\",\"input_schema\":{},"
              "\"output_schema\":{},\"error_schemas\":[],"
              "\"access_control\":{\"required_scopes\":[],"
              "\"required_scopes_any\":null,\"resource_type\":null,"
              "\"resource_action\":null}}",
    .kind = "schema_parse"};
static const struct mishap schema_lost = {
    .question = SCHEMA, .after = 1, .kind = "transport"};
static const struct mishap schema_closed = {
    .question = SCHEMA, .after = 1, .is_closed = true, .kind = "transport"};

#define MISHAP(slug, rule, what, which)                                        \
    {                                                                          \
        .id = "peers.import." slug, .rules = rule, .claim = what,              \
        .needs = "import", .axes = HUB_AXES, .run = comes_to_nothing,          \
        .is_negative = true, .twin = "peers.import.names", .data = which       \
    }

#define LATE(slug, what, which)                                                \
    {                                                                          \
        .id = "peers.import." slug, .rules = "AD-3 AD-2", .claim = what,       \
        .needs = "import timeouts", .axes = HUB_AXES_L1, .run = not_in_time,   \
        .is_negative = true, .twin = "peers.import.names", .data = which       \
    }

static const struct conf_case cases[] = {
    {
        .id = "peers.import.collision",
        .rules = "FC-7 AD-2 FC-10",
        .claim = "A peer that lists a name twice fails its import with "
                 "same_peer_collision, and nothing of it is there.",
        .needs = "import",
        .axes = HUB_AXES,
        .run = collision,
        .is_negative = true,
        .twin = "peers.import.names",
    },
    MISHAP("list-refused", "AD-3 AD-2",
           "An import whose list is refused says discovery_failed, and "
           "nothing is there.",
           &list_refused),
    MISHAP("list-absent", "AD-3 AD-2",
           "An import of a peer without a list says discovery_failed.",
           &list_absent),
    MISHAP("list-forbidden", "AD-3 AD-2",
           "An import that may not see the list says unauthorized.",
           &list_forbidden),
    MISHAP("list-is-text", "AD-3 AD-2",
           "An import whose list is a string says schema_parse.",
           &list_is_text),
    MISHAP("list-of-others", "AD-3 AD-2",
           "An import whose answer has no operations says schema_parse.",
           &list_of_others),
    MISHAP("list-nameless", "AD-3 AD-2",
           "An import of an operation without a name says schema_parse.",
           &list_nameless),
    MISHAP("list-lost", "AD-3 AD-2",
           "An import whose connection is lost before the list came says "
           "transport.",
           &list_lost),
    MISHAP("schema-absent", "AD-3 AD-2 FC-10",
           "An import says discovery_failed when one schema is not to be had, "
           "and nothing is there.",
           &schema_absent),
    MISHAP("schema-broken", "AD-3 AD-2 FC-10",
           "An import says discovery_failed when asking for a schema fails.",
           &schema_broken),
    MISHAP("schema-forbidden", "AD-3 AD-2 FC-10",
           "An import that may not see a schema says unauthorized.",
           &schema_forbidden),
    MISHAP("schema-is-number", "AD-3 AD-2 FC-10",
           "An import says schema_parse when a schema is a number.",
           &schema_is_number),
    MISHAP("unknown-type", "OT-3 AD-3",
           "An import says schema_parse when an operation is of a type that "
           "nobody knows, however it is written.",
           &schema_of_odd_type),
    MISHAP("schema-lost", "AD-3 AD-2 FC-11",
           "An import whose connection is lost before the last schema came "
           "says transport.",
           &schema_lost),
    MISHAP("schema-closed", "AD-3 AD-2 FC-11",
           "An import whose connection is closed under it says transport.",
           &schema_closed),
    LATE("list-late",
         "An import whose list does not come in time says transport.",
         &list_lost),
    LATE("schema-late",
         "An import says transport when a schema does not come in time.",
         &schema_lost),
};

const struct case_list failed_imports_cases = {cases,
                                               sizeof cases / sizeof cases[0]};

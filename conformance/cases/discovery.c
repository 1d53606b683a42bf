/* SPDX-License-Identifier: MIT */
/*
 * Discovery agrees with dispatch: what is listed can be called, what cannot be
 * called is neither listed nor described.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list discovery_cases;

#define EVERYWHERE                                                             \
    {                                                                          \
        .profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH                    \
    }

/* An input that is good for none of them still tells who may call. */
static bool may_call(struct scene *s, struct conn *c, const char *name)
{
    const struct ask_outcome *o = ask_them(c, name, "{}");

    (void)s;
    return o->is_ok || (!slice_equal(o->code, slice_of("NOT_FOUND")) &&
                        !slice_equal(o->code, slice_of("FORBIDDEN")));
}

static bool is_forbidden(struct conn *c, const char *name)
{
    return slice_equal(ask_them(c, name, "{}")->code, slice_of("FORBIDDEN"));
}

static void verify_agrees(struct scene *s, struct conn *c, const char *name)
{
    const struct json *list;
    bool may;

    ask_by_name(s, name);
    list = shapes_listing(c, "");
    may = may_call(s, c, name);
    if (!may && is_forbidden(c, name) &&
        scene_axes(s).profile == PROFILE_REMOTE_SAFE) {
        scene_choice(s, "forbidden-operation-in-the-listing",
                     shapes_listed(list, name) ? "listed" : "hidden");
        return;
    }
    verify_that(s, (shapes_listed(list, name) != NULL) == may,
                may ? "a listing that has what may be called"
                    : "a listing without what may not be called",
                "%s is %slisted", name, may ? "not " : "");
}

static void agrees_with_dispatch(struct scene *s, struct conn *c)
{
    static const char *const names[] = {
        "conf/echo",   "conf/fail",     "conf/sink",    "conf/count",
        "conf/unsafe", "conf/identity", "conf/guarded", "conf/hidden",
        "conf/absent", "conf/Echo",
    };
    const struct json *list = shapes_listing(c, "");

    for (const struct json *item = list->first; item; item = item->next) {
        struct slice name = {0};

        (void)json_get_text(json_find(item, "name"), &name);
        if (slice_starts(name, slice_of("services/")) ||
            slice_equal(name, slice_of("conf/guarded")))
            continue;
        verify_that(s, may_call(s, c, shapes_text(s, name)),
                    "a listing of what may be called", "%.*s, which may not be",
                    (int)name.len, (const char *)name.data);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        verify_agrees(s, c, names[i]);
}

static void agrees_for_anybody(struct scene *s)
{
    agrees_with_dispatch(s, scene_conn(s));
}

static void agrees_for_known(struct scene *s)
{
    shapes_peer_a(s, "conf:guarded");
    agrees_with_dispatch(s, shapes_open_a(s));
}

static void agrees_for_trusted(struct scene *s)
{
    struct conn *c = conn_open(s, &(struct conn_how){.is_trusted = true});

    agrees_with_dispatch(s, c);
    verify_that(s, shapes_listed(shapes_listing(c, ""), "conf/unsafe") != NULL,
                "conf/unsafe in the listing", "it is missing");
}

static void guarded_by_identity(struct scene *s)
{
    struct conn *known;
    struct conn *unknown;

    shapes_peer_a(s, "conf:guarded");
    known = shapes_open_a(s);
    unknown = conn_open(s, &(struct conn_how){.key = STAGE_KEY_B});
    verify_that(
        s, shapes_listed(shapes_listing(known, ""), "conf/guarded") != NULL,
        "conf/guarded listed to who may call it", "it is missing");
    verify_that(s, !shapes_listed(shapes_listing(unknown, ""), "conf/guarded"),
                "conf/guarded hidden from who may not call it", "it is listed");
}

static void token_counts(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct conn *c;
    const struct json *list;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t",
                                       .token = token,
                                       .scopes = "conf:guarded"});
    c = scene_conn(s);
    list = shapes_listing(c, scene_text(s, "\"auth_token\":\"%s\"", token));
    verify_that(s, shapes_listed(list, "conf/guarded") != NULL,
                "conf/guarded listed to the token's identity", "it is missing");
}

static void unsafe_hidden(struct scene *s)
{
    const struct json *list = shapes_listing(scene_conn(s), "");

    verify_that(s, !shapes_listed(list, "conf/unsafe"),
                "conf/unsafe hidden from a filtered peer", "it is listed");
    verify_that(s, shapes_listed(list, "conf/echo") != NULL,
                "conf/echo listed to a filtered peer", "it is missing");
    verify_alive(scene_conn(s));
}

static void exactly_registered(struct scene *s)
{
    static const char *const names[] = {"conf/echo", "services/list",
                                        "services/schema", "other/thing"};
    const struct json *list;

    stage_nothing(s);
    stage_register(s, "services/list", "services/list", "\"remote_safe\":true");
    stage_register(s, "services/schema", "services/schema",
                   "\"remote_safe\":true");
    stage_register(s, "conf/echo", "conf/echo", "\"remote_safe\":true");
    stage_register(s, "other/thing", "conf/count",
                   "\"op_type\":\"mutation\",\"remote_safe\":true");
    stage_register(s, "other/inside", "conf/echo",
                   "\"visibility\":\"internal\",\"remote_safe\":true");
    list = shapes_listing(scene_conn(s), "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        verify_that(s, shapes_listed(list, names[i]) != NULL,
                    "every open operation in the listing", "%s is missing",
                    names[i]);
    verify_that(s, list->count == sizeof names / sizeof names[0],
                "nothing else in the listing", "%zu entries", list->count);
}

/* To compose it is to see as much as on the wire, and not all that can be
 * composed. */
static void composed_listing(struct scene *s)
{
    struct conn *c = scene_conn(s);
    const struct ask_outcome *o = ask_them(
        c, "conf/compose", shapes_compose(s, "services/list", "{}", ""));
    const struct json *list =
        json_find(json_find(o->output, "output"), "operations");

    verify_that(s, json_is(list, JSON_ARRAY), "the listing in the handler",
                "another end");
    verify_that(s, shapes_listed(list, "conf/echo") != NULL,
                "conf/echo in the listing", "it is missing");
    verify_that(s, !shapes_listed(list, "conf/hidden"),
                "a listing without what is internal", "conf/hidden is listed");
}

static void entries(struct scene *s)
{
    const struct json *list;

    stage_register(s, "other/deep/thing", "conf/count",
                   "\"op_type\":\"mutation\",\"remote_safe\":true");
    stage_register(s, "lonely", "conf/echo", "\"remote_safe\":true");
    list = shapes_listing(scene_conn(s), "");
    verify_same(s, "the entry", shapes_listed(list, "conf/echo"),
                "{\"name\":\"conf/echo\",\"namespace\":\"conf\","
                "\"op_type\":\"query\"}");
    verify_same(s, "the entry", shapes_listed(list, "other/deep/thing"),
                "{\"name\":\"other/deep/thing\",\"namespace\":\"other\","
                "\"op_type\":\"mutation\"}");
    verify_same(s, "the entry", shapes_listed(list, "lonely"),
                "{\"name\":\"lonely\",\"namespace\":\"lonely\","
                "\"op_type\":\"query\"}");
    for (const struct json *item = list->first; item; item = item->next)
        verify_that(s, item->count == 3, "entries of three members",
                    "%zu members", item->count);
}

/* --- schemas */

#define CLOSED                                                                 \
    "{\"required_scopes\":[],\"required_scopes_any\":null,"                    \
    "\"resource_type\":null,\"resource_action\":null}"

static const struct ask_outcome *schema(struct conn *c, const char *name)
{
    return ask_them(c, "services/schema",
                    scene_text(conn_scene(c), "{\"name\":\"%s\"}", name));
}

static void all_members(struct scene *s)
{
    static const char *const keys[] = {
        "name",         "namespace",     "op_type",       "visibility",
        "input_schema", "output_schema", "error_schemas", "access_control"};
    const struct ask_outcome *o;

    o = schema(scene_conn(s), "conf/echo");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        verify_that(s, json_count(o->output, keys[i]) == 1,
                    "all eight members in the schema", "not one %s", keys[i]);
    if (!stage_is_ours(s))
        return;
    verify_output(s, o,
                  "{\"name\":\"conf/echo\",\"namespace\":\"conf\",\"op_type\":"
                  "\"query\",\"visibility\":\"external\",\"input_schema\":{},"
                  "\"output_schema\":{},\"error_schemas\":[],"
                  "\"access_control\":" CLOSED "}");
}

static void as_registered(struct scene *s)
{
    struct conn *c;

    shapes_peer_a(s, "a b c");
    stage_register(
        s, "other/deep/thing", "conf/count",
        "\"op_type\":\"mutation\",\"remote_safe\":true,\"input_schema\":"
        "{\"type\":\"object\"},\"output_schema\":{\"type\":\"object\","
        "\"properties\":{\"count\":{\"type\":\"integer\"}}},"
        "\"access\":{\"required_scopes\":[\"a\",\"b\"],"
        "\"required_scopes_any\":[\"c\"]},"
        "\"error_schemas\":[{\"code\":\"FULL\",\"description\":\"no room\","
        "\"schema\":{\"type\":\"object\"},\"http_status\":429},"
        "{\"code\":\"GONE_AWAY\",\"description\":\"d\",\"schema\":{},"
        "\"http_status\":null}]");
    c = shapes_open_a(s);
    verify_output(
        s, schema(c, "other/deep/thing"),
        "{\"name\":\"other/deep/thing\",\"namespace\":\"other\",\"op_type\":"
        "\"mutation\",\"visibility\":\"external\",\"input_schema\":{\"type\":"
        "\"object\"},\"output_schema\":{\"type\":\"object\",\"properties\":"
        "{\"count\":{\"type\":\"integer\"}}},\"error_schemas\":[{\"code\":"
        "\"FULL\",\"description\":\"no room\",\"schema\":{\"type\":"
        "\"object\"},\"http_status\":429},{\"code\":\"GONE_AWAY\","
        "\"description\":\"d\",\"schema\":{},\"http_status\":null}],"
        "\"access_control\":{\"required_scopes\":[\"a\",\"b\"],"
        "\"required_scopes_any\":[\"c\"],\"resource_type\":null,"
        "\"resource_action\":null}}");
}

static void describes_itself(struct scene *s)
{
    static const char *const names[] = {"services/list", "services/schema"};
    struct conn *c = scene_conn(s);
    const struct json *list = shapes_listing(c, "");

    for (size_t i = 0; i < 2; i++) {
        const struct json *spec = schema(c, names[i])->output;

        verify_that(s, shapes_listed(list, names[i]) != NULL,
                    "discovery in the listing", "%s is missing", names[i]);
        verify_same(s, "op_type", json_find(spec, "op_type"), "\"query\"");
        verify_same(s, "visibility", json_find(spec, "visibility"),
                    "\"external\"");
        verify_same(s, "access_control", json_find(spec, "access_control"),
                    CLOSED);
        verify_same(s, "error_schemas", json_find(spec, "error_schemas"), "[]");
    }
}

static void name_with_slash(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_same(s, "the name",
                json_find(schema(c, "/conf/echo")->output, "name"),
                "\"conf/echo\"");
    verify_error(s, schema(c, "//conf/echo"), "NOT_FOUND", false);
}

static void unknown_name(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_error(s, schema(c, "conf/absent"), "NOT_FOUND", false);
    verify_error(s, schema(c, "conf/Echo"), "NOT_FOUND", false);
    verify_error(s, schema(c, ""), "NOT_FOUND", false);
    verify_alive(c);
}

static void name_missing(struct scene *s)
{
    static const char *const inputs[] = {"{}",
                                         "null",
                                         "{\"name\":5}",
                                         "{\"name\":null}",
                                         "{\"name\":[\"conf/echo\"]}",
                                         "\"conf/echo\""};
    struct conn *c = scene_conn(s);

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        verify_error(s, ask_them(c, "services/schema", inputs[i]),
                     "INVALID_INPUT", false);
    verify_alive(c);
}

static const struct conf_case cases[] = {
    {
        .id = "discovery.list.agrees-for-anybody",
        .rules = "SL-2 SL-3 LG-8 VI-3",
        .needs = "discovery",
        .claim = "Nobody in particular is shown exactly what it may call.",
        .axes = EVERYWHERE,
        .run = agrees_for_anybody,
    },
    {
        .id = "discovery.list.agrees-for-known",
        .rules = "SL-2 SL-3 LG-8 VI-3",
        .needs = "discovery access",
        .claim = "A known peer is shown exactly what it may call.",
        .axes = EVERYWHERE,
        .run = agrees_for_known,
    },
    {
        .id = "discovery.list.agrees-for-trusted",
        .rules = "SL-2 LG-3 LG-8",
        .needs = "discovery",
        .claim = "A trusted peer is shown also what is not remote-safe.",
        .axes = {.dial = DIAL_THEM},
        .run = agrees_for_trusted,
    },
    {
        .id = "discovery.list.by-identity",
        .rules = "SL-3",
        .needs = "discovery access",
        .claim = "A restricted operation is listed to who may call it and to "
                 "nobody else.",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = guarded_by_identity,
    },
    {
        .id = "discovery.list.by-token",
        .rules = "SL-3 AU-3",
        .needs = "discovery access tokens",
        .claim = "A restricted operation is listed to the identity of a token.",
        .axes = EVERYWHERE,
        .run = token_counts,
    },
    {
        .id = "discovery.list.filtered",
        .rules = "SL-7 LG-8",
        .needs = "discovery",
        .claim = "A peer that a default-deny node dialled is not shown what is "
                 "not remote-safe.",
        .twin = "discovery.list.agrees-for-trusted",
        .is_negative = true,
        .axes = {.dial = DIAL_THEM},
        .run = unsafe_hidden,
    },
    {
        .id = "discovery.list.exactly-registered",
        .rules = "SL-2 SL-5 SD-3 SD-4 VI-3",
        .needs = "discovery",
        .claim = "A listing has every open operation that was registered, "
                 "discovery included, and nothing else.",
        .run = exactly_registered,
    },
    {
        .id = "discovery.list.composed",
        .rules = "SL-2 VI-3",
        .needs = "discovery compose",
        .claim = "A handler that composes the listing is shown no internal "
                 "operation either.",
        .twin = "discovery.list.agrees-for-anybody",
        .is_negative = true,
        .axes = EVERYWHERE,
        .run = composed_listing,
    },
    {
        .id = "discovery.list.entries",
        .rules = "SL-1 OT-1 OS-4 OS-5",
        .needs = "discovery",
        .claim = "An entry has exactly name, namespace and type.",
        .run = entries,
    },
    {
        .id = "discovery.schema.all-members",
        .rules = "SS-1 OS-1 OS-3 AC-4",
        .needs = "discovery",
        .claim = "A schema has all eight members, with an empty list and nulls "
                 "where there is nothing.",
        .axes = EVERYWHERE,
        .run = all_members,
    },
    {
        .id = "discovery.schema.as-registered",
        .rules = "SS-1 SS-5 OS-1 OS-3 AC-4 OT-1 ED-1 ED-2 ES-4",
        .needs = "discovery access",
        .claim = "A schema says what the operation was registered with.",
        .run = as_registered,
    },
    {
        .id = "discovery.schema.of-discovery",
        .rules = "SD-1 SD-3",
        .needs = "discovery",
        .claim = "Discovery lists and describes itself as open, external "
                 "queries without errors of their own.",
        .run = describes_itself,
    },
    {
        .id = "discovery.schema.slash",
        .rules = "OS-7",
        .needs = "discovery",
        .claim = "One slash before the name asked for is taken off, and a "
                 "second is not.",
        .run = name_with_slash,
    },
    {
        .id = "discovery.schema.unknown",
        .rules = "SS-3",
        .needs = "discovery",
        .claim = "The schema of an unknown name is NOT_FOUND.",
        .twin = "discovery.schema.all-members",
        .is_negative = true,
        .run = unknown_name,
    },
    {
        .id = "discovery.schema.no-name",
        .rules = "SS-2",
        .needs = "discovery",
        .claim = "A schema request without a name that is a string is "
                 "INVALID_INPUT.",
        .twin = "discovery.schema.all-members",
        .is_negative = true,
        .run = name_missing,
    },
};

const struct case_list discovery_cases = {cases,
                                          sizeof cases / sizeof cases[0]};

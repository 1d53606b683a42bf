/* SPDX-License-Identifier: MIT */
/*
 * services/list-peers: what the node's peers serve it, beside what it serves
 * itself. Most cases ask for several callers at the same time: what one is
 * shown is kept from another.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list list_peers_cases;

#define LISTING "services/list-peers"

/* Access control as a peer tells of it: all four members. */
#define WANTS(scopes)                                                          \
    "{\"required_scopes\":[" scopes "],\"required_scopes_any\":null,"          \
    "\"resource_type\":null,\"resource_action\":null}"
#define WANTS_ANY(scopes)                                                      \
    "{\"required_scopes\":[],\"required_scopes_any\":[" scopes                 \
    "],\"resource_type\":null,\"resource_action\":null}"
#define WANTS_FILE                                                             \
    "{\"required_scopes\":[],\"required_scopes_any\":null,"                    \
    "\"resource_type\":\"file\",\"resource_action\":\"read\"}"

static const struct import_operation ours[] = {
    {.name = "far/look"}, {.name = "far/push", .op_type = "mutation"}, {0}};

/* The answer to a caller, `more` being further members of its request. */
static const struct json *listed_to(struct conn *c, const char *more)
{
    struct scene *s = conn_scene(c);
    const struct ask_outcome *o =
        ask_answer(c, ask_send(c, LISTING, "{}", more));

    verify_that(s,
                o->is_ok && json_is(json_find(o->output, "peers"), JSON_ARRAY),
                "an output with the list `peers`", "%s",
                o->is_ok ? "another output" : "an error");
    return o->output;
}

static const struct json *entry_of(const struct json *output,
                                   const char *peer_id)
{
    const struct json *entry = json_find(output, "peers")->first;

    while (entry && !json_is_text(json_find(entry, "peer_id"), peer_id))
        entry = entry->next;
    return entry;
}

/* What stands there of a peer; NULL: it is left out. */
static const struct json *served_by(const struct json *output,
                                    const char *peer_id)
{
    return json_find(entry_of(output, peer_id), "operations");
}

static bool shows(const struct json *output, const char *peer_id,
                  const char *name)
{
    return shapes_listed(served_by(output, peer_id), name) != NULL;
}

/* Of that peer's operations exactly these are shown: words with blanks
 * between. */
static void verify_shown(struct scene *s, const struct json *output,
                         const char *peer_id, const char *names)
{
    const struct json *list = served_by(output, peer_id);
    struct slice words = slice_of(names);
    struct slice word;
    size_t count = 0;

    for (; (word = case_word(&words)).len > 0; count++)
        verify_that(s, shows(output, peer_id, shapes_text(s, word)),
                    scene_text(s, "%.*s under %s", (int)word.len,
                               (const char *)word.data, peer_id),
                    "it is missing");
    verify_that(s, (list ? list->count : 0) == count,
                scene_text(s, "%zu operations under %s", count, peer_id), "%zu",
                list ? list->count : 0);
}

/* --- its form */

static void verify_form(struct scene *s, const struct json *output)
{
    verify_that(s, output->count == 1, "an object with `peers` alone",
                "%zu members", output->count);
    for (const struct json *e = json_find(output, "peers")->first; e;
         e = e->next) {
        const struct json *list = json_find(e, "operations");

        verify_that(s,
                    e->count == 2 &&
                        json_is(json_find(e, "peer_id"), JSON_STRING) &&
                        json_is(list, JSON_ARRAY),
                    "entries of a peer_id and operations", "another entry");
        for (const struct json *o = list->first; o; o = o->next)
            verify_that(s,
                        o->count == 3 && json_find(o, "name") &&
                            json_find(o, "namespace") &&
                            json_find(o, "op_type"),
                        "operations of name, namespace and op_type",
                        "another operation");
    }
}

static void no_peers(struct scene *s)
{
    const struct json *output = listed_to(scene_conn(s), "");

    verify_form(s, output);
    verify_that(s, shows(output, "local", "conf/echo"), "conf/echo under local",
                "it is missing");
    verify_that(s, json_find(output, "peers")->count == 1,
                "no entry but the own one", "%zu entries",
                json_find(output, "peers")->count);
}

static void form(struct scene *s)
{
    const struct json *output;
    struct conn *a;

    stage_peers(s, 2, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    import_all(a, ours);
    output = listed_to(conn_open_as(s, STAGE_KEY_B), "");
    verify_form(s, output);
    verify_shown(s, output, "peer-a", "far/look far/push");
    verify_same(s, "the entry",
                shapes_listed(served_by(output, "peer-a"), "far/look"),
                "{\"name\":\"far/look\",\"namespace\":\"far\",\"op_type\":"
                "\"query\"}");
    verify_shown(s, listed_to(a, ""), "peer-a", "far/look far/push");
    verify_conn_silence(a);
}

static void real_types(struct scene *s)
{
    static const struct import_operation table[] = {
        {.name = "far/query"},
        {.name = "far/mutation", .op_type = "mutation"},
        {.name = "far/subscription", .op_type = "subscription"},
        {0}};
    const struct json *list;
    struct conn *a;

    stage_peers(s, 1, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    import_all(a, table);
    list = served_by(listed_to(a, ""), "peer-a");
    for (const struct import_operation *o = table; o->name; o++) {
        const struct json *type =
            json_find(shapes_listed(list, o->name), "op_type");

        verify_that(s, json_is_text(type, o->name + strlen("far/")),
                    scene_text(s, "the real type of %s", o->name),
                    "another type, or no entry");
    }
}

static void under_prefix(struct scene *s)
{
    const struct json *output;
    struct import *i;
    struct conn *a;

    stage_peers(s, 1, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    i = import_begin(a, "\"prefix\":\"east\"");
    import_serve(i, ours);
    verify_imported(i, "[\"east/far/look\",\"east/far/push\"]");
    output = listed_to(a, "");
    verify_shown(s, output, "peer-a", "east/far/look east/far/push");
    verify_same(s, "the entry",
                shapes_listed(served_by(output, "peer-a"), "east/far/look"),
                "{\"name\":\"east/far/look\",\"namespace\":\"east\","
                "\"op_type\":\"query\"}");
}

static void each_its_own(struct scene *s)
{
    static const struct import_operation others[] = {
        {.name = "far/look", .op_type = "mutation"}, {.name = "b/only"}, {0}};
    const struct json *output;

    stage_peers(s, 2, NULL);
    import_all(conn_open_as(s, STAGE_KEY_A), ours);
    import_all(conn_open_as(s, STAGE_KEY_B), others);
    output = listed_to(conn_open(s, NULL), "");
    verify_shown(s, output, "peer-a", "far/look far/push");
    verify_shown(s, output, "peer-b", "far/look b/only");
    verify_same(
        s, "the type at peer-b",
        json_find(shapes_listed(served_by(output, "peer-b"), "far/look"),
                  "op_type"),
        "\"mutation\"");
    verify_same(
        s, "the type at peer-a",
        json_find(shapes_listed(served_by(output, "peer-a"), "far/look"),
                  "op_type"),
        "\"query\"");
}

/* --- what is one's own */

/* The listing and the entry are the same set of the same entries. */
static void verify_local(struct conn *c, const char *more)
{
    struct scene *s = conn_scene(c);
    const struct json *list = shapes_listing(c, more);
    const struct json *entry = served_by(listed_to(c, more), "local");

    verify_that(s, entry && entry->count == list->count,
                scene_text(s, "the %zu operations of services/list under local",
                           list->count),
                "%zu", entry ? entry->count : 0);
    for (const struct json *o = list->first; o; o = o->next) {
        const char *name = shapes_text(s, json_find(o, "name")->text);

        verify_same(s, scene_text(s, "%s under local", name),
                    shapes_listed(entry, name), shapes_text(s, o->source));
    }
}

static void as_services_list(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct conn *a;
    struct conn *nobody;

    shapes_peer_a(s, "conf:guarded");
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t",
                                       .token = token,
                                       .scopes = "conf:guarded"});
    a = shapes_open_a(s);
    nobody = conn_open(s, NULL);
    verify_local(a, "");
    verify_local(nobody, "");
    verify_local(nobody, shapes_with_token(s, token));
    verify_that(s, shows(listed_to(a, ""), "local", "conf/guarded"),
                "conf/guarded under local for who may call it",
                "it is missing");
    verify_that(s, !shows(listed_to(a, ""), "local", "conf/hidden"),
                "conf/hidden shown to nobody", "it is shown");
}

/* --- who is shown what */

static const struct import_operation restricted[] = {
    {.name = "far/open"},
    {.name = "far/x", .access_control = WANTS("\"x\"")},
    {.name = "far/xy", .access_control = WANTS("\"x\",\"y\"")},
    {.name = "far/any", .access_control = WANTS_ANY("\"y\",\"z\"")},
    {.name = "far/none", .access_control = WANTS_ANY("")},
    {.name = "far/file", .access_control = WANTS_FILE},
    {0}};

static void by_its_own_access(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    struct conn *b;

    stage_peers(s, 1, NULL);
    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-b", .key = STAGE_KEY_B, .scopes = "x"});
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-c",
                                       .key = STAGE_KEY_C,
                                       .token = token,
                                       .scopes = "x y",
                                       .resources = "{\"file\":[\"read\"]}"});
    import_all(conn_open_as(s, STAGE_KEY_A), restricted);
    b = conn_open_as(s, STAGE_KEY_B);
    verify_shown(s, listed_to(conn_open(s, NULL), ""), "peer-a", "far/open");
    verify_shown(s, listed_to(b, ""), "peer-a", "far/open far/x");
    verify_shown(s, listed_to(conn_open_as(s, STAGE_KEY_C), ""), "peer-a",
                 "far/open far/x far/xy far/any far/file");
    verify_shown(s, listed_to(b, shapes_with_token(s, token)), "peer-a",
                 "far/open far/x far/xy far/any far/file");
    verify_shown(s, listed_to(b, ""), "peer-a", "far/open far/x");
}

/* Who owns what here says nothing of a peer's resources. */
static void not_by_ownership(struct scene *s)
{
    static const struct import_operation table[] = {
        {.name = "far/file", .access_control = WANTS_FILE}, {0}};

    stage_ownership(s);
    stage_peers(s, 2, NULL);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-c",
                                       .key = STAGE_KEY_C,
                                       .resources = "{\"file\":[\"read\"]}"});
    import_all(conn_open_as(s, STAGE_KEY_A), table);
    stage_grant(s, "peer-b", "file", "f1");
    verify_shown(s, listed_to(conn_open_as(s, STAGE_KEY_B), ""), "peer-a", "");
    verify_shown(s, listed_to(conn_open_as(s, STAGE_KEY_C), ""), "peer-a",
                 "far/file");
}

/* The names are ours as well, with the access the other way round. */
static void not_by_a_namesake(struct scene *s)
{
    static const struct import_operation table[] = {
        {.name = "conf/echo", .access_control = WANTS("\"x\"")},
        {.name = "conf/guarded"},
        {.name = "conf/hidden"},
        {0}};
    const struct json *output;

    stage_peers(s, 1, NULL);
    import_all(conn_open_as(s, STAGE_KEY_A), table);
    output = listed_to(conn_open(s, NULL), "");
    verify_shown(s, output, "peer-a", "conf/guarded conf/hidden");
    verify_that(s, shows(output, "local", "conf/echo"), "conf/echo under local",
                "it is missing");
    verify_that(s, !shows(output, "local", "conf/guarded"),
                "conf/guarded not under local", "it is there");
    verify_that(s, !shows(output, "local", "conf/hidden"),
                "conf/hidden not under local", "it is there");
}

static void kept_by_the_filter(struct scene *s)
{
    struct conn *trusted;
    struct conn *plain;

    stage_peers(s, 2, NULL);
    trusted = conn_open(
        s, &(struct conn_how){.key = STAGE_KEY_A, .is_trusted = true});
    plain = conn_open_as(s, STAGE_KEY_B);
    import_all(trusted, ours);
    verify_shown(s, listed_to(trusted, ""), "peer-a", "far/look far/push");
    verify_shown(s, listed_to(plain, ""), "peer-a", "");
    verify_that(s, shows(listed_to(plain, ""), "local", "conf/echo"),
                "conf/echo under local", "it is missing");
}

static void not_for_who_dialled(struct scene *s)
{
    struct conn *a;

    stage_peers(s, 1, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    import_all(a, ours);
    verify_shown(s, listed_to(a, ""), "peer-a", "far/look far/push");
    verify_that(s, shows(listed_to(a, ""), "local", "conf/unsafe"),
                "conf/unsafe under local", "it is missing");
}

static const struct import_operation only_x[] = {
    {.name = "far/x", .access_control = WANTS("\"x\"")}, {0}};

static void nothing_to_show(struct scene *s)
{
    struct conn *a;
    const struct json *output;

    shapes_peer_a(s, "x");
    a = shapes_open_a(s);
    import_all(a, only_x);
    verify_shown(s, listed_to(a, ""), "peer-a", "far/x");
    output = listed_to(conn_open(s, NULL), "");
    verify_shown(s, output, "peer-a", "");
    scene_choice(s, "peer-that-has-nothing-to-show",
                 entry_of(output, "peer-a") ? "empty" : "left-out");
}

/* Who has nothing to show does not hide who comes behind it. */
static void behind_who_shows_nothing(struct scene *s)
{
    static const struct import_operation nothing[] = {{0}};
    const struct json *output;

    stage_peers(s, 3, NULL);
    import_all(conn_open_as(s, STAGE_KEY_A), only_x);
    import_all(conn_open_as(s, STAGE_KEY_B), nothing);
    import_all(conn_open_as(s, STAGE_KEY_C), ours);
    output = listed_to(conn_open(s, NULL), "");
    verify_form(s, output);
    verify_shown(s, output, "peer-a", "");
    verify_shown(s, output, "peer-b", "");
    verify_shown(s, output, "peer-c", "far/look far/push");
}

/* --- who is there */

static void gone(struct scene *s)
{
    struct conn *a;
    struct conn *b;
    struct conn *nobody;

    stage_peers(s, 2, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    nobody = conn_open(s, NULL);
    import_all(a, ours);
    import_all(b, ours);
    verify_shown(s, listed_to(nobody, ""), "peer-a", "far/look far/push");
    conn_drop(a);
    verify_shown(s, listed_to(nobody, ""), "peer-a", "");
    verify_shown(s, listed_to(nobody, ""), "peer-b", "far/look far/push");
    a = conn_open_as(s, STAGE_KEY_A);
    verify_shown(s, listed_to(nobody, ""), "peer-a", "");
    import_all(a, ours);
    verify_shown(s, listed_to(nobody, ""), "peer-a", "far/look far/push");
}

/* Whether that import succeeds is another matter: it is nobody's. */
static void of_nobody(struct scene *s)
{
    const struct json *output;
    struct import *i;
    struct conn *c;
    struct conn *a;

    stage_peers(s, 1, NULL);
    a = conn_open_as(s, STAGE_KEY_A);
    import_all(a, ours);
    c = conn_open_as(s, STAGE_KEY_C);
    i = import_begin(c, "");
    import_serve(i, ours);
    output = listed_to(a, "");
    verify_shown(s, output, "peer-a", "far/look far/push");
    for (const struct json *e = json_find(output, "peers")->first; e;
         e = e->next)
        verify_that(s,
                    json_is_text(json_find(e, "peer_id"), "peer-a") ||
                        json_is_text(json_find(e, "peer_id"), "local"),
                    "no entry of who has no identity", "another entry");
    verify_alive(c);
}

/* --- who may ask */

static void asked_by_access(struct scene *s)
{
    struct conn *a;
    struct conn *nobody;

    shapes_peer_a(s, "conf:peers");
    stage_register(s, LISTING, LISTING,
                   "\"remote_safe\":true,\"access\":{\"required_scopes\":"
                   "[\"conf:peers\"]}");
    a = shapes_open_a(s);
    nobody = conn_open(s, NULL);
    verify_form(s, listed_to(a, ""));
    verify_error(s, ask_them(nobody, LISTING, "{}"), "FORBIDDEN", false);
    verify_that(s, !shapes_listed(shapes_listing(nobody, ""), LISTING),
                "the listing hidden from who may not ask for it",
                "it is listed");
    verify_that(s, shapes_listed(shapes_listing(a, ""), LISTING) != NULL,
                "the listing listed to who may ask for it", "it is missing");
}

#define GRAPH                                                                  \
    {                                                                          \
        .profile = PROFILE_PEER_GRAPH                                          \
    }

#define LISTED(slug, rule, need, what, body)                                   \
    {                                                                          \
        .id = "discovery.peers." slug, .rules = rule, .claim = what,           \
        .needs = "import list_peers" need, .axes = GRAPH, .run = body          \
    }

static const struct conf_case cases[] = {
    {
        .id = "discovery.peers.none",
        .rules = "LP-1 LP-2",
        .claim = "A node without peers lists itself as local, and nobody else.",
        .needs = "list_peers",
        .axes = {.profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH},
        .run = no_peers,
    },
    LISTED("form", "LP-1 LP-4", "",
           "What a peer serves is listed under its id, each operation "
           "with name, namespace and type.",
           form),
    LISTED("types", "LP-4", " subscriptions",
           "Queries, mutations and subscriptions of a peer are listed as "
           "what they are.",
           real_types),
    LISTED("prefix", "LP-1 FC-1", "",
           "What was imported under a prefix is listed under the names "
           "that it has here.",
           under_prefix),
    LISTED("each", "LP-1 LP-4", "",
           "Two peers that serve the same name each have an entry with "
           "it.",
           each_its_own),
    {
        .id = "discovery.peers.local",
        .rules = "LP-2 SL-3",
        .claim = "Under local stands what services/list shows the same caller.",
        .needs = "list_peers discovery access tokens",
        .axes = {.profile = PROFILE_REMOTE_SAFE | PROFILE_PEER_GRAPH},
        .run = as_services_list,
    },
    LISTED("own-access", "LP-5", " access tokens",
           "An operation of a peer is shown to whom its own access "
           "control lets through, by this request's identity.",
           by_its_own_access),
    LISTED("not-owned-here", "LP-5 OW-4", " access ownership",
           "Who owns what on this node opens nothing that a peer serves.",
           not_by_ownership),
    LISTED("namesake", "LP-5", " access",
           "A local operation of the same name decides nothing about a "
           "peer's.",
           not_by_a_namesake),
    {
        .id = "discovery.peers.filtered",
        .rules = "SL-7 LG-8 LG-1",
        .claim = "A peer that the node dialled without trust is shown nothing "
                 "of what was imported.",
        .needs = "import list_peers",
        .twin = "discovery.peers.none",
        .is_negative = true,
        .axes = {.dial = DIAL_THEM},
        .run = kept_by_the_filter,
    },
    {
        .id = "discovery.peers.unfiltered",
        .rules = "LG-4 LP-1",
        .claim = "A peer that dialled is shown what was imported, whatever is "
                 "remote-safe.",
        .needs = "import list_peers",
        .axes = {.dial = DIAL_US},
        .run = not_for_who_dialled,
    },
    {
        .id = "discovery.peers.nothing-to-show",
        .rules = "LP-3",
        .level = CASE_CHOICE,
        .claim = "A peer of which the caller may see nothing is left out or "
                 "has an empty list.",
        .needs = "import list_peers access",
        .axes = GRAPH,
        .run = nothing_to_show,
    },
    LISTED("behind-nothing", "PE-1 LP-1 LP-5", " access",
           "A peer is listed also behind peers that have nothing to show "
           "to this caller.",
           behind_who_shows_nothing),
    LISTED("gone", "LP-1 FC-11 LY-5", "",
           "What a peer served is not listed behind its connection, nor "
           "when it is back, until it is imported anew.",
           gone),
    {
        .id = "discovery.peers.nobody",
        .rules = "PE-8",
        .claim = "A connection that belongs to nobody has no entry, whatever "
                 "was imported over it.",
        .needs = "import list_peers",
        .twin = "discovery.peers.form",
        .is_negative = true,
        .axes = GRAPH,
        .run = of_nobody,
    },
    {
        .id = "discovery.peers.who-may-ask",
        .rules = "LP-7",
        .level = CASE_SHOULD,
        .claim = "The listing of peers is for those whom its own access "
                 "control lets through.",
        .needs = "list_peers discovery access",
        .axes = GRAPH,
        .run = asked_by_access,
    },
};

const struct case_list list_peers_cases = {cases,
                                           sizeof cases / sizeof cases[0]};

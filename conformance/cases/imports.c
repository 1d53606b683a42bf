/* SPDX-License-Identifier: MIT */
/*
 * The testee imports what we serve: what it asks for, what that makes of it,
 * and how long it lasts. Peer b serves, and peer a looks at what has come of
 * it, by an operation that may compose all of it.
 */
#include "conformance/cases/hub.h"

extern const struct case_list imports_cases;

static const struct import_operation read_only[] = {
    {.name = "fs/read"}, {.name = "fs/stat"}, {0}};

static const struct import_operation read_write[] = {
    {.name = "fs/read"}, {.name = "fs/write", .op_type = "mutation"}, {0}};

static const struct import_operation nothing[] = {{0}};

static void is_served(const struct hub *h, const char *operation)
{
    hub_served(h->a, HUB, operation, "peer-b", h->b);
}

/* Under a prefix the peer still hears its own name. */
static void is_served_as(const struct hub *h, const char *here,
                         const char *there)
{
    const char *id = hub_compose(h->a, HUB, here, "peer-b");

    ask_respond(ask_take_of(h->b, there), "2");
    verify_output(conn_scene(h->a), ask_answer(h->a, id), "{\"output\":2}");
}

/* --- what is imported, and as what */

static void under_its_names(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    hub_absent(&h, "fs/read");
    import_all(h.b, hub_files);
    is_served(&h, "fs/read");
    is_served(&h, "fs/write");
    hub_silence(&h);
}

static void nothing_to_import(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.b, nothing);
    hub_absent(&h, "fs/read");
    hub_silence(&h);
}

static void under_a_prefix(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "\"prefix\":\"far\"");

    import_serve(i, hub_files);
    verify_imported(i, "[\"far/fs/read\",\"far/fs/write\",\"far/fs/watch\"]");
    is_served_as(&h, "far/fs/read", "fs/read");
    is_served_as(&h, "far/fs/write", "fs/write");
    hub_absent(&h, "fs/read");
    hub_silence(&h);
}

static void through_a_filter(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "\"filter\":[\"fs/write\"]");

    import_serve(i, hub_files);
    verify_imported(i, "[\"fs/write\"]");
    is_served(&h, "fs/write");
    hub_absent(&h, "fs/read");
    hub_silence(&h);
}

static void prefix_and_filter(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i =
        import_begin(h.b, "\"prefix\":\"far\",\"filter\":[\"fs/read\"]");

    import_serve(i, hub_files);
    verify_imported(i, "[\"far/fs/read\"]");
    is_served_as(&h, "far/fs/read", "fs/read");
    hub_absent(&h, "far/fs/write");
    hub_silence(&h);
}

static void asks_for_no_more(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "");

    import_serve(i, hub_files);
    verify_imported(i, "[\"fs/read\",\"fs/write\",\"fs/watch\"]");
    verify_that(s, i->lists > 0 && i->others == 0,
                "requests for services/list and services/schema alone",
                "%zu for the list, %zu for others", i->lists, i->others);
    hub_silence(&h);
}

/* Its own is composed instead. */
static void own_discovery(struct scene *s)
{
    static const struct import_operation all[] = {
        {.name = "services/list"},
        {.name = "services/schema"},
        {.name = "services/list-peers"},
        {.name = "fs/read"},
        {0},
    };
    struct hub h = hub_begin(s, 2);
    struct import *i = import_begin(h.b, "");

    import_serve(i, all);
    verify_imported(i, "[\"fs/read\"]");
    hub_refused(h.a, HUB, "services/list", "peer-b", "NOT_FOUND");
    is_served(&h, "fs/read");
    hub_silence(&h);
}

/* What a peer says of its types is its own affair and is kept. */
static void foreign_schemas(struct scene *s)
{
    static const struct import_operation odd[] = {
        {.name = "fs/read",
         .input_schema = "{\"oneOf\":[{\"type\":\"string\",\"pattern\":\"^x\"},"
                         "{\"$ref\":\"#/nowhere\"}]}",
         .output_schema = "{\"contains\":{\"format\":\"uuid\"}}"},
        {.name = "fs/write", .input_schema = "false", .output_schema = "true"},
        {0}};
    struct hub h = hub_begin(s, 2);

    import_all(h.b, odd);
    is_served(&h, "fs/read");
    is_served(&h, "fs/write");
    hub_silence(&h);
}

/* --- nobody outside sees it */

#define SEEN_AS(what, visibility)                                              \
    {                                                                          \
        .name = what, .schema = "{\"name\":\"" what "\",\"namespace\":\"fs\"," \
                                "\"op_type\":\"query\"" visibility             \
                                ",\"input_schema\":{},\"output_schema\":{},"   \
                                "\"error_schemas\":[],\"access_control\":"     \
                                "{\"required_scopes\":[],"                     \
                                "\"required_scopes_any\":null,"                \
                                "\"resource_type\":null,"                      \
                                "\"resource_action\":null}}"                   \
    }

static const struct import_operation seen[] = {
    SEEN_AS("fs/read", ",\"visibility\":\"external\""),
    SEEN_AS("fs/write", ",\"visibility\":\"internal\""),
    SEEN_AS("fs/stat", ""),
    SEEN_AS("fs/odd", ",\"visibility\":\"everywhere\""),
    {0}};

static void verify_hidden(struct conn *c, const char *name)
{
    struct scene *s = conn_scene(c);
    const char *asked = scene_text(s, "{\"name\":\"%s\"}", name);

    verify_error(s, ask_them(c, name, "1"), "NOT_FOUND", false);
    verify_error(s, ask_them(c, "services/schema", asked), "NOT_FOUND", false);
    verify_that(s, !shapes_listed(shapes_listing(c, ""), name),
                "a listing without it", "an entry");
}

static void not_on_the_wire(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.b, seen);
    for (const struct import_operation *o = seen; o->name; o++) {
        verify_hidden(h.a, o->name);
        verify_hidden(h.b, o->name);
        is_served(&h, o->name);
    }
    hub_silence(&h);
}

/* What an import is called like keeps its place on the wire. */
static void own_on_the_wire(struct scene *s)
{
    static const struct import_operation alike[] = {{.name = "conf/echo"}, {0}};
    struct hub h = hub_begin(s, 2);

    import_all(h.b, alike);
    verify_output(s, ask_them(h.a, "conf/echo", "1"), "1");
    verify_output(s, ask_them(h.b, "conf/echo", "2"), "2");
    verify_entered(s, "conf/echo", 2);
    hub_silence(&h);
}

static void same_at_two_peers(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.a, hub_files);
    import_all(h.b, hub_files);
    hub_served(h.a, HUB, "fs/read", "peer-a", h.a);
    hub_served(h.a, HUB, "fs/read", "peer-b", h.b);
    hub_silence(&h);
}

/* --- again */

static void takes_the_place(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.b, read_write);
    import_all(h.b, read_only);
    is_served(&h, "fs/read");
    is_served(&h, "fs/stat");
    hub_absent(&h, "fs/write");
    hub_silence(&h);
}

/* What finds nothing is an import as well, by a filter or at the peer. */
static void again_for_nothing(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i;

    import_all(h.b, read_only);
    i = import_begin(h.b, "\"filter\":[\"fs/write\"]");
    import_serve(i, read_only);
    verify_imported(i, "[]");
    hub_absent(&h, "fs/read");
    import_all(h.b, read_only);
    is_served(&h, "fs/read");
    import_all(h.b, nothing);
    hub_absent(&h, "fs/read");
    hub_silence(&h);
}

/* The last of its questions, for one of two schemas; the others are answered.
 */
static const struct ask_request *last_question(struct conn *c)
{
    const struct ask_request *r;
    size_t schemas = 0;

    while (r = ask_take(c), strcmp(r->name, "services/schema") || ++schemas < 2)
        import_answer(r, read_write);
    return r;
}

/* Until the last answer is there nothing of it shows. */
static void all_at_once(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    const struct ask_request *r;
    struct import *i;

    import_all(h.b, read_only);
    i = import_begin(h.b, "");
    r = last_question(h.b);
    is_served(&h, "fs/stat");
    hub_absent(&h, "fs/write");
    import_answer(r, read_write);
    import_serve(i, read_write);
    verify_imported(i, "[\"fs/read\",\"fs/write\"]");
    hub_absent(&h, "fs/stat");
    is_served(&h, "fs/write");
    hub_silence(&h);
}

/* A call that is out belongs to the import that was there when it began. */
static void again_in_flight(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    const char *id;
    const struct ask_request *r;

    import_all(h.b, read_write);
    id = hub_compose(h.a, HUB, "fs/write", "peer-b");
    r = ask_take_of(h.b, "fs/write");
    import_all(h.b, read_only);
    hub_absent(&h, "fs/write");
    ask_respond(r, "2");
    verify_output(s, ask_answer(h.a, id), "{\"output\":2}");
    hub_silence(&h);
}

static void again_in_vain(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    struct import *i;

    import_all(h.b, read_only);
    i = import_begin(h.b, "");
    ask_fail(last_question(h.b), "INTERNAL", false, NULL);
    import_serve(i, read_write);
    verify_import_failed(i, "discovery_failed");
    hub_absent(&h, "fs/write");
    is_served(&h, "fs/read");
    is_served(&h, "fs/stat");
    hub_silence(&h);
}

/* --- gone with its connection */

static const bool by_loss = false;
static const bool by_closing = true;

static void end_of(struct conn *c)
{
    const bool *is_closed = scene_data(conn_scene(c));

    if (*is_closed)
        conn_close(c, 0);
    else
        conn_drop(c);
}

/* What the other peer serves stays; coming back brings nothing by itself. */
static void gone(struct scene *s)
{
    struct hub h = hub_begin(s, 2);

    import_all(h.a, read_only);
    import_all(h.b, hub_files);
    is_served(&h, "fs/write");
    end_of(h.b);
    h.b = NULL;
    hub_absent(&h, "fs/write");
    hub_refused(h.a, HUB, "fs/read", "peer-b", "NOT_FOUND");
    hub_served(h.a, HUB, "fs/read", NULL, h.a);
    h.b = conn_open_as(s, STAGE_KEY_B);
    hub_absent(&h, "fs/write");
    hub_silence(&h);
    import_all(h.b, hub_files);
    is_served(&h, "fs/write");
    hub_silence(&h);
}

static void gone_in_flight(struct scene *s)
{
    struct hub h = hub_begin(s, 2);
    const char *ids[2];

    import_all(h.b, hub_files);
    for (size_t i = 0; i < 2; i++) {
        ids[i] = hub_compose(h.a, HUB, "fs/read", "peer-b");
        (void)ask_take_of(h.b, "fs/read");
    }
    end_of(h.b);
    h.b = NULL;
    for (size_t i = 0; i < 2; i++)
        hub_met(h.a, ids[i], "INTERNAL");
    verify_entered(s, HUB, 2);
    hub_silence(&h);
}

/* --- all of them */

#define IMPORT(slug, rule, what, body)                                         \
    {                                                                          \
        .id = "peers.import." slug, .rules = rule, .claim = what,              \
        .needs = "import", .axes = HUB_AXES, .run = body                       \
    }

#define IMPORT_NOT(slug, rule, what, body)                                     \
    {                                                                          \
        .id = "peers.import." slug, .rules = rule, .claim = what,              \
        .needs = "import", .axes = HUB_AXES, .run = body, .is_negative = true, \
        .twin = "peers.import.names"                                           \
    }

#define GONE(slug, what, body, how)                                            \
    {                                                                          \
        .id = "peers.import." slug, .rules = "LY-5 FC-11 LY-1", .claim = what, \
        .needs = "import", .axes = HUB_AXES, .run = body, .data = how          \
    }

static const struct conf_case cases[] = {
    IMPORT("names", "FC-1 FW-1",
           "What a peer serves is there under the peer's names once it is "
           "imported, and not before.",
           under_its_names),
    IMPORT("empty", "FC-1", "Of a peer that serves nothing comes nothing.",
           nothing_to_import),
    IMPORT("prefix", "FC-1 FC-3 FC-4 FW-1",
           "Under a prefix the operations have it before their names here, and "
           "the peer hears its own names.",
           under_a_prefix),
    IMPORT("filter", "FC-1 FC-2",
           "With a filter the operations that it names are imported and no "
           "others.",
           through_a_filter),
    IMPORT("prefix-and-filter", "FC-1 FC-2 FC-3 FC-4",
           "A filter has the peer's names also where there is a prefix.",
           prefix_and_filter),
    IMPORT("discovery-only", "FC-6",
           "An import asks for services/list and services/schema and for "
           "nothing else.",
           asks_for_no_more),
    {
        .id = "peers.import.own-discovery",
        .rules = "FC-9",
        .level = CASE_SHOULD,
        .claim = "What a peer lists of services/ is not imported.",
        .needs = "import",
        .axes = HUB_AXES,
        .run = own_discovery,
    },
    IMPORT("foreign-schemas", "FC-1",
           "An operation is imported whatever its schemas say, and its inputs "
           "are the peer's affair.",
           foreign_schemas),
    IMPORT_NOT("not-on-the-wire", "OC-6 VI-4 VI-6 SL-5",
               "An import is NOT_FOUND from the wire and not listed, whatever "
               "visibility the peer claims for it.",
               not_on_the_wire),
    IMPORT("own-on-the-wire", "OC-6",
           "A request from the wire is served by the node's own operation when "
           "an import has the same name.",
           own_on_the_wire),
    IMPORT("same-at-two-peers", "FC-7 PE-4",
           "The same names at two peers are imported side by side.",
           same_at_two_peers),
    IMPORT("again", "FC-10",
           "An import takes the place of the one before it over its "
           "connection.",
           takes_the_place),
    IMPORT("again-empty", "FC-10",
           "An import that finds nothing takes the place of the one before it "
           "all the same.",
           again_for_nothing),
    IMPORT("again-at-once", "FC-10",
           "Until an import is through, the one before it is what there is.",
           all_at_once),
    IMPORT("again-in-flight", "FC-10",
           "A call that is out when another import takes the place of its own "
           "is answered.",
           again_in_flight),
    IMPORT("again-in-vain", "FC-10",
           "An import that fails leaves the one before it as it was.",
           again_in_vain),
    GONE("gone",
         "With a lost connection goes what was imported over it, and it comes "
         "back by another import only.",
         gone, &by_loss),
    GONE("gone-closed", "With a closed connection goes what was imported.",
         gone, &by_closing),
    GONE("gone-in-flight",
         "A composed call that is out over a connection when that is lost "
         "fails with INTERNAL, once.",
         gone_in_flight, &by_loss),
    GONE("gone-in-flight-closed",
         "A composed call that is out over a connection when that is closed "
         "fails with INTERNAL, once.",
         gone_in_flight, &by_closing),
};

const struct case_list imports_cases = {cases, sizeof cases / sizeof cases[0]};

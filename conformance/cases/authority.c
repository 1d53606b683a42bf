/* SPDX-License-Identifier: MIT */
/*
 * The rules of access control: scopes of which all or any are wanted,
 * resources and actions, compared exactly; and that a request is looked at in
 * one order.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list authority_cases;

#define OPERATION "conf/subject"

struct grant {
    const char *access;    /* what the operation asks for */
    const char *scopes;    /* what the peer holds */
    const char *resources; /* likewise, JSON; NULL: none */
};

static struct conn *set_up(struct scene *s, const struct grant *g)
{
    stage_peer(s, &(struct stage_peer){.peer_id = "conf:guarded",
                                       .key = STAGE_KEY_A,
                                       .scopes = g->scopes,
                                       .resources = g->resources});
    stage_register(
        s, OPERATION, "conf/guarded",
        scene_text(s, "\"remote_safe\":true,\"access\":%s", g->access));
    return shapes_open_a(s);
}

static void granted(struct scene *s)
{
    struct conn *c = set_up(s, scene_data(s));

    verify_output(s, ask_them(c, OPERATION, "{\"n\":1}"), "{\"n\":1}");
    verify_entered(s, OPERATION, 1);
}

static void refused(struct scene *s)
{
    struct conn *c = set_up(s, scene_data(s));

    verify_error(s, ask_them(c, OPERATION, "{\"n\":1}"), "FORBIDDEN", false);
    verify_entered(s, OPERATION, 0);
    verify_alive(c);
}

#define ALL_OF "{\"required_scopes\":[\"conf:guarded\",\"conf:more\"]}"
#define ANY_OF "{\"required_scopes_any\":[\"conf:guarded\",\"conf:more\"]}"
#define ALL_AND_ANY                                                            \
    "{\"required_scopes\":[\"conf:base\"],\"required_scopes_any\":"            \
    "[\"conf:guarded\",\"conf:more\"]}"
#define ONE "{\"required_scopes\":[\"conf:guarded\"]}"
#define ANY_OF_NONE "{\"required_scopes_any\":[]}"
#define TYPE "{\"resource_type\":\"file\"}"
#define TYPE_ACTION "{\"resource_type\":\"file\",\"resource_action\":\"read\"}"
#define ANY_AND_ACTION                                                         \
    "{\"required_scopes_any\":[\"conf:guarded\",\"conf:more\"],"               \
    "\"resource_type\":\"file\",\"resource_action\":\"read\"}"
#define ALL_AND_TYPE                                                           \
    "{\"required_scopes\":[\"conf:guarded\"],\"resource_type\":\"file\"}"
#define ACTION "{\"resource_action\":\"read\"}"

static const struct grant all_held = {ALL_OF, "conf:more conf:guarded", NULL};
static const struct grant all_one_missing = {ALL_OF, "conf:more", NULL};
static const struct grant any_one_held = {ANY_OF, "conf:more", NULL};
static const struct grant any_none_held = {ANY_OF, "conf:other", NULL};
static const struct grant mixed_held = {ALL_AND_ANY, "conf:base conf:more",
                                        NULL};
static const struct grant mixed_only_any = {ALL_AND_ANY,
                                            "conf:more conf:guarded", NULL};
static const struct grant mixed_only_all = {ALL_AND_ANY, "conf:base", NULL};
static const struct grant any_empty = {
    ANY_OF_NONE, "conf:guarded conf:more conf:other", "{\"file\":[\"read\"]}"};
static const struct grant open_to_all = {"{}", NULL, NULL};
static const struct grant longer = {ONE, "conf:guarded2 conf:guarded:read",
                                    NULL};
static const struct grant shorter = {ONE, "conf conf: conf:guard", NULL};
static const struct grant other_case = {ONE, "CONF:GUARDED Conf:Guarded", NULL};
static const struct grant wildcard = {ONE, "* conf:* conf:guarded*", NULL};
static const struct grant no_scopes = {ONE, NULL, NULL};
static const struct grant type_held = {TYPE, NULL, "{\"file\":[\"write\"]}"};
static const struct grant type_empty = {TYPE, NULL, "{\"file\":[]}"};
static const struct grant type_other = {TYPE, NULL, "{\"File\":[\"read\"]}"};
static const struct grant action_held = {TYPE_ACTION, NULL,
                                         "{\"file\":[\"write\",\"read\"]}"};
static const struct grant action_other = {
    TYPE_ACTION, NULL, "{\"file\":[\"write\",\"Read\",\"*\",\"reading\"]}"};
static const struct grant action_elsewhere = {
    TYPE_ACTION, NULL, "{\"file\":[\"write\"],\"disk\":[\"read\"]}"};
static const struct grant action_anywhere = {ACTION, NULL,
                                             "{\"disk\":[\"read\"]}"};
static const struct grant action_nowhere = {
    ACTION, NULL, "{\"read\":[\"write\"],\"disk\":[]}"};
static const struct grant scope_no_resource = {TYPE, "file file:read read",
                                               NULL};
static const struct grant everything_held = {ANY_AND_ACTION, "conf:more",
                                             "{\"file\":[\"read\"]}"};
static const struct grant any_no_resource = {ANY_AND_ACTION, "conf:more",
                                             "{\"file\":[\"write\"]}"};
static const struct grant resource_no_any = {ANY_AND_ACTION, "conf:other",
                                             "{\"file\":[\"read\"]}"};
static const struct grant all_no_resource = {ALL_AND_TYPE, "conf:guarded",
                                             NULL};

/* --- one order */

#define CHECKED                                                                \
    "\"remote_safe\":true,\"access\":" ONE ",\"input_schema\":{\"type\":"      \
    "\"object\",\"required\":[\"n\"],\"properties\":{\"n\":{\"type\":"         \
    "\"integer\"}}}"

static void access_before_input(struct scene *s)
{
    struct conn *c;

    shapes_peer_a(s, "conf:other");
    stage_register(s, OPERATION, "conf/echo", CHECKED);
    c = shapes_open_a(s);
    verify_error(s, ask_them(c, OPERATION, "{\"n\":\"x\"}"), "FORBIDDEN",
                 false);
    verify_error(s, ask_them(c, OPERATION, "{\"n\":1}"), "FORBIDDEN", false);
    verify_entered(s, OPERATION, 0);
    verify_alive(c);
}

static void input_before_handler(struct scene *s)
{
    static const char *const unfit[] = {"{}", "null", "{\"n\":\"x\"}",
                                        "{\"n\":1.5}", "[1]"};
    struct conn *c;

    shapes_peer_a(s, "conf:guarded");
    stage_register(s, OPERATION, "conf/echo", CHECKED);
    c = shapes_open_a(s);
    for (size_t i = 0; i < sizeof unfit / sizeof unfit[0]; i++)
        verify_error(s, ask_them(c, OPERATION, unfit[i]), "INVALID_INPUT",
                     false);
    verify_entered(s, OPERATION, 0);
    verify_output(s, ask_them(c, OPERATION, "{\"n\":1,\"m\":2}"),
                  "{\"n\":1,\"m\":2}");
    verify_entered(s, OPERATION, 1);
}

static void empty_schema(struct scene *s)
{
    struct conn *c;

    stage_register(s, OPERATION, "conf/echo",
                   "\"remote_safe\":true,\"input_schema\":{}");
    c = scene_conn(s);
    verify_output(s, ask_them(c, OPERATION, "null"), "null");
    verify_output(s, ask_them(c, OPERATION, "[{}]"), "[{}]");
    verify_output(s, ask_them(c, OPERATION, "\"x\""), "\"x\"");
}

#define GRANTED(slug, rule, what, grant)                                       \
    {                                                                          \
        .id = slug, .rules = rule, .needs = "access", .claim = what,           \
        .run = granted, .data = grant                                          \
    }
#define REFUSED(slug, rule, what, twin_, grant)                                \
    {                                                                          \
        .id = slug, .rules = rule " CK-3", .needs = "access", .claim = what,   \
        .twin = twin_, .is_negative = true, .run = refused, .data = grant      \
    }

static const struct conf_case cases[] = {
    GRANTED("access.all.held", "AC-1 AC-5",
            "Who holds all the scopes that an operation wants may call it.",
            &all_held),
    REFUSED("access.all.one-missing", "AC-1 AC-5",
            "Who lacks one of the scopes that an operation wants gets "
            "FORBIDDEN.",
            "access.all.held", &all_one_missing),
    GRANTED("access.any.one-held", "AC-1 AC-5",
            "Who holds one of the scopes of which any will do may call the "
            "operation.",
            &any_one_held),
    REFUSED("access.any.none-held", "AC-1 AC-5",
            "Who holds none of the scopes of which any will do gets "
            "FORBIDDEN.",
            "access.any.one-held", &any_none_held),
    REFUSED("access.any.empty", "AC-3 AC-5",
            "An empty list of scopes of which any will do lets nobody pass.",
            "access.any.one-held", &any_empty),
    GRANTED("access.mixed.held", "AC-1 AC-5",
            "Who meets both lists of scopes may call the operation.",
            &mixed_held),
    REFUSED("access.mixed.only-any", "AC-1 AC-5",
            "Who meets only the list of which any will do gets FORBIDDEN.",
            "access.mixed.held", &mixed_only_any),
    REFUSED("access.mixed.only-all", "AC-1 AC-5",
            "Who meets only the list of which all are wanted gets FORBIDDEN.",
            "access.mixed.held", &mixed_only_all),
    GRANTED("access.open.to-all", "AC-2",
            "An operation that says nothing about access is open to a peer "
            "without scopes.",
            &open_to_all),
    REFUSED("access.exact.longer", "AC-7",
            "A scope that begins with the one that is wanted is not that one.",
            "access.scope.held", &longer),
    REFUSED("access.exact.shorter", "AC-7",
            "A scope that is the beginning of the one that is wanted is not "
            "that one.",
            "access.scope.held", &shorter),
    REFUSED("access.exact.other-case", "AC-7",
            "A scope in another case is another scope.", "access.scope.held",
            &other_case),
    REFUSED("access.exact.wildcard", "AC-7",
            "A star in a scope stands for itself.", "access.scope.held",
            &wildcard),
    REFUSED("access.exact.name-is-no-scope", "AC-9 AC-5",
            "A peer that is called like the scope does not hold it.",
            "access.scope.held", &no_scopes),
    GRANTED("access.resource.type-held", "AC-1",
            "Who holds anything on a resource type may call an operation that "
            "wants the type alone.",
            &type_held),
    REFUSED("access.resource.type-empty", "AC-1",
            "Who holds nothing on the resource type gets FORBIDDEN.",
            "access.resource.type-held", &type_empty),
    REFUSED("access.resource.type-other", "AC-1 AC-7",
            "Who holds something on another resource type gets FORBIDDEN.",
            "access.resource.type-held", &type_other),
    REFUSED("access.resource.scope-is-none", "AC-1 AC-9",
            "A scope that is called like the resource type does not stand for "
            "it.",
            "access.resource.type-held", &scope_no_resource),
    GRANTED("access.resource.action-held", "AC-1",
            "Who holds the action on the resource type may call the "
            "operation.",
            &action_held),
    REFUSED("access.resource.action-other", "AC-1 AC-7",
            "Who holds other actions on the resource type gets FORBIDDEN.",
            "access.resource.action-held", &action_other),
    REFUSED("access.resource.action-elsewhere", "AC-1",
            "Who holds the action on another resource type gets FORBIDDEN.",
            "access.resource.action-held", &action_elsewhere),
    GRANTED("access.resource.action-anywhere", "AC-1",
            "Who holds the action on any type may call an operation that "
            "wants the action alone.",
            &action_anywhere),
    REFUSED("access.resource.action-nowhere", "AC-1",
            "Who holds the action on no type gets FORBIDDEN from an operation "
            "that wants the action alone.",
            "access.resource.action-anywhere", &action_nowhere),
    GRANTED("access.together.held", "AC-1 AC-5",
            "Who holds one of the scopes and the resource may call an "
            "operation that wants both.",
            &everything_held),
    REFUSED("access.together.only-scope", "AC-1 AC-5",
            "Who holds one of the scopes and not the resource gets FORBIDDEN "
            "from an operation that wants both.",
            "access.together.held", &any_no_resource),
    REFUSED("access.together.only-resource", "AC-1 AC-5",
            "Who holds the resource and none of the scopes gets FORBIDDEN "
            "from an operation that wants both.",
            "access.together.held", &resource_no_any),
    REFUSED("access.together.all-scopes-only", "AC-1 AC-5",
            "Who holds all the scopes and not the resource gets FORBIDDEN "
            "from an operation that wants both.",
            "access.together.held", &all_no_resource),
    {
        .id = "access.order.access-before-input",
        .rules = "OS-2 CK-2 CK-3",
        .needs = "access validation",
        .claim = "Who lacks the scope gets FORBIDDEN whether the input fits "
                 "or not.",
        .twin = "access.order.input-before-handler",
        .is_negative = true,
        .run = access_before_input,
    },
    {
        .id = "access.order.input-before-handler",
        .rules = "OS-2 CK-3",
        .needs = "access validation",
        .claim = "An input that does not fit its schema is refused with "
                 "INVALID_INPUT before the handler is entered, and one that "
                 "fits is not.",
        .run = input_before_handler,
    },
    {
        .id = "access.order.empty-schema",
        .rules = "OS-2",
        .claim = "An empty schema allows any input.",
        .run = empty_schema,
    },
};

const struct case_list authority_cases = {cases,
                                          sizeof cases / sizeof cases[0]};

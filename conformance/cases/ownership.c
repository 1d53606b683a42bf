/* SPDX-License-Identifier: MIT */
/*
 * Access by who owns the resource that a request is about: where it says which
 * one, who becomes its owner and who stops being it, and what decides where
 * nobody keeps owners. Whoever is refused never reaches the handler.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list ownership_cases;

/* The operation of most cases is about the container `id`. */
#define SUBJECT "conf/subject"
#define TYPE "\"resource_type\":\"container\""
#define ACCESS "\"remote_safe\":true,\"access\":{" TYPE "}"
#define AT(path) ",\"resource_id_path\":\"" path "\""
#define C1 "{\"id\":\"c1\"}"
#define C2 "{\"id\":\"c2\"}"
#define TAG_T "{\"tag\":\"t\"}"

static void allowed(struct conn *c, const char *operation, const char *input)
{
    verify_output(conn_scene(c), ask_them(c, operation, input), input);
}

static void forbidden(struct conn *c, const char *operation, const char *input)
{
    verify_error(conn_scene(c), ask_them(c, operation, input), "FORBIDDEN",
                 false);
}

/* From now on that container is that identity's. */
static void grant(struct scene *s, const char *owner, const char *id)
{
    stage_grant(s, owner, "container", id);
}

static void subject(struct scene *s, const char *members)
{
    stage_register(s, SUBJECT, "conf/guarded", members);
}

/* Somebody keeps owners. */
static void keep(struct scene *s)
{
    stage_ownership(s);
    stage_peers(s, 2, NULL);
}

/* peer-a and peer-b, each on a connection of its own. */
struct callers {
    struct conn *a;
    struct conn *b;
};

static struct callers open_both(struct scene *s)
{
    struct conn *a = conn_open_as(s, STAGE_KEY_A);

    return (struct callers){a, conn_open_as(s, STAGE_KEY_B)};
}

/* Somebody keeps owners, and the operation is as these members say. */
static struct callers set_up(struct scene *s, const char *members)
{
    keep(s);
    subject(s, members);
    return open_both(s);
}

/* conf/own by that caller; what it owns of the type behind it. */
static void own(struct conn *c, const char *id, const char *more,
                const char *owns)
{
    struct scene *s = conn_scene(c);

    verify_output(s,
                  ask_them(c, "conf/own",
                           scene_text(s, "{" TYPE ",\"resource_id\":\"%s\"%s}",
                                      id, more)),
                  scene_text(s, "{\"owns\":[%s]}", owns));
}

/* --- whose it is */

static void the_owner(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    grant(s, "peer-b", "c2");
    allowed(who.a, SUBJECT, C1);
    allowed(who.b, SUBJECT, C2);
    allowed(who.a, SUBJECT, "{\"id\":\"c1\",\"more\":\"c2\"}");
    allowed(conn_open_as(s, STAGE_KEY_A), SUBJECT, C1);
    verify_entered(s, SUBJECT, 4);
}

static void anybody_else(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    grant(s, "peer-b", "c2");
    forbidden(who.a, SUBJECT, C2);
    forbidden(who.b, SUBJECT, C1);
    forbidden(who.a, SUBJECT, "{\"id\":\"c3\"}");
    forbidden(conn_open_as(s, STAGE_KEY_C), SUBJECT, C1);
    forbidden(conn_open(s, NULL), SUBJECT, C1);
    verify_entered(s, SUBJECT, 0);
    allowed(who.a, SUBJECT, C1);
    verify_alive(who.a);
}

static void near_names(struct scene *s)
{
    static const char *const near[] = {"c",  "c11", "C1",       "c1 ",
                                       "",   "c1/", "*",        "p1",
                                       "p2", " c1", "c1\\u0000"};
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    grant(s, "peer-", "p1");
    grant(s, "peer-aa", "p2");
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        forbidden(who.a, SUBJECT, scene_text(s, "{\"id\":\"%s\"}", near[i]));
    verify_entered(s, SUBJECT, 0);
    allowed(who.a, SUBJECT, "{\"id\":\"\\u00631\"}");
}

static void of_its_kind(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    stage_grant(s, "peer-a", "disk", "c1");
    stage_grant(s, "peer-a", "Container", "c1");
    grant(s, "peer-a", "c2");
    forbidden(who.a, SUBJECT, C1);
    allowed(who.a, SUBJECT, C2);
    verify_entered(s, SUBJECT, 1);
}

static void for_one_request(struct scene *s)
{
    const char *token = stage_secret(s, "token");
    const char *with = shapes_with_token(s, token);
    struct conn *a;

    keep(s);
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-t", .token = token});
    subject(s, ACCESS AT("$.id"));
    a = conn_open_as(s, STAGE_KEY_A);
    grant(s, "peer-a", "c1");
    grant(s, "peer-t", "c2");
    verify_output(s, ask_answer(a, ask_send(a, SUBJECT, C2, with)), C2);
    verify_error(s, ask_answer(a, ask_send(a, SUBJECT, C1, with)), "FORBIDDEN",
                 false);
    forbidden(a, SUBJECT, C2);
    allowed(a, SUBJECT, C1);
    verify_entered(s, SUBJECT, 2);
}

static void claim_owns_nothing(struct scene *s)
{
    const char *claim = "\"forwarded_for\":{\"id\":\"peer-a\",\"scopes\":[],"
                        "\"resources\":{\"container\":[\"c1\"]}}";
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    verify_error(s, ask_answer(who.b, ask_send(who.b, SUBJECT, C1, claim)),
                 "FORBIDDEN", false);
    verify_entered(s, SUBJECT, 0);
    verify_output(s, ask_answer(who.a, ask_send(who.a, SUBJECT, C1, claim)),
                  C1);
}

static void with_scopes(struct scene *s)
{
    struct conn *a;
    struct conn *b;

    stage_ownership(s);
    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-a", .key = STAGE_KEY_A, .scopes = "x"});
    stage_peer(s,
               &(struct stage_peer){.peer_id = "peer-b", .key = STAGE_KEY_B});
    subject(s, "\"remote_safe\":true,\"access\":{\"required_scopes\":[\"x\"]"
               "," TYPE "}" AT("$.id"));
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    grant(s, "peer-a", "c1");
    grant(s, "peer-b", "c2");
    allowed(a, SUBJECT, C1);
    forbidden(a, SUBJECT, C2);
    forbidden(b, SUBJECT, C2);
    verify_entered(s, SUBJECT, 1);
}

/* What an identity has been given in its entry opens nothing here. */
static void instead_of_resources(struct scene *s)
{
    struct conn *a;

    stage_ownership(s);
    stage_peer(s, &(struct stage_peer){
                      .peer_id = "peer-a",
                      .key = STAGE_KEY_A,
                      .resources = "{\"container\":[\"c1\",\"read\"]}"});
    subject(s, "\"remote_safe\":true,\"access\":{" TYPE
               ",\"resource_action\":\"read\"}" AT("$.id"));
    a = conn_open_as(s, STAGE_KEY_A);
    forbidden(a, SUBJECT, C1);
    verify_entered(s, SUBJECT, 0);
    grant(s, "peer-a", "c1");
    allowed(a, SUBJECT, C1);
}

static void sequence(struct scene *s)
{
    struct conn *b;

    keep(s);
    stage_register(s, SUBJECT, "conf/source",
                   ACCESS AT("$.tag") ",\"op_type\":\"subscription\"");
    b = conn_open_as(s, STAGE_KEY_B);
    grant(s, "peer-a", "c1");
    grant(s, "peer-b", "c2");
    verify_error(
        s, sub_error(b, sub_send(b, SUBJECT, "{\"tag\":\"c1\",\"items\":1}")),
        "FORBIDDEN", false);
    verify_conn_silence(b);
    verify_entered(s, SUBJECT, 0);
    verify_alive(b);
}

/* --- where the id stands */

static void deeper(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.target.box.id"));

    grant(s, "peer-a", "c1");
    grant(s, "peer-b", "c2");
    allowed(who.a, SUBJECT, "{\"target\":{\"box\":{\"id\":\"c1\"}}}");
    forbidden(who.a, SUBJECT,
              "{\"id\":\"c1\",\"target\":{\"id\":\"c1\",\"box\":{\"id\":"
              "\"c2\",\"x\":\"c1\"}}}");
    verify_entered(s, SUBJECT, 1);
}

static void nothing_said(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));
    const struct ask_outcome *o;

    grant(s, "peer-a", "c1");
    o = ask_them(who.a, SUBJECT, "{\"ID\":\"c1\"}");
    if (!o->is_ok)
        verify_error(s, o, "FORBIDDEN", false);
    verify_entered(s, SUBJECT, o->is_ok ? 1 : 0);
    scene_choice(s, "resource-id-missing", o->is_ok ? "passes" : "refused");
    allowed(who.a, SUBJECT, C1);
}

/* Who owns nothing of the kind is refused either way. */
static void nothing_said_nothing_owned(struct scene *s)
{
    static const char *const inputs[] = {
        "{}",           "null",          "[\"c1\"]",          "\"c1\"",
        "{\"id\":1}",   "{\"id\":null}", "{\"id\":[\"c1\"]}", "{\"id\":{}}",
        "{\"id\":true}"};
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-b", "c1");
    stage_grant(s, "peer-a", "disk", "c1");
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        forbidden(who.a, SUBJECT, inputs[i]);
    verify_entered(s, SUBJECT, 0);
    grant(s, "peer-a", "c2");
    allowed(who.a, SUBJECT, C2);
}

static void no_text(struct scene *s)
{
    static const char *const inputs[][2] = {
        {"number", "{\"id\":1}"},      {"null", "{\"id\":null}"},
        {"list", "{\"id\":[\"c1\"]}"}, {"object", "{\"id\":{\"id\":\"c1\"}}"},
        {"true", "{\"id\":true}"},
    };
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        const struct ask_outcome *o = ask_them(who.a, SUBJECT, inputs[i][1]);

        if (!o->is_ok)
            verify_error(s, o, "FORBIDDEN", false);
        scene_choice(s, scene_text(s, "resource-id-that-is-%s", inputs[i][0]),
                     o->is_ok ? "absent" : "refused");
    }
    allowed(who.a, SUBJECT, C1);
}

static void any_will_do(struct scene *s)
{
    struct callers who = set_up(s, ACCESS);

    grant(s, "peer-a", "c1");
    stage_grant(s, "peer-b", "disk", "c1");
    allowed(who.a, SUBJECT, "{}");
    allowed(who.a, SUBJECT, "{\"id\":\"c2\"}");
    forbidden(who.b, SUBJECT, "{}");
    forbidden(who.b, SUBJECT, C1);
    stage_revoke(s, "container", "c1");
    forbidden(who.a, SUBJECT, "{}");
    verify_entered(s, SUBJECT, 2);
}

/* --- from its making to its end */

static void made_by_a_handler(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    forbidden(who.a, SUBJECT, C1);
    own(who.a, "c1", "", "\"c1\"");
    own(who.b, "c2", "", "\"c2\"");
    own(who.a, "c0", "", "\"c0\",\"c1\"");
    allowed(who.a, SUBJECT, C1);
    forbidden(who.b, SUBJECT, C1);
    own(who.a, "c1", ",\"revoke\":true", "\"c0\"");
    forbidden(who.a, SUBJECT, C1);
    forbidden(who.b, SUBJECT, C1);
    allowed(who.b, SUBJECT, C2);
    verify_entered(s, SUBJECT, 2);
}

static void revoked(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    grant(s, "peer-a", "c2");
    allowed(who.a, SUBJECT, C1);
    stage_revoke(s, "disk", "c1");
    allowed(who.a, SUBJECT, C1);
    stage_revoke(s, "container", "c1");
    stage_revoke(s, "container", "c1");
    forbidden(who.a, SUBJECT, C1);
    allowed(who.a, SUBJECT, C2);
    grant(s, "peer-a", "c1");
    allowed(who.a, SUBJECT, C1);
    verify_entered(s, SUBJECT, 4);
}

static void one_owner(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    own(who.a, "c1", "", "\"c1\"");
    own(who.b, "c1", "", "\"c1\"");
    forbidden(who.a, SUBJECT, C1);
    allowed(who.b, SUBJECT, C1);
    own(who.a, "c2", "", "\"c2\"");
    verify_entered(s, SUBJECT, 1);
}

static void outlives_connections(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    own(who.a, "c1", "", "\"c1\"");
    conn_drop(who.a);
    forbidden(who.b, SUBJECT, C1);
    who.a = conn_open_as(s, STAGE_KEY_A);
    allowed(who.a, SUBJECT, C1);
    verify_entered(s, SUBJECT, 1);
}

static void while_it_runs(struct scene *s)
{
    const char *id;
    struct conn *a;

    keep(s);
    stage_register(s, SUBJECT, "conf/hold", ACCESS AT("$.tag"));
    a = conn_open_as(s, STAGE_KEY_A);
    grant(s, "peer-a", "t");
    id = ask_send(a, SUBJECT, TAG_T, "");
    shapes_wait_entered(s, id);
    stage_revoke(s, "container", "t");
    forbidden(a, SUBJECT, TAG_T);
    shapes_release(s, "t", 1);
    verify_output(s, ask_answer(a, id), TAG_T);
    verify_entered(s, SUBJECT, 1);
}

/* --- nobody keeps owners */

static void resources_decide(struct scene *s)
{
    struct conn *a;
    struct conn *b;

    stage_peer(s, &(struct stage_peer){.peer_id = "peer-a",
                                       .key = STAGE_KEY_A,
                                       .resources = "{\"container\":["
                                                    "\"read\"]}"});
    stage_peer(s, &(struct stage_peer){.peer_id = "peer-b",
                                       .key = STAGE_KEY_B,
                                       .resources = "{\"container\":["
                                                    "\"c1\"]}"});
    subject(s, "\"remote_safe\":true,\"access\":{" TYPE
               ",\"resource_action\":\"read\"}" AT("$.id"));
    a = conn_open_as(s, STAGE_KEY_A);
    b = conn_open_as(s, STAGE_KEY_B);
    allowed(a, SUBJECT, C1);
    allowed(a, SUBJECT, "{}");
    forbidden(b, SUBJECT, C1);
    verify_entered(s, SUBJECT, 2);
}

/* --- composing, and listing */

#define AS(label)                                                              \
    "\"remote_safe\":true,\"scoped_env\":{\"allowed\":[\"" SUBJECT "\"]},"     \
    "\"authority\":{\"label\":\"" label "\"}"

/* An authority counts as the identity that has its label. */
static void composed(struct scene *s)
{
    const char *input = shapes_compose(s, SUBJECT, C1, "");
    struct conn *a;

    keep(s);
    subject(s, ACCESS AT("$.id"));
    stage_register(s, "conf/steward", "conf/compose", AS("steward"));
    stage_register(s, "conf/clerk", "conf/compose", AS("clerk"));
    a = conn_open_as(s, STAGE_KEY_A);
    grant(s, "steward", "c1");
    verify_output(s, ask_them(a, "conf/steward", input), "{\"output\":" C1 "}");
    shapes_told_error(s, ask_them(a, "conf/clerk", input), "FORBIDDEN", false);
    grant(s, "peer-a", "c1");
    shapes_told_error(s, ask_them(a, "conf/steward", input), "FORBIDDEN",
                      false);
    verify_entered(s, SUBJECT, 1);
}

static bool is_listed(struct conn *c)
{
    return shapes_listed(shapes_listing(c, ""), SUBJECT) != NULL;
}

static void listed(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    scene_choice(s, "operation-that-ownership-opens",
                 is_listed(who.a) ? "listed" : "hidden");
    allowed(who.a, SUBJECT, C1);
}

static void hidden(struct scene *s)
{
    struct callers who = set_up(s, ACCESS AT("$.id"));

    grant(s, "peer-a", "c1");
    stage_grant(s, "peer-b", "disk", "c1");
    verify_that(s, !is_listed(who.b) && !is_listed(conn_open(s, NULL)),
                "an operation hidden from who owns nothing of the kind",
                "it is listed");
    forbidden(who.b, SUBJECT, C1);
    verify_entered(s, SUBJECT, 0);
    allowed(who.a, SUBJECT, C1);
}

#define OWNED(slug, rule, need, what, body)                                    \
    {                                                                          \
        .id = "ownership." slug, .rules = rule,                                \
        .needs = "ownership access" need, .claim = what, .run = body           \
    }
#define REFUSED(slug, rule, need, what, body)                                  \
    {                                                                          \
        .id = "ownership." slug, .rules = rule " CK-3",                        \
        .needs = "ownership access" need, .claim = what,                       \
        .twin = "ownership.owner.runs", .is_negative = true, .run = body       \
    }
#define OPEN(slug, rule, what, body)                                           \
    {                                                                          \
        .id = "ownership." slug, .rules = rule, .level = CASE_CHOICE,          \
        .needs = "ownership access", .claim = what, .run = body                \
    }

static const struct conf_case cases[] = {
    OWNED("owner.runs", "RP-1 OW-1", "",
          "Who owns the resource that the input names may call the operation, "
          "on any connection of its own.",
          the_owner),
    REFUSED("owner.nobody-else", "RP-1 OW-1", "",
            "Who does not own the resource that the input names gets "
            "FORBIDDEN, whatever else it owns.",
            anybody_else),
    REFUSED("owner.near-names", "RP-1 OW-1", "",
            "An id that is like the one that is owned, or like the owner's, is "
            "another's.",
            near_names),
    OWNED("owner.kind", "RP-1 OW-1", "",
          "Who owns a resource of another type with that id does not own this "
          "one.",
          of_its_kind),
    OWNED("owner.token", "RP-1 IR-2", " tokens",
          "A token lends what its identity owns to its own request, and takes "
          "away what the connection's owns.",
          for_one_request),
    REFUSED("owner.claim", "AC-8 OW-4", " forwarded_for",
            "Who claims to ask for the owner is no owner.", claim_owns_nothing),
    OWNED("owner.scopes", "RP-1 AC-5", "",
          "Owning a resource stands for no scope, and a scope for no resource.",
          with_scopes),
    OWNED("owner.not-by-entry", "RP-1 OW-1", "",
          "Where somebody keeps owners, the resources of an identity open "
          "nothing.",
          instead_of_resources),
    REFUSED("owner.subscription", "RP-1 CK-4", " subscriptions",
            "A subscription about a resource of somebody else gets one error "
            "and no completion.",
            sequence),
    OWNED("path.deeper", "RP-1", "",
          "The id is looked for at the end of the path and nowhere else.",
          deeper),
    OPEN("path.missing", "RP-5",
         "Where the id is missing who owns something of the kind passes, or is "
         "refused.",
         nothing_said),
    REFUSED("path.missing-owns-nothing", "RP-5 RP-1", "",
            "Where the id is missing or no string who owns nothing of the kind "
            "gets FORBIDDEN.",
            nothing_said_nothing_owned),
    OPEN("path.no-string", "RP-3",
         "An id that is no string counts as absent, or is refused.", no_text),
    OWNED("path.none", "RP-1 OW-1", "",
          "An operation without a path is for whoever owns something of the "
          "kind.",
          any_will_do),
    OWNED("life.by-handler", "OW-4 OW-2 RP-1", "",
          "A handler makes its caller the owner, and ends that.",
          made_by_a_handler),
    OWNED("life.revoked", "OW-4 OW-2", "",
          "What was revoked belongs to nobody, and to revoke what nobody owns "
          "is no error.",
          revoked),
    OWNED("life.one-owner", "OW-3 OW-4", "",
          "A resource has one owner, the one that was recorded last.",
          one_owner),
    OWNED("life.outlives-connections", "OW-4", "",
          "Who owns a resource owns it until it is torn down, whatever becomes "
          "of its connection.",
          outlives_connections),
    OWNED("life.while-it-runs", "OW-4 CK-2", " hold",
          "A call that was let through goes on when its resource is revoked, "
          "and the next is refused.",
          while_it_runs),
    {
        .id = "ownership.nobody-keeps.resources",
        .rules = "OW-5 AC-1",
        .needs = "ownership access",
        .claim = "Where nobody keeps owners the resources of the identity "
                 "decide, whatever id the input names.",
        .run = resources_decide,
    },
    OWNED("compose.authority", "CA-3 CO-2 RP-1", " compose",
          "What a handler composes is about its authority's own resources and "
          "not its caller's.",
          composed),
    {
        .id = "ownership.listing.gate",
        .rules = "SL-4",
        .level = CASE_CHOICE,
        .needs = "ownership access discovery",
        .claim = "What only ownership opens is listed to whoever owns "
                 "something of the kind, or to nobody.",
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = listed,
    },
    {
        .id = "ownership.listing.owns-nothing",
        .rules = "SL-3 OW-1",
        .needs = "ownership access discovery",
        .claim = "What only ownership opens is not listed to who owns nothing "
                 "of the kind.",
        .twin = "ownership.listing.gate",
        .is_negative = true,
        .axes = {.profile = PROFILE_PEER_GRAPH},
        .run = hidden,
    },
};

const struct case_list ownership_cases = {cases,
                                          sizeof cases / sizeof cases[0]};

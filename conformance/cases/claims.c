/* SPDX-License-Identifier: MIT */
/*
 * What a peer claims about others: for whom it forwards a request. It is passed
 * on to the handler, and decides nothing.
 */
#include "conformance/cases/shapes.h"

extern const struct case_list claims_cases;

#define CLAIM_ALL                                                              \
    "{\"id\":\"root\",\"scopes\":[\"conf:guarded\",\"conf:other\"],"           \
    "\"resources\":{\"file\":[\"read\"]}}"
#define CLAIM_NONE "{\"id\":\"nobody\",\"scopes\":[],\"resources\":{}}"

static const struct json *told_claim(struct scene *s, struct conn *c,
                                     const char *claim)
{
    const char *more =
        *claim ? scene_text(s, "\"forwarded_for\":%s", claim) : "";
    const char *id = ask_send(c, "conf/identity", "null", more);
    const struct ask_outcome *o = ask_answer(c, id);
    const struct json *witness = json_find(
        scene_wait_event(s, "handler_entered", "id", id, 0), "forwarded_for");

    verify_that(s, o->is_ok, "an output", "an error");
    verify_that(s, json_same(json_find(o->output, "forwarded_for"), witness),
                "the same claim in output and witness", "different ones");
    verify_same(s, "the identity", json_find(o->output, "identity"), "null");
    return witness;
}

static void claim_is_seen(struct scene *s)
{
    struct conn *c = scene_conn(s);

    verify_same(s, "the claim", told_claim(s, c, CLAIM_ALL), CLAIM_ALL);
    verify_same(s, "the claim of the next request", told_claim(s, c, ""),
                "null");
    verify_same(s, "the claim", told_claim(s, c, CLAIM_NONE), CLAIM_NONE);
}

static void claim_is_malformed(struct scene *s)
{
    verify_same(s, "the claim", told_claim(s, scene_conn(s), scene_data(s)),
                "null");
}

static void claim_grants_nothing(struct scene *s)
{
    struct conn *c;
    const char *id;

    shapes_peer_a(s, "conf:other");
    c = shapes_open_a(s);
    id = ask_send(c, "conf/guarded", "1", "\"forwarded_for\":" CLAIM_ALL);
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    c = conn_open(s, NULL);
    id = ask_send(c, "conf/guarded", "1", "\"forwarded_for\":" CLAIM_ALL);
    verify_error(s, ask_answer(c, id), "FORBIDDEN", false);
    verify_entered(s, "conf/guarded", 0);
    verify_alive(c);
}

static void claim_takes_nothing(struct scene *s)
{
    struct conn *c;
    const char *id;

    shapes_peer_a(s, "conf:guarded");
    c = shapes_open_a(s);
    id = ask_send(c, "conf/guarded", "1", "\"forwarded_for\":" CLAIM_NONE);
    verify_output(s, ask_answer(c, id), "1");
    verify_entered(s, "conf/guarded", 1);
}

#define CLAIM_IS(slug, what, json)                                             \
    {                                                                          \
        .id = slug, .rules = "RQ-7 FF-5 RQ-6", .needs = "forwarded_for",       \
        .claim = "A claimed identity that " what                               \
                 " counts as absent, and the call goes on.",                   \
        .run = claim_is_malformed, .data = json                                \
    }

static const struct conf_case cases[] = {
    {
        .id = "identity.claim.is-seen",
        .rules = "FF-3 FF-4 RQ-6",
        .needs = "forwarded_for",
        .claim = "The handler sees the identity that its own request claims, "
                 "and makes it nobody's.",
        .run = claim_is_seen,
    },
    {
        .id = "identity.claim.grants-nothing",
        .rules = "FF-2 AC-8",
        .needs = "access forwarded_for",
        .claim = "A claimed identity with every scope opens nothing.",
        .twin = "identity.claim.takes-nothing",
        .is_negative = true,
        .run = claim_grants_nothing,
    },
    {
        .id = "identity.claim.takes-nothing",
        .rules = "FF-2 AC-8 FF-11",
        .needs = "access forwarded_for",
        .claim = "A claimed identity without scopes closes nothing.",
        .run = claim_takes_nothing,
    },
    CLAIM_IS("identity.claim.null", "is null", "null"),
    CLAIM_IS("identity.claim.text", "is a string", "\"root\""),
    CLAIM_IS("identity.claim.no-resources", "lacks its resources",
             "{\"id\":\"a\",\"scopes\":[]}"),
    CLAIM_IS("identity.claim.no-scopes", "lacks its scopes",
             "{\"id\":\"a\",\"resources\":{}}"),
    CLAIM_IS("identity.claim.no-id", "lacks its id",
             "{\"scopes\":[],\"resources\":{}}"),
    CLAIM_IS("identity.claim.scope-number", "has a scope that is a number",
             "{\"id\":\"a\",\"scopes\":[\"x\",5],\"resources\":{}}"),
    CLAIM_IS("identity.claim.resource-text", "has a resource that is no list",
             "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"file\":\"read\"}}"),
    CLAIM_IS("identity.claim.second-resource",
             "has a second resource that is no list",
             "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"disk\":[\"read\"],"
             "\"file\":\"read\"}}"),
    CLAIM_IS("identity.claim.second-action",
             "has a second action that is a number",
             "{\"id\":\"a\",\"scopes\":[],\"resources\":{\"file\":[\"read\","
             "5]}}"),
    CLAIM_IS("identity.claim.id-number", "has an id that is a number",
             "{\"id\":7,\"scopes\":[],\"resources\":{}}"),
};

const struct case_list claims_cases = {cases, sizeof cases / sizeof cases[0]};

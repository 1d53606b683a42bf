/* SPDX-License-Identifier: MIT */
/* See crew.h. */
#include "fuzz/peers/crew.h"

#include <stdio.h>

#include "fuzz/peers/stock.h"
#include "ref/base/xalloc.h"

/* Their places in the table. */
enum {
    ALL,
    SOME,
    PLAIN,
    INNER,
    LEAF,
    SCOPED,
    OWNED,
    CHECKED,
    FEED,
    SOMETHING,
    OPEN,
    RIGHT,
    OTHER,
    NOWHERE
};

#define ONE(op) (1u << (op))
#define OURS (ONE(CREW_OWN) - 1)
#define THEIRS (ONE(OPEN) | ONE(RIGHT) | ONE(OTHER))
#define EVERYTHING (OURS | THEIRS | ONE(NOWHERE))

/* "c/something" begins like a name that is allowed to those that may not reach
 * it; "r/right" is pinned where it is not allowed, and one that is allowed is
 * not pinned there. The stranger's id begins like that of a peer. */
const struct crew_op crew_ops[CREW_OPS] = {
    [ALL] = {.name = "c/all",
             .has_secret = true,
             .authority = 1,
             .reach = EVERYTHING & ~ONE(SOMETHING) & ~ONE(RIGHT),
             .pins = {ONE(RIGHT), 0}},
    [SOME] = {.name = "c/some",
              .has_secret = true,
              .authority = 2,
              .reach =
                  ONE(ALL) | ONE(SOME) | ONE(PLAIN) | ONE(OWNED) | ONE(RIGHT),
              .pins = {ONE(OPEN), ONE(OTHER)}},
    [PLAIN] = {.name = "c/plain", .reach = EVERYTHING},
    [INNER] = {.name = "c/inner",
               .is_internal = true,
               .has_secret = true,
               .authority = 3,
               .reach = EVERYTHING},
    [LEAF] = {.name = "c/leaf", .is_internal = true},
    [SCOPED] = {.name = "c/scoped",
                .asks_scope = true,
                .has_secret = true,
                .authority = 1,
                .reach = OURS},
    [OWNED] = {.name = "c/owned",
               .is_internal = true,
               .asks_thing = true,
               .has_secret = true,
               .authority = 2,
               .reach = EVERYTHING},
    [CHECKED] = {.name = "c/checked",
                 .is_checked = true,
                 .declares = true,
                 .authority = 3,
                 .reach = EVERYTHING},
    [FEED] = {.name = "c/feed",
              .is_feed = true,
              .has_secret = true,
              .authority = 1,
              .reach = OURS & ~ONE(SOMETHING)},
    [SOMETHING] = {.name = "c/something", .authority = 2, .reach = EVERYTHING},
    [OPEN] = {.name = "r/open", .is_checked = true, .served = 3},
    [RIGHT] = {.name = "r/right", .asks_thing = true, .served = 3},
    [OTHER] = {.name = "r/other", .is_shadowed = true, .served = 2},
    [NOWHERE] = {.name = "r/nowhere"},
};

/* What each authority may: the scope "s0", and "x1" of things. */
struct rights {
    bool is_known, has_scope, has_right;
    uint32_t owns; /* the thing of that number */
};
static const struct rights authorities[] = {
    {.is_known = false},
    {.is_known = true, .has_scope = true, .owns = 1},
    {.is_known = true, .has_right = true, .owns = 2},
    {.is_known = true, .has_scope = true, .has_right = true},
};
static const char *const written[] = {
    NULL,
    "{\"id\":\"a1\",\"scopes\":[\"s0\"],\"resources\":{}}",
    "{\"id\":\"a2\",\"scopes\":[],\"resources\":{\"t\":[\"x0\",\"x1\"]}}",
    ("{\"id\":\"a3\",\"scopes\":[\"s0\",\"s1\"],"
     "\"resources\":{\"t\":[\"x1\"]}}"),
};

static struct registry own, theirs[CREW_PEERS];
static struct crew_place places[CREW_PEERS + 1][CREW_OPS];

struct slice crew_name(uint32_t op)
{
    return slice_of(crew_ops[op].name);
}

struct slice crew_peer(uint32_t peer)
{
    static const char *const ids[] = {"n1", "n2", NULL, "n1-not"};

    return ids[peer] ? slice_of(ids[peer]) : slice_make(NULL, 0);
}

struct slice crew_authority(uint32_t op)
{
    static const char *const labels[] = {NULL, "a1", "a2", "a3"};
    const char *label = labels[crew_ops[op].authority];

    return label ? slice_of(label) : slice_make(NULL, 0);
}

/* Each its own. */
struct slice crew_secret(uint32_t op)
{
    static const char letters[] = STOCK_SECRET "abcdefghijklmn";
    const size_t len = sizeof letters - CREW_OPS + op;

    return crew_ops[op].has_secret ? slice_make(letters, len)
                                   : slice_make(NULL, 0);
}

/* ------------------------------------------------------------- the rules */

/* [AC-5] Of a peer's operation [OW-5] rights decide, of one's own [OW-1] who
 * owns the thing, where that is kept. */
static bool lets(const struct crew_op *op, const struct rights *who,
                 uint32_t thing, bool has_owners)
{
    const bool is_asked_of_owners = has_owners && !op->served;

    if (!op->asks_scope && !op->asks_thing)
        return true;
    if (!who->is_known || (op->asks_scope && !who->has_scope))
        return false;
    if (op->asks_thing && is_asked_of_owners)
        return thing != 0 && who->owns == thing;
    return !op->asks_thing || who->has_right;
}

enum gate_end crew_of_wire(const struct crew_request *r, uint32_t who)
{
    const struct crew_op *op = &crew_ops[r->op];
    const struct rights rights = {.is_known = who != GATE_NOBODY,
                                  .has_scope = (who & 1) != 0};

    if (r->op >= CREW_OWN || op->is_internal)
        return GATE_NOT_FOUND;
    if (!lets(op, &rights, 0, false))
        return GATE_FORBIDDEN;
    return op->is_checked && r->input != CREW_FITS ? GATE_INVALID_INPUT
                                                   : GATE_RUNS;
}

static bool is_within_reach(const struct crew_op *by,
                            const struct crew_request *r)
{
    return (by->reach & ONE(r->op)) ||
           (r->peer < CREW_PEERS && (by->pins[r->peer] & ONE(r->op)));
}

uint32_t crew_whose(const struct crew_request *r)
{
    if (r->peer != CREW_ANYBODY)
        return r->peer;
    for (uint32_t peer = 0; peer < CREW_PEERS; peer++)
        if (crew_ops[r->op].served & ONE(peer))
            return peer;
    return CREW_ANYBODY;
}

static bool is_there(const struct crew_request *r)
{
    if (r->peer == CREW_ANYBODY)
        return r->op != NOWHERE;
    return r->peer < CREW_PEERS && (crew_ops[r->op].served & ONE(r->peer));
}

enum gate_end crew_of_composing(uint32_t by, const struct crew_request *r,
                                bool has_owners)
{
    const struct crew_op *op = &crew_ops[r->op];
    const struct rights *as = &authorities[crew_ops[by].authority];
    const uint32_t thing = r->input < CREW_NULL ? r->thing : 0;

    if (!is_within_reach(&crew_ops[by], r) || !is_there(r))
        return GATE_NOT_FOUND;
    if (!lets(op, as, thing, has_owners))
        return GATE_FORBIDDEN;
    if (op->is_feed)
        return GATE_WRONG_KIND;
    return op->is_checked && !op->served && r->input != CREW_FITS
               ? GATE_INVALID_INPUT
               : GATE_RUNS;
}

/* ------------------------------------------------------------- who owns */

/* "a1" owns "d1", and "a2" owns "d2". */
static bool owns_any(void *self, const struct identity *who, struct slice type)
{
    (void)self;
    (void)type;
    return slice_equal(who->id, slice_of("a1")) ||
           slice_equal(who->id, slice_of("a2"));
}

static bool owns(void *self, const struct identity *who, struct slice type,
                 struct slice id, struct slice action)
{
    (void)action;
    return owns_any(self, who, type) && id.len == 2 &&
           id.data[1] == who->id.data[1];
}

const struct access_owners *crew_owners(void)
{
    static const struct access_owners owners = {.owns = owns,
                                                .owns_any = owns_any};

    return &owners;
}

/* ------------------------------------------------------------- made once */

static struct slice own_text(const char *text)
{
    return slice_make(xalloc_copy(slice_of(text)), slice_of(text).len);
}

static void set_access(struct spec *spec, const struct crew_op *op)
{
    if (op->asks_scope)
        strings_add(&spec->access.required_scopes, slice_of("s0"));
    if (!op->asks_thing)
        return;
    spec->access.resource_type = own_text("t");
    spec->access.resource_action = own_text("x1");
    if (!op->served)
        spec->resource_id_path = own_text("$.r");
}

static void set_composing(struct registration *r, const struct crew_op *op)
{
    char pin[40];

    for (uint32_t i = 0; i < CREW_OPS; i++) {
        if (op->reach & ONE(i))
            strings_add(&r->scoped_env.allowed, crew_name(i));
        for (uint32_t peer = 0; peer < CREW_PEERS; peer++) {
            if (!(op->pins[peer] & ONE(i)))
                continue;
            (void)snprintf(pin, sizeof pin, "n%u/%s", peer + 1,
                           crew_ops[i].name);
            strings_add(&r->scoped_env.pinned, slice_of(pin));
        }
    }
    if (op->authority) {
        struct identity identity;

        if (identity_parse(slice_of(written[op->authority]), &identity)) {
            r->authority = identity_copy(&identity);
            identity_clear(&identity);
        }
    }
}

static void add(struct registry *registry, uint32_t which, uint32_t peer,
                const struct handler *handler)
{
    const struct crew_op *op = &crew_ops[which];
    struct registration r = {.spec = spec_plain(crew_name(which)),
                             .handler = *handler};
    struct failure f;
    bool is_good;

    places[peer][which] = (struct crew_place){which, peer};
    r.handler.self = &places[peer][which];
    if (!op->is_feed)
        r.handler.pull = NULL;
    r.provenance = peer == CREW_ANYBODY ? REGISTRY_LOCAL : REGISTRY_FROM_CALL;
    r.spec.op_type = op->is_feed ? SPEC_SUBSCRIPTION : SPEC_QUERY;
    r.spec.visibility =
        op->is_internal || op->served ? SPEC_INTERNAL : SPEC_EXTERNAL;
    if (op->is_checked) {
        json_decref(r.spec.input_schema);
        r.spec.input_schema =
            json_pack("{s:s,s:[s]}", "type", "object", "required", "must");
    }
    if (op->declares)
        json_array_append_new(r.spec.error_schemas,
                              json_pack("{s:s}", "code", "OUCH"));
    set_access(&r.spec, op);
    set_composing(&r, op);
    if (op->has_secret) {
        r.capabilities = capabilities_new();
        (void)capabilities_add(r.capabilities, slice_of("key"),
                               crew_secret(which));
    }
    is_good = registry_add_take(registry, &r, &f);
    assert(is_good);
    (void)is_good;
}

void crew_setup(const struct handler *handler)
{
    for (uint32_t op = 0; op < NOWHERE; op++) {
        if (!crew_ops[op].served || crew_ops[op].is_shadowed)
            add(&own, op, CREW_ANYBODY, handler);
        for (uint32_t peer = 0; peer < CREW_PEERS; peer++)
            if (crew_ops[op].served & ONE(peer))
                add(&theirs[peer], op, peer, handler);
    }
}

struct registry *crew_registry(void)
{
    return &own;
}

void crew_serve(struct connection *c)
{
    for (uint32_t peer = 0; peer < CREW_PEERS; peer++)
        overlay_attach(&c->commons->overlays, crew_peer(peer), &theirs[peer]);
}

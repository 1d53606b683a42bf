/* SPDX-License-Identifier: MIT */
/*
 * [OC-2] When inputs are held against what an operation declared: after
 * everything that may hide the operation or refuse the caller, for calls from
 * the wire and composed ones alike, and not for what a peer serves.
 */
#include "ref/rules/env.h"
#include "ref/test/offer.h"

#define SCHEMA                                                                 \
    ",\"input_schema\":{\"type\":\"object\",\"required\":[\"n\"],"             \
    "\"properties\":{\"n\":{\"type\":\"integer\",\"maximum\":9}},"             \
    "\"additionalProperties\":false}"
#define SCOPED ",\"access\":{\"required_scopes\":[\"s\"]}"
#define INSIDE ",\"visibility\":\"internal\""
#define GOOD "{\"n\":9}"
#define BAD "{\"n\":\"hush-4711\"}"
#define UNFIT "INVALID_INPUT: does not fit the schema: "

static struct registry own, served; /* served: by the peer "w" */
static struct overlays peers;
static struct identity alice; /* holds the scope "s" */
static struct buf scratch;

static void serve(const char *spec)
{
    struct registration r = offer_make(spec, offer_never);

    r.provenance = REGISTRY_FROM_CALL;
    offer_take(&served, &r);
}

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
    fail_msg("a handler was asked for an item");
}

static int begin(void **state)
{
    static const char *const names[] = {"t/open",  "t/scoped", "t/inside",
                                        "t/items", "w/any",    NULL};

    struct handler items = offer_never;

    (void)state;
    items.pull = pull_never;
    buf_init(&scratch, 1000);
    offer(&own, "{\"name\":\"t/open\"" SCHEMA "}", false, offer_never);
    offer(&own, "{\"name\":\"t/scoped\"" SCHEMA SCOPED "}", false, offer_never);
    offer(&own, "{\"name\":\"t/inside\"" SCHEMA INSIDE "}", false, offer_never);
    offer(&own, "{\"name\":\"t/none\",\"input_schema\":false}", false,
          offer_never);
    offer(&own, "{\"name\":\"t/any\",\"input_schema\":{\"title\":\"any\"}}",
          false, offer_never);
    offer(&own, "{\"name\":\"t/items\",\"op_type\":\"subscription\"" SCHEMA "}",
          false, items);
    offer_composer(&own, "{\"name\":\"t/parent\"}", NULL, names, offer_never);
    serve("{\"name\":\"w/any\"" SCHEMA INSIDE "}");
    overlay_attach(&peers, slice_of("w"), &served);
    return identity_parse(
               slice_of(
                   "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"),
               &alice)
               ? 0
               : -1;
}

static int end(void **state)
{
    (void)state;
    overlay_clear(&peers);
    registry_clear(&own);
    registry_clear(&served);
    identity_clear(&alice);
    buf_clear(&scratch);
    return 0;
}

/* "", when it may run; else code and message. Static. */
static const char *words(bool is_good, const struct call_error *e)
{
    static char text[400];

    if (is_good)
        return "";
    snprintf(text, sizeof text, "%.*s: %.*s", (int)e->code.len,
             (const char *)e->code.data, (int)e->message.len,
             (const char *)e->message.data);
    assert_int_equal(e->details.len, 0);
    assert_null(strstr(text, "hush")); /* [HF-5] */
    return text;
}

/* What is said to a request from the wire. */
static const char *asked(const char *name, const struct identity *who,
                         const char *input)
{
    const struct registration *r = registry_find(&own, slice_of(name));
    struct slice exact = t_exact(slice_of(input));
    struct context c = context_from_wire(slice_of("r1"), slice_of(name),
                                         (struct peer_filter){true},
                                         (struct context_origin){NULL, 0});
    struct call_error e;
    bool is_good;

    c.identity = who;
    is_good = dispatch_check(r, &c, exact, &scratch, &e);
    t_free(exact);
    return words(is_good, &e);
}

/* What is said to the handler of "t/parent" that composes it. */
static const char *composed(const char *name, const struct identity *who,
                            const char *input)
{
    const struct registration *parent =
        registry_find(&own, slice_of("t/parent"));
    struct context above = context_from_wire(
        slice_of("r1"), slice_of("t/parent"), (struct peer_filter){true},
        (struct context_origin){NULL, 0});
    struct context c;
    struct call_error e;

    above.authority = who;
    above.scoped_env = &parent->scoped_env;
    above.layers = (struct overlay_layers){.peers = &peers, .base = &own};
    c = context_from_parent(&above, slice_of("r2"), slice_of(name));
    return words(env_check(&above, &c, (struct peer_ref){.id = {NULL, 0}},
                           slice_of(input), &scratch, &e) != NULL,
                 &e);
}

static void an_input_that_does_not_fit_is_refused(void **state)
{
    static const struct {
        const char *name, *input, *says;
    } cases[] = {
        {"t/open", GOOD, ""},
        {"t/open", "{\"n\":9.0}", ""},
        {"t/open", "{\"n\":10}", UNFIT "maximum at /n"},
        {"t/open", BAD, UNFIT "type at /n"},
        {"t/open", "{}", UNFIT "required (n)"},
        {"t/open", "null", UNFIT "type"},
        {"t/open", "{\"n\":1,\"hush-4711\":2}", UNFIT "additionalProperties"},
        {"t/none", "null", UNFIT "false"},
        {"t/any", "null", ""},
        {"t/items", GOOD, ""},
        {"t/items", BAD, UNFIT "type at /n"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(asked(cases[i].name, NULL, cases[i].input),
                            cases[i].says);
}

/* Who may not call learns nothing of what it wants. */
static void access_is_asked_before_the_input(void **state)
{
    (void)state;
    assert_string_equal(asked("t/scoped", NULL, GOOD),
                        "FORBIDDEN: authentication required");
    assert_string_equal(asked("t/scoped", NULL, BAD),
                        "FORBIDDEN: authentication required");
    assert_string_equal(asked("t/scoped", &alice, BAD), UNFIT "type at /n");
    assert_string_equal(asked("t/scoped", &alice, GOOD), "");
    assert_string_equal(asked("t/inside", &alice, BAD),
                        "NOT_FOUND: operation not found: t/inside");
}

static void a_composed_call_is_asked_the_same(void **state)
{
    (void)state;
    assert_string_equal(composed("t/open", NULL, GOOD), "");
    assert_string_equal(composed("t/open", NULL, BAD), UNFIT "type at /n");
    assert_string_equal(composed("t/inside", NULL, BAD), UNFIT "type at /n");
    assert_string_equal(composed("t/scoped", NULL, BAD),
                        "FORBIDDEN: authentication required");
    assert_string_equal(composed("t/scoped", &alice, BAD), UNFIT "type at /n");
    assert_string_equal(composed("t/any", NULL, BAD),
                        "NOT_FOUND: operation not found: t/any");
    assert_string_equal(
        composed("t/items", NULL, BAD),
        "INVALID_OPERATION_TYPE: a subscription cannot be composed");
}

/* It checks by itself, and may have changed its mind since it was asked. */
static void what_a_peer_serves_is_left_to_the_peer(void **state)
{
    (void)state;
    assert_string_equal(composed("w/any", NULL, GOOD), "");
    assert_string_equal(composed("w/any", NULL, BAD), "");
    serve("{\"name\":\"w/pattern\",\"input_schema\":{\"pattern\":\"a\"}" INSIDE
          "}");
}

/* Good JSON that a tree has no room for is unknown, and so does not fit; where
 * nobody looks it goes through. */
static void what_cannot_be_looked_at_does_not_fit(void **state)
{
    static const char *const inputs[] = {
        "{\"n\":99999999999999999999}", "{\"n\":1e999}", "{\"hush\\u0000\":1}"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(inputs); i++) {
        assert_string_equal(
            asked("t/open", NULL, inputs[i]),
            "INVALID_INPUT: there is more in it than this node can look at");
        assert_string_equal(asked("t/any", NULL, inputs[i]), "");
    }
}

static void what_cannot_be_checked_is_not_offered(void **state)
{
    struct registration r =
        offer_make("{\"name\":\"t/p\",\"input_schema\":{\"properties\":{\"a\":{"
                   "\"pattern\":\"x\"}}}}",
                   offer_never);
    struct registry registry = {.is_sealed = false};
    struct failure f;

    (void)state;
    assert_false(registry_add_take(&registry, &r, &f));
    assert_string_equal(f.sentence,
                        "t/p: input_schema: pattern: a keyword that is not "
                        "supported at /properties/a");
    assert_null(registry_find(&registry, slice_of("t/p")));
    registry_clear(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_input_that_does_not_fit_is_refused),
        cmocka_unit_test(access_is_asked_before_the_input),
        cmocka_unit_test(a_composed_call_is_asked_the_same),
        cmocka_unit_test(what_a_peer_serves_is_left_to_the_peer),
        cmocka_unit_test(what_cannot_be_looked_at_does_not_fit),
        cmocka_unit_test(what_cannot_be_checked_is_not_offered),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}

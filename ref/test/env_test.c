/* SPDX-License-Identifier: MIT */
/*
 * What a handler may compose: first what its operation was given, then where
 * that is found, then every check that a request from the wire meets, then that
 * one answer is enough.
 *
 * Three layers and two peers: "base", "session", "w1" and "w2". A verdict names
 * the layer in which the operation was found.
 */
#include "ref/rules/env.h"
#include "ref/test/offer.h"

#define ALICE "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"

enum { BASE, SESSION, W1, W2, LAYERS };

static const char *const layer_names[] = {"base", "session", "w1", "w2"};
static struct registry layers[LAYERS];
static struct overlays peers;
static struct buf scratch;

static void pull_never(void *self, struct handler_call call)
{
    (void)self;
    (void)call;
    fail_msg("a handler was asked for an item");
}

/* What a peer or a session serves: internal, as all of that is. */
static void add(int layer, const char *name, const char *more)
{
    char spec[300];
    struct registration r;

    snprintf(spec, sizeof spec,
             "{\"name\":\"%s\",\"visibility\":\"internal\"%s}", name, more);
    r = offer_make(spec, offer_never);
    if (r.spec.op_type == SPEC_SUBSCRIPTION)
        r.handler.pull = pull_never;
    r.provenance = layer == SESSION ? REGISTRY_SESSION : REGISTRY_FROM_CALL;
    offer_take(&layers[layer], &r);
}

#define SCOPED ",\"access\":{\"required_scopes\":[\"s\"]}"
#define ITEMS ",\"op_type\":\"subscription\""

/* A parent that composes as that identity, or as nobody, within that reach. */
static void add_parent(const char *spec, const char *authority,
                       const char *reach)
{
    struct registration r = offer_make(spec, offer_never);
    struct identity who = {.resources = NULL};
    json_t *tree = t_tree(reach);
    struct failure f;

    assert_true(scoped_env_read(tree, &r.scoped_env, &f));
    json_decref(tree);
    if (authority) {
        assert_true(identity_parse(slice_of(authority), &who));
        r.authority = identity_copy(&who);
        identity_clear(&who);
    }
    offer_take(&layers[BASE], &r);
}

#define REACH                                                                  \
    "{\"allowed\":[\"t/open\",\"t/inside\",\"t/scoped\",\"t/items\","          \
    "\"t/none\",\"t/remote\",\"t/remote-scoped\",\"t/remote-items\","          \
    "\"t/everywhere\"],\"pinned\":[\"w2/t/pinned\",\"w2/t/open\"]}"

/* Two parents: "p/alice" composes as alice, "p/nobody" as nobody. */
static int begin(void **state)
{
    struct handler items = offer_never;

    (void)state;
    items.pull = pull_never;
    buf_init(&scratch, 1000);
    offer(&layers[BASE], "{\"name\":\"t/open\"}", false, offer_never);
    offer(&layers[BASE], "{\"name\":\"t/beside\"}", true, offer_never);
    offer(&layers[BASE], "{\"name\":\"t/inside\",\"visibility\":\"internal\"}",
          false, offer_never);
    offer(&layers[BASE], "{\"name\":\"t/scoped\"" SCOPED "}", false,
          offer_never);
    offer(&layers[BASE], "{\"name\":\"t/items\"" ITEMS "}", false, items);
    offer(&layers[BASE], "{\"name\":\"t/everywhere\"}", false, offer_never);
    offer(&layers[BASE], "{\"name\":\"t/pinned\"}", false, offer_never);
    add_parent("{\"name\":\"p/alice\"}", ALICE, REACH);
    add_parent("{\"name\":\"p/nobody\"}", NULL, REACH);
    add(SESSION, "t/everywhere", "");
    add(W1, "t/everywhere", "");
    add(W1, "t/remote", "");
    add(W1, "t/pinned", "");
    add(W2, "t/everywhere", "");
    add(W2, "t/remote", "");
    add(W2, "t/pinned", "");
    add(W2, "t/beside", "");
    add(W2, "t/remote-scoped", SCOPED);
    add(W2, "t/remote-items", ITEMS);
    overlay_attach(&peers, slice_of("w1"), &layers[W1]);
    overlay_attach(&peers, slice_of("w2"), &layers[W2]);
    return 0;
}

static int end(void **state)
{
    (void)state;
    overlay_clear(&peers);
    for (size_t i = 0; i < LAYERS; i++)
        registry_clear(&layers[i]);
    buf_clear(&scratch);
    return 0;
}

/* ------------------------------------------------------------- verdicts */

static struct peer_ref peer_of(const char *id)
{
    return (struct peer_ref){id ? slice_of(id) : slice_make(NULL, 0)};
}

typedef const struct registration *
check(const struct context *parent, const struct context *context,
      struct peer_ref peer, struct slice input, struct buf *scratch,
      struct call_error *ret_error);

/* "layer name" of the operation that may run, or the error; static. */
static const char *words(const struct registration *r,
                         const struct call_error *e)
{
    static char text[300];

    if (!r) {
        snprintf(text, sizeof text, "%.*s: %.*s", (int)e->code.len,
                 (const char *)e->code.data, (int)e->message.len,
                 (const char *)e->message.data);
        return text;
    }
    for (size_t i = 0; i < LAYERS; i++)
        if (registry_find(&layers[i], r->spec.name) == r)
            snprintf(text, sizeof text, "%s %.*s", layer_names[i],
                     (int)r->spec.name.len, (const char *)r->spec.name.data);
    return text;
}

/* What `asks` says to the handler of that parent; `is_stream`: the items can be
 * taken. */
static const char *ask(check *asks, const char *parent_name, const char *peer,
                       const char *name, bool has_session, bool is_stream)
{
    const struct registration *parent =
        registry_find(&layers[BASE], slice_of(parent_name));
    struct context above =
        context_from_wire(slice_of("r1"), slice_of(parent_name),
                          (struct peer_filter){false}, /* of a dialled peer */
                          (struct context_origin){NULL, 3});
    struct context context;
    struct call_error e;
    const struct registration *r;

    above.authority = parent->authority;
    above.scoped_env = &parent->scoped_env;
    above.layers = (struct overlay_layers){
        .session = has_session ? &layers[SESSION] : NULL,
        .peers = &peers,
        .base = &layers[BASE],
    };
    context = context_from_parent(&above, slice_of("own"), slice_of(name));
    context.takes_items = is_stream;
    r = asks(&above, &context, peer_of(peer), slice_of("1"), &scratch, &e);
    return words(r, &e);
}

static const char *verdict(const char *parent, const char *peer,
                           const char *name)
{
    return ask(env_check, parent, peer, name, false, false);
}

#define NO(name) "NOT_FOUND: operation not found: " name

/* ------------------------------------------------------------- the tests */

/* [SE-1, SE-2, SE-3, CK-2, CA-1, CA-2, CA-3, RG-8, SU-17, PE-10] */
static void reach_then_the_checks_then_the_kind(void **state)
{
    static const struct {
        const char *parent, *name, *says;
    } cases[] = {
        {"p/nobody", "t/open", "base t/open"},
        {"p/nobody", "t/inside", "base t/inside"}, /* [VI-1] */
        {"p/nobody", "t/beside", NO("t/beside")},
        {"p/nobody", "t/none", NO("t/none")},
        {"p/nobody", "/t/open", NO("/t/open")},
        {"p/nobody", "", NO("")},
        {"p/nobody", "t/scoped", "FORBIDDEN: authentication required"},
        {"p/alice", "t/scoped", "base t/scoped"},
        {"p/alice", "t/beside", NO("t/beside")},
        {"p/alice", "t/items",
         "INVALID_OPERATION_TYPE: a subscription cannot be composed"},
        {"t/open", "t/open", NO("t/open")},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(verdict(cases[i].parent, NULL, cases[i].name),
                            cases[i].says);
}

/* [PE-6, SE-6] also where several layers have it: what is out of reach is
 * answered in the words for what is nowhere */
static void the_gate_stands_before_the_search(void **state)
{
    static const char *const from[] = {NULL, "w1", "w2", "nobody"};

    (void)state;
    for (size_t i = 0; i < T_COUNT(from); i++)
        assert_string_equal(verdict("p/alice", from[i], "t/beside"),
                            NO("t/beside"));
}

/* [LY-2, PE-5] */
static void the_first_layer_that_has_it_decides(void **state)
{
    (void)state;
    assert_string_equal(
        ask(env_check, "p/alice", NULL, "t/everywhere", true, false),
        "session t/everywhere");
    assert_string_equal(verdict("p/alice", NULL, "t/everywhere"),
                        "w1 t/everywhere");
    assert_string_equal(verdict("p/alice", NULL, "t/remote"), "w1 t/remote");
    assert_string_equal(verdict("p/alice", NULL, "t/open"), "base t/open");
}

/* [PE-4] nor in the session, nor at another peer, nor at home */
static void a_certain_peer_has_it_or_nobody_does(void **state)
{
    static const struct {
        const char *peer, *name, *says;
    } cases[] = {
        {"w2", "t/everywhere", "w2 t/everywhere"},
        {"w1", "t/everywhere", "w1 t/everywhere"},
        {"w2", "t/remote", "w2 t/remote"},
        {"w1", "t/open", NO("t/open")},
        {"w1", "t/remote-scoped", NO("t/remote-scoped")},
        {"w3", "t/everywhere", NO("t/everywhere")},
        {"", "t/everywhere", NO("t/everywhere")},
        {"local", "t/open", NO("t/open")},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(ask(env_check, "p/alice", cases[i].peer,
                                cases[i].name, true, false),
                            cases[i].says);
}

/* [SE-4, SE-8] from the peer to which it is pinned, asked for by name */
static void what_is_only_pinned_is_reached_at_that_peer_alone(void **state)
{
    (void)state;
    assert_string_equal(verdict("p/alice", "w2", "t/pinned"), "w2 t/pinned");
    assert_string_equal(verdict("p/alice", "w1", "t/pinned"), NO("t/pinned"));
    assert_string_equal(verdict("p/alice", NULL, "t/pinned"), NO("t/pinned"));
}

/* [FW-13] what the peer asks of its callers is asked here of the composer */
static void an_import_keeps_the_access_its_peer_told_of(void **state)
{
    (void)state;
    assert_string_equal(verdict("p/nobody", NULL, "t/remote-scoped"),
                        "FORBIDDEN: authentication required");
    assert_string_equal(verdict("p/nobody", "w2", "t/remote-scoped"),
                        "FORBIDDEN: authentication required");
    assert_string_equal(verdict("p/alice", "w2", "t/remote-scoped"),
                        "w2 t/remote-scoped");
}

/* [OC-6, FW-11] */
static void what_is_handed_on_is_looked_for_among_peers_alone(void **state)
{
    static const struct {
        const char *parent, *peer, *name, *says;
    } cases[] = {
        {"p/alice", NULL, "t/everywhere", "w1 t/everywhere"},
        {"p/alice", "w2", "t/everywhere", "w2 t/everywhere"},
        {"p/alice", NULL, "t/open", NO("t/open")},
        {"p/alice", NULL, "t/beside", NO("t/beside")},
        {"p/alice", NULL, "t/pinned", NO("t/pinned")},
        {"p/alice", "w2", "t/pinned", "w2 t/pinned"},
        {"p/alice", "w3", "t/remote", NO("t/remote")},
        {"p/alice", NULL, "t/remote-items", "w2 t/remote-items"},
        {"p/nobody", NULL, "t/remote-scoped",
         "FORBIDDEN: authentication required"},
    };

    (void)state;
    for (size_t i = 0; i < T_COUNT(cases); i++)
        assert_string_equal(ask(env_check_at_peers, cases[i].parent,
                                cases[i].peer, cases[i].name, true, true),
                            cases[i].says);
    assert_string_equal(ask(env_check_at_peers, "p/alice", NULL,
                            "t/remote-items", false, false),
                        "INVALID_OPERATION_TYPE: a subscription cannot be "
                        "composed");
}

static void check_what_is_from_the_wire(void *arg)
{
    struct context context = context_from_wire(
        slice_of("r1"), slice_of("t/open"), (struct peer_filter){true},
        (struct context_origin){NULL, 3});
    struct call_error e;

    (void)arg;
    context.layers = (struct overlay_layers){NULL, &peers, &layers[BASE]};
    (void)env_check(&context, &context, peer_of(NULL), slice_of("1"), &scratch,
                    &e);
}

static void only_composed_calls_are_asked_about(void **state)
{
    (void)state;
    assert_true(t_asserts(check_what_is_from_the_wire, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_then_the_checks_then_the_kind),
        cmocka_unit_test(the_gate_stands_before_the_search),
        cmocka_unit_test(the_first_layer_that_has_it_decides),
        cmocka_unit_test(a_certain_peer_has_it_or_nobody_does),
        cmocka_unit_test(what_is_only_pinned_is_reached_at_that_peer_alone),
        cmocka_unit_test(an_import_keeps_the_access_its_peer_told_of),
        cmocka_unit_test(what_is_handed_on_is_looked_for_among_peers_alone),
        cmocka_unit_test(only_composed_calls_are_asked_about),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, begin, end);
}

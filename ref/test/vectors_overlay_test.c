/* SPDX-License-Identifier: MIT */
/* In which layer, and with which peer, is an operation found? The vectors of
 * lookup.json. Their connections have names; here each is a registry, the
 * operations of which were imported over it. */
#include "ref/state/overlay.h"
#include "ref/test/offer.h"
#include "ref/test/vectors.h"

#define CONNECTIONS_MAX 4

/* What was imported over one connection. */
struct imported {
    char name[8];               /* the connection's */
    struct slice peer;          /* borrowed; data NULL: it has no id */
    struct registry operations; /* owned */
};

static struct imported connections[CONNECTIONS_MAX];
static struct overlays peers;

/* Everything that a vector lists, in the place of what was there. */
static void fill(struct registry *registry, const json_t *names)
{
    registry_clear(registry);
    for (size_t i = 0; i < json_array_size(names); i++) {
        char spec[100];

        snprintf(spec, sizeof spec, "{\"name\":\"%s\"}",
                 json_string_value(json_array_get(names, i)));
        offer(registry, spec, false, offer_never);
    }
}

/* The connection of that name, old or new. */
static struct imported *connection_of(const char *name)
{
    struct imported *c = connections;

    while (c->name[0] && strcmp(c->name, name) != 0)
        assert_true(++c < connections + CONNECTIONS_MAX);
    snprintf(c->name, sizeof c->name, "%s", name);
    return c;
}

/* [PE-8] One step of a history; who has no id is never attached. */
static void happen(const json_t *step)
{
    const char *attached = json_string_value(get(step, "attach"));
    struct imported *c =
        connection_of(attached ? attached : text_of(step, "detach"));

    if (attached) {
        assert_int_equal(json_object_size(step), 3);
        fill(&c->operations, get(step, "names"));
        c->peer = text_or_none(step, "peer");
        if (c->peer.data)
            overlay_attach(&peers, c->peer, &c->operations);
    } else {
        assert_int_equal(json_object_size(step), 1);
        assert_non_null(c->peer.data);
        overlay_detach(&peers, c->peer, &c->operations);
    }
}

static void check_layer(const struct overlay_layers *layers, struct slice name,
                        const struct registration *found)
{
    const char *layer = "peer";
    const char *connection = NULL;

    if (layers->session && registry_find(layers->session, name) == found)
        layer = "session";
    if (registry_find(layers->base, name) == found)
        layer = "base";
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        if (registry_find(&connections[i].operations, name) == found)
            connection = connections[i].name;
    check_that(strcmp(layer, text_of(now.expect, "layer")) == 0, "the layer");
    check_that(json_is_string(get(now.expect, "connection")) ==
                       (connection != NULL) &&
                   strcmp(connection ? connection : "",
                          text_of(now.expect, "connection")) == 0,
               "the connection");
}

static void clear(struct registry *session, struct registry *base)
{
    overlay_clear(&peers);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        registry_clear(&connections[i].operations);
        connections[i] = (struct imported){.name = ""};
    }
    registry_clear(session);
    registry_clear(base);
}

static void run_lookup(const json_t *test, const json_t *params)
{
    json_t *names = tree_of(test, "session"), *own = tree_of(test, "base");
    json_t *history = tree_of(test, "history");
    struct registry session = {.is_sealed = false}, base = session;
    struct overlay_layers layers = {names ? &session : NULL, &peers, &base};
    const struct registration *found;

    (void)params;
    fill(&session, names);
    fill(&base, own);
    for (size_t i = 0; i < json_array_size(history); i++)
        happen(json_array_get(history, i));
    found = overlay_find(&layers, peer_of(test), bytes_of(test, "name"));
    check_verdict(found != NULL);
    if (found)
        check_layer(&layers, bytes_of(test, "name"), found);
    clear(&session, &base);
    json_decref(names);
    json_decref(own);
    json_decref(history);
}

static const struct vectors_runner runners[] = {
    {"lookup", run_lookup, "session history base peer name",
     "layer connection"},
};

static void operations_are_found_where_the_vectors_say(void **state)
{
    (void)state;
    run_file("lookup.json", runners, T_COUNT(runners));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_found_where_the_vectors_say),
    };

    value_setup(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

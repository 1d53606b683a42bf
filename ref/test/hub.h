/* SPDX-License-Identifier: MIT */
/*
 * Node 0 is a client of node 1, the hub, which has imported what the workers 2
 * and 3 serve: "w/…". The hub's handlers compose that ("h/parent"), and some of
 * its operations offer it.
 */
#ifndef REF_TEST_HUB_H
#define REF_TEST_HUB_H

#include "ref/rules/discovery.h"
#include "ref/test/mesh.h"

enum { CLIENT, HUB, WORKER, OTHER };

/* Links: who is at side 0 is named first. */
enum { CLIENT_HUB, HUB_WORKER, HUB_OTHER, SPARE };

#define ALICE "{\"id\":\"alice\",\"scopes\":[\"s\"],\"resources\":{}}"

static struct wire *const hub = &mesh_nodes[HUB];
static struct wire *const worker = &mesh_nodes[WORKER];
static struct wire *const other = &mesh_nodes[OTHER];
static struct waiter waiters[8];

#define S 1000000000ull

static const char *const reach[] = {"w/echo",   "w/hold",   "w/scoped",
                                    "w/items",  "w/flood",  "w/alone",
                                    "h/parent", "h/scoped", NULL};

/* ------------------------------------------------------------- the worker */

#define FLOOD 200 /* items … */
#define DROP 1000 /* … of so many bytes */

static int produced;

static inline void start_flood(void *self, const struct context *context,
                               struct slice input, struct handler_call call)
{
    (void)self;
    (void)context;
    (void)input;
    (void)call;
    produced = 0;
}

static inline void pull_flood(void *self, struct handler_call call)
{
    char item[DROP + 1];

    (void)self;
    if (produced == FLOOD) {
        handler_complete(call);
        return;
    }
    memset(item, 'x', DROP);
    item[0] = item[DROP - 1] = '"';
    item[DROP] = '\0';
    snprintf(item + 1, 10, "%d ", produced++);
    item[strlen(item)] = 'x';
    handler_item(call, slice_of(item));
}

/* "w/alone" is the first worker's alone. */
static inline void furnish_worker(struct wire *w)
{
    struct handler echo = {.start = wire_echo, .self = w};
    struct handler hold = {.start = wire_hold, .stop = wire_stop, .self = w};
    struct handler items = hold;
    struct handler flood = {.start = start_flood, .pull = pull_flood};
    struct failure f;

    items.pull = wire_pull;
    assert_true(discovery_register(&w->registry, &f));
    offer(&w->registry, "{\"name\":\"w/echo\"}", false, echo);
    offer(&w->registry, "{\"name\":\"w/hold\"}", false, hold);
    if (w == worker)
        offer(&w->registry, "{\"name\":\"w/alone\"}", false, hold);
    offer(&w->registry,
          "{\"name\":\"w/scoped\",\"access\":{\"required_scopes\":[\"s\"]}}",
          false, hold);
    offer(&w->registry, "{\"name\":\"w/items\",\"op_type\":\"subscription\"}",
          false, items);
    offer(&w->registry, "{\"name\":\"w/flood\",\"op_type\":\"subscription\"}",
          false, flood);
}

/* ------------------------------------------------------------- the hub */

static inline struct peer_ref peer_of(const char *id)
{
    return (struct peer_ref){id ? slice_of(id) : slice_make(NULL, 0)};
}

/* An operation that offers `name` of that peer, as alice or as nobody. */
static inline void offer_on(const char *spec, const char *peer,
                            const char *name, bool is_stream,
                            const char *authority)
{
    enum spec_op_type type = is_stream ? SPEC_SUBSCRIPTION : SPEC_QUERY;

    offer_composer(&hub->registry, spec, authority, reach,
                   forward_offer(peer_of(peer), slice_of(name), type));
}

static inline void furnish_hub(void)
{
    struct handler hold = {.start = wire_hold, .stop = wire_stop, .self = hub};
    static const char *const nothing[] = {NULL};

    offer_composer(&hub->registry, "{\"name\":\"h/parent\"}", ALICE, reach,
                   hold);
    offer_composer(&hub->registry, "{\"name\":\"h/nobody\"}", NULL, reach,
                   hold);
    offer_on("{\"name\":\"w/hold\"}", NULL, "w/hold", false, ALICE);
    offer_on("{\"name\":\"h/at-3\"}", "n3", "w/hold", false, ALICE);
    offer_on("{\"name\":\"h/alone-at-3\"}", "n3", "w/alone", false, ALICE);
    offer_on("{\"name\":\"h/scoped\"}", NULL, "w/scoped", false, ALICE);
    offer_on("{\"name\":\"h/as-nobody\"}", NULL, "w/scoped", false, NULL);
    offer_on("{\"name\":\"h/own\"}", NULL, "h/parent", false, ALICE);
    offer_on("{\"name\":\"h/items\",\"op_type\":\"subscription\"}", NULL,
             "w/items", true, NULL);
    offer_on("{\"name\":\"h/flood\",\"op_type\":\"subscription\"}", NULL,
             "w/flood", true, NULL);
    offer_on("{\"name\":\"h/not-one\"}", NULL, "w/items", false, NULL);
    offer_on("{\"name\":\"h/not-many\",\"op_type\":\"subscription\"}", NULL,
             "w/echo", true, NULL);
    offer_composer(
        &hub->registry, "{\"name\":\"h/out-of-reach\"}", ALICE, nothing,
        forward_offer(peer_of(NULL), slice_of("w/echo"), SPEC_QUERY));
}

/* Linked, and nothing is imported yet. */
static inline int link_up(void **state)
{
    (void)state;
    memset(waiters, 0, sizeof waiters);
    mesh_begin();
    furnish_worker(worker);
    furnish_worker(other);
    furnish_hub();
    mesh_join(CLIENT_HUB, CLIENT, HUB);
    mesh_join(HUB_WORKER, HUB, WORKER);
    mesh_join(HUB_OTHER, HUB, OTHER);
    return 0;
}

static inline int begin(void **state)
{
    link_up(state);
    mesh_import(HUB_WORKER, 0);
    mesh_import(HUB_OTHER, 0);
    return 0;
}

static inline void check_nothing_is_left(void)
{
    for (int i = 0; i < MESH_NODES; i++) {
        struct connection_stats stats = node_count(mesh_nodes[i].node);

        assert_int_equal(stats.pending, 0);
        assert_int_equal(stats.served, 0);
        assert_int_equal(stats.bytes, 0);
    }
}

static inline int end(void **state)
{
    (void)state;
    mesh_end();
    return 0;
}

/* When the oldest request of the hub's to the first worker is given up. */
static inline uint64_t worker_limit_ns(void)
{
    return mesh_at(HUB_WORKER, 0)->c->asking.pending.first->limit.entry.at_ns;
}

#endif

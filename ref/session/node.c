/* SPDX-License-Identifier: MIT */
/* See node.h. The node is also the desk at which handlers answer: it finds
 * their call by its serial, or not at all. */
#include "ref/session/node.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"

struct node {
    struct commons commons;    /* lent to the connections */
    struct registry *registry; /* borrowed; to be sealed */
};

static void take(void *self, uint64_t serial,
                 const struct handler_answer *answer)
{
    served_take(self, serial, answer);
}

struct node *node_new(const struct node_config *config)
{
    struct node *n = xalloc(1, sizeof *n);

    assert(config->registry && config->policy);
    n->registry = config->registry;
    n->commons = (struct commons){
        .registry = config->registry,
        .policy = config->policy,
        .owners = config->owners,
        .began_s = config->began_s,
        .entropy = config->entropy,
        .trace = config->trace,
        .desk = {take, &n->commons},
        .call_timeout_ns = config->call_timeout_ns ? config->call_timeout_ns
                                                   : BOUNDS_TIMEOUT_NS,
        .serve_timeout_ns = config->serve_timeout_ns ? config->serve_timeout_ns
                                                     : BOUNDS_TIMEOUT_NS,
        /* [FL-15] */
        .body_max = config->body_max ? config->body_max : BOUNDS_BODY_MAX,
    };
    return n;
}

void node_free(struct node *n)
{
    if (!n)
        return;
    while (table_first(&n->commons.connections))
        node_remove(n, table_first(&n->commons.connections)->value);
    composing_stop_all(&n->commons);
    served_sweep(&n->commons);
    table_clear(&n->commons.connections);
    table_clear(&n->commons.served);
    table_clear(&n->commons.relays);
    overlay_clear(&n->commons.overlays);
    agenda_clear(&n->commons.agenda);
    xalloc_free(n);
}

struct connection *node_add(struct node *n, struct slice fingerprint,
                            struct peer_filter filter)
{
    struct connection *c = connection_new(&n->commons, fingerprint, filter);

    registry_seal(n->registry); /* [RG-7] */
    table_add(&n->commons.connections, table_key(&c->serial), c);
    return c;
}

void node_remove(struct node *n, struct connection *c)
{
    connection_on_closed(c); /* what it tells may still find it */
    (void)table_remove(&n->commons.connections, table_key(&c->serial));
    connection_free(c);
}

void node_set_policy(struct node *n, const struct auth_policy *policy)
{
    n->commons.policy = policy;
}

void node_set_began(struct node *n, uint64_t began_s)
{
    n->commons.began_s = began_s;
}

static struct connection *find(struct context_origin origin)
{
    return commons_connection(origin.owner, origin.serial);
}

uint64_t node_call(struct context_origin origin,
                   const struct client_request *request,
                   struct pending_waiter waiter)
{
    struct connection *c = find(origin);
    const struct pending_outcome gone = {
        .error = call_error_make(CALL_ERROR_INTERNAL,
                                 slice_of("connection closed"))};

    if (c)
        return client_call(c, request, waiter);
    waiter.tell(waiter.self, &gone);
    return 0;
}

void node_abort(struct context_origin origin, uint64_t ticket)
{
    struct connection *c = find(origin);

    if (c)
        client_abort(c, ticket);
}

void node_invoke(struct handler_call parent,
                 const struct composing_request *request,
                 struct pending_waiter waiter)
{
    composing_invoke(parent.desk->self, parent.serial, request, waiter);
}

void node_set_session(struct handler_call call, const struct registry *session)
{
    struct served *served = served_find(call.desk->self, call.serial);

    if (served)
        served->context.layers.session = session;
}

void node_advance(struct node *n, uint64_t now_ns)
{
    assert(now_ns >= n->commons.now_ns);
    n->commons.now_ns = now_ns;
    reminder_ring(&n->commons.agenda, now_ns);
}

uint64_t node_deadline(const struct node *n)
{
    return agenda_next_ns(&n->commons.agenda);
}

/* What was composed is started first: it may stir some more. */
struct connection *node_stirred(struct node *n)
{
    served_sweep(&n->commons);
    composing_run(&n->commons);
    return queue_first(&n->commons.stirred);
}

struct connection_stats node_count(const struct node *n)
{
    struct connection_stats sum = {.served = n->commons.composed_count,
                                   .passed = n->commons.relays.count};

    for (struct table_entry *e = table_first(&n->commons.connections); e;
         e = table_next(e))
        connection_count(e->value, &sum);
    return sum;
}

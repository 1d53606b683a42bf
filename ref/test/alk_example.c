/* SPDX-License-Identifier: MIT */
/*
 * The program of which ref/alk.h shows the middle: two nodes in one process, an
 * operation that one offers, a call of it by the other. What either connection
 * wants done is told to the other one; there is no network and no clock.
 */
#include "ref/alk.h"
#include "ref/host/entropy.h"

#include <stdio.h>

#define GREETING_MAX 1000 /* bytes of an answer */
#define STREAMS 10        /* that each side may open */

/* ------------------------------------------------------ the application */

static void greet(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    const struct call_error too_long =
        call_error_make(CALL_ERROR_INVALID_INPUT, slice_of("such a long name"));
    struct buf output;

    (void)self;
    (void)context;
    buf_init(&output, GREETING_MAX);
    if (buf_add(&output, slice_of("{\"hello\":")) && buf_add(&output, input) &&
        buf_add(&output, slice_of("}")))
        handler_respond(call, buf_slice(&output));
    else
        handler_fail(call, &too_long);
    buf_clear(&output);
}

static void told(void *self, const struct pending_outcome *outcome)
{
    struct slice said = outcome->is_ok ? outcome->output : outcome->error.code;

    (void)self;
    printf("%.*s\n", (int)said.len, (const char *)said.data);
}

/* ------------------------------------------------------ a node */

struct participant {
    struct registry registry;      /* what it offers */
    struct auth_policy policy;     /* whom it knows: nobody */
    struct node *node;             /* owned */
    struct connection *connection; /* the node's */
    int64_t next_stream;           /* the number of the next one it opens */
};

/* Offers an operation of which nothing needs to be said but its name. */
static void offer(struct registry *registry, const char *name,
                  struct handler handler)
{
    struct registration r = {.spec = spec_plain(slice_of(name)),
                             .handler = handler};
    struct failure f;

    if (!registry_add_take(registry, &r, &f))
        fprintf(stderr, "%s\n", f.sentence);
}

static void join(struct participant *p)
{
    p->node = node_new(&(struct node_config){.registry = &p->registry,
                                             .policy = &p->policy,
                                             .entropy = entropy_system()});
    p->connection = node_add(p->node, slice_make(NULL, 0),
                             (struct peer_filter){.is_open = true});
    connection_on_credit(p->connection, STREAMS);
}

static void meet(struct participant *acceptor, struct participant *dialler)
{
    acceptor->next_stream = 1; /* streams of either side in its own numbers */
    join(acceptor);
    join(dialler);
}

static void leave(struct participant *p)
{
    node_free(p->node);
    registry_clear(&p->registry);
    auth_policy_clear(&p->policy);
}

/* ------------------------------------------------------ the wire */

/* One wish of `from` is done, and `to` hears of it. */
static void carry(struct participant *from, struct connection *to,
                  const struct action *a)
{
    switch (a->kind) {
    case ACTION_OPEN:
        connection_opened(from->connection, from->next_stream);
        from->next_stream += 2;
        break;
    case ACTION_WRITE:
        connection_on_data(to, a->stream, a->bytes, a->fin);
        connection_wrote(from->connection, a->stream, a->bytes.len);
        break;
    case ACTION_RESET:
        connection_on_reset(to, a->stream);
        break;
    case ACTION_STOP:
        connection_on_stop(to, a->stream);
        break;
    case ACTION_CREDIT:
        connection_on_credit(to, a->count);
        break;
    case ACTION_CLOSE:
        connection_on_closed(to);
        break;
    case ACTION_CONSUMED: /* there is always room */
        break;
    }
}

static bool carry_from(struct participant *from, struct participant *to)
{
    struct action a;
    bool has_any = false;

    while (connection_poll(from->connection, &a)) {
        carry(from, to->connection, &a);
        has_any = true;
    }
    return has_any;
}

/* Until neither wants anything. */
static void carry_all(struct participant *a, struct participant *b)
{
    while (carry_from(a, b) || carry_from(b, a))
        ;
}

int main(void)
{
    static struct participant hall, guest;

    value_setup(1); /* of what JSON trees are made; a program draws the seed */
    offer(&hall.registry, "hall/greet", (struct handler){.start = greet});
    meet(&hall, &guest);
    (void)client_call(
        guest.connection,
        &(struct client_request){.operation = slice_of("/hall/greet"),
                                 .input = slice_of("\"Ada\"")},
        (struct pending_waiter){.tell = told});
    carry_all(&hall, &guest);
    leave(&guest);
    leave(&hall);
    return 0;
}

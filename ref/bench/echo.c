/* SPDX-License-Identifier: MIT */
/* See echo.h. Whoever is answered asks again at once, from within the answer.
 */
#include "ref/bench/echo.h"
#include "ref/base/value.h"
#include "ref/base/xalloc.h"
#include "ref/host/entropy.h"

/* One of the calls under way. */
struct asker {
    struct echo *echo;             /* borrowed */
    struct connection *connection; /* borrowed */
    uint64_t asked_ns;             /* when */
};

static void start(void *self, const struct context *context, struct slice input,
                  struct handler_call call)
{
    (void)self, (void)context;
    handler_respond(call, input);
}

void echo_begin(struct echo *e, struct bench *b, struct entropy_source entropy)
{
    struct registration r = {.spec = spec_plain(slice_of(BENCH_OPERATION)),
                             .handler = {.start = start},
                             .is_remote_safe = true};
    struct failure failure;

    *e = (struct echo){.bench = b};
    if (!registry_add_take(&e->registry, &r, &failure))
        bench_fail(b, failure.sentence);
    e->node = node_new(&(struct node_config){
        .registry = &e->registry, .policy = &e->policy, .entropy = entropy});
}

void echo_end(struct echo *e)
{
    node_free(e->node);
    registry_clear(&e->registry);
}

/* ------------------------------------------------------------------ asking */

static void ask(struct asker *a);

static void on_answer(void *self, const struct pending_outcome *outcome)
{
    struct asker *a = self;
    uint64_t now_ns = entropy_now_ns();

    if (!outcome->is_ok)
        bench_fail(a->echo->bench, "a call failed");
    bench_answered(a->echo->bench, a->asked_ns, now_ns);
    if (bench_may_ask(a->echo->bench))
        ask(a);
    else
        xalloc_free(a);
}

static void ask(struct asker *a)
{
    static const struct client_request request = {
        .operation = {(const uint8_t *)BENCH_OPERATION,
                      sizeof BENCH_OPERATION - 1},
        .input = {(const uint8_t *)BENCH_INPUT, sizeof BENCH_INPUT - 1},
    };

    a->asked_ns = entropy_now_ns();
    (void)client_call(a->connection, &request,
                      (struct pending_waiter){.tell = on_answer, .self = a});
}

void echo_ask(struct echo *e, struct connection *c)
{
    for (size_t i = 0; i < e->bench->depth && bench_may_ask(e->bench); i++) {
        struct asker *a = xalloc(1, sizeof *a);

        a->echo = e;
        a->connection = c;
        ask(a);
    }
}

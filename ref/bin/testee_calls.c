/* SPDX-License-Identifier: MIT */
/*
 * See testee_calls.h. The harness speaks of a request by a word of its own and
 * the session by a ticket; here is which is which, for as long as the request
 * waits.
 */
#include "ref/bin/testee_calls.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/bin/lines.h"

/* A request of ours that the harness asked for; also its waiter. */
struct asked {
    struct testee *testee; /* borrowed; among its requests */
    char *conn;            /* owned: the harness's name of the connection */
    json_t *id;            /* owned: its word for the request */
    bool is_subscription;  /* else a call */
    uint64_t ticket;       /* the session's word; 0 while it is being made */
    uint64_t wanted;       /* items that its consumer will still take */
    bool is_told;          /* its end came while it was being made */
    bool is_dropped;       /* nothing more is reported of it */
    struct asked *previous, *next; /* of the testee's */
};

/* ------------------------------------------------------------- its life */

static struct asked *asked_new(struct testee *t, const struct testee_conn *c,
                               const json_t *id)
{
    struct asked *a = xalloc(1, sizeof *a);

    a->testee = t;
    a->conn = xalloc_copy(slice_of(c->name));
    a->id = json_deep_copy(id);
    a->wanted = UINT64_MAX;
    a->next = t->asked;
    if (a->next)
        a->next->previous = a;
    t->asked = a;
    return a;
}

static void asked_free(struct asked *a)
{
    if (a->previous)
        a->previous->next = a->next;
    else
        a->testee->asked = a->next;
    if (a->next)
        a->next->previous = a->previous;
    json_decref(a->id);
    xalloc_free(a->conn);
    xalloc_free(a);
}

/* The one that is known by that word; NULL with a sentence. */
static struct asked *find(const struct testee *t, const struct testee_conn *c,
                          const json_t *id, struct failure *f)
{
    struct asked *a = t->asked;

    while (a && (strcmp(a->conn, c->name) != 0 || !json_equal(a->id, id)))
        a = a->next;
    if (!a)
        failure_say(f, "id: it has ended, or never was");
    return a;
}

/* ------------------------------------------------------------- events out */

static json_t *event(const struct asked *a, const char *ev)
{
    return json_pack("{s:s, s:s, s:O}", "ev", ev, "conn", a->conn, "id", a->id);
}

static json_t *describe(const struct asked *a, const struct pending_outcome *o)
{
    json_t *e;

    if (o->is_aborted || (o->is_ok && a->is_subscription)) {
        e = event(a, "end");
        json_object_set_new(e, "how",
                            json_string(o->is_ok ? "completed" : "aborted"));
    } else if (o->is_ok) {
        e = event(a, "result");
        json_object_set_new(e, "output", lines_tree(o->output));
    } else {
        e = event(a, "error");
        json_object_update_new(e, lines_error(&o->error));
    }
    return e;
}

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct asked *a = self;

    if (!a->is_dropped)
        testee_event(a->testee, describe(a, outcome));
    a->is_told = true;
    if (a->ticket)
        asked_free(a);
}

static bool take_item(void *self, struct slice output)
{
    struct asked *a = self;
    json_t *e = event(a, "item");

    json_object_set_new(e, "output", lines_tree(output));
    testee_event(a->testee, e);
    if (a->wanted != UINT64_MAX)
        a->wanted--;
    return a->wanted > 0;
}

/* ------------------------------------------------------------- asking */

/* The members of `call` and `subscribe`. */
struct members {
    const json_t *id, *operation, *input, *token, *timeout, *claim, *items;
};

#define CALL_FIELDS 6 /* the first of them; `subscribe` has one more */

/* JSON text of a member, owned by the buffer; data NULL when absent. */
static struct slice text_of(const json_t *member, struct buf *text)
{
    buf_init(text, BOUNDS_BODY_MAX);
    if (!member || !value_print(member, text))
        return slice_make(NULL, 0);
    return buf_slice(text);
}

/* Its end may be told before there is a ticket. */
static void ask(struct asked *a, struct connection *c,
                const struct client_request *request)
{
    const struct pending_waiter waiter = {
        tell, a->is_subscription ? take_item : NULL, a};
    uint64_t ticket = a->is_subscription ? client_subscribe(c, request, waiter)
                                         : client_call(c, request, waiter);

    a->ticket = ticket;
    if (a->is_told)
        asked_free(a);
}

static void place(struct asked *a, struct connection *c,
                  const struct members *m)
{
    struct buf input, claim;
    struct client_request request = {
        .operation = value_string(m->operation),
        .input = text_of(m->input, &input),
        .forwarded_for = text_of(m->claim, &claim),
    };

    if (m->token)
        request.auth_token = value_string(m->token);
    if (m->timeout)
        request.timeout_ns =
            (uint64_t)json_integer_value(m->timeout) * TESTEE_NS_PER_MS;
    ask(a, c, &request);
    buf_clear(&input);
    buf_clear(&claim);
}

static struct testee_conn *read_members(const struct testee *t,
                                        const json_t *line, size_t count,
                                        struct members *m, struct failure *f)
{
    const struct value_field fields[CALL_FIELDS + 1] = {
        {"id", VALUE_STRING, true, &m->id},
        {"operation", VALUE_STRING, true, &m->operation},
        {"input", VALUE_ANY, true, &m->input},
        {"auth_token", VALUE_STRING, false, &m->token},
        {"timeout_ms", VALUE_INTEGER, false, &m->timeout},
        {"forwarded_for", VALUE_OBJECT, false, &m->claim},
        {"items", VALUE_INTEGER, false, &m->items},
    };

    return testee_read_conn(t, line, fields, count, f);
}

/* An item counts as taken before its consumer can refuse it, so none at all is
 * no number. */
static bool read_items(const json_t *items, uint64_t *ret, struct failure *f)
{
    *ret = (uint64_t)json_integer_value(items);
    return *ret > 0 || failure_say(f, "items: expected at least 1");
}

static bool run_call(struct testee *t, const json_t *line, json_t *answer,
                     struct failure *f)
{
    struct members m;
    struct testee_conn *c = read_members(t, line, CALL_FIELDS, &m, f);

    (void)answer;
    if (c)
        place(asked_new(t, c, m.id), c->connection, &m);
    return c != NULL;
}

static bool run_subscribe(struct testee *t, const json_t *line, json_t *answer,
                          struct failure *f)
{
    struct members m;
    struct testee_conn *c = read_members(t, line, CALL_FIELDS + 1, &m, f);
    uint64_t wanted = UINT64_MAX;
    struct asked *a;

    (void)answer;
    if (!c || (m.items && !read_items(m.items, &wanted, f)))
        return false;
    a = asked_new(t, c, m.id);
    a->is_subscription = true;
    a->wanted = wanted;
    place(a, c->connection, &m);
    return true;
}

/* ------------------------------------------------------------- afterwards */

/* What a verb about a request says: which one, and maybe a field more. */
static struct asked *read_asked(const struct testee *t, const json_t *line,
                                const struct value_field *more,
                                struct connection **ret_connection,
                                struct failure *f)
{
    const json_t *id;
    struct value_field fields[2] = {{"id", VALUE_STRING, true, &id}};
    struct testee_conn *c;

    if (more)
        fields[1] = *more;
    c = testee_read_conn(t, line, fields, more ? 2 : 1, f);
    if (!c)
        return NULL;
    *ret_connection = c->connection;
    return find(t, c, id, f);
}

/* The same of a subscription. */
static struct asked *read_subscribed(const struct testee *t, const json_t *line,
                                     const struct value_field *more,
                                     struct connection **ret_connection,
                                     struct failure *f)
{
    struct asked *a = read_asked(t, line, more, ret_connection, f);

    if (!a || a->is_subscription)
        return a;
    failure_say(f, "id: it is a call, and not a subscription");
    return NULL;
}

static bool run_take(struct testee *t, const json_t *line, json_t *answer,
                     struct failure *f)
{
    const json_t *items;
    const struct value_field more = {"items", VALUE_INTEGER, true, &items};
    struct connection *c;
    struct asked *a = read_subscribed(t, line, &more, &c, f);
    uint64_t count;
    bool was_full;

    (void)answer;
    if (!a || !read_items(items, &count, f))
        return false;
    was_full = a->wanted == 0;
    a->wanted = count < UINT64_MAX - a->wanted ? a->wanted + count : UINT64_MAX;
    if (was_full)
        client_resume(c, a->ticket);
    return true;
}

static bool run_abort(struct testee *t, const json_t *line, json_t *answer,
                      struct failure *f)
{
    struct connection *c;
    struct asked *a = read_asked(t, line, NULL, &c, f);

    (void)answer;
    if (a)
        client_abort(c, a->ticket);
    return a != NULL;
}

static bool run_drop_interest(struct testee *t, const json_t *line,
                              json_t *answer, struct failure *f)
{
    struct connection *c;
    struct asked *a = read_subscribed(t, line, NULL, &c, f);

    (void)answer;
    if (!a)
        return false;
    a->is_dropped = true;
    client_abort(c, a->ticket);
    return true;
}

static const struct testee_verb verbs[] = {
    {"call", TESTEE_L1 | TESTEE_L2, run_call},
    {"subscribe", TESTEE_L1 | TESTEE_L2, run_subscribe},
    {"take", TESTEE_L1 | TESTEE_L2, run_take},
    {"abort", TESTEE_L1 | TESTEE_L2, run_abort},
    {"drop_interest", TESTEE_L1 | TESTEE_L2, run_drop_interest},
};

struct testee_verbs testee_calls_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}

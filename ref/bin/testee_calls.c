/* SPDX-License-Identifier: MIT */
/* See testee_calls.h. */
#include "ref/bin/testee_calls.h"
#include "ref/base/bounds.h"
#include "ref/base/xalloc.h"
#include "ref/bin/lines.h"

/* Who waits for a call that the harness asked us to make. */
struct waiting {
    struct testee *testee; /* borrowed */
    char *conn;            /* owned: the harness's name of the connection */
    json_t *id;            /* owned: the harness's word for the call */
};

static void tell(void *self, const struct pending_outcome *outcome)
{
    struct waiting *w = self;
    json_t *event =
        json_pack("{s:s, s:s, s:O}", "ev", outcome->is_ok ? "result" : "error",
                  "conn", w->conn, "id", w->id);

    if (outcome->is_ok)
        json_object_set_new(event, "output", lines_tree(outcome->output));
    else
        json_object_update_new(event, lines_error(&outcome->error));
    testee_event(w->testee, event);
    json_decref(w->id);
    xalloc_free(w->conn);
    xalloc_free(w);
}

/* The members of `call`. */
struct call_members {
    const json_t *id, *operation, *input, *token, *timeout, *claim;
};

/* JSON text of a member, owned by the buffer; data NULL when absent. */
static struct slice text_of(const json_t *member, struct buf *text)
{
    buf_init(text, BOUNDS_BODY_MAX);
    if (!member || !value_print(member, text))
        return slice_make(NULL, 0);
    return buf_slice(text);
}

static void place_call(struct testee *t, const struct testee_conn *c,
                       const struct call_members *m)
{
    struct waiting *w = xalloc(1, sizeof *w);
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
    *w = (struct waiting){t, xalloc_copy(slice_of(c->name)),
                          json_deep_copy(m->id)};
    client_call(c->connection, &request, (struct pending_waiter){tell, w});
    buf_clear(&input);
    buf_clear(&claim);
}

static bool run_call(struct testee *t, const json_t *line, json_t *answer,
                     struct failure *f)
{
    struct call_members m;
    const struct value_field fields[] = {
        {"id", VALUE_STRING, true, &m.id},
        {"operation", VALUE_STRING, true, &m.operation},
        {"input", VALUE_ANY, true, &m.input},
        {"auth_token", VALUE_STRING, false, &m.token},
        {"timeout_ms", VALUE_INTEGER, false, &m.timeout},
        {"forwarded_for", VALUE_OBJECT, false, &m.claim},
    };
    struct testee_conn *c =
        testee_read_conn(t, line, fields, sizeof fields / sizeof *fields, f);

    (void)answer;
    if (c)
        place_call(t, c, &m);
    return c != NULL;
}

static const struct testee_verb verbs[] = {
    {"call", TESTEE_L1 | TESTEE_L2, run_call},
};

struct testee_verbs testee_calls_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}

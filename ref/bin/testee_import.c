/* SPDX-License-Identifier: MIT */
/* See testee_import.h. Whoever waits for an import is told once, also when the
 * connection ends, and is gone then. */
#include "ref/bin/testee_import.h"
#include "ref/base/xalloc.h"
#include "ref/bin/imports.h"

/* An import that is under way; also its waiter. */
struct importing {
    struct testee *testee; /* borrowed */
    char *conn;            /* owned: the harness's name of the connection */
};

static struct importing *importing_new(struct testee *t,
                                       const struct testee_conn *c)
{
    struct importing *i = xalloc(1, sizeof *i);

    *i = (struct importing){t, xalloc_copy(slice_of(c->name))};
    return i;
}

static void importing_free(struct importing *i)
{
    xalloc_free(i->conn);
    xalloc_free(i);
}

static void tell(void *self, const struct operation_adapter_outcome *outcome)
{
    struct importing *i = self;
    json_t *event = json_pack("{s:s}", "conn", i->conn);

    json_object_set_new(
        event, "ev",
        json_string(outcome->is_ok ? "imported" : "import_failed"));
    if (outcome->is_ok)
        json_object_set_new(event, "names", imports_names(outcome->operations));
    else
        json_object_set_new(
            event, "kind", json_string(operation_adapter_name(outcome->error)));
    testee_event(i->testee, event);
    importing_free(i);
}

static bool run_import(struct testee *t, const json_t *line, json_t *answer,
                       struct failure *f)
{
    const json_t *prefix, *filter;
    const struct value_field fields[] = {
        {"prefix", VALUE_STRING, false, &prefix},
        {"filter", VALUE_STRINGS, false, &filter},
    };
    struct testee_conn *c = testee_read_conn(t, line, fields, 2, f);
    struct from_call_terms terms = {.filter = NULL};
    struct strings wanted;

    (void)answer;
    if (!c)
        return false;
    wanted = value_strings(filter);
    if (prefix)
        terms.prefix = value_string(prefix);
    if (filter)
        terms.filter = &wanted;
    from_call_import(
        c->connection, &terms,
        (struct operation_adapter_waiter){tell, importing_new(t, c)});
    strings_clear(&wanted);
    return true;
}

static const struct testee_verb verbs[] = {
    {"import", TESTEE_L1 | TESTEE_L2, run_import},
};

struct testee_verbs testee_import_verbs(void)
{
    return (struct testee_verbs){verbs, sizeof verbs / sizeof *verbs};
}
